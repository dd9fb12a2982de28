use proptest::prelude::*;

use super::{ALL, Level, ancestors, by_code, children, full_name, parse, parse_whole, provinces};

fn code(text: &str) -> Option<&'static str> {
    parse(text).map(|region| region.code)
}

#[test]
fn the_table_is_whole() {
    assert!(ALL.is_sorted_by_key(|region| region.code));
    assert_eq!(provinces().len(), 34);
    assert!(ALL.iter().filter(|region| region.level == Level::City).count() > 330);
    assert!(ALL.iter().filter(|region| region.level == Level::County).count() > 2800);
    assert!(ALL.iter().all(|region| (region.level == Level::Province) == region.parent.is_none()));
}

#[test]
fn by_code_up_and_down() {
    let qingdao = by_code("370200").expect("青岛");
    assert_eq!((qingdao.name, qingdao.level, qingdao.parent), ("青岛市", Level::City, Some("370000")));
    assert_eq!(by_code("37").map(|region| region.name), Some("山东省"));
    assert_eq!(by_code("110100").map(|region| region.name), Some("北京市"));
    assert_eq!(by_code("999999"), None);
    assert_eq!(by_code("3702青"), None);
    assert_eq!(full_name("370202").as_deref(), Some("山东省青岛市市南区"));
    assert_eq!(full_name("110105").as_deref(), Some("北京市朝阳区"));
    assert_eq!(full_name("419001").as_deref(), Some("河南省济源市"));
    assert_eq!(full_name("441900").as_deref(), Some("广东省东莞市"));
    assert_eq!(full_name("810000").as_deref(), Some("香港特别行政区"));
    assert_eq!(ancestors("370202").iter().map(|region| region.name).collect::<Vec<_>>(), ["山东省", "青岛市"]);
    assert_eq!(children("370200").len(), 10);
    assert_eq!(children("110000").len(), 16);
    assert!(children("370202").is_empty());
    assert!(qingdao.contains("370202") && qingdao.contains("370200") && !qingdao.contains("370100"));
}

#[test]
fn short_names() {
    let short = |code| by_code(code).and_then(super::Region::short_name);
    assert_eq!(short("370200"), Some("青岛"));
    assert_eq!(short("150000"), Some("内蒙古"));
    assert_eq!(short("222400"), Some("延边"));
    assert_eq!(short("130133"), None); // 赵县
    assert_eq!(super::all().len(), ALL.len());
}

#[test]
fn as_people_write_them() {
    for (written, wanted) in [
        ("山东青岛", "370200"),
        ("山东省青岛市", "370200"),
        ("青岛", "370200"),
        ("青岛市市南区", "370202"),
        ("山东省青岛市市南区香港中路10号", "370202"),
        ("山东-青岛-市南", "370202"),
        ("山东 青岛 市南区", "370202"),
        ("青岛市南区香港中路10号", "370202"),
        ("青岛市南京路10号", "370200"),
        ("青岛市崂山区", "370212"),
        ("山东/青岛/崂山区", "370212"),
        ("北京", "110000"),
        ("北京市朝阳区", "110105"),
        ("北京朝阳", "110105"),
        ("北京市市辖区朝阳区", "110105"),
        ("北京北京市朝阳区", "110105"),
        ("北京市北京市", "110000"),
        ("内蒙古呼和浩特", "150100"),
        ("内蒙古自治区", "150000"),
        ("广西壮族自治区南宁市", "450100"),
        ("广西南宁", "450100"),
        ("新疆乌鲁木齐", "650100"),
        ("新疆", "650000"),
        ("宁夏", "640000"),
        ("西藏拉萨", "540100"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("吉林吉林", "220200"),
        ("吉林省吉林市", "220200"),
        ("吉林长春", "220100"),
        ("延边", "222400"),
        ("恩施", "422800"),
        ("湖北恩施", "422800"),
        ("黔东南", "522600"),
        ("重庆渝北区", "500112"),
        ("上海浦东", "310115"),
        ("上海市浦东新区", "310115"),
        ("香港", "810000"),
        ("台湾", "710000"),
        ("澳门特别行政区", "820000"),
        ("昆山", "320583"),
        ("江苏省昆山市", "320583"),
        ("苏州昆山", "320583"),
        ("东莞", "441900"),
        ("370202", "370202"),
        ("中国山东省", "370000"),
        ("臺灣", "710000"),
        ("河南济源", "419001"),
        ("大兴安岭", "232700"),
    ] {
        assert_eq!(code(written), Some(wanted), "{written}");
    }
}

#[test]
fn doubtful_or_foreign_is_none() {
    for written in ["", "朝阳区", "鼓楼区", "长春路12号", "东京", "张三", "999999", "区"] {
        assert_eq!(code(written), None, "{written}");
    }
    assert_eq!(code("北京东路12号"), None);
    assert_eq!(code("山东省鼓楼区"), Some("370000"));
    assert_eq!(parse_whole("青岛海尔"), None);
    assert_eq!(parse_whole("山东青岛").map(|region| region.code), Some("370200"));
}

#[test]
fn every_full_name_reads_back() {
    for region in ALL.iter() {
        let name = full_name(region.code).expect("a name");
        assert_eq!(parse_whole(&name).map(|region| region.code), Some(region.code), "{name}");
    }
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>(), han in "[山东青岛市南区省北京内蒙古自治 路大]{0,12}") {
        let _ = (parse(&text), parse(&han), by_code(&text), children(&text));
    }
}
