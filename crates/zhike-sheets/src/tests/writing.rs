use jiff::civil::date;
use proptest::prelude::*;

use super::{Folder, read, rows, texts};
use crate::{
    Cell, Charset, CsvOptions, ErrorFile, LineEnd, OutCell, OutColumn, OutFormat, Separator, TableWriter, Workbook,
    Written, XlsxOptions, guard, unguard,
};

fn columns(labels: &[&str]) -> Vec<OutColumn> {
    labels.iter().copied().map(OutColumn::new).collect()
}

fn write(folder: &Folder, name: &str, format: OutFormat, rows: &[Vec<OutCell>]) -> (std::path::PathBuf, Written) {
    let path = folder.path().join(name);
    let mut writer = TableWriter::create(format, &path, folder.path()).expect("it begins");
    writer.begin(&columns(&["编号", "文本", "文本二"])).expect("heads");
    for row in rows {
        writer.row(row).expect("a row");
    }
    let written = writer.finish().expect("it ends");
    (path, written)
}

#[test]
fn guards_are_undone() {
    for risky in
        ["=1+1", "+8613800138000", "-5", "@x", "\tx", "\rx", "\nx", "\0", "＝1", "＋1", "－1", "＠1", "'=1", "''+"]
    {
        assert_eq!(guard(risky), format!("'{risky}"));
        assert_eq!(unguard(&guard(risky)), risky);
    }
    for plain in ["", "'", "'abc", "青岛", "1-2", " =1"] {
        assert_eq!(guard(plain), plain);
        assert_eq!(unguard(plain), plain);
    }
}

#[test]
fn csv_as_a_spreadsheet_in_china_reads_it() {
    let folder = Folder::new();
    let row = vec![
        OutCell::Integer(-7),
        OutCell::Text("=HYPERLINK(\"http://x\")".into()),
        OutCell::Decimal { scaled: -1205, scale: 2 },
        OutCell::Date(date(2023, 5, 1)),
        OutCell::DateTime(date(2023, 5, 1).at(8, 30, 0, 0)),
        OutCell::Bool(true),
        OutCell::Empty,
        OutCell::Text("两行\n文字".into()),
    ];
    let (path, written) = write(&folder, "a.csv", OutFormat::Csv(CsvOptions::default()), &[row]);
    let bytes = std::fs::read(path).expect("the file");
    let text = String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(
        text,
        "\u{FEFF}编号,文本,文本二\r\n-7,\"'=HYPERLINK(\"\"http://x\"\")\",-12.05,2023-05-01,2023-05-01 08:30:00,TRUE,,\"两行\n文字\"\r\n"
    );
    assert_eq!((written.rows, written.sheets), (1, 1));
}

#[test]
fn other_encodings_and_separators() {
    let folder = Folder::new();
    let layouts = [
        CsvOptions { charset: Charset::Gb18030, bom: false, separator: Separator::Tab, line_end: LineEnd::Lf },
        CsvOptions {
            charset: Charset::Utf16Le,
            bom: true,
            separator: Separator::FullWidthComma,
            line_end: LineEnd::CrLf,
        },
        CsvOptions { charset: Charset::Utf16Be, bom: true, separator: Separator::Pipe, line_end: LineEnd::Cr },
    ];
    for (index, layout) in layouts.into_iter().enumerate() {
        let rows =
            vec![vec![OutCell::Integer(1), OutCell::Text("青岛，𠮷|\t".into()), OutCell::Text("末".into())]; 3];
        let (path, _) = write(&folder, &format!("{index}.csv"), OutFormat::Csv(layout), &rows);
        let book = Workbook::open(&path).expect("it opens");
        assert_eq!(book.layout(), Some(layout));
        assert_eq!(super::rows(&book, 0)[3].text(1), "青岛，𠮷|\t");
    }
    let lacking = CsvOptions { charset: Charset::Big5, bom: false, ..CsvOptions::default() };
    let (_, written) = write(&folder, "lack.csv", OutFormat::Csv(lacking), &[vec![OutCell::Text("𠮷们".into())]]);
    assert!(written.replaced >= 1);
}

