//! The schemas that no object brings.

use serde_json::{Map, Value, json};
use zhike_model::Model;
use zhike_types::Lang;

use super::super::{components::list_of, reference};
use crate::words::Say as _;

fn object_of(properties: &Value, optional: &[&str]) -> Value {
    let names = properties.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let required: Vec<String> = names.into_iter().filter(|name| !optional.contains(&name.as_str())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

pub fn schemas(model: &Model, lang: Lang, schemas: &mut Map<String, Value>) {
    let names: Vec<&str> = model.objects().iter().map(|object| object.name.as_str()).collect();
    let text = || json!({ "type": "string" });
    let flag = || json!({ "type": "boolean" });
    let count = || json!({ "type": "integer", "minimum": 0 });
    let instant = || json!({ "type": "string", "format": "date-time" });
    let maybe = |schema: Value| json!({ "anyOf": [schema, { "type": "null" }] });
    let texts = || json!({ "type": "array", "items": { "type": "string" } });
    let scope = || json!({ "enum": ["none", "own", "department", "below", "all"] });
    let right = || json!({ "enum": ["hidden", "masked", "read", "write"] });
    let label = object_of(&json!({ "zh": { "type": "string" }, "en": { "type": "string" } }), &[]);
    let label_input = object_of(
        &json!({ "zh": { "type": "string", "minLength": 1 }, "en": { "type": ["string", "null"] } }),
        &["en"],
    );
    let abilities = object_of(
        &json!({ "read": flag(), "create": flag(), "change": flag(), "delete": flag(), "import": flag(), "export": flag(), "merge": flag() }),
        &[],
    );
    let total =
        object_of(&json!({ "field": text(), "op": { "enum": ["count", "sum", "average", "min", "max"] } }), &[]);
    let object_rights = json!({
        "type": "object",
        "properties": {
            "read": scope(), "create": flag(), "change": scope(), "delete": scope(), "import": flag(), "export": flag(),
            "merge": flag(),
            "fields": { "type": "object", "additionalProperties": right() },
        },
        "additionalProperties": false,
    });
    let column = object_of(
        &json!({ "label": text(), "target": { "type": ["string", "null"] }, "because": text(), "samples": texts() }),
        &["target"],
    );
    let states = ["draft", "checking", "checked", "waiting", "running", "done", "failed", "undoing", "undone"];
    let role =
        json!({ "name": { "type": "string", "minLength": 1 }, "label": label_input, "rights": reference("Rights") });
    let all = [
        (
            "Me",
            object_of(
                &json!({
                    "id": maybe(reference("Id")), "name": text(), "department_id": maybe(reference("Id")),
                    "lang": { "enum": ["zh", "en"] }, "duties": texts(),
                    "objects": { "type": "object", "additionalProperties": abilities },
                }),
                &[],
            ),
        ),
        (
            "SearchResult",
            list_of(&object_of(
                &json!({
                    "object": { "enum": names },
                    "hits": { "type": "array", "items": object_of(&json!({
                        "id": reference("Id"), "title": text(), "field": text(), "text": text(),
                        "match": { "description": lang.t("text 中命中的起止，按字符数", "Where in `text` it matched, in code points"),
                            "anyOf": [{ "type": "array", "items": count(), "minItems": 2, "maxItems": 2 }, { "type": "null" }] },
                    }), &[]) },
                    "more": flag(),
                }),
                &[],
            )),
        ),
        (
            "ImportPlan",
            object_of(
                &json!({
                    "sheet": count(), "header_row": count(), "columns": { "type": "array", "items": column },
                    "on_duplicate": { "enum": ["skip", "update", "create"] }, "fill_blanks": flag(),
                    "on_review": { "enum": ["create", "skip", "fail"], "default": "create", "description": lang.t(
                        "疑似重复、还不能肯定的行怎么办", "What becomes of rows that may be duplicates, without being sure") },
                    "pool": { "anyOf": [reference("Id"), { "type": "null" }], "default": null, "description": lang.t(
                        "没有写负责人的新记录放进哪个公海；不写就归导入的人", "The pool that new records without an owner go to; the importer's own when left out") },
                }),
                &["on_review", "pool"],
            ),
        ),
        (
            "Import",
            object_of(
                &json!({
                    "id": reference("Id"), "object": text(), "file_name": text(), "user_id": maybe(reference("Id")), "state": { "enum": states },
                    "plan": reference("ImportPlan"), "sheets": texts(),
                    "counts": object_of(&json!({ "rows": count(), "created": count(), "updated": count(), "skipped": count(), "failed": count(), "same": count(), "review": count(), "new": count() }), &[]),
                    "undo": maybe(object_of(&json!({ "removed": count(), "restored": count(), "kept": count() }), &[])),
                    "total_rows": maybe(count()), "error": { "type": ["string", "null"] }, "created_at": instant(), "finished_at": maybe(instant()),
                }),
                &[],
            ),
        ),
        (
            "ImportPreview",
            list_of(&object_of(
                &json!({
                    "number": count(), "cells": texts(), "outcome": text(),
                    "problems": { "type": "array", "items": object_of(&json!({ "column": { "type": ["integer", "null"] }, "message": text() }), &[]) },
                    "band": { "enum": ["same", "review", "new", null] },
                    "like": maybe(object_of(&json!({ "id": maybe(reference("Id")), "name": { "type": ["string", "null"] },
                        "probability": { "type": ["number", "null"], "minimum": 0, "maximum": 1 }, "reasons": texts() }), &[])),
                }),
                &[],
            )),
        ),
        ("ImportTargets", list_of(&object_of(&json!({ "target": text(), "label": text(), "required": flag() }), &[]))),
        (
            "ExportWish",
            object_of(
                &json!({
                    "object": { "enum": names }, "filter": text(), "sort": text(), "fields": { "type": ["array", "null"], "items": { "type": "string" } },
                    "format": { "enum": ["csv", "xlsx"], "default": "csv" },
                }),
                &["filter", "sort", "fields", "format"],
            ),
        ),
        (
            "Export",
            object_of(
                &json!({
                    "id": reference("Id"), "object": text(), "filter": text(), "format": { "enum": ["csv", "xlsx"] },
                    "state": { "enum": ["running", "done", "failed"] }, "rows": count(), "error": { "type": ["string", "null"] },
                    "created_at": instant(), "finished_at": maybe(instant()),
                }),
                &[],
            ),
        ),
        (
            "Rights",
            json!({
                "type": "object",
                "properties": {
                    "objects": { "type": "object", "additionalProperties": object_rights, "description": lang.t("* 代表没有点名的对象", "* stands for the objects not named") },
                    "personal": right(), "sensitive": right(),
                    "duties": { "type": "array", "items": { "type": "string" } },
                },
                "additionalProperties": false,
            }),
        ),
        ("RoleInput", object_of(&role, &[])),
        (
            "Role",
            object_of(
                &json!({
                    "id": reference("Id"), "name": text(), "label": label, "rights": reference("Rights"), "built_in": flag(), "version": count(), "users": count(),
                }),
                &[],
            ),
        ),
        ("RolesOfUser", object_of(&json!({ "roles": { "type": "array", "items": reference("Id") } }), &[])),
        (
            "Token",
            object_of(
                &json!({
                    "id": reference("Id"), "user_id": reference("Id"), "name": text(), "scope": text(), "created_at": instant(),
                    "expires_at": maybe(instant()), "used_at": maybe(instant()), "revoked_at": maybe(instant()),
                    "token": { "type": "string", "description": lang.t("只在生成时给出一次", "Given once, when it is made") },
                }),
                &["token"],
            ),
        ),
        (
            "TokenWish",
            object_of(
                &json!({
                    "name": { "type": "string", "minLength": 1 }, "scope": { "type": "string", "default": "*", "example": "account:read contact:write" },
                    "days": { "type": ["integer", "null"], "minimum": 1, "maximum": 366 },
                }),
                &["scope", "days"],
            ),
        ),
        (
            "ViewInput",
            object_of(
                &json!({
                    "label": label_input, "columns": texts(), "filter": text(), "sort": texts(), "totals": { "type": "array", "items": total },
                    "quick": texts(), "shared": flag(),
                }),
                &["filter", "sort", "totals", "quick", "shared"],
            ),
        ),
        (
            "View",
            object_of(
                &json!({
                    "id": maybe(reference("Id")), "object": text(), "name": text(), "label": label, "columns": texts(), "filter": text(), "sort": texts(),
                    "totals": { "type": "array", "items": total }, "quick": texts(), "shared": flag(), "mine": flag(), "owner_id": maybe(reference("Id")),
                }),
                &[],
            ),
        ),
    ];
    schemas.extend(all.map(|(name, schema)| (name.to_owned(), schema)));
}
