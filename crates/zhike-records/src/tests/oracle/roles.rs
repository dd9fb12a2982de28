//! Several roles together: never less than any of them gives, never more than what one of them gives.

use zhike_model::Model;

use super::{Dice, given, rules};
use crate::{DataScope, ObjectRights, Rights};

type Flag = fn(&ObjectRights) -> bool;

const FLAGS: [Flag; 3] = [|grant| grant.create, |grant| grant.import, |grant| grant.export];
const SCOPES: [fn(&ObjectRights) -> DataScope; 3] = [|grant| grant.read, |grant| grant.change, |grant| grant.delete];

fn check(model: &Model, roles: &[Rights], joined: &Rights) {
    for object in model.objects() {
        let name = object.name.as_str();
        let all: Vec<&ObjectRights> = roles.iter().filter_map(|role| role.object(name)).collect();
        let of = joined.object(name);
        assert_eq!(of.is_some(), !all.is_empty(), "{name}: {roles:#?}");
        for scope in SCOPES {
            let widest = all.iter().map(|grant| scope(grant)).max().unwrap_or_default();
            assert_eq!(of.map(scope).unwrap_or_default(), widest, "{name}: {roles:#?}");
        }
        for flag in FLAGS {
            assert_eq!(of.is_some_and(flag), all.iter().any(|grant| flag(grant)), "{name}: {roles:#?}");
        }
        for field in &object.fields {
            let Some(wanted) = rules::right(roles, name, field) else { continue };
            let right = joined.field(name, field);
            assert_eq!(right, wanted, "{name}.{}: {roles:#?}", field.name);
            // said once more without the oracle: as free as the freest that gives the object, alone
            let alone: Vec<_> = roles
                .iter()
                .filter(|role| role.object(name).is_some_and(ObjectRights::may_read))
                .map(|role| role.field(name, field))
                .collect();
            assert_eq!(Some(&right), alone.iter().max(), "{name}.{}: {roles:#?}", field.name);
        }
    }
}

#[test]
fn roles_together_give_what_the_freest_gives() {
    let model = zhike_model::read(&zhike_model::shipped_packs()).expect("the packs are right");
    let mut dice = Dice::new(11);
    for _ in 0..150 {
        let roles: Vec<Rights> = (0..=dice.below(4)).map(|_| given::role(&mut dice, &model)).collect();
        let joined = roles[1..].iter().fold(roles[0].clone(), |known, role| known.join(role));
        check(&model, &roles, &joined);
        // in whatever order, and grouped as one likes
        let turned = roles.iter().rev().skip(1).fold(roles[roles.len() - 1].clone(), |known, role| role.join(&known));
        check(&model, &roles, &turned);
        // a role twice is a role once
        check(&model, &roles, &joined.join(&roles[0]));
    }
}

#[test]
fn a_role_that_says_nothing_of_a_field_gives_it_as_its_class_has_it() {
    let model = zhike_model::read(&zhike_model::shipped_packs()).expect("the packs are right");
    let role = |json: &str| serde_json::from_str::<Rights>(json).expect("a role");
    let right = |rights: &Rights, field: &str| {
        let contact = model.object("contact").expect("contacts");
        serde_json::to_value(rights.field("contact", contact.field(field).expect("a field"))).expect("a word")
    };
    let strict = role(
        r#"{"objects": {"contact": {"read": "own", "fields": {"title": "hidden", "mobile": "masked"}}}, "personal": "masked", "sensitive": "hidden"}"#,
    );
    let free = role(r#"{"objects": {"contact": {"read": "own"}}, "personal": "write", "sensitive": "hidden"}"#);
    let elsewhere = role(r#"{"objects": {"account": {"read": "all"}}, "personal": "write", "sensitive": "write"}"#);
    let blind =
        role(r#"{"objects": {"contact": {"fields": {"title": "write", "mobile": "write", "id_number": "write"}}}}"#);

    let both = strict.join(&free);
    assert_eq!(
        (right(&both, "title"), right(&both, "mobile"), right(&both, "id_number")),
        ("write".into(), "write".into(), "hidden".into())
    );
    // what a role says of its own objects it does not say of another role's
    for other in [&elsewhere, &blind] {
        let both = strict.join(other);
        assert_eq!(
            (right(&both, "title"), right(&both, "mobile"), right(&both, "id_number")),
            ("hidden".into(), "masked".into(), "hidden".into())
        );
    }
}
