//! What is taken over must be there, be of the field's own type, and not lead round in a circle.

use zhike_types::{Text, text};

use super::super::place::Problems;
use crate::{
    Field, FieldKind, Lookup, Model, Object,
    expr::{self, Type},
    led_to,
};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        for field in object.fields.iter().filter(|field| field.takes_over()) {
            let at = |key: &str| format!("{}/field/{}/{key}", object.name, field.name);
            let worked_out = matches!(
                field.kind,
                FieldKind::Formula { .. } | FieldKind::Rollup { .. } | FieldKind::AutoNumber { .. }
            );
            if worked_out || !field.takes.iter().all(|path| takes_well(model, object, field, path)) {
                problems.under(
                    &at("takes"),
                    Text::new(
                        "takes 写成“引用字段.来源字段”，例如 product.cost；两个字段的类型要相同，本字段不能是公式、汇总或编号。",
                        "Write `takes` as reference.field, such as product.cost; both fields must have one type, and this one is no formula, roll-up or number.",
                    ),
                );
            }
            if let Some(lookup) = &field.lookup {
                self::lookup(model, object, field, lookup, &at("lookup"), problems);
            }
        }
    }
}

fn takes_well(model: &Model, object: &Object, field: &Field, path: &str) -> bool {
    path.contains('.')
        && path.split_once('.').is_some_and(|(reference, _)| reference != field.name)
        && led_to(model, object, path).is_some_and(|from| from.kind.holds_as(&field.kind))
}

fn lookup(model: &Model, object: &Object, field: &Field, lookup: &Lookup, path: &str, problems: &Problems<'_>) {
    let Some(table) = model.object(&lookup.object) else {
        let known = model.objects().iter().map(|object| object.name.as_str());
        problems.under(&format!("{path}/in"), super::super::table::unknown_word(&lookup.object, known));
        return;
    };
    if !table.field(&lookup.value).is_some_and(|value| value.kind.holds_as(&field.kind)) {
        problems.under(
            path,
            text!(
                "lookup 的 value 要是 {} 的一个字段，类型和本字段相同。",
                "`value` of the lookup must be a field of {} of this field's type.",
                table.name
            ),
        );
    }
    let fits = |(theirs, own): &(String, String)| {
        let both = table.field(theirs).zip(led_to(model, object, own));
        both.is_some_and(|(theirs, own)| theirs.kind.reference_to().is_some() && theirs.kind.holds_as(&own.kind))
            && own.split('.').next() != Some(field.name.as_str())
    };
    if lookup.equal.is_empty() || !lookup.equal.iter().all(fits) {
        problems.under(
            path,
            text!(
                "lookup 的 equal 写成 {{ {} 的引用字段 = \"本对象的引用字段\" }}，或 = \"引用字段.引用字段\"；两边要引用同一个对象。",
                "Write `equal` of the lookup as {{ a reference of {} = \"a reference here\" }}, or = \"reference.reference\"; both must lead to one object.",
                table.name
            ),
        );
    }
    let number = |field: Option<&Field>| {
        field.is_some_and(|field| matches!(field.kind, FieldKind::Integer | FieldKind::Decimal { .. }))
    };
    if let Some((theirs, own)) = &lookup.up_to
        && !(number(table.field(theirs)) && number(object.field(own)))
    {
        problems.under(
            path,
            Text::new(
                "lookup 的 up_to 写成 { 表里的数字字段 = \"本对象的数字字段\" }。",
                "Write `up_to` of the lookup as { a number there = \"a number here\" }.",
            ),
        );
    }
    if let Some(filter) = &lookup.filter
        && let Err(error) = expr::parse(model, &table.name, filter, Some(Type::Bool))
    {
        problems.inside(&format!("{path}/filter"), error.at, error.message);
    }
}
