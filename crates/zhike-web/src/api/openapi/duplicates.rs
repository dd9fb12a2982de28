//! Duplicates reviewed: scans, what they found, how a pair is weighed, what was decided.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_records::REASON_MOST;
use zhike_types::Lang;

use super::{
    components::feed_of,
    merges::{maybe, whole},
    operation::{Operation, query},
    reference, type_name,
};
use crate::words::Say as _;

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let count = json!({ "type": "integer", "minimum": 0 });
    let scan = whole(&json!({
        "id": reference("Id"),
        "object": { "type": "string" },
        "state": { "enum": ["waiting", "running", "done", "failed"] },
        "done": { "type": "integer", "minimum": 0, "description": lang.t("读了多少条", "Records read so far") },
        "total": { "type": ["integer", "null"], "minimum": 0 },
        "error": { "type": ["string", "null"] },
        "started_at": { "type": "string", "format": "date-time" },
        "ended_at": { "type": ["string", "null"], "format": "date-time" },
        "by": { "type": ["string", "null"], "description": lang.t("谁要求的；空为系统", "Who asked for it; null is the system") },
        "records": count,
        "groups": { "type": "integer", "minimum": 0, "description": lang.t("多少组同一客户", "Groups that are each one customer") },
        "same_pairs": { "type": "integer", "minimum": 0, "description": lang.t("这些组里有多少对", "The pairs within them") },
        "review_pairs": { "type": "integer", "minimum": 0, "description": lang.t("多少对待核对", "Pairs to be looked at") },
    }));
    let decision = json!({
        "enum": ["different", "same", "open"],
        "description": lang.t(
            "different 不同客户，以后不再提示；same 同一客户，尚未合并；open 未判定",
            "`different`: two customers, never shown together again; `same`: one, not merged yet; `open`: nothing decided",
        ),
    });
    let wish = json!({
        "type": "object",
        "properties": { "decision": reference("Decision"), "reason": { "type": ["string", "null"], "maxLength": REASON_MOST } },
        "required": ["decision"],
        "additionalProperties": false,
    });
    let line = whole(&json!({
        "label": { "type": "string" },
        "left": { "type": "string", "description": lang.t("比较时的写法；看不到的字段脱敏", "As it is compared; masked where the field is") },
        "right": { "type": "string" },
        "level": { "type": "string" },
        "bits": { "type": "number" },
    }));
    for (name, schema) in [("Scan", scan), ("Decision", decision), ("DecisionWish", wish), ("WaterfallLine", line)] {
        schemas.insert(name.to_owned(), schema);
    }
}

/// Of records that can be merged.
pub fn of_object(object: &Object, lang: Lang, schemas: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let probability = json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let item = whole(&json!({
        "id": { "type": "string" },
        "band": { "enum": ["same", "review"] },
        "score": probability,
        "records": { "type": "array", "items": reference(&name), "minItems": 2 },
        "hidden": { "type": "integer", "minimum": 0, "description": lang.t("您看不到的成员数", "Members that you may not see") },
        "reasons": { "type": "array", "items": { "type": "string" } },
        "said_same": { "type": "boolean", "description": lang.t("已判为同一客户，尚未合并", "Decided to be one, not merged yet") },
    }));
    let page = whole(&json!({ "data": { "type": "array", "items": item }, "next": { "type": ["string", "null"] } }));
    let fall = whole(&json!({
        "left": reference(&name),
        "right": reference(&name),
        "prior_bits": { "type": "number" },
        "lines": { "type": "array", "items": reference("WaterfallLine") },
        "held_bits": { "type": "number" },
        "held": { "type": ["string", "null"] },
        "total_bits": { "type": "number" },
        "probability": probability,
        "band": { "enum": ["same", "review", "branch", "branches", "none"] },
        "decision": reference("Decision"),
    }));
    let decided = whole(&json!({
        "seq": { "type": "integer" },
        "left": reference(&name),
        "right": reference(&name),
        "decision": reference("Decision"),
        "at": { "type": "string", "format": "date-time" },
        "by": maybe(&json!({ "type": "string" })),
        "reason": { "type": ["string", "null"] },
    }));
    schemas.insert(format!("{name}Duplicates"), page);
    schemas.insert(format!("{name}Waterfall"), fall);
    schemas.insert(format!("{name}Decisions"), feed_of(&decided));
}

