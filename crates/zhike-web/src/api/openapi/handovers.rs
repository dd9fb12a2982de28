//! Hand-overs: what somebody leaves goes to others.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{
    components::feed_of,
    merges::{maybe, whole},
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let ids = json!({ "type": "array", "items": reference("Id"), "minItems": 1, "maxItems": 50 });
    let part = json!({
        "type": "object",
        "properties": {
            "object": { "type": "string", "example": "account" },
            "filter": { "type": "string", "description": lang.t("CEL；空的取全部", "CEL; empty takes all") },
            "to": ids,
        },
        "required": ["object", "to"],
        "additionalProperties": false,
    });
    let input = json!({
        "type": "object",
        "properties": {
            "from": reference("Id"),
            "parts": { "type": "array", "items": part, "maxItems": 50, "description": lang.t("每条记录归第一个符合的；几位接收人轮流分", "A record goes by the first part that holds; several receivers take turns") },
            "rest": { "anyOf": [reference("Id"), { "type": "null" }], "description": lang.t("挂在别人客户下的记录给谁", "Who gets what hangs on records of others") },
            "reason": { "type": "string", "maxLength": 500 },
        },
        "required": ["from"],
        "additionalProperties": false,
    });
    let count = json!({ "type": "integer", "minimum": 1 });
    let line = whole(&json!({ "object": { "type": "string" }, "to": reference("Id"), "count": count }));
    let why = json!({ "enum": ["not_chosen", "not_yours"] });
    let left = whole(&json!({ "object": { "type": "string" }, "count": count, "why": why }));
    let plan = whole(&json!({
        "lines": { "type": "array", "items": line },
        "left": { "type": "array", "items": left, "description": lang.t("留在原负责人名下的", "What stays with the leaver") },
    }));
    let instant = json!({ "type": "string", "format": "date-time" });
    let undone = whole(&json!({
        "at": instant,
        "actor": { "type": "string" },
        "actor_id": maybe(&reference("Id")),
        "kept": { "type": "integer", "description": lang.t("之后又换了负责人、保持不变的记录数", "Records that had another owner since and stay there") },
    }));
    let handover = whole(&json!({
        "id": reference("Id"),
        "seq": { "type": "integer" },
        "at": instant,
        "actor": { "type": "string" },
        "actor_id": maybe(&reference("Id")),
        "from": reference("Id"),
        "reason": { "type": "string" },
        "lines": { "type": "array", "items": line },
        "undone": maybe(&undone),
    }));
    for (name, schema) in [
        ("HandoverInput", input),
        ("HandoverPlan", plan),
        ("Handover", handover),
        ("Handovers", feed_of(&reference("Handover"))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("交接", "Hand-overs");
    let nobody = "00000000-0000-7000-8000-000000000000";
    let example = json!({ "from": nobody, "parts": [{ "object": "account", "to": [nobody] }], "reason": lang.t("王芳离职", "She leaves") });
    let replayed = &["Idempotency-Replayed"];
    Operation::new("planHandover", tag, lang.t("交接的预览", "Plan a hand-over"))
        .describe(lang.t("不写入。", "Writes nothing."))
        .body(&reference("HandoverInput"), Some(example.clone()))
        .fails(&[404])
        .answers(200, lang.t("会交接什么", "What would go"), &reference("HandoverPlan"), &[])
        .at(paths, "post", "/api/v1/handovers/plan");
    Operation::new("createHandover", tag, lang.t("交接", "Hand over"))
        .describe(lang.t(
            "一次事务：负责人和部门改为接收人的，客户下的联系人、未完成的待办等一起走；谁做过什么不变。",
            "One transaction: owner and department become the receiver's, contacts and open tasks go along; who did what stays.",
        ))
        .body(&reference("HandoverInput"), Some(example))
        .writes()
        .fails(&[404])
        .answers(201, lang.t("交接好了", "Handed over"), &reference("Handover"), &["Location", "Idempotency-Replayed"])
        .leads_to(201, &["readHandover".to_owned(), "undoHandover".to_owned()])
        .at(paths, "post", "/api/v1/handovers");
    Operation::new("listHandovers", tag, lang.t("交接记录", "List hand-overs"))
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })))
        .answers(200, lang.t("从新到旧", "Newest first"), &reference("Handovers"), &[])
        .at(paths, "get", "/api/v1/handovers");
    Operation::new("readHandover", tag, lang.t("读取一次交接", "Read a hand-over"))
        .on_id()
        .answers(200, lang.t("交接", "The hand-over"), &reference("Handover"), &[])
        .at(paths, "get", "/api/v1/handovers/{id}");
    Operation::new("undoHandover", tag, lang.t("撤销一次交接", "Take a hand-over back"))
        .describe(lang.t(
            "每条记录回到原负责人；之后又换了负责人的保持不变。",
            "Each record goes back to its owner, but for those that had another owner since.",
        ))
        .on_id()
        .writes()
        .answers(200, lang.t("撤销了", "Taken back"), &reference("Handover"), replayed)
        .at(paths, "post", "/api/v1/handovers/{id}/undo");
}
