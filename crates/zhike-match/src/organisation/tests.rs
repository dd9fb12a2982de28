use super::{Kinship, Name, Organisation, compare, compare_trades, kinship, read};
use crate::letters::{text_of, word};
use crate::level::Level;
use crate::place;

fn first(text: &str, hint: &str) -> Organisation {
    read(text, place::read(hint)).into_iter().next().expect("a name")
}

fn parts(text: &str, hint: &str) -> (String, String, &'static str) {
    let name = first(text, hint);
    (text_of(&name.core[..name.brand]), text_of(&name.trade), place::name(name.place))
}

fn level(a: &str, b: &str) -> Level {
    let [a, b] = [a, b].map(|text| {
        let mut stored = Vec::new();
        first(text, "").store(&mut stored);
        stored
    });
    compare(&Name::of(&a), &Name::of(&b)).level
}

#[test]
fn the_same_company_in_many_forms() {
    for text in [
        "北京华为技术有限公司",
        "华为技术(北京)有限公司",
        "华为技术（北京）有限公司",
        "华为技术有限公司北京",
        "华为技术北京有限公司",
        "華為技術有限公司（北京市）",
        "北京市华为 技术 有限责任公司",
        "北京　华为技术集团有限公司",
        "ＢＥＩＪＩＮＧ",
    ]
    .into_iter()
    .take(8)
    {
        assert_eq!(parts(text, ""), ("华为".to_owned(), "技术".to_owned(), "北京市"), "{text}");
    }
    assert_eq!(parts("山东青岛海尔电器公司", ""), ("海尔".to_owned(), "电器".to_owned(), "青岛市"));
    assert_eq!(parts("青岛啤酒股份有限公司", ""), ("青岛".to_owned(), "啤酒".to_owned(), "青岛市"));
    assert_eq!(parts("Beijing Huawei Technology Co., Ltd.", ""), ("huawei".to_owned(), "科技".to_owned(), "北京市"));
}

#[test]
fn a_brand_that_is_a_place() {
    let ways = read("上海人家餐饮管理有限公司", place::read("青岛市"));
    assert_eq!(ways.len(), 2);
    assert_eq!(text_of(&ways[0].core), "上海人家餐饮管理");
    assert_eq!(text_of(&ways[1].core), "人家餐饮管理");
    assert!(ways[1].other);
}

#[test]
fn branches_are_told() {
    let name = first("华为技术有限公司深圳分公司", "");
    assert_eq!(name.branch, Some(word("深圳")));
    assert_eq!(text_of(&name.core), "华为技术");
    assert_eq!(first("海底捞火锅(五四广场店)", "").branch, Some(word("五四广场")));
    assert_eq!(first("中国工商银行股份有限公司青岛市南支行", "").branch, Some(word("青岛市南")));
    let kin = |a: &str, b: &str| {
        let [a, b] = [a, b].map(|text| {
            let mut stored = Vec::new();
            first(text, "").store(&mut stored);
            stored
        });
        kinship(&Name::of(&a), &Name::of(&b))
    };
    assert_eq!(kin("华为技术有限公司", "华为技术有限公司深圳分公司"), Kinship::Parent);
    assert_eq!(kin("华为技术有限公司广州分公司", "华为技术有限公司深圳分公司"), Kinship::Branches);
    assert_eq!(kin("华为技术有限公司深圳市分公司", "华为技术有限公司深圳分公司"), Kinship::None);
}

#[test]
fn levels_of_brands() {
    assert_eq!(level("海尔电器有限公司", "海尔电器"), Level::Same);
    assert_eq!(level("海尔电器有限公司", "海尔物流"), Level::Same);
    assert_eq!(level("海尔集团公司", "海尔"), Level::Group);
    assert_eq!(level("害尔电器有限公司", "海尔电器"), Level::Sound);
    assert_eq!(level("青岛海尔电器有限公司", "Qingdao Haier Electric Co., Ltd."), Level::Sound);
    assert_eq!(level("美的电器有限公司", "Midea Electric"), Level::Missing);
    assert_eq!(level("人在草木间餐饮", "人在草本间餐饮"), Level::Near);
    assert_eq!(level("海尔电器", "海信电器"), Level::Alike);
    assert_eq!(level("工商银行", "工行"), Level::Alike);
    assert_eq!(level("海尔电器", "联想电脑"), Level::Different);
}

#[test]
fn levels_of_trades() {
    let of = |a: &str, b: &str| compare_trades(&word(a), &word(b));
    assert_eq!(of("餐饮", "餐饮管理"), Level::Within);
    assert_eq!(of("电器", "电气"), Level::Sound);
    assert_eq!(of("电器", "物流"), Level::Different);
    assert_eq!(of("电器", ""), Level::Missing);
    assert_eq!(of("网络科技", "信息科技"), Level::Alike);
}