#[test]
fn xlsx_has_real_numbers_and_dates() {
    let folder = Folder::new();
    let row = vec![
        OutCell::Integer(12),
        OutCell::Text("=1+1".into()),
        OutCell::Text("13800138000".into()),
        OutCell::Decimal { scaled: 1230, scale: 2 },
        OutCell::Date(date(2023, 5, 1)),
        OutCell::DateTime(date(2023, 5, 1).at(8, 30, 15, 0)),
        OutCell::Bool(false),
        OutCell::Integer(370_202_199_001_011_234),
        OutCell::Date(date(1850, 1, 2)),
        OutCell::Number(0.25),
    ];
    let (path, _) = write(&folder, "a.xlsx", OutFormat::Xlsx(XlsxOptions::named("客户[1]")), &[row]);
    let book = Workbook::open(&path).expect("it opens");
    assert_eq!(book.sheets()[0].name, "客户 1");
    let read = rows(&book, 0);
    let expected = [
        "12",
        "=1+1",
        "13800138000",
        "12.3",
        "2023-05-01",
        "2023-05-01 08:30:15",
        "FALSE",
        "370202199001011234",
        "1850-01-02",
        "0.25",
    ];
    assert_eq!(texts(&read)[1], expected);
    assert!(matches!(read[1].cells[0], Cell::Number(_)));
    assert!(matches!(read[1].cells[1], Cell::Text(_)), "never a formula");
    assert!(matches!(read[1].cells[4], Cell::DateTime(_)));
}

#[test]
fn a_full_sheet_goes_on_in_another() {
    let folder = Folder::new();
    let options = XlsxOptions {
        sheet_name: "一个三十一个字符以上的很长很长很长很长很长很长很长的工作表名称".into(),
        rows_a_sheet: 11,
    };
    let numbers: Vec<Vec<OutCell>> = (0..25).map(|number| vec![OutCell::Integer(number)]).collect();
    let (path, written) = write(&folder, "long.xlsx", OutFormat::Xlsx(options), &numbers);
    assert_eq!((written.rows, written.sheets), (25, 3));
    let book = Workbook::open(&path).expect("it opens");
    let all: Vec<String> = (0..3).flat_map(|sheet| rows(&book, sheet).split_off(1)).map(|row| row.text(0)).collect();
    assert_eq!(all, (0..25).map(|number: i32| number.to_string()).collect::<Vec<_>>());
    assert_eq!(rows(&book, 2)[0].text(0), "编号", "heads again");
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").collect();
    assert_eq!(left.len(), 1, "no temporary file stays");
}

#[test]
fn text_longer_than_a_cell_is_cut_and_counted() {
    let folder = Folder::new();
    let long = OutCell::Text("青".repeat(40_000));
    let (path, written) = write(&folder, "cut.xlsx", OutFormat::Xlsx(XlsxOptions::default()), &[vec![long]]);
    assert_eq!(written.cut, 1);
    assert_eq!(read(&path)[1].text(0).chars().count(), 32_767);
}

#[test]
fn failed_rows_go_back_as_they_came() {
    let folder = Folder::new();
    let text = "公司;电话\n甲;'+8613800138000\n乙;12\n丙;'=x;多出\n";
    let bytes = encoding_rs::GB18030.encode(text).0;
    let book = Workbook::open(folder.file("in.csv", &bytes)).expect("it opens");
    let path = folder.path().join("错误.csv");
    assert_eq!(ErrorFile::extension(&book), "csv");
    let labels = ["公司".to_owned(), "电话".to_owned()];
    let mut failed = ErrorFile::create(&book, 0, &path, folder.path(), &labels, "失败原因").expect("it begins");
    for row in rows(&book, 0).iter().filter(|row| row.number == 2 || row.number == 4) {
        failed.row(row, "电话不对").expect("a row");
    }
    assert_eq!(failed.finish().expect("it ends").rows, 2);
    let written = std::fs::read(&path).expect("the file");
    let expected = "公司;电话;失败原因\n甲;'+8613800138000;电话不对\n丙;'=x;电话不对;多出\n";
    assert_eq!(encoding_rs::GB18030.decode(&written).0, expected);

    // Mended in part and tried again: the reason is written anew, not beside the old one.
    let again = Workbook::open(&path).expect("it opens");
    let labels = ["公司".to_owned(), "电话".to_owned(), "失败原因".to_owned()];
    let path = folder.path().join("again.csv");
    let mut failed = ErrorFile::create(&again, 0, &path, folder.path(), &labels, "失败原因").expect("it begins");
    failed.row(&rows(&again, 0)[1], "仍不对").expect("a row");
    failed.finish().expect("it ends");
    assert_eq!(texts(&read(&path)), [["公司", "电话", "失败原因"], ["甲", "'+8613800138000", "仍不对"]]);
}

