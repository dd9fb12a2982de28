//! Which row holds the heads of the columns.

use std::collections::HashSet;

use crate::cell::{Cell, Row, column_letters};

/// Rows among which the head is looked for.
pub const ROWS_LOOKED_AT: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderGuess {
    /// A head was found; otherwise the labels are 列A, 列B … and the first row is data.
    pub found: bool,
    /// [`Row::number`] of the head, the lower one of two; 0 if there is none.
    pub row_number: u64,
    /// One for each column of the table.
    pub labels: Vec<String>,
    /// [`Row::number`] of the first row of data; the row after the head if the table is empty.
    pub first_data_row: u64,
}

/// Finds the head among the first rows, best those of [`crate::Workbook::preview`], where merged areas are filled.
///
/// A head is a row of mostly short, distinct texts as wide as the data below it. A title line above has too few or equal
/// texts; of a head in two lines the lower one is taken, and a label that is missing or doubled there is completed from
/// the upper one; a line of units (元, 个) under a head is skipped.
pub fn find(rows: &[Row]) -> HeaderGuess {
    // A title merged over more columns than the table has does not make it wider.
    let various = rows.iter().filter(|row| filled(row).map(Cell::text).collect::<HashSet<_>>().len() > 1);
    let width = various.map(filled_width).max().or_else(|| rows.iter().map(filled_width).max()).unwrap_or(0);
    let mut best: Option<(usize, f64)> = None;
    for index in 0..rows.len().min(ROWS_LOOKED_AT) {
        let score = score(rows, index, width);
        // A later row must be clearly better: text data looks like a head too.
        if score > 0.0 && best.is_none_or(|(_, found)| score > found * 1.15) {
            best = Some((index, score));
        }
    }
    let Some((mut index, _)) = best else { return headless(rows, width) };
    // Of two lines the lower: the upper one had gaps or repeats where it spans columns.
    if index + 1 < rows.len() && is_second_line(&rows[index], &rows[index + 1], rows.get(index + 2)) {
        index += 1;
    }
    let upper = index.checked_sub(1).map(|above| &rows[above]).filter(|above| is_upper_line(above, &rows[index]));
    let mut data = index + 1;
    if rows.get(data).is_some_and(is_unit_line) {
        data += 1;
    }
    let number = rows[index].number;
    let first_data_row = rows.get(data).map_or(rows[data - 1].number + 1, |row| row.number);
    HeaderGuess { found: true, row_number: number, labels: labels(&rows[index], upper, width), first_data_row }
}

fn headless(rows: &[Row], width: usize) -> HeaderGuess {
    let labels = (0..width).map(nameless).collect();
    HeaderGuess { found: false, row_number: 0, labels, first_data_row: rows.first().map_or(1, |row| row.number) }
}

fn nameless(column: usize) -> String {
    format!("列{}", column_letters(column))
}

fn filled_width(row: &Row) -> usize {
    row.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last + 1)
}

fn filled(row: &Row) -> impl Iterator<Item = &Cell> {
    row.cells.iter().filter(|cell| !cell.is_blank())
}

/// A label as it is shown: without line ends, blanks and the star of a required column.
fn clean(text: &str) -> String {
    let joined: Vec<&str> = text.split_whitespace().collect();
    joined.join(" ").trim_matches(['*', '＊', '：', ':', ' ']).to_owned()
}

/// Text that may name a column: short, no digits' worth of data, not an e-mail or a date.
fn is_label(cell: &Cell) -> bool {
    let Cell::Text(text) = cell else { return false };
    let text = clean(text);
    let length = text.chars().count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (1..=30).contains(&length) && digits * 2 < length.max(2) && !text.contains('@') && !text.contains("://")
}

/// 0 for what cannot be a head.
fn score(rows: &[Row], index: usize, width: usize) -> f64 {
    let row = &rows[index];
    let count = filled(row).count();
    let labels = filled(row).filter(|cell| is_label(cell)).count();
    let distinct: HashSet<String> = filled(row).map(|cell| clean(&cell.text())).collect();
    if count == 0 || (width > 1 && count < 2) || labels * 10 < count * 8 {
        return 0.0;
    }
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let below = &rows[index + 1..];
    let evidence = difference(row, below);
    if evidence <= 0.0 {
        return 0.0;
    }
    share(distinct.len(), count).powi(2) * share(count, width) * share(labels, count) * (0.4 + evidence)
}

/// How clearly a row differs from those below it, 0 to 1: columns where the rows below have numbers, dates, codes or long
/// texts under a label, and known words for heads. A head without rows below has its words only.
fn difference(row: &Row, below: &[Row]) -> f64 {
    let (mut columns, mut telling) = (0.0, 0.0);
    for (column, head) in row.cells.iter().enumerate().filter(|(_, cell)| is_label(cell)) {
        let values: Vec<&Cell> =
            below.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.is_blank()).collect();
        if values.is_empty() {
            continue;
        }
        columns += 1.0;
        let unlike = values.iter().filter(|cell| !is_label(cell)).count();
        telling += unlike as f64 / values.len() as f64;
        let label = clean(&head.text());
        let texts: Vec<String> = values.iter().map(|cell| clean(&cell.text())).collect();
        if texts.contains(&label) {
            telling -= 1.0; // a value that turns up again below is data: 男, 北京, 已签约
        } else if texts.len() >= 5 && texts.iter().collect::<HashSet<_>>().len() * 2 <= texts.len() {
            telling += 0.4; // below are a few values again and again, and this is none of them
        }
    }
    let words = filled(row).filter(|cell| is_head_word(&clean(&cell.text()))).count();
    if words >= 1 && columns <= 1.0 && row.cells.len() <= 1 {
        return 1.0; // a list of one column has nothing but its word
    }
    let words = words as f64 / filled(row).count().max(1) as f64;
    if columns == 0.0 {
        return words;
    }
    (telling / columns).max(0.0).max(if words >= 0.3 { words } else { 0.0 })
}

