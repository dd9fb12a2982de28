//! `[[rule]]`, `[[lock]]` and `[[record]]`.

use zhike_types::{Text, Value, text};

use super::{
    field::typed,
    table::{Table, unknown_word},
};
use crate::{Field, FieldKind, FirstRecord, Lock, Rule};

pub(super) fn rules(tables: Vec<Table<'_>>, object: &str) -> Vec<Rule> {
    tables.into_iter().map(|table| rule(table, object)).collect()
}

fn rule(table: Table<'_>, object: &str) -> Rule {
    let name = table.required_string("name", "name = \"dates\"");
    let table = table.named(format!("{object}/rule/{name}"));
    let rule = Rule {
        name,
        holds: table.required_string("holds", "holds = \"ends_on >= starts_on\""),
        field: table.required_string("field", "field = \"ends_on\""),
        message: table.required_label("message"),
        by_hand: table.boolean("by_hand"),
    };
    table.finish();
    rule
}

pub(super) fn locks(tables: Vec<Table<'_>>, object: &str) -> Vec<Lock> {
    tables.into_iter().map(|table| lock(table, object)).collect()
}

fn lock(table: Table<'_>, object: &str) -> Lock {
    let name = table.required_string("name", "name = \"approved\"");
    let table = table.named(format!("{object}/lock/{name}"));
    let lock = Lock {
        name,
        when: table.required_string("when", "when = 'status == \"approved\"'"),
        fields: table.strings("fields"),
        relations: table.strings("relations"),
        message: table.required_label("message"),
    };
    if lock.fields.is_empty() && lock.relations.is_empty() {
        table.problem(Text::new(
            "缺少“fields”或“relations”：请写明锁住哪些字段或明细。",
            "`fields` or `relations` is missing: say what is locked.",
        ));
    }
    table.finish();
    lock
}

pub(super) fn first(tables: Vec<Table<'_>>, object: &str, fields: &[Field]) -> Vec<FirstRecord> {
    tables.into_iter().map(|table| record(table, object, fields)).collect()
}

fn record(table: Table<'_>, object: &str, fields: &[Field]) -> FirstRecord {
    let key = table.required_string("key", "key = \"standard\"");
    let table = table.named(format!("{object}/record/{key}"));
    let mut values = Vec::new();
    for (name, raw) in table.entries("values") {
        let Some(field) = fields.iter().find(|field| field.name == name && !field.read_only) else {
            let known = fields.iter().filter(|field| !field.read_only).map(|field| field.name.as_str());
            table.problem_at("values", unknown_word(&name, known));
            continue;
        };
        let value = match &field.kind {
            // the key of another first record
            FieldKind::Reference { .. } => raw.as_str().map(Value::from),
            kind => typed(raw, kind),
        };
        match value {
            Some(value) => values.push((name, value)),
            None => {
                let kind = field.kind.name();
                table.problem_at(
                    "values",
                    text!(
                        "“{name}”的值不适合 {kind} 类型的字段。",
                        "The value of `{name}` does not fit a field of type {kind}."
                    ),
                );
            }
        }
    }
    if values.is_empty() {
        table.problem(Text::new(
            "缺少“values”。请加上一行：values = { name = \"…\" }",
            "`values` is missing. Add a line: values = { name = \"…\" }",
        ));
    }
    table.finish();
    FirstRecord { key, values }
}