#[test]
fn failed_rows_of_a_spreadsheet_keep_their_kinds() {
    let folder = Folder::new();
    let row = vec![OutCell::Integer(5), OutCell::Date(date(2023, 5, 1)), OutCell::Text("=x".into())];
    let (path, _) = write(&folder, "in.xlsx", OutFormat::Xlsx(XlsxOptions::named("名单")), &[row]);
    let book = Workbook::open(&path).expect("it opens");
    let out = folder.path().join("out.xlsx");
    let labels: Vec<String> = ["编号", "文本", "文本二"].map(str::to_owned).to_vec();
    let mut failed = ErrorFile::create(&book, 0, &out, folder.path(), &labels, "失败原因").expect("it begins");
    let row = &rows(&book, 0)[1];
    failed.row(row, "缺名称").expect("a row");
    failed.finish().expect("it ends");
    let copy = read(&out);
    assert_eq!(copy[1].cells[..3], row.cells[..3]);
    assert_eq!(copy[1].text(3), "缺名称");
    assert_eq!(Workbook::open(&out).expect("it opens").sheets()[0].name, "名单");
}

/// Texts of all characters, with those that matter more often.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[=+@'\"\\-,;\t\r\n ＝＠，_x0-9A-F青岛𠮷\u{0}\u{1F}\u{FFFE}]{0,12}",]
}

/// Private-use characters that GB 18030 moved between editions do not come back as themselves.
fn keeps(text: &str) -> bool {
    let (bytes, _, lossy) = encoding_rs::GB18030.encode(text);
    !lossy && encoding_rs::GB18030.decode_without_bom_handling(&bytes).0 == text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_survives(list in proptest::collection::vec((any_text(), any_text()), 1..20)) {
        let folder = Folder::new();
        let cells: Vec<Vec<OutCell>> = list.iter().enumerate().map(|(index, (a, b))| {
            vec![OutCell::Integer(index as i64), OutCell::Text(a.clone()), OutCell::Text(b.clone())]
        }).collect();
        let utf16 = CsvOptions { charset: Charset::Utf16Le, separator: Separator::Tab, ..CsvOptions::default() };
        let gb = CsvOptions { charset: Charset::Gb18030, bom: false, ..CsvOptions::default() };
        let mut formats = vec![
            ("a.csv", OutFormat::Csv(CsvOptions::default())),
            ("b.csv", OutFormat::Csv(utf16)),
            ("c.xlsx", OutFormat::Xlsx(XlsxOptions::default())),
        ];
        // Without a mark, zero bytes and other controls are taken for a sign of another encoding, as they should be.
        let tame = |text: &String| keeps(text) && !text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace());
        if list.iter().all(|(a, b)| tame(a) && tame(b)) {
            formats.push(("d.csv", OutFormat::Csv(gb)));
        }
        for (name, format) in formats {
            let is_text = matches!(format, OutFormat::Csv(_));
            let (path, _) = write(&folder, name, format, &cells);
            let read = read(&path);
            prop_assert_eq!(read.len(), list.len() + 1, "{}", name);
            for (row, (a, b)) in read[1..].iter().zip(&list) {
                let (left, right) = (row.text(1), row.text(2));
                let undo = |text| if is_text { unguard(text) } else { text };
                prop_assert_eq!((undo(&left), undo(&right)), (a.as_str(), b.as_str()), "{}", name);
            }
        }
    }

    #[test]
    fn guard_has_an_inverse(text in any_text()) {
        let guarded = guard(&text);
        prop_assert_eq!(unguard(&guarded), text.as_str());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000), lead in 0..5usize) {
        let lead: &[u8] = [b"".as_slice(), b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xFF\xFE", b"\"a\",b\n"][lead];
        let folder = Folder::new();
        if let Ok(book) = Workbook::open(folder.file("any.bin", &[lead, &bytes].concat())) {
            for row in book.rows(book.best_sheet()).expect("it opens") {
                if row.is_err() {
                    break;
                }
            }
        }
    }
}
