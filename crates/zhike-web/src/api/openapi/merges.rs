//! Merging: what is proposed for an object's records, what was merged.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_records::{MERGE_MOST, REASON_MOST};
use zhike_types::Lang;

use super::{
    components::feed_of,
    operation::{Operation, query},
    reference, type_name,
};
use crate::words::Say as _;

pub fn whole(properties: &Value) -> Value {
    let names: Vec<&String> = properties.as_object().map(|map| map.keys().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

pub fn maybe(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let choice = json!({
        "description": lang.t("取哪条记录的值；united 把清单并在一起，长文字前后相接", "Whose value it becomes; `united` unites lists and puts long texts one after the other"),
        "oneOf": [
            { "type": "object", "properties": { "of": reference("Id") }, "required": ["of"], "additionalProperties": false },
            { "const": "united" },
        ],
    });
    let wish = json!({
        "type": "object",
        "properties": {
            "with": { "type": "array", "items": reference("Id"), "minItems": 1, "maxItems": MERGE_MOST - 1, "uniqueItems": true },
            "choices": {
                "type": "object",
                "additionalProperties": reference("MergeChoice"),
                "description": lang.t("按字段；没写的照建议办", "By field; one not named becomes what is proposed"),
            },
            "reason": { "type": ["string", "null"], "maxLength": REASON_MOST },
            "versions": {
                "type": "object",
                "additionalProperties": { "type": "integer" },
                "description": lang.t("看到的版本，按 id；已被改过就答 412", "The versions that were seen, by id; 412 when one has changed"),
            },
        },
        "required": ["with"],
        "additionalProperties": false,
    });
    let merged = whole(&json!({ "id": reference("Id"), "title": { "type": "string" } }));
    let undone = whole(
        &json!({ "at": { "type": "string", "format": "date-time" }, "actor": { "type": "string" }, "actor_id": maybe(&reference("Id")) }),
    );
    let merge = whole(&json!({
        "id": reference("Id"),
        "seq": { "type": "integer" },
        "object": { "type": "string" },
        "survivor": merged,
        "losers": { "type": "array", "items": merged },
        "at": { "type": "string", "format": "date-time" },
        "actor": { "type": "string" },
        "actor_id": maybe(&reference("Id")),
        "reason": { "type": ["string", "null"] },
        "moved": { "type": "integer", "description": lang.t("改为指向保留记录的关联记录数", "Records that refer to the survivor instead") },
        "set_aside": { "type": "integer", "description": lang.t("合并后会重复、因而收起的记录数", "Records that would have stood twice") },
        "undone": maybe(&undone),
        "may_undo": { "type": "boolean" },
    }));
    for (name, schema) in
        [("MergeChoice", choice), ("MergeWish", wish), ("Merge", merge), ("Merges", feed_of(&reference("Merge")))]
    {
        schemas.insert(name.to_owned(), schema);
    }
}

/// Of records that can be merged: the proposal and the merge.
pub fn of_object(object: &Object, lang: Lang, schemas: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let record = whole(&json!({
        "record": reference(&name),
        "related": { "type": "integer", "minimum": 0, "description": lang.t("指向它的记录数", "How many records refer to it") },
        "may_merge": { "type": "boolean" },
    }));
    let field = whole(&json!({
        "field": { "type": "string" },
        "value": { "description": lang.t("保留的记录会得到的值", "What the survivor would have") },
        "from": { "type": "array", "items": reference("Id") },
        "choice": reference("MergeChoice"),
        "differs": { "type": "boolean" },
        "may_choose": { "type": "boolean" },
        "can_unite": { "type": "boolean" },
    }));
    let proposal = whole(&json!({
        "object": { "const": object.name },
        "survivor": reference("Id"),
        "records": { "type": "array", "items": record },
        "fields": { "type": "array", "items": field },
    }));
    schemas.insert(format!("{name}MergeProposal"), proposal);
}

pub fn paths_of(object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let label = object.label.get(lang);
    let path = format!("/api/v1/{}/{{id}}/merge", object.name);
    let operation = |verb: &str, zh: &str, en: &str| {
        Operation::new(format!("{verb}{name}"), label, lang.t(zh, en).replace("{}", label))
    };
    let ids = json!({ "type": "string", "pattern": "^[0-9a-f-]{36}(,[0-9a-f-]{36})*$" });
    operation("proposeMergeOf", "合并{}的建议", "Propose a merge: {}")
        .describe(lang.t(
            "不写入。survivor 不写时由系统建议保留哪一条；合并要发给 survivor 的地址。",
            "Writes nothing. Without `survivor` it proposes which one stays; post the merge to that one's path.",
        ))
        .on_id()
        .takes(query("with", true, &ids))
        .takes(query("survivor", false, &reference("Id")))
        .fails(&[409])
        .answers(200, lang.t("建议", "The proposal"), &reference(&format!("{name}MergeProposal")), &[])
        .at(paths, "get", &path);
    operation("merge", "合并{}", "Merge: {}")
        .describe(lang.t(
            "路径里的记录保留，with 里的并入它；指向它们的记录都改为指向它。随时可以撤销。",
            "The record of the path stays; those of `with` go into it, and what referred to them refers to it. It can be undone at any time.",
        ))
        .on_id()
        .body(&reference("MergeWish"), Some(json!({ "with": [], "choices": {}, "reason": lang.t("同一家公司", "The same company") })))
        .writes()
        .fails(&[412])
        .answers(200, lang.t("合并好了", "Merged"), &reference("Merge"), &["Idempotency-Replayed"])
        .at(paths, "post", &path);
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("合并", "Merges");
    Operation::new("listMerges", tag, lang.t("合并记录", "List merges"))
        .takes(query("object", true, &json!({ "type": "string", "minLength": 1, "example": "account" })))
        .takes(query("record", false, &reference("Id")))
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })))
        .fails(&[404])
        .answers(200, lang.t("从新到旧", "Newest first"), &reference("Merges"), &[])
        .at(paths, "get", "/api/v1/merges");
    Operation::new("readMerge", tag, lang.t("读取一次合并", "Read a merge"))
        .on_id()
        .answers(200, lang.t("合并", "The merge"), &reference("Merge"), &[])
        .at(paths, "get", "/api/v1/merges/{id}");
    Operation::new("undoMerge", tag, lang.t("撤销合并", "Undo a merge"))
        .describe(lang.t(
            "每条记录恢复原样；合并之后又改过的地方保留。",
            "Every record is as it was, but for what was changed since.",
        ))
        .on_id()
        .writes()
        .answers(200, lang.t("撤销了", "Undone"), &reference("Merge"), &["Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/merges/{id}/undo");
}
