use std::collections::BTreeMap;

use zhike_records::Given;

use super::{shows, typed::Typed};
use crate::link::Pairs;

#[test]
fn a_field_shows_as_its_condition_says() {
    let form = |name: &str| match name {
        "status" => "lost".to_owned(),
        "done" => "true".to_owned(),
        _ => String::new(),
    };
    for (condition, expected) in [
        (r#"status == "lost""#, true),
        (r#"status == "active""#, false),
        (r#"status in ["active", "lost"]"#, true),
        (r#"kind in ["person"]"#, false),
        ("done", true),
        ("!done", false),
        (r#"status == "lost" && !done"#, false),
        ("contacts.exists(c, c.is_primary)", true),
    ] {
        assert_eq!(shows(condition, &form), expected, "{condition}");
    }
}

#[test]
fn only_what_was_changed_is_written() {
    let model = zhike_model::pack::read(&zhike_model::pack::shipped_packs()).expect("the packs are right");
    let account = model.object("account").expect("core has accounts");
    let pairs = Pairs(
        [
            ("name", "海风"),
            ("industry", "食品"),
            ("roles", ""),
            ("roles", "customer"),
            ("remark", "a\r\nb"),
            ("nonsense", "x"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .to_vec(),
    );
    let was = BTreeMap::from([
        ("name".to_owned(), "海风".to_owned()),
        ("industry".to_owned(), String::new()),
        ("remark".to_owned(), "a\nb".to_owned()),
    ]);
    let input = Typed::of(account, &pairs).input(account, &was);
    assert_eq!(
        input.fields,
        [
            ("industry".to_owned(), Given::Text("食品".into())),
            ("roles".to_owned(), Given::Texts(vec!["customer".into()]))
        ]
    );
}
