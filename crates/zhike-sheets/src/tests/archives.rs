use std::fmt::Write as _;

use super::{Folder, read, rows, sheet, texts, workbook};
use crate::{Cell, Limits, Merge, Serial, Workbook, header};

const STYLES: &str = r##"<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/><numFmt numFmtId="177" formatCode="[h]:mm:ss"/><numFmt numFmtId="178" formatCode="#,##0.00_ ;[Red]\-#,##0.00\ "/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="176"/><xf numFmtId="177"/><xf numFmtId="178"/><xf numFmtId="31"/><xf numFmtId="20"/></cellXfs></styleSheet>"##;

#[test]
fn cells_of_every_kind() {
    let strings = r#"<sst count="3" uniqueCount="3"><si><t>青岛 &amp; 海信</t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t xml:space="preserve">文本 </t></r><rPh sb="0" eb="1"><t>fu</t></rPh></si><si><t>a_x000D_b_xD842__xDFB7__x005F_x0041_</t></si></sst>"#;
    let cells = r#"<dimension ref="A1:P3"/><sheetData><row r="1" spans="1:16"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1"><v>13800138000</v></c><c r="E1"><v>1.38001380001E11</v></c><c r="F1"><v>370202199001011234</v></c><c r="G1" s="1"><v>45047</v></c><c r="H1" s="2"><v>45047.5</v></c><c r="I1" s="3"><v>45047</v></c><c r="J1" s="4"><v>1.5</v></c><c r="K1" s="5"><v>1234.5</v></c><c r="L1" t="b"><v>1</v></c><c r="M1" t="e"><v>#SPILL!</v></c><c r="N1" t="str"><f>A1&amp;"x"</f><v>算 &lt;出&gt;</v></c><c r="O1" t="inlineStr"><is><t>&#38738;岛</t></is></c><c r="P1" s="6"><v>45047</v></c></row><row r="3"><c r="C3" s="7"><v>0.5</v></c><c r="D3" s="7"><v>45047.5</v></c><c r="E3" t="d"><v>2023-05-01T08:30:00</v></c><c r="F3"/><c r="G3" s="1"/></row></sheetData>"#;
    let folder = Folder::new();
    let path = folder.file("kinds.xlsx", &workbook(cells, strings, STYLES, ""));
    let book = Workbook::open(&path).expect("it opens");
    assert_eq!(
        (book.sheets()[0].name.as_str(), book.sheets()[0].rows, book.sheets()[0].columns),
        ("客户", Some(3), Some(16))
    );
    let read = rows(&book, 0);
    assert_eq!(
        texts(&read)[0],
        [
            "青岛 & 海信",
            "富文本 ",
            "a\rb𠮷_x0041_",
            "13800138000",
            "138001380001",
            "370202199001011234",
            "2023-05-01",
            "2023-05-01 12:00:00",
            "2023-05-01",
            "36:00:00",
            "1234.5",
            "TRUE",
            "#SPILL!",
            "算 <出>",
            "青岛",
            "2023-05-01",
        ]
    );
    assert_eq!(read[0].cells[6], Cell::DateTime(Serial { days: 45047.0, has_date: true, has_time: false }));
    assert_eq!((read[1].number, read[1].cells.len()), (3, 5), "blank row counted, empty cells cut");
    assert_eq!(texts(&read)[1], ["", "", "12:00:00", "2023-05-01 12:00:00", "2023-05-01 08:30:00"]);
}

