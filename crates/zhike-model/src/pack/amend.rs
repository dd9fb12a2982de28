//! What an extension changes of what was declared before: `[[amend]]` of a field, `parents` of an object.

use zhike_types::{Text, text};

use super::table::{Table, unknown_word};
use crate::{Access, Object};

/// `parents = ["lead"]`: more records whose sight is enough.
pub(super) fn parents(table: &Table<'_>, object: &mut Object) {
    let more = table.strings("parents");
    if more.is_empty() {
        return;
    }
    match &mut object.access {
        Access::Parents(fields) => fields.extend(more),
        Access::Owned | Access::Open => {
            let name = &object.name;
            table.problem_at(
                "parents",
                text!(
                    "{name} 不是从属的对象（access = {{ parent = … }}），不能加 parents。",
                    "{name} does not hang on another object (access = {{ parent = … }}): it takes no `parents`."
                ),
            );
        }
    }
}

/// One `[[amend]]`.
pub(super) fn field(table: Table<'_>, object: &mut Object) {
    let name = table.required_string("field", "field = \"account\"");
    let table = table.named(format!("{}/amend/{name}", object.name));
    let known = object.fields.iter().filter(|field| !field.system).map(|field| field.name.as_str());
    let unknown = unknown_word(&name, known);
    let Some(field) = object.fields.iter_mut().find(|field| field.name == name && !field.system) else {
        table.problem_at("field", unknown);
        return;
    };
    if table.has("required") {
        field.required = table.boolean("required");
    }
    field.moves.extend(table.words("moves"));
    field.synonyms.extend(table.strings("synonyms"));
    if table.has("label") {
        field.label = table.label("label").unwrap_or_else(|| field.label.clone());
    }
    if table.has("help") {
        field.help = table.label("help").filter(|help| *help != Text::default());
    }
    table.finish();
}