/// Words that name columns in offices' lists. Those of the second list also as an ending (联系电话); those of the first
/// only whole, as values end with them too (青岛海信公司, 老客户).
fn is_head_word(label: &str) -> bool {
    const WHOLE: [&str; 8] = ["公司", "单位", "企业", "客户", "部门", "省份", "城市", "地区"];
    const ENDINGS: [&str; 40] = [
        "名称",
        "姓名",
        "名字",
        "公司名",
        "客户名",
        "联系人",
        "电话",
        "手机",
        "邮箱",
        "地址",
        "日期",
        "时间",
        "备注",
        "说明",
        "来源",
        "状态",
        "类型",
        "类别",
        "等级",
        "级别",
        "行业",
        "职务",
        "职位",
        "负责人",
        "业务员",
        "金额",
        "数量",
        "单价",
        "编号",
        "序号",
        "代码",
        "性别",
        "年龄",
        "号码",
        "微信",
        "网址",
        "阶段",
        "标签",
        "省市",
        "传真",
    ];
    const ENGLISH: [&str; 24] = [
        "name", "company", "customer", "contact", "phone", "mobile", "tel", "email", "e-mail", "address", "date",
        "time", "note", "notes", "remark", "source", "status", "type", "level", "industry", "title", "owner", "amount",
        "id",
    ];
    let lower = label.to_lowercase();
    WHOLE.contains(&label)
        || ENDINGS.iter().any(|word| label.ends_with(word) && label.chars().count() <= 10)
        || lower.split(|c: char| !c.is_alphanumeric() && c != '-').any(|part| ENGLISH.contains(&part))
}

/// Whether `lower` completes a head of two lines: all labels, and it divides or fills what `upper` spans.
fn is_second_line(upper: &Row, lower: &Row, below: Option<&Row>) -> bool {
    if filled(lower).count() < 2 || !filled(lower).all(is_label) || is_unit_line(lower) {
        return false;
    }
    let words = filled(lower).filter(|cell| is_head_word(&clean(&cell.text()))).count();
    let upper_count = filled(upper).map(|cell| clean(&cell.text())).collect::<HashSet<_>>().len();
    let spans = filled(upper).count() > upper_count || upper_count < filled_width(lower).max(filled_width(upper));
    spans
        && words * 2 >= filled(lower).count().min(6)
        && below.is_some_and(|row| filled(row).any(|cell| !is_label(cell)))
}

/// Whether a row above the head belongs to it: several labels, not a title over the whole width.
fn is_upper_line(upper: &Row, head: &Row) -> bool {
    let distinct: HashSet<String> = filled(upper).map(|cell| clean(&cell.text())).collect();
    upper.number + 1 == head.number && distinct.len() >= 2 && filled(upper).all(is_label)
}

/// A line under the head that says 元, 个, (万元) or 必填.
fn is_unit_line(row: &Row) -> bool {
    const UNITS: [&str; 24] = [
        "元", "万元", "亿元", "美元", "个", "件", "人", "次", "天", "年", "月", "日", "小时", "分钟", "%", "％", "kg",
        "千克", "吨", "米", "台", "套", "必填", "选填",
    ];
    let mut units = 0;
    for cell in filled(row) {
        let text = cell.text();
        let text = clean(&text);
        let bare = text.trim_matches(['(', ')', '（', '）', '[', ']', '【', '】', '-', '/', ' ']);
        let bare = bare.strip_prefix("单位：").or_else(|| bare.strip_prefix("单位:")).unwrap_or(bare);
        if !bare.is_empty() && !UNITS.contains(&bare) {
            return false;
        }
        units += 1;
    }
    units > 0
}

fn labels(head: &Row, upper: Option<&Row>, width: usize) -> Vec<String> {
    let own: Vec<String> = (0..width.max(filled_width(head))).map(|column| clean(&head.text(column))).collect();
    // A label of the upper line reaches to the right until the next one.
    let mut above = Vec::with_capacity(own.len());
    for column in 0..own.len() {
        let text = upper.map(|row| clean(&row.text(column))).unwrap_or_default();
        let carried = if text.is_empty() { above.last().cloned().unwrap_or_default() } else { text };
        above.push(carried);
    }
    let doubled = |label: &String| own.iter().filter(|other| *other == label).count() > 1;
    let mut labels: Vec<String> = Vec::with_capacity(own.len());
    for (column, label) in own.iter().enumerate() {
        let mut label = match (label.is_empty(), upper.map(|row| clean(&row.text(column)))) {
            (true, Some(text)) if !text.is_empty() => text,
            (true, _) => nameless(column),
            (false, _) if doubled(label) && !above[column].is_empty() && above[column] != *label => {
                format!("{} {label}", above[column])
            }
            _ => label.clone(),
        };
        // Two columns of one name are told apart by a number, as the first keeps its own.
        let plain = label.clone();
        let mut copy = 2;
        while labels.contains(&label) {
            label = format!("{plain} {copy}");
            copy += 1;
        }
        labels.push(label);
    }
    labels
}
