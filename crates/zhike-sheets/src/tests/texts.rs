use std::fmt::Write as _;

use encoding_rs::{BIG5, GB18030};

use super::{Folder, failure, read, rows, texts};
use crate::{Charset, Format, Limits, LineEnd, Separator, Workbook};

const LIST: &str =
    "客户名称,联系人,手机\r\n青岛海信电器股份有限公司,张伟,13800138000\r\n济南王府井百货有限公司,李娜,13900139000\r\n";

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn every_encoding_is_recognised() {
    let folder = Folder::new();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
    let files = [
        ("utf8.csv", LIST.as_bytes().to_vec(), Charset::Utf8, false),
        ("utf8-bom.csv", marked(b"\xEF\xBB\xBF", LIST.as_bytes().to_vec()), Charset::Utf8, true),
        ("gbk.csv", GB18030.encode(LIST).0.into_owned(), Charset::Gb18030, false),
        ("le-bom.csv", marked(b"\xFF\xFE", utf16(LIST, false)), Charset::Utf16Le, true),
        ("be-bom.csv", marked(b"\xFE\xFF", utf16(LIST, true)), Charset::Utf16Be, true),
        ("le.csv", utf16(LIST, false), Charset::Utf16Le, false),
        ("be.csv", utf16(LIST, true), Charset::Utf16Be, false),
    ];
    for (name, bytes, charset, bom) in files {
        let book = Workbook::open(folder.file(name, &bytes)).expect(name);
        let layout = book.layout().expect("text has a layout");
        assert_eq!((layout.charset, layout.bom), (charset, bom), "{name}");
        let read = texts(&rows(&book, 0));
        assert_eq!(read[1], ["青岛海信电器股份有限公司", "张伟", "13800138000"], "{name}");
        assert_eq!(read.len(), 3, "{name}");
    }
}

#[test]
fn traditional_characters_in_big5() {
    let folder = Folder::new();
    let text = "客戶名稱,聯絡人,電話\n臺灣積體電路製造股份有限公司,張忠謀,03-5636688\n鴻海精密工業股份有限公司,郭臺銘,02-22683466\n聯華電子,洪嘉聰,03-5782258\n";
    let book = Workbook::open(folder.file("tw.csv", &BIG5.encode(text).0)).expect("it opens");
    assert_eq!(book.layout().map(|layout| layout.charset), Some(Charset::Big5));
    assert_eq!(rows(&book, 0)[2].text(0), "鴻海精密工業股份有限公司");
}

#[test]
fn rare_characters_take_four_bytes_in_gb18030() {
    let text = "姓名,单位\n张𠮷,青岛𬭚业\n王㛃,䶮氏\n";
    let folder = Folder::new();
    let bytes = GB18030.encode(text).0;
    assert!(bytes.windows(2).any(|pair| pair[0] >= 0x90 && pair[1].is_ascii_digit()), "four-byte sequences are there");
    assert_eq!(texts(&read(&folder.file("rare.csv", &bytes)))[1..], [["张𠮷", "青岛𬭚业"], ["王㛃", "䶮氏"]]);
}

#[test]
fn chinese_that_begins_late_is_still_seen() {
    let mut text = "id,note\n".to_owned();
    for number in 0..60_000 {
        let _ = writeln!(text, "{number},plain");
    }
    text.push_str("1,青岛\n");
    let folder = Folder::new();
    let path = folder.file("late.csv", &GB18030.encode(&text).0);
    assert_eq!(read(&path).last().map(|row| row.text(1)).as_deref(), Some("青岛"));
}

#[test]
fn broken_bytes_are_replaced_and_counted() {
    let folder = Folder::new();
    let mut bytes = LIST.repeat(20).into_bytes();
    let at = LIST.len() * 3 + LIST.find("青岛").expect("it is there");
    bytes[at] = 0xFF; // the first byte of 青 in the fourth copy: line 3 * 3 + 2
    let book = Workbook::open(folder.file("broken.csv", &bytes)).expect("it opens");
    let mut all = book.rows(0).expect("it reads");
    assert_eq!(all.by_ref().flatten().count(), 60);
    let warnings = all.warnings();
    assert_eq!(warnings.first_replaced_line, Some(11));
    assert!(warnings.replaced >= 1);
}

