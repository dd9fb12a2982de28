//! Boards, of objects that have one.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_records::is_compared;
use zhike_types::Lang;

use super::{
    kinds::{answered, taken},
    merges::whole,
    operation::{Operation, query},
    reference, type_name,
};
use crate::words::Say as _;

pub fn schemas(object: &Object, lang: Lang, schemas: &mut Map<String, Value>) {
    let Some(board) = &object.layout.board else { return };
    let name = type_name(&object.name);
    let sum = board.sum.as_ref().and_then(|sum| object.field(sum));
    let column = whole(&json!({
        "stage": { "type": ["string", "null"], "description": lang.t("选项的代码，或阶段记录的 id；空为没有阶段的记录", "An option's key, or the id of the record that is the stage; null for records in none") },
        "label": { "type": "string" },
        "tone": { "type": ["string", "null"] },
        "probability": { "type": ["number", "null"], "description": lang.t("赢单概率，%", "Chance of winning, %") },
        "rot_days": { "type": ["integer", "null"], "description": lang.t("最多停留几天", "Days that a record may lie in it") },
        "count": { "type": "integer", "minimum": 0 },
        "sum": sum.map_or_else(|| json!({ "type": "null" }), |field| json!({ "anyOf": [answered(field, lang), { "type": "null" }] })),
        "data": { "type": "array", "items": reference(&name) },
        "next": { "type": ["string", "null"], "description": lang.t("同样条件、排序再加上本阶段的列表从这里接着读（after）", "Where the list with this filter and sort, and this stage, goes on (`after`)") },
    }));
    let part = whole(&json!({ "id": reference("Id"), "title": { "type": "string" } }));
    let page = whole(&json!({
        "field": { "type": "string", "description": lang.t("存放阶段的字段", "The field that holds the stage") },
        "part": { "anyOf": [reference("Id"), { "type": "null" }], "description": lang.t("显示的是哪个流程", "The pipeline shown") },
        "parts": { "type": "array", "items": part },
        "columns": { "type": "array", "items": column },
    }));
    let mut properties: Map<String, Value> = object
        .writable_fields()
        .filter(|field| field.name != board.field)
        .map(|field| (field.name.clone(), taken(field, field.required && field.visible_when.is_none(), lang)))
        .collect();
    properties.insert(
        "stage".to_owned(),
        json!({ "type": "string", "description": lang.t("选项的代码，或阶段记录的 id", "An option's key, or the id of the record that is the stage") }),
    );
    let wish =
        json!({ "type": "object", "properties": properties, "required": ["stage"], "additionalProperties": false });
    schemas.insert(format!("{name}Board"), page);
    schemas.insert(format!("{name}Stage"), wish);
}

pub fn paths(object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    let Some(board) = &object.layout.board else { return };
    let name = type_name(&object.name);
    let label = object.label.get(lang);
    let base = format!("/api/v1/{}", object.name);
    let operation = |verb: &str, zh: &str, en: &str| {
        Operation::new(format!("{verb}{name}"), label, lang.t(zh, en).replace("{}", label))
    };
    operation("board", "{}看板", "Board: {}")
        .describe(lang.t(
            "每个阶段的数量、合计和前几条。看不到阶段字段时为 404。",
            "Count, sum and first records of each stage. 404 for who may not see the field of the stages.",
        ))
        .uses(&["filter", "sort", "fields"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 })))
        .takes(query("part", false, &reference("Id")))
        .answers(200, lang.t("各列", "The columns"), &reference(&format!("{name}Board")), &[])
        .fails(&[404])
        .at(paths, "get", &format!("{base}/board"));
    let first =
        object.field(&board.field).and_then(|field| field.kind.options().first().map(|option| option.key.clone()));
    operation("stage", "把{}移到另一阶段", "Put into a stage: {}")
        .describe(lang.t(
            "可以同时填写该阶段要求的字段。不能进入的阶段为 422，说明原因。",
            "With the fields that the stage wants. 422 says why a stage cannot be entered.",
        ))
        .on_id()
        .uses(&["IfMatch", "Reason"])
        .uses(if is_compared(object) { &["Duplicates"] } else { &[] })
        .body(&reference(&format!("{name}Stage")), first.map(|stage| json!({ "stage": stage })))
        .writes()
        .fails(&[412])
        .answers(
            200,
            lang.t("现在的记录", "The record as it is now"),
            &reference(&name),
            &["ETag", "Idempotency-Replayed"],
        )
        .at(paths, "put", &format!("{base}/{{id}}/stage"));
}
