//! 撞单申诉: claims to customers and how they end.

use serde_json::{Map, Value, json};
use zhike_records::{DISPUTE_REASON_MOST, EVIDENCE_MOST};
use zhike_types::Lang;

use super::{
    components::feed_of,
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

fn whole(properties: &Value) -> Value {
    let names: Vec<&String> = properties.as_object().map(|map| map.keys().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

fn maybe(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let evidence = json!({ "type": "string", "minLength": 1, "maxLength": EVIDENCE_MOST });
    let wish = json!({
        "type": "object",
        "properties": {
            "account": { "allOf": [reference("Id")], "description": lang.t("看得到的客户", "A customer that the caller sees") },
            "customer": { "type": "string", "minLength": 2, "maxLength": 200, "description": lang.t("看不到的客户：名称、电话或统一社会信用代码；算一次查重", "One that the caller may not see: its name, telephone number or credit code; it counts as a question of existence") },
            "first_contact_on": { "type": ["string", "null"], "format": "date" },
            "evidence": evidence,
        },
        "required": ["evidence"],
        "oneOf": [{ "required": ["account"] }, { "required": ["customer"] }],
        "additionalProperties": false,
    });
    let decision = whole(&json!({
        "decision": { "enum": ["claimant", "holder", "joint"], "description": lang.t("归申诉人；维持原归属；共同跟进", "The claimant becomes the owner; the owner stays; the claimant joins the team") },
        "reason": { "type": "string", "minLength": 1, "maxLength": DISPUTE_REASON_MOST },
    }));
    let withdrawal = json!({
        "type": "object",
        "properties": { "reason": { "type": ["string", "null"], "maxLength": DISPUTE_REASON_MOST } },
        "additionalProperties": false,
    });
    let text = json!({ "type": "string" });
    let at = json!({ "type": "string", "format": "date-time" });
    let party = whole(&json!({
        "id": reference("Id"), "name": text, "department": { "type": ["string", "null"] }, "me": { "type": "boolean" },
    }));
    let file = whole(&json!({
        "number": { "type": "integer", "minimum": 1 }, "name": text, "media_type": text, "size": { "type": "integer" },
        "at": at, "by": text,
    }));
    let account = whole(&json!({ "id": reference("Id"), "title": text }));
    let answer = whole(&json!({ "text": text, "at": at, "by": text }));
    let end = whole(&json!({
        "at": at, "by": text, "by_id": maybe(&reference("Id")), "reason": { "type": ["string", "null"] },
    }));
    let properties = json!({
        "id": reference("Id"),
        "seq": { "type": "integer" },
        "number": { "type": "string", "example": "ZD202611-0003" },
        "at": at,
        "state": { "enum": ["open", "claimant", "holder", "joint", "withdrawn"] },
        "account": { "anyOf": [account, { "type": "null" }], "description": lang.t("看不到这个客户的人得到 null", "Null for who may not see the customer") },
        "asked": { "type": ["string", "null"], "description": lang.t("申诉人的叫法", "As the claimant called it") },
        "claimant": reference("DisputeParty"),
        "holder": maybe(&reference("DisputeParty")),
        "first_contact_on": { "type": ["string", "null"], "format": "date" },
        "evidence": text,
        "answer": maybe(&answer),
        "end": maybe(&end),
        "may_decide": { "type": "boolean" },
        "may_withdraw": { "type": "boolean" },
        "may_answer": { "type": "boolean" },
        "may_add_files": { "type": "boolean" },
    });
    let mut one = whole(&properties);
    one["properties"]["files"] = json!({ "type": "array", "items": file });
    for (name, schema) in [
        ("DisputeWish", wish),
        ("DisputeDecision", decision),
        ("DisputeWithdrawal", withdrawal),
        ("DisputeAnswer", whole(&json!({ "text": evidence }))),
        ("DisputeParty", party),
        ("Dispute", one),
        ("Disputes", feed_of(&reference("Dispute"))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("撞单申诉", "Disputes");
    let one = reference("Dispute");
    let which = json!({ "enum": ["all", "to-decide", "to-answer", "claimed", "held"], "default": "all" });
    Operation::new("listDisputes", tag, lang.t("撞单申诉列表", "List disputes"))
        .takes(query("which", false, &which))
        .takes(query("open", false, &json!({ "type": "boolean" })))
        .takes(query("account", false, &reference("Id")))
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })))
        .answers(200, lang.t("从新到旧，不带附件", "Newest first, without files"), &reference("Disputes"), &[])
        .at(paths, "get", "/api/v1/disputes");
    Operation::new("fileDispute", tag, lang.t("提出撞单申诉", "Claim a customer"))
        .describe(lang.t(
            "只告诉申诉人这个客户存在、归谁、哪个部门。",
            "The claimant learns that the customer is there, its owner and the owner's department; nothing else.",
        ))
        .body(&reference("DisputeWish"), Some(json!({ "customer": "青岛海尔电器有限公司", "first_contact_on": "2026-01-08", "evidence": lang.t("1 月 8 日拜访采购部", "Visited purchasing on 8 January") })))
        .writes()
        .fails(&[404, 429])
        .answers(201, lang.t("提出了", "Filed"), &one, &["Location", "Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/disputes");
    Operation::new("readDispute", tag, lang.t("读取一件申诉", "Read a dispute"))
        .on_id()
        .answers(200, lang.t("申诉", "The dispute"), &one, &[])
        .at(paths, "get", "/api/v1/disputes/{id}");
    let change = |name: &str, zh: &str, en: &str, body: &str, example: Value| {
        Operation::new(name, tag, lang.t(zh, en)).on_id().body(&reference(body), Some(example)).writes().answers(
            200,
            lang.t("申诉", "The dispute"),
            &one,
            &["Idempotency-Replayed"],
        )
    };
    let reason = lang.t("先联系的是申诉人", "The claimant was there first");
    change("decideDispute", "裁决", "Decide", "DisputeDecision", json!({ "decision": "claimant", "reason": reason }))
        .describe(lang.t(
            "需要 disputes 职责，双方都不能裁决。已裁决的答 409。",
            "Takes the duty `disputes`; neither side decides. One that has ended answers 409.",
        ))
        .at(paths, "put", "/api/v1/disputes/{id}/decision");
    change("withdrawDispute", "撤回申诉", "Withdraw a claim", "DisputeWithdrawal", json!({ "reason": null })).at(
        paths,
        "put",
        "/api/v1/disputes/{id}/withdrawal",
    );
    change(
        "answerDispute",
        "归属人说明",
        "What the owner says to it",
        "DisputeAnswer",
        json!({ "text": lang.t("去年就签过合同", "Under contract since last year") }),
    )
    .at(paths, "put", "/api/v1/disputes/{id}/answer");
    Operation::new("addDisputeFile", tag, lang.t("补充附件", "Add a file"))
        .on_id()
        .upload(&[])
        .writes()
        .fails(&[413])
        .answers(200, lang.t("申诉", "The dispute"), &one, &["Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/disputes/{id}/files");
    let number =
        json!({ "name": "number", "in": "path", "required": true, "schema": { "type": "integer", "minimum": 1 } });
    Operation::new("readDisputeFile", tag, lang.t("下载附件", "Download a file"))
        .on_id()
        .takes(number)
        .answers_with(
            200,
            lang.t("整个文件", "The file"),
            Some(json!({ "application/octet-stream": {} })),
            &["Content-Disposition", "Accept-Ranges"],
        )
        .fails(&[416])
        .at(paths, "get", "/api/v1/disputes/{id}/files/{number}");
}
