use crate::header::{HeaderGuess, find};
use crate::{Cell, Row};

/// Rows of text parted by `|`; a number stands as a number, an empty line is a blank row.
fn table(lines: &str) -> Vec<Row> {
    let cell = |text: &str| match text.trim() {
        "" => Cell::Empty,
        text => text.parse().map_or_else(|_| Cell::Text(text.to_owned()), Cell::Number),
    };
    let rows = lines
        .trim_matches('\n')
        .lines()
        .enumerate()
        .map(|(index, line)| Row { number: index as u64 + 1, cells: line.split('|').map(cell).collect() });
    rows.filter(|row| !row.is_blank()).collect()
}

#[track_caller]
fn check(lines: &str, row: u64, data: u64, labels: &[&str]) {
    let HeaderGuess { found, row_number, labels: guessed, first_data_row } = find(&table(lines));
    assert_eq!((found, row_number, first_data_row), (row > 0, row, data), "{guessed:?}");
    assert_eq!(guessed, labels);
}

#[test]
fn the_plain_case() {
    check(
        "客户名称|联系人|手机\n甲公司|张三|13800138000\n乙公司|李四|13900139000",
        1,
        2,
        &["客户名称", "联系人", "手机"],
    );
    check("name|phone\nAcme Ltd|1380013\nBolt|139", 1, 2, &["name", "phone"]);
}

#[test]
fn titles_and_blank_lines_above() {
    check(
        "2023年青岛地区客户明细表||\n\n制表人：王五|日期：2023-05-01|\n客户名称*|联系 人|手机\n甲公司|张三|13800138000\n乙公司|李四|13900139000",
        4,
        5,
        &["客户名称", "联系 人", "手机"],
    );
    check(
        "客户表|客户表|客户表|客户表|客户表\n客户名称|联系人|手机\n甲公司|张三|13800138000",
        2,
        3,
        &["客户名称", "联系人", "手机"],
    );
}

#[test]
fn two_lines_the_lower_counts() {
    check(
        "客户信息|客户信息|联系人|联系人\n名称|行业|姓名|电话\n甲公司|机械|张三|13800138000\n乙公司|电器|李四|13900139000",
        2,
        3,
        &["名称", "行业", "姓名", "电话"],
    );
    check(
        "客户名称|联系人一||联系人二|\n|姓名|电话|姓名|电话\n甲公司|张三|13800138000|李四|13900139000\n乙公司|王五|13700137000|赵六|13600136000",
        2,
        3,
        &["客户名称", "联系人一 姓名", "联系人一 电话", "联系人二 姓名", "联系人二 电话"],
    );
}

#[test]
fn a_line_of_units_is_skipped() {
    check("客户名称|合同金额|数量\n|（万元）|个\n甲公司|12.5|3\n乙公司|8|1", 1, 3, &["客户名称", "合同金额", "数量"]);
}

#[test]
fn no_head() {
    check("甲公司|张三|13800138000\n乙公司|李四|13900139000", 0, 1, &["列A", "列B", "列C"]);
    check("甲公司\n乙公司\n丙公司", 0, 1, &["列A"]);
    check("张三|男|北京|在职\n李四|男|北京|在职\n王五|女|上海|在职", 0, 1, &["列A", "列B", "列C", "列D"]);
    let names: Vec<String> = ('北'..).take(30).map(|c| format!("阿{c}")).collect();
    check(&names.join("\n"), 0, 1, &["列A"]);
    assert!(!find(&[]).found);
}

#[test]
fn text_under_text() {
    check("姓名|性别|城市\n张三|男|北京\n李四|女|上海", 1, 2, &["姓名", "性别", "城市"]);
    check("公司名称\n甲公司\n乙公司", 1, 2, &["公司名称"]);
    check(
        "甲方|渠道|片区\n张三|展会|胶东\n李四|展会|胶东\n王五|网络|胶东\n赵六|网络|鲁西\n钱七|展会|鲁西",
        1,
        2,
        &["甲方", "渠道", "片区"],
    );
}

#[test]
fn gaps_doubles_and_an_empty_table() {
    check("客户|电话|电话||备注\n甲|0532-1|0532-2|x|13800138000", 1, 2, &["客户", "电话", "电话 2", "列D", "备注"]);
    check("客户名称|联系人|手机", 1, 2, &["客户名称", "联系人", "手机"]);
}