#[test]
fn separators_are_found() {
    let folder = Folder::new();
    for (name, mark, separator) in [
        ("a.csv", ",", Separator::Comma),
        ("b.csv", "\t", Separator::Tab),
        ("c.csv", ";", Separator::Semicolon),
        ("d.txt", "|", Separator::Pipe),
        ("e.txt", "，", Separator::FullWidthComma),
    ] {
        let text = LIST.replace(',', mark).replace("张伟", "张伟（经理、主管）");
        let book = Workbook::open(folder.file(name, text.as_bytes())).expect(name);
        assert_eq!(book.layout().map(|layout| layout.separator), Some(separator), "{name}");
        assert_eq!(rows(&book, 0)[2].text(2), "13900139000", "{name}");
    }
    let addresses = "公司;地址\n甲公司;北京市，海淀区，中关村，1号, 2楼\n乙公司;上海市，浦东\n";
    let book = Workbook::open(folder.file("address.csv", addresses.as_bytes())).expect("it opens");
    assert_eq!(book.layout().map(|layout| layout.separator), Some(Separator::Semicolon));
    let noted = "sep=|\n公司|电话\n甲|1\n";
    let read = read(&folder.file("noted.csv", noted.as_bytes()));
    assert_eq!(
        (read[0].number, texts(&read)),
        (1, vec![vec!["公司".into(), "电话".into()], vec!["甲".into(), "1".into()]])
    );
}

#[test]
fn quotes_line_ends_and_uneven_rows() {
    let folder = Folder::new();
    for (name, end, kind) in
        [("crlf.csv", "\r\n", LineEnd::CrLf), ("lf.csv", "\n", LineEnd::Lf), ("cr.csv", "\r", LineEnd::Cr)]
    {
        let lines = ["a,b,c", "\"x, \"\"y\"\"\nz\",2", "", "  ,", "1,2,3,4", "半\"角,q", "\"\",", "last"];
        let path = folder.file(name, lines.join(end).as_bytes());
        let book = Workbook::open(&path).expect(name);
        assert_eq!(book.layout().map(|layout| layout.line_end), Some(kind));
        let read = rows(&book, 0);
        let numbers: Vec<u64> = read.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [1, 2, 5, 6, 8], "{name}: blank rows count but are not handed out");
        assert_eq!(read[1].text(0), "x, \"y\"\nz");
        assert_eq!(read[2].cells.len(), 4);
        assert_eq!(read[3].text(0), "半\"角");
        assert_eq!(read[4].text(0), "last");
    }
}

#[test]
fn reading_goes_on_at_a_row() {
    let folder = Folder::new();
    let book = Workbook::open(folder.file("a.csv", b"h\n\n1\n2\n3\n")).expect("it opens");
    let rest: Vec<u64> = book.rows_from(0, 4).expect("it reads").map(|row| row.expect("a row").number).collect();
    assert_eq!(rest, [4, 5]);
}

#[test]
fn a_stray_quote_is_named_by_its_row() {
    let folder = Folder::new();
    let text = format!("a,b\n1,\"2\n{}", "3,4\n".repeat(100_000));
    let error = failure(&folder.file("quote.csv", text.as_bytes()), Limits::default());
    assert_eq!(error.code(), "quote-unclosed");
    assert!(error.message(true).contains("第 2 行"), "{}", error.message(true));
    assert_eq!(failure(&folder.file("end.csv", b"a,b\n1,\"2"), Limits::default()).code(), "quote-unclosed");
}

#[test]
fn a_hundred_thousand_rows_stream() {
    let folder = Folder::new();
    let mut text = String::new();
    for number in 0..100_000 {
        let _ = writeln!(text, "{number},青岛第{number}有限公司,1380013{number:04},\"山东省, 青岛市\"");
    }
    let path = folder.file("long.csv", &GB18030.encode(&text).0);
    let book = Workbook::open(path).expect("it opens");
    let mut all = book.rows(0).expect("it reads");
    let mut count = 0u64;
    for row in all.by_ref() {
        let row = row.expect("a row");
        count += 1;
        assert_eq!((row.number, row.cells.len()), (count, 4));
    }
    let (read, size) = all.progress();
    assert_eq!((count, read), (100_000, size));
}

#[test]
fn what_is_not_a_table_is_named() {
    let kinds: [(&str, &[u8], &str); 9] = [
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (
            "a.xls",
            b"\xEF\xBB\xBF<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
            "XML",
        ),
        ("a.jpg", b"\xFF\xD8\xFF\xE0....", "图片"),
        ("a.rar", b"Rar!\x1A\x07\x00", "压缩包"),
        ("a.et", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1......", ".et"),
        ("a.docx", b"PK\x03\x04....word/document.xml", "Word"),
        ("a.numbers", b"PK\x03\x04....Index/Document.iwa", "Numbers"),
        ("a.bin", b"\x00\x01\x02\x03\x04\x05\x06\x07\x00\x00\x08\x01", "无法识别"),
    ];
    for (name, start, word) in kinds {
        let error = Format::detect(start, name).expect_err(name);
        assert_eq!(error.code(), "format-unsupported");
        assert!(error.message(true).contains(word), "{}", error.message(true));
        assert!(!error.message(false).is_empty());
    }
    assert_eq!(Format::detect(b"", "a.csv").expect_err("nothing").code(), "file-empty");
    assert_eq!(Format::detect(b"a,b\n", "a.xls").expect("text by content"), Format::Text);
    let folder = Folder::new();
    assert_eq!(failure(&folder.file("blank.csv", b" \r\n \r\n"), Limits::default()).code(), "file-empty");
}
