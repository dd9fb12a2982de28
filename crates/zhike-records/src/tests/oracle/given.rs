//! Random roles.

use zhike_model::{Model, Object};

use super::Dice;
use crate::{DataScope, FieldRight, ObjectRights, Rights};

const SCOPES: [DataScope; 7] = [
    DataScope::None,
    DataScope::Own,
    DataScope::Own,
    DataScope::Department,
    DataScope::Below,
    DataScope::Below,
    DataScope::All,
];
const RIGHTS: [FieldRight; 5] =
    [FieldRight::Hidden, FieldRight::Masked, FieldRight::Masked, FieldRight::Read, FieldRight::Write];
/// Of a class as a whole: mostly seen, or nothing would be left to look at.
const CLASS: [FieldRight; 5] =
    [FieldRight::Hidden, FieldRight::Masked, FieldRight::Read, FieldRight::Write, FieldRight::Write];

/// A role with random scopes for every object and action, and random exceptions for fields.
pub(super) fn role(dice: &mut Dice, model: &Model) -> Rights {
    let mut rights = Rights { personal: *dice.pick(&CLASS), sensitive: *dice.pick(&CLASS), ..Rights::default() };
    if dice.percent(30) {
        rights.duties.insert("bin".to_owned());
    }
    if dice.percent(75) {
        let mut rest = grant(dice, None);
        if dice.percent(25) {
            rest.fields.insert((*dice.pick(&["remark", "owner", "name", "tags"])).to_owned(), *dice.pick(&RIGHTS));
        }
        rights.objects.insert("*".to_owned(), rest);
    }
    for object in model.objects() {
        // who sees no users sees no owners: let most of them
        let chance = if object.name == "user" { 80 } else { 50 };
        if dice.percent(chance) {
            rights.objects.insert(object.name.clone(), grant(dice, Some(object)));
        }
    }
    rights
}

fn grant(dice: &mut Dice, object: Option<&Object>) -> ObjectRights {
    let mut grant = ObjectRights {
        read: *dice.pick(&SCOPES),
        create: dice.percent(50),
        change: *dice.pick(&SCOPES),
        delete: *dice.pick(&SCOPES),
        import: dice.percent(50),
        export: dice.percent(60),
        ..ObjectRights::default()
    };
    if let Some(object) = object
        && dice.percent(45)
    {
        for _ in 0..=dice.below(3) {
            // the title shows in many places
            let field = if dice.percent(30) { object.title_field() } else { dice.pick(&object.fields) };
            grant.fields.insert(field.name.clone(), *dice.pick(&RIGHTS));
        }
    }
    grant
}