#[test]
fn positions_may_be_missing_and_days_count_from_1904() {
    let cells = r#"<sheetData><row><c><v>1</v></c><c s="1"><v>43585</v></c></row><row><c t="inlineStr"><is><t>x</t></is></c></row></sheetData>"#;
    let folder = Folder::new();
    let read = read(&folder.file("mac.xlsx", &workbook(cells, "<sst/>", STYLES, r#"<workbookPr date1904="1"/>"#)));
    assert_eq!(texts(&read), [vec!["1", "2023-05-01"], vec!["x"]]);
    assert_eq!(read[1].number, 2);
}

#[test]
fn merged_areas_are_filled_on_request() {
    let cells = r#"<sheetData><row r="1"><c r="A1" t="str"><v>客户名称</v></c><c r="B1" t="str"><v>联系人</v></c></row><row r="2"><c r="B2" t="str"><v>姓名</v></c><c r="C2" t="str"><v>电话</v></c></row><row r="3"><c r="A3" t="str"><v>甲公司</v></c><c r="B3" t="str"><v>张三</v></c><c r="C3"><v>13800138000</v></c></row><row r="4"><c r="B4" t="str"><v>李四</v></c><c r="C4"><v>13900139000</v></c></row></sheetData><mergeCells count="3"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="A3:A4"/></mergeCells>"#;
    let folder = Folder::new();
    let book = Workbook::open(folder.file("merged.xlsx", &sheet(cells))).expect("it opens");
    let merges = book.merges(0).expect("it reads");
    assert_eq!(merges[1], Merge { first_row: 1, last_row: 1, first_column: 1, last_column: 2 });
    assert_eq!(rows(&book, 0)[3].text(0), "", "as the file has it");
    let preview = book.preview(0, 20).expect("it reads");
    assert_eq!(preview[3].text(0), "甲公司");
    let guess = header::find(&preview);
    assert_eq!(
        (guess.row_number, guess.first_data_row, guess.labels),
        (2, 3, vec!["客户名称".into(), "姓名".into(), "电话".into()])
    );
    let resumed: Vec<_> = book.rows_merged(0, 4).expect("it reads").map(|row| row.expect("a row").text(0)).collect();
    assert_eq!(resumed, ["甲公司"]);
}

#[test]
fn many_shared_strings_go_to_a_file() {
    let (mut strings, mut cells) = (String::from("<sst>"), String::from("<sheetData>"));
    for number in 0..5000 {
        let _ = write!(strings, "<si><t>青岛第{number}有限公司</t></si>");
        // Backwards and forwards, so that blocks are read out of order.
        let _ = write!(cells, r#"<row><c t="s"><v>{number}</v></c><c t="s"><v>{}</v></c></row>"#, 4999 - number);
    }
    strings.push_str("</sst>");
    cells.push_str("</sheetData>");
    let folder = Folder::new();
    let path = folder.file("many.xlsx", &workbook(&cells, &strings, "<styleSheet/>", ""));
    let limits = Limits { strings_in_memory: 4096, ..Limits::default() };
    let book = Workbook::open_with(&path, "many.xlsx", limits).expect("it opens");
    let read = rows(&book, 0);
    assert_eq!(read.len(), 5000);
    for (number, row) in read.iter().enumerate() {
        assert_eq!(row.text(0), format!("青岛第{number}有限公司"));
        assert_eq!(row.text(1), format!("青岛第{}有限公司", 4999 - number));
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1, "the temporary file has no name");
}

#[test]
fn the_fullest_visible_sheet_is_the_best() {
    let folder = Folder::new();
    let rels = r#"<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/a.xml"/><Relationship Id="b" Type="x/worksheet" Target="worksheets/b.xml"/><Relationship Id="c" Type="x/worksheet" Target="worksheets/c.xml"/></Relationships>"#;
    let main = r#"<workbook><sheets><sheet name="说明" r:id="a"/><sheet name="数据" r:id="b"/><sheet name="旧" state="hidden" r:id="c"/></sheets></workbook>"#;
    let filled = |count: usize| {
        let row = r"<row><c><v>1</v></c><c><v>2</v></c></row>".repeat(count);
        format!("<worksheet><sheetData>{row}</sheetData></worksheet>")
    };
    let bytes = super::archive(&[
        ("_rels/.rels", super::ROOT.as_bytes()),
        ("XL\\Workbook.xml", main.as_bytes()),
        ("xl/_rels/workbook.xml.rels", rels.as_bytes()),
        ("xl/worksheets/a.xml", filled(3).as_bytes()),
        ("xl/worksheets/b.xml", filled(900).as_bytes()),
        ("xl/worksheets/c.xml", filled(5000).as_bytes()),
    ]);
    let book = Workbook::open(folder.file("three.xlsx", &bytes)).expect("it opens");
    assert_eq!(book.best_sheet(), 1);
    assert!(book.sheets()[2].hidden);
    assert_eq!(book.sheet_named("旧").expect("it is there"), 2);
    assert_eq!(book.sheet_named("无").expect_err("it is not").code(), "sheet-missing");
    assert_eq!(rows(&book, 2).len(), 5000);
}
