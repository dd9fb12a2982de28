use std::collections::BTreeMap;

use zhike_model::{Model, Object};
use zhike_types::{Uuid, Value};

use super::super::{
    Choice,
    propose::{Candidate, can_unite, is_decided, survivor, take},
};

fn model() -> Model {
    zhike_model::read(&zhike_model::shipped_packs()).expect("the packs are right")
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn values(object: &Object, fields: &[(&str, Value)]) -> Vec<Value> {
    let mut values = vec![Value::Null; object.fields.len()];
    for (name, value) in fields {
        values[object.index_of(name).expect("a field")] = value.clone();
    }
    values
}

fn list(keys: &[&str]) -> Value {
    Value::List(keys.iter().map(|&key| key.to_owned()).collect())
}

#[test]
fn the_fullest_survives_then_the_busiest_then_the_oldest() {
    let model = model();
    let account = model.object("account").expect("accounts");
    let full = values(account, &[("name", "甲".into()), ("phone", "0532-1".into()), ("created_at", 9.into())]);
    let old = values(account, &[("name", "甲".into()), ("created_at", 1.into())]);
    let young = values(account, &[("name", "甲".into()), ("created_at", 5.into())]);
    let best = |all: &[(u128, &Vec<Value>, i64)]| {
        let all: Vec<Candidate<'_>> = all
            .iter()
            .map(|(number, values, related)| Candidate { id: id(*number), values, related: *related })
            .collect();
        survivor(account, &all)
    };
    assert_eq!(best(&[(1, &old, 50), (2, &full, 0)]), Some(id(2)));
    assert_eq!(best(&[(1, &old, 3), (2, &young, 4)]), Some(id(2)));
    assert_eq!(best(&[(1, &young, 3), (2, &old, 3)]), Some(id(2)));
    assert_eq!(best(&[(2, &old, 3), (1, &old, 3)]), Some(id(1)));
}

#[test]
fn blanks_are_filled_lists_united_and_flags_stay_set() {
    let model = model();
    let contact = model.object("contact").expect("contacts");
    let first = values(
        contact,
        &[
            ("name", "张伟".into()),
            ("do_not_contact", false.into()),
            ("tags", list(&["甲", "乙"])),
            ("reports_to", id(2).into()),
        ],
    );
    let second = values(
        contact,
        &[
            ("name", "张偉".into()),
            ("mobile", "13905320000".into()),
            ("do_not_contact", true.into()),
            ("tags", list(&["乙", "丙"])),
            ("reports_to", id(3).into()),
        ],
    );
    let candidates =
        [Candidate { id: id(1), values: &first, related: 0 }, Candidate { id: id(2), values: &second, related: 0 }];
    let became = |choices: BTreeMap<String, Choice>, field: &str| {
        let at = contact.index_of(field).expect("a field");
        let one = take(contact, &candidates, &choices).into_iter().find(|one| one.field == at).expect("decided");
        (one.value, one.from)
    };
    let none = BTreeMap::new;
    assert_eq!(became(none(), "name"), ("张伟".into(), vec![id(1)]));
    assert_eq!(became(none(), "mobile"), ("13905320000".into(), vec![id(2)]));
    assert_eq!(became(none(), "do_not_contact"), (true.into(), vec![id(2)]));
    assert_eq!(became(none(), "tags"), (list(&["甲", "乙", "丙"]), vec![id(1), id(2)]));
    // who reported to the other one reports to whom that one reported to
    assert_eq!(became(none(), "reports_to"), (id(3).into(), vec![id(2)]));
    assert_eq!(became(none(), "title"), (Value::Null, Vec::new()));
    let chosen = |field: &str, choice| became(BTreeMap::from([(field.to_owned(), choice)]), field);
    assert_eq!(chosen("name", Choice::Of(id(2))).0, "张偉".into());
    assert_eq!(chosen("tags", Choice::Of(id(2))).0, list(&["乙", "丙"]));
    assert_eq!(chosen("mobile", Choice::Of(id(1))).0, Value::Null);
}

#[test]
fn the_department_goes_with_the_owner_and_long_texts_can_be_united() {
    let model = model();
    let account = model.object("account").expect("accounts");
    let first = values(account, &[("owner", id(8).into()), ("department", id(9).into()), ("remark", "老客户".into())]);
    let second = values(account, &[("owner", id(6).into()), ("department", id(7).into()), ("remark", "欠款".into())]);
    let candidates =
        [Candidate { id: id(1), values: &first, related: 0 }, Candidate { id: id(2), values: &second, related: 0 }];
    let choices = BTreeMap::from([("owner".to_owned(), Choice::Of(id(2))), ("remark".to_owned(), Choice::United)]);
    let taken = take(account, &candidates, &choices);
    let value = |field: &str| {
        let at = account.index_of(field).expect("a field");
        taken.iter().find(|one| one.field == at).expect("decided").value.clone()
    };
    assert_eq!((value("owner"), value("department")), (id(6).into(), id(7).into()));
    assert_eq!(value("remark"), "老客户\n\n欠款".into());
    let field = |name: &str| account.field(name).expect("a field");
    assert!(!is_decided(field("number")) && !is_decided(field("contact_count")) && !is_decided(field("created_at")));
    assert!(can_unite(field("tags")) && !can_unite(field("name")));
}
