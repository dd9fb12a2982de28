use std::time::{Duration, Instant};

use super::{Folder, archive, failure, read, sheet, workbook};
use crate::{Limits, SheetError};

/// The file's error, which must come quickly.
fn refused(name: &str, bytes: &[u8], limits: Limits) -> SheetError {
    let folder = Folder::new();
    let path = folder.file(name, bytes);
    let begun = Instant::now();
    let error = failure(&path, limits);
    assert!(begun.elapsed() < Duration::from_secs(5), "{} took {:?}", error.code(), begun.elapsed());
    assert!(!error.message(true).is_empty() && !error.message(false).is_empty());
    error
}

fn code(bytes: &[u8]) -> &'static str {
    refused("bomb.xlsx", bytes, Limits::default()).code()
}

/// Sets a field of four bytes in the directory's entry of the part.
fn patch(mut bytes: Vec<u8>, part: &str, field: usize, value: u32) -> Vec<u8> {
    let name = bytes.windows(part.len()).rposition(|window| window == part.as_bytes()).expect("the part is listed");
    let at = name - 46 + field;
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let zeros = vec![0u8; 60 << 20];
    assert_eq!(code(&archive(&[("xl/workbook.xml", &zeros)])), "compression-suspicious");
}

#[test]
fn too_many_parts_and_too_large() {
    let names: Vec<String> = (0..10_001).map(|number| format!("xl/{number}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert_eq!(code(&archive(&parts)), "too-many-entries");
    let limits = Limits { unpacked: 500, ..Limits::default() };
    assert_eq!(refused("large.xlsx", &sheet("<sheetData/>"), limits).code(), "too-large-unpacked");
}

#[test]
fn a_part_may_not_lie_about_its_size_or_be_damaged() {
    let honest = || sheet(&format!("<sheetData>{}</sheetData>", "<row><c><v>1</v></c></row>".repeat(50_000)));
    let part = "xl/worksheets/sheet1.xml";
    assert_eq!(code(&patch(honest(), part, 24, 100_000)), "too-large-unpacked");
    assert_eq!(code(&patch(honest(), part, 16, 7)), "file-damaged", "checksum");
    assert_eq!(code(&patch(honest(), part, 24, 5_000_000)), "file-damaged", "shorter than declared");
    let whole = honest();
    assert_eq!(code(&whole[..whole.len() / 2]), "file-damaged", "cut in half");
    let mut garbled = honest();
    garbled[900..1200].fill(0x55);
    let folder = Folder::new();
    assert!(matches!(failure(&folder.file("a.xlsx", &garbled), Limits::default()), SheetError::Damaged { .. }));
}

#[test]
fn places_beyond_the_sheet() {
    let cell = |row: &str, cell: &str| {
        sheet(&format!(r#"<sheetData><row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>"#))
    };
    assert_eq!(code(&cell("1", "XFE1")), "too-many-columns");
    assert_eq!(code(&cell("1", "ZZZZZZZ1")), "too-many-columns");
    assert_eq!(code(&cell("1048577", "A1048577")), "too-many-rows");
    let back = r#"<sheetData><row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row></sheetData>"#;
    assert_eq!(code(&sheet(back)), "file-damaged");
}

#[test]
fn endless_texts() {
    let long = |length: usize| {
        format!(r#"<sheetData><row><c t="inlineStr"><is><t>{}</t></is></c></row></sheetData>"#, "x".repeat(length))
    };
    assert_eq!(code(&sheet(&long(140_000))), "cell-too-long");
    assert_eq!(code(&sheet(&long(20 << 20))), "cell-too-long", "never gathered whole");
    let strings = format!("<sst><si>{}</si></sst>", "<r><t>0123456789</t></r>".repeat(200_000));
    assert_eq!(code(&workbook("<sheetData/>", &strings, "<styleSheet/>", "")), "cell-too-long");
    let wide = format!("{}\n", ",".repeat(20_000));
    assert_eq!(refused("wide.csv", format!("a,b\n{wide}").as_bytes(), Limits::default()).code(), "too-many-columns");
    let cell = format!("a,b\n1,{}\n", "x".repeat(140_000));
    let error = refused("cell.csv", cell.as_bytes(), Limits::default());
    assert_eq!(error.code(), "cell-too-long");
    assert!(error.message(true).starts_with("第 2 行 B 列"), "{}", error.message(true));
}

#[test]
fn promises_and_entities_cost_nothing() {
    let strings = r#"<!DOCTYPE sst [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><sst count="1" uniqueCount="999999999999999"><si><t>&c;</t></si></sst>"#;
    let folder = Folder::new();
    let path = folder.file(
        "a.xlsx",
        &workbook(r#"<sheetData><row><c t="s"><v>0</v></c></row></sheetData>"#, strings, "<styleSheet/>", ""),
    );
    assert_eq!(read(&path)[0].text(0), "&c;", "not expanded");
    let deep = format!("<sheetData>{}</sheetData>", "<a>".repeat(100_000));
    assert_eq!(code(&sheet(&deep)), "file-damaged");
    let missing = r#"<sheetData><row><c t="s"><v>7</v></c></row></sheetData>"#;
    assert_eq!(code(&sheet(missing)), "file-damaged", "a shared string that is not there");
}

#[test]
fn archives_that_are_something_else() {
    let kinds: [(&str, &[&str]); 5] = [
        ("Word", &["word/document.xml"]),
        ("OpenDocument", &["mimetype", "content.xml"]),
        (".xlsb", &["xl/workbook.bin"]),
        ("Numbers", &["Index/Tables/DataList.iwa"]),
        ("压缩包", &["customers.csv"]),
    ];
    for (word, names) in kinds {
        let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"x".as_slice())).collect();
        let error = refused("renamed.xlsx", &archive(&parts), Limits::default());
        assert!(error.message(true).contains(word), "{}", error.message(true));
    }
    let locked = patch(sheet("<sheetData/>"), "xl/worksheets/sheet1.xml", 6, 0x0001_0014);
    assert_eq!(code(&locked), "file-encrypted");
}
