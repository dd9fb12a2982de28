use super::{Found, back, city, front, name, read, relation, spelled_place, whole, within};
use crate::letters::word;
use crate::level::Level;

fn at_front(text: &str, hint: &str) -> (&'static str, usize) {
    let Found { place, length } = front(&word(text), read(hint));
    (name(place), length)
}

#[test]
fn in_front() {
    assert_eq!(at_front("青岛海尔电器", ""), ("青岛市", 2));
    assert_eq!(at_front("山东青岛海尔电器", ""), ("青岛市", 4));
    assert_eq!(at_front("山东省青岛市海尔电器", ""), ("青岛市", 6));
    assert_eq!(at_front("北京市华为", ""), ("北京市", 3));
    assert_eq!(at_front("内蒙古伊利实业", ""), ("内蒙古自治区", 3));
    assert_eq!(at_front("黑龙黑河德利", "黑龙江省黑河市"), ("黑河市", 4));
    assert_eq!(at_front("轻岛海尔电器", "山东省青岛市"), ("青岛市", 2));
    assert_eq!(at_front("昆山市永新", ""), ("昆山市", 3));
    assert_eq!(at_front("东方明珠", "上海市"), ("", 0));
    assert_eq!(at_front("吉林敖东", ""), ("吉林省", 2));
}

#[test]
fn behind_and_inside() {
    let found = back(&word("华为技术北京"), 0, 0);
    assert_eq!((name(found.place), found.length), ("北京市", 2));
    assert_eq!(back(&word("海尔电器"), 0, 0), Found::default());
    assert_eq!(name(whole(&word("深圳南山区"), 0)), "南山区");
    assert_eq!(whole(&word("深圳海尔"), 0), 0);
    assert_eq!(within(&word("工商银行青岛市南支行"), 2), Some(4));
    assert_eq!(name(spelled_place(&word("qingdao"), 0, false)), "青岛市");
}

#[test]
fn relations() {
    let of = |a: &str, b: &str| relation(read(a), read(b));
    assert_eq!(of("青岛", "山东省青岛市"), Level::Same);
    assert_eq!(of("青岛", "青岛市市南区"), Level::Within);
    assert_eq!(of("青岛市市北区", "青岛市市南区"), Level::Alike);
    assert_eq!(of("山东", "青岛"), Level::Alike);
    assert_eq!(of("济南", "青岛"), Level::Different);
    assert_eq!(of("北京", "北京市朝阳区"), Level::Within);
    assert_eq!(of("", "青岛"), Level::Missing);
    assert_eq!(city(read("北京市朝阳区")), 110_000);
}
