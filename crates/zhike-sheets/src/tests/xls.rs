use super::{Folder, failure, read, rows, texts};
use crate::ole::wrap;
use crate::{Cell, Format, Limits, Workbook};

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes(), &(body.len() as u16).to_le_bytes(), body].concat()
}

fn words(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    record(0x0204, &[words(&[row, column, 0, units.len() as u16]), vec![1], words(&units)].concat())
}

fn number(row: u16, column: u16, style: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[words(&[row, column, style]), value.to_le_bytes().to_vec()].concat())
}

/// A workbook of one sheet: the least that BIFF8 asks for, with a general and a date style.
fn stream(cells: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let style = |format: u16| record(0x00E0, &[words(&[0, format]), vec![0; 16]].concat());
    let name: Vec<u16> = "名单".encode_utf16().collect();
    let globals = [begin(5), style(0), style(14)].concat();
    let sheet_at = globals.len() + 4 + 8 + name.len() * 2 + 4;
    let bound = record(0x0085, &[(sheet_at as u32).to_le_bytes().to_vec(), vec![0, 0, 2, 1], words(&name)].concat());
    [globals, bound, record(0x000A, &[]), begin(0x10), cells.concat(), record(0x000A, &[])].concat()
}

#[test]
fn an_old_workbook_is_read() {
    let merged = record(0x00E5, &words(&[1, 2, 3, 0, 0]));
    let cells = [
        label(0, 0, "客户名称"),
        label(0, 1, "手机"),
        label(0, 2, "日期"),
        label(2, 0, "青岛海信"),
        number(2, 1, 0, 13_800_138_000.0),
        number(2, 2, 1, 45047.0),
        number(3, 1, 0, 0.5),
        merged,
    ];
    let folder = Folder::new();
    let path = folder.file("old.xls", &wrap(&stream(&cells)));
    let book = Workbook::open(&path).expect("it opens");
    assert_eq!(book.format(), Format::Xls);
    assert_eq!(
        (book.sheets()[0].name.as_str(), book.sheets()[0].rows, book.sheets()[0].columns),
        ("名单", Some(4), Some(3))
    );
    let read = rows(&book, 0);
    assert_eq!(
        texts(&read),
        [vec!["客户名称", "手机", "日期"], vec!["青岛海信", "13800138000", "2023-05-01"], vec!["", "0.5"]]
    );
    assert_eq!(read[1].number, 3);
    assert!(matches!(read[1].cells[2], Cell::DateTime(_)));
    let filled: Vec<String> =
        book.rows_merged(0, 3).expect("it reads").map(|row| row.expect("a row").text(0)).collect();
    assert_eq!(filled, ["青岛海信", "青岛海信"]);
}

#[test]
fn large_workbooks_fit_into_the_wrapping() {
    let cells: Vec<Vec<u8>> =
        (0..60_000).flat_map(|row| (0..8).map(move |column| number(row, column, 0, f64::from(row)))).collect();
    let folder = Folder::new();
    let path = folder.file("large.xls", &wrap(&stream(&cells)));
    assert!(std::fs::metadata(&path).expect("the file").len() > 8 << 20, "beyond what the header's own list can hold");
    assert_eq!(read(&path).len(), 60_000);
}

#[test]
fn few_cells_far_apart_are_refused() {
    let folder = Folder::new();
    let path = folder.file("corners.xls", &wrap(&stream(&[number(0, 0, 0, 1.0), number(65_535, 65_535, 0, 1.0)])));
    assert_eq!(failure(&path, Limits::default()).code(), "too-many-columns");
    let limits = Limits { xls: 1000, ..Limits::default() };
    assert_eq!(failure(&folder.file("big.xls", &wrap(&stream(&[]))), limits).code(), "file-too-large");
}

#[test]
fn locked_and_foreign_compound_files() {
    let folder = Folder::new();
    let renamed = |name: &str| {
        let mut bytes = wrap(&stream(&[]));
        let entry: Vec<u8> = words(&name.encode_utf16().collect::<Vec<_>>());
        bytes[640..704].fill(0);
        bytes[640..640 + entry.len()].copy_from_slice(&entry);
        bytes[704..706].copy_from_slice(&(entry.len() as u16 + 2).to_le_bytes());
        bytes
    };
    let code = |name: &str, bytes: &[u8]| failure(&folder.file(name, bytes), Limits::default());
    assert_eq!(code("locked.xlsx", &renamed("EncryptedPackage")).code(), "file-encrypted");
    assert!(code("letter.xls", &renamed("WordDocument")).message(true).contains("Word"));
    assert!(code("other.xls", &renamed("Contents")).message(true).contains("不含工作表"));
    let mut locked = stream(&[label(0, 0, "x")]);
    locked.splice(20..20, record(0x002F, &[0; 6])); // FILEPASS after the first record
    assert_eq!(code("filepass.xls", &wrap(&locked)).code(), "file-encrypted");
    let broken = wrap(&stream(&[label(0, 0, "x")]));
    assert_eq!(code("broken.xls", &broken[..1500]).code(), "file-damaged");
}