pub fn paths_of(object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let label = object.label.get(lang);
    let base = format!("/api/v1/{}", object.name);
    let operation = |verb: &str, zh: &str, en: &str| {
        Operation::new(format!("{verb}{name}"), label, lang.t(zh, en).replace("{}", label))
    };
    let in_path =
        |name: &str, schema: &Value| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let limit =
        |most: u32| query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": most, "default": 50 }));
    operation("scan", "扫描{}查重", "Scan for duplicates: {}")
        .describe(lang.t(
            "在后台比较全部记录。同时只有一次；正在扫描时答 409。",
            "Compares all records in the background. One at a time: 409 while another one is under way.",
        ))
        .writes()
        .answers(201, lang.t("开始了", "It has begun"), &reference("Scan"), &["Location", "Idempotency-Replayed"])
        .at(paths, "post", &format!("{base}/scans"));
    let which = json!({ "anyOf": [reference("Id"), { "const": "latest" }] });
    operation("readScanOf", "读取一次扫描（{}）", "Read a scan: {}")
        .takes(in_path("scan", &which))
        .fails(&[404])
        .answers(200, lang.t("进度或结果", "How far it is, or what it found"), &reference("Scan"), &[])
        .at(paths, "get", &format!("{base}/scans/{{scan}}"));
    operation("listDuplicatesOf", "疑似重复的{}", "Duplicates: {}")
        .describe(lang.t(
            "上次扫描找到、尚未处理的组和对，按相似度从高到低；只含您看得到两条以上的。一页可能不满，以 next 为准。",
            "What the last scan found and nobody has settled, by score; of which you see two records. A page may be short: `next` says whether there is more.",
        ))
        .takes(query("band", false, &json!({ "enum": ["same", "review"] })))
        .uses(&["after"])
        .takes(limit(100))
        .fails(&[404])
        .answers(200, lang.t("一页", "A page"), &reference(&format!("{name}Duplicates")), &[])
        .at(paths, "get", &format!("{base}/duplicates"));
    let pair = format!("{base}/duplicates/{{left}}/{{right}}");
    operation("explainPairOf", "两条{}为什么像", "Why two records are alike: {}")
        .takes(in_path("left", &reference("Id")))
        .takes(in_path("right", &reference("Id")))
        .fails(&[404, 409])
        .answers(200, lang.t("逐项的权重", "The weights, one by one"), &reference(&format!("{name}Waterfall")), &[])
        .at(paths, "get", &pair);
    operation("decidePairOf", "判定两条{}是否同一", "Decide about two records: {}")
        .describe(lang.t(
            "永久记住，撤回用 open。合并之后，判定跟着保留的记录。",
            "Remembered for ever; `open` takes it back. After a merge it counts for the record that stays.",
        ))
        .takes(in_path("left", &reference("Id")))
        .takes(in_path("right", &reference("Id")))
        .body(
            &reference("DecisionWish"),
            Some(json!({ "decision": "different", "reason": lang.t("两家公司", "Two companies") })),
        )
        .writes()
        .fails(&[404])
        .answers(
            200,
            lang.t("判定之后", "As it is now"),
            &reference(&format!("{name}Waterfall")),
            &["Idempotency-Replayed"],
        )
        .at(paths, "put", &pair);
    operation("listDecisionsOf", "已判定的{}", "What was decided: {}")
        .uses(&["before"])
        .takes(limit(200))
        .fails(&[404])
        .answers(200, lang.t("从新到旧", "Newest first"), &reference(&format!("{name}Decisions")), &[])
        .at(paths, "get", &format!("{base}/decisions"));
}
