//! A list to import, as an office has it: customer and contact in one row, Chinese heads.

use std::fmt::Write as _;

use crate::{dice::Dice, scenario::made_name};

const PLACES: &[&str] =
    &["青岛市", "济南市", "上海市", "广东省深圳市", "浙江省杭州市", "四川省成都市", "湖北省武汉市", "北京市"];
const SURNAMES: &[&str] = &["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN: &[&str] =
    &["伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超"];

/// CSV text (UTF-8) of so many different customers, a contact with each.
pub fn csv(rows: usize, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = String::from("客户名称,地区,联系人,手机,邮箱,备注\n");
    for number in 0..rows {
        let name = made_name(&mut dice);
        let place = dice.one_of(PLACES);
        let person = format!("{}{}{}", dice.one_of(SURNAMES), dice.one_of(GIVEN), dice.one_of(GIVEN));
        // 199…: not yet given to anybody; the row's number keeps them apart.
        let mobile = 19_900_000_000_u64 + number as u64;
        writeln!(text, "{name},{place},{person},{mobile},c{number}@example.com,第 {number} 行")
            .expect("a string takes what is written");
    }
    text
}
