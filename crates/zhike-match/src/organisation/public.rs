//! Offices, schools and hospitals of the state. Place and number are all of their name: 曲靖市第六人民医院, 六院 for short; and the city's
//! is not the district's.

use std::sync::LazyLock;

use super::compare::number;
use crate::letters::{Letter, word};

/// What such a body is.
const BODIES: &[&str] = &[
    "人民政府",
    "人民医院",
    "人民法院",
    "人民检察院",
    "中医院",
    "中医医院",
    "妇幼保健院",
    "疾病预防控制中心",
    "卫生院",
    "敬老院",
    "文化站",
    "图书馆",
    "博物馆",
    "文化馆",
    "档案馆",
    "体育馆",
    "机关幼儿园",
    "实验幼儿园",
    "实验小学",
    "实验中学",
    "中心小学",
    "中心幼儿园",
    "职业技术学院",
    "委员会",
    "办事处",
];

/// What stands behind a number, and its short form.
const NUMBERED: &[(&str, &str)] = &[
    ("人民医院", "院"),
    ("中学", "中"),
    ("小学", "小"),
    ("幼儿园", "幼"),
    ("高级中学", "高"),
    ("医院", "医院"),
    ("实验小学", "实小"),
    ("职业中学", "职中"),
];

/// 局
const OFFICE: Letter = 0x5c40;
/// 第
const ORDINAL: Letter = 0x7b2c;

static BODY: LazyLock<Vec<Vec<Letter>>> = LazyLock::new(|| BODIES.iter().map(|text| word(text)).collect());
static BEHIND: LazyLock<Vec<(Vec<Letter>, Vec<Letter>)>> =
    LazyLock::new(|| NUMBERED.iter().map(|(full, short)| (word(full), word(short))).collect());

/// Whether a name without its place is that of such a body; its short form is written out.
pub(super) fn read(core: &mut Vec<Letter>) -> bool {
    let named = core.strip_prefix(&[ORDINAL]).unwrap_or(core);
    if let Some((first, kind)) = named.split_first()
        && number(*first).is_some_and(|(set, _)| set == 0)
        && let Some((full, _)) = BEHIND.iter().find(|(full, short)| kind == full || kind == short)
    {
        *core = [&[ORDINAL, *first], full.as_slice()].concat();
        return true;
    }
    // 大王镇敬老院: the town, two letters and what it is, may stand in front.
    let in_town = |before: &[Letter]| matches!(before, [_, _, 0x9547 | 0x4e61] | []);
    BODY.iter().any(|body| core.ends_with(body) && in_town(&core[..core.len() - body.len()]))
        || core.last() == Some(&OFFICE) && (3..=11).contains(&core.len())
}
