//! What is laid out stands on the pages, all of it, in order; what is written is a PDF that archives take.

use std::sync::OnceLock;

use proptest::prelude::*;
use zhike_types::Lang;

use crate::{
    Block, Column, Document, Fonts, Party, Table,
    compose::pages,
    page::{BOTTOM, HEIGHT, LEFT, Mark, RIGHT, Style, TOP, WIDTH},
};

/// The fonts that the binary embeds.
fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let read = |name: &str| -> &'static [u8] {
            let path = format!("{}/../../web/fonts/{name}.ttf", env!("CARGO_MANIFEST_DIR"));
            std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}; run `make web` first")).leak()
        };
        Fonts::new(read("regular"), read("bold")).expect("they are fonts")
    })
}

fn document(blocks: Vec<Block>) -> Document {
    Document {
        title: "测试".to_owned(),
        lang: Lang::Zh,
        head: ["青岛知客软件有限公司".to_owned(), "BJ202611-00001".to_owned()],
        blocks,
        made_at: jiff::civil::date(2026, 11, 22).at(9, 30, 0, 0),
    }
}

fn table(rows: Vec<Vec<String>>) -> Table {
    let column = |label: &str, share, right| Column { label: label.to_owned(), share, right };
    Table {
        columns: vec![column("序号", 0.7, false), column("产品", 3.0, false), column("金额", 1.8, true)],
        rows,
        empty: "（没有明细）".to_owned(),
    }
}

fn party(role: &str) -> Party {
    Party {
        role: role.to_owned(),
        facts: vec![("公司名称：".to_owned(), "青岛海尔电器有限公司".to_owned())],
        by_hand: vec!["签字：".to_owned(), "日期：".to_owned()],
    }
}

/// The texts of a page in the order in which they were put there.
fn texts(page: &[Mark]) -> Vec<&str> {
    page.iter()
        .filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.as_str()),
            Mark::Area { .. } => None,
        })
        .collect()
}

/// Nothing stands beyond the edges of what is written.
fn is_within(page: &[Mark]) -> bool {
    page.iter().all(|mark| match mark {
        Mark::Text { x, y, style, text } => {
            let width = fonts().face(style.bold).width(text, style.size);
            let edge = *style == Style::EDGE;
            *x >= LEFT - 0.1 && x + width <= RIGHT + 0.6 && (edge || (*y > TOP && *y <= BOTTOM + 0.1)) && *y < HEIGHT
        }
        Mark::Area { x, y, width, height, .. } => {
            *x >= 0.0 && x + width <= WIDTH && *y >= 0.0 && y + height <= BOTTOM + 1.0
        }
    })
}

#[test]
fn chinese_is_broken_where_it_may_be() {
    let face = &fonts().regular;
    let ten = 10.0 * 10.0 + 1.0;
    let lines = crate::lines::lines(face, "本合同一式两份，双方各执一份，自盖章之日起（含当日）生效。", 10.0, ten);
    assert!(lines.iter().all(|line| face.width(line, 10.0) <= ten));
    for line in &lines {
        assert!(!line.starts_with(['，', '。', '）']) && !line.ends_with('（'), "{lines:?}");
    }
    assert_eq!(lines.concat(), "本合同一式两份，双方各执一份，自盖章之日起（含当日）生效。");
    assert_eq!(crate::lines::lines(face, "a\n\nb", 10.0, ten), ["a", "", "b"]);
    assert_eq!(crate::lines::lines(face, "", 10.0, ten), [""]);
    let long = "W".repeat(80);
    assert_eq!(crate::lines::lines(face, &long, 10.0, ten).concat(), long);
}

#[test]
fn what_no_font_has_is_a_box_and_what_nobody_sees_is_left_out() {
    assert_eq!(fonts().regular.printable("王\u{FEFF}喆\t堃\u{E000}😀\u{7}"), "王喆 堃□□");
}

#[test]
fn a_table_has_its_head_on_every_page() {
    let rows = (1..=120).map(|n| vec![n.to_string(), format!("第{n}号产品"), format!("¥{n}.00")]).collect();
    let made = pages(&document(vec![Block::Table(table(rows))]), fonts());
    assert!(made.len() > 2, "{} pages", made.len());
    for (n, page) in made.iter().enumerate() {
        let texts = texts(page);
        assert_eq!(&texts[..3], ["序号", "产品", "金额"]);
        assert!(texts.contains(&&*format!("第 {} 页，共 {} 页", n + 1, made.len())));
    }
    let all: Vec<&str> = made.iter().flat_map(|page| texts(page)).filter(|text| text.contains("号产品")).collect();
    assert_eq!(all, (1..=120).map(|n| format!("第{n}号产品")).collect::<Vec<_>>());
}

#[test]
fn an_empty_table_says_so_and_a_row_taller_than_a_page_is_torn() {
    let made = pages(&document(vec![Block::Table(table(Vec::new()))]), fonts());
    assert!(texts(&made[0]).contains(&"（没有明细）"));
    let tall = "条款".repeat(3_000);
    let made =
        pages(&document(vec![Block::Table(table(vec![vec!["1".into(), tall.clone(), "¥1.00".into()]]))]), fonts());
    assert!(made.len() > 2 && made.iter().all(|page| is_within(page)));
    let printed: String = made.iter().flat_map(|page| texts(page)).filter(|text| text.contains("条款")).collect();
    assert_eq!(printed.matches("条款").count(), 3_000);
}

#[test]
fn those_who_seal_stand_on_one_page() {
    for lines in 0..60 {
        let text = vec!["一行"; lines].join("\n");
        let blocks = vec![Block::Text(text), Block::Parties(vec![party("甲方（盖章）"), party("乙方（盖章）")])];
        let made = pages(&document(blocks), fonts());
        let with: Vec<usize> = (0..made.len())
            .filter(|&n| texts(&made[n]).iter().any(|text| text.contains("盖章") || text.contains("日期")))
            .collect();
        assert_eq!(with.len(), 1, "{lines} lines before");
    }
}

fn any_block() -> impl Strategy<Value = Block> {
    let text = || "[\\PC\u{4e00}-\u{4e40}\n]{0,120}";
    let pair = move || (text(), text());
    prop_oneof![
        text().prop_map(Block::Title),
        text().prop_map(Block::Heading),
        text().prop_map(Block::Text),
        prop::collection::vec(pair(), 0..6).prop_map(Block::Facts),
        prop::collection::vec(pair(), 0..4).prop_map(Block::Sums),
        prop::collection::vec(prop::collection::vec(text(), 3), 0..8).prop_map(|rows| Block::Table(table(rows))),
        prop::collection::vec(text(), 0..3)
            .prop_map(|roles| Block::Parties(roles.iter().map(|role| party(role)).collect())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_is_printed_stays_on_the_page_and_is_an_archives_pdf(blocks in prop::collection::vec(any_block(), 0..8)) {
        let document = document(blocks);
        let made = pages(&document, fonts());
        prop_assert!(made.iter().all(|page| is_within(page)));
        let pdf = document.pdf(fonts()).expect("written");
        prop_assert!(pdf.starts_with(b"%PDF-1.7") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    }
}
