//! Lists to import, as an office has them, Chinese heads: customer and contact in one row; deals.

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

const STAGES: &[&str] = &["初步接洽", "需求确认", "方案报价", "商务谈判"];
/// The year in which all of [`deals`] close.
pub const DEALS_CLOSE: i16 = 2099;

/// CSV text (UTF-8) of so many open deals of these customers, a twelfth of them to close in each month of one year.
pub fn deals(rows: usize, customers: &[String], seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = String::from("商机名称,客户,销售阶段,预计金额,预计成交日期\n");
    for number in 0..rows {
        let (customer, stage) = (dice.one_of(customers), dice.one_of(STAGES));
        let (month, day, amount) = (1 + number % 12, 1 + dice.below(28), 1_000 + dice.below(1_000_000));
        writeln!(text, "第 {number} 笔,{customer},{stage},{amount},{DEALS_CLOSE}-{month:02}-{day:02}")
            .expect("a string takes what is written");
    }
    text
}
