//! 公海: public pools, and how records go from hand to hand through them.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_records::POOL_REASON_MOST;
use zhike_types::Lang;

use super::{
    operation::{Operation, query},
    reference, type_name,
};
use crate::words::Say as _;

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn all(properties: &Value) -> Value {
    let names: Vec<&str> =
        properties.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    object(properties, &names)
}

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let why = json!({ "type": "string", "maxLength": POOL_REASON_MOST });
    let reason = json!({ "type": "string", "minLength": 1, "maxLength": POOL_REASON_MOST, "description": lang.t("公海设置的退回原因之一", "One of the pool's reasons") });
    let pool = json!({ "allOf": [reference("Id")], "description": lang.t("不写时退回原来的公海，或唯一的一个", "Left out: the one that it came from, or the only one") });
    let left =
        json!({ "type": ["integer", "null"], "description": lang.t("不限为 null", "Null where there is no limit") });
    let number = json!({ "type": "integer" });
    let owners = json!({ "type": "array", "minItems": 1, "items": reference("Id"), "description": lang.t("轮流分给他们", "In turn") });
    let outcome = all(&json!({
        "done": number,
        "failed": { "type": "array", "items": all(&json!({ "id": reference("Id"), "title": text, "message": text })) },
    }));
    let one = all(&json!({
        "id": reference("Id"), "name": text, "object": text, "active": { "type": "boolean" }, "manager": { "type": "boolean" },
        "records": number, "fields": { "type": "array", "items": text }, "reasons": { "type": "array", "items": text },
        "claimed_today": number, "held": number, "seen_today": number,
        "claims_left": left, "holds_left": left, "views_left": left,
    }));
    let moved = all(&json!({
        "at": { "type": "string", "format": "date-time" }, "kind": { "enum": ["claim", "assign", "return", "reclaim", "import"] },
        "record_id": reference("Id"), "user": { "type": ["string", "null"] }, "by": { "type": ["string", "null"] },
        "reason": { "type": ["string", "null"] },
    }));
    let page = json!({
        "type": "object",
        "properties": { "data": { "type": "array", "items": { "type": "object" } }, "next": { "type": ["string", "null"] } },
        "required": ["data", "next"],
        "additionalProperties": false,
    });
    for (name, schema) in [
        ("PoolReturn", object(&json!({ "pool": pool, "reason": reason, "note": why }), &["reason"])),
        (
            "PoolReturns",
            object(
                &json!({ "selection": reference("Selection"), "pool": pool, "reason": reason, "note": why }),
                &["selection", "reason"],
            ),
        ),
        ("PoolAssignment", object(&json!({ "owner": reference("Id"), "reason": why }), &["owner"])),
        (
            "PoolAssignments",
            object(
                &json!({ "selection": reference("Selection"), "owners": owners, "reason": why }),
                &["selection", "owners"],
            ),
        ),
        (
            "RuleAssignments",
            object(
                &json!({ "selection": reference("Selection"), "dry_run": { "type": "boolean", "default": false } }),
                &["selection"],
            ),
        ),
        (
            "RuleOutcome",
            all(&json!({
                "given": { "type": "array", "items": all(&json!({
                    "id": reference("Id"), "title": { "type": "string" }, "owner": reference("Id"),
                    "owner_name": { "type": "string" }, "rule": { "type": "string" },
                })) },
                "left": { "type": "array", "items": all(&json!({ "id": reference("Id"), "title": { "type": "string" } })) },
                "refused": number,
            })),
        ),
        ("PoolOutcome", outcome),
        ("PoolSummary", one),
        ("PoolSummaries", all(&json!({ "data": { "type": "array", "items": reference("PoolSummary") } }))),
        ("PoolRecords", page),
        ("PoolMoves", all(&json!({ "data": { "type": "array", "items": moved } }))),
        ("PoolCount", all(&json!({ "count": number }))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

/// What can be done with the records of an object that can lie in a pool.
pub fn paths_of(object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    let (name, label) = (type_name(&object.name), object.label.get(lang));
    let base = format!("/api/v1/{}", object.name);
    let operation = |verb: &str, zh: &str, en: &str| {
        Operation::new(format!("{verb}{name}"), label, lang.t(zh, en).replace("{}", label)).writes()
    };
    let done = |operation: Operation| {
        let (text, headers) = (lang.t("现在的样子", "As it is now"), ["ETag", "Idempotency-Replayed"]);
        operation.answers(200, text, &reference(&name), &headers)
    };
    let many = |operation: Operation| {
        let text = lang.t("成功几条，哪些没有成功", "How many, and which failed");
        operation.answers(200, text, &reference("PoolOutcome"), &["Idempotency-Replayed"])
    };
    done(operation("claim", "领取{}", "Claim: {}").on_id().describe(lang.t(
        "从公海领取。慢了一步、到了上限、在冷却期内都是 409；当天领取次数用完是 429。",
        "Out of a pool. 409 when somebody was faster, a limit is reached or it was given back too lately; 429 after the day's claims.",
    )))
    .at(paths, "post", &format!("{base}/{{id}}/claim"));
    done(
        operation("return", "退回公海：{}", "Give back to a pool: {}")
            .on_id()
            .body(&reference("PoolReturn"), Some(json!({ "reason": lang.t("联系不上", "Cannot be reached") }))),
    )
    .at(paths, "post", &format!("{base}/{{id}}/return"));
    done(operation("assign", "分配{}", "Assign: {}").on_id().body(&reference("PoolAssignment"), None).describe(lang.t(
        "公海里的由公海管理员分配；有负责人的由有权修改的人转给别人。联系人和未完成的待办一起走。",
        "What lies in a pool is assigned by its managers, what has an owner by who may change it. People and open tasks go along.",
    )))
    .at(paths, "post", &format!("{base}/{{id}}/assign"));
    many(operation("assignMany", "批量分配{}", "Assign many: {}").body(&reference("PoolAssignments"), None)).at(
        paths,
        "post",
        &format!("{base}/assignments"),
    );
    operation("assignByRules", "按规则分配{}", "Assign by the rules: {}")
        .body(&reference("RuleAssignments"), None)
        .describe(lang.t(
            "按分配规则的顺序分给人；dry_run 只看结果。给谁、按哪条规则写进记录的历史。",
            "By the rules of assignment, in their order; `dry_run` only tells. To whom and by which rule stands in each record's history.",
        ))
        .answers(
            200,
            lang.t("哪些给了谁，哪些没有动", "What went to whom, and what stays"),
            &reference("RuleOutcome"),
            &["Idempotency-Replayed"],
        )
        .at(paths, "post", &format!("{base}/rule-assignments"));
    many(operation("returnMany", "批量退回公海：{}", "Give many back: {}").body(&reference("PoolReturns"), None)).at(
        paths,
        "post",
        &format!("{base}/returns"),
    );
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("公海", "Pools");
    let operation = |id: &str, zh: &str, en: &str| Operation::new(id, tag, lang.t(zh, en));
    operation("listPools", "我能领取的公海", "Pools that the caller may claim from")
        .answers(
            200,
            lang.t("公海和还剩的次数", "Pools, and what is left of each limit"),
            &reference("PoolSummaries"),
            &[],
        )
        .at(paths, "get", "/api/v1/pools");
    operation("readPoolSummary", "一个公海", "A pool").on_id().answers(200, tag, &reference("PoolSummary"), &[]).at(
        paths,
        "get",
        "/api/v1/pools/{id}",
    );
    operation("listPoolRecords", "公海里的记录", "What lies in a pool")
        .describe(lang.t(
            "成员只看得到公海设置的字段，也只能按这些字段筛选和排序。显示过的记录计入每天的查看数。",
            "A member sees, and may filter and sort by, the fields that the pool shows. What is shown counts as seen that day.",
        ))
        .on_id()
        .uses(&["filter", "sort", "fields", "limit", "after"])
        .answers(200, lang.t("一页", "A page"), &reference("PoolRecords"), &[])
        .at(paths, "get", "/api/v1/pools/{id}/records");
    let record = json!({ "name": "record", "in": "path", "required": true, "schema": reference("Id") });
    operation("readPoolRecord", "公海里的一条记录", "A record that lies in a pool")
        .on_id()
        .takes(record)
        .answers(200, lang.t("看得到的字段", "The fields that are shown"), &json!({ "type": "object" }), &["ETag"])
        .at(paths, "get", "/api/v1/pools/{id}/records/{record}");
    operation("countPoolRecords", "公海计数", "Count what lies in a pool")
        .on_id()
        .uses(&["filter"])
        .answers(200, lang.t("条数", "How many"), &reference("PoolCount"), &[])
        .at(paths, "get", "/api/v1/pools/{id}/count");
    operation("assignFromPool", "从公海批量分配", "Assign many out of a pool")
        .on_id()
        .body(&reference("PoolAssignments"), None)
        .writes()
        .answers(
            200,
            lang.t("成功几条，哪些没有成功", "How many, and which failed"),
            &reference("PoolOutcome"),
            &["Idempotency-Replayed"],
        )
        .at(paths, "post", "/api/v1/pools/{id}/assignments");
    operation("listPoolMoves", "公海流转记录", "The latest moves of a pool")
        .describe(lang.t("只给公海管理员，其余为空。", "For its managers; empty for others."))
        .on_id()
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 500, "default": 50 })))
        .answers(200, lang.t("从新到旧", "Newest first"), &reference("PoolMoves"), &[])
        .at(paths, "get", "/api/v1/pools/{id}/moves");
}
