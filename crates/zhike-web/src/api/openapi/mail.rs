//! 邮件: the mail server, the book of letters, what comes by mail.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

fn whole(properties: &Value) -> Value {
    let names: Vec<&str> =
        properties.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

fn maybe(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let flag = json!({ "type": "boolean" });
    let time = json!({ "type": "string", "format": "date-time" });
    let number = json!({ "type": "integer" });
    let security = json!({ "enum": ["tls", "starttls", "none"] });
    let port = json!({ "type": "integer", "minimum": 1, "maximum": 65535 });
    let rate = json!({ "type": "integer", "minimum": 1, "maximum": 600, "default": 60 });
    let input = json!({
        "type": "object",
        "properties": {
            "host": { "type": "string", "examples": ["smtp.exmail.qq.com"] }, "port": port, "security": security, "user": text,
            "password": {
                "type": "string", "writeOnly": true,
                "description": lang.t(
                    "只写不读。省略时保留原来的；换了服务器、端口、加密方式或用户名时必填。",
                    "Never told. Left out, the one before is kept; needed with another server, port, encryption or user.",
                ),
            },
            "from": { "type": "string", "format": "email" }, "from_name": text,
            "site": { "type": "string", "format": "uri", "description": lang.t("邮件里的链接以它开头", "Links in letters begin with it") },
            "per_minute": rate,
        },
        "required": ["host", "port", "security", "from", "site"],
        "additionalProperties": false,
    });
    let trouble = whole(&json!({ "at": time, "text": text }));
    let server = whole(&json!({
        "host": text, "port": port, "security": security, "user": text, "has_password": flag, "from": text, "from_name": text,
        "site": text, "per_minute": rate, "trouble": maybe(&trouble),
    }));
    let mail = whole(&json!({
        "id": reference("Id"), "seq": number, "user_id": reference("Id"), "user": text,
        "kind": { "enum": ["approval", "given", "reclaim", "digest"] },
        "state": { "enum": ["waiting", "sending", "sent", "skipped", "failed"] },
        "attempts": number, "at": time, "due_at": time, "ended_at": maybe(&time), "address": maybe(&text),
        "answer": {
            "anyOf": [text, { "type": "null" }],
            "description": lang.t(
                "邮件服务器最后的回答；没有发的是原因：nothing、unwanted、address、late、off",
                "What the server said last; of what was left out why: nothing, unwanted, address, late, off",
            ),
        },
    }));
    let counts = whole(&json!({ "waiting": number, "sent": number, "skipped": number, "failed": number }));
    let hour = json!({ "type": "integer", "minimum": 0, "maximum": 23 });
    for (name, schema) in [
        ("MailServerInput", input),
        ("MailServer", server),
        ("MailTrial", whole(&json!({ "to": text, "taken": flag, "text": text }))),
        ("Mail", mail),
        (
            "Mails",
            whole(
                &json!({ "data": { "type": "array", "items": reference("Mail") }, "next": maybe(&number), "counts": counts }),
            ),
        ),
        ("MailChoices", whole(&json!({ "approvals": flag, "given": flag, "reclaim": flag, "digest": maybe(&hour) }))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("邮件", "Mail");
    let operation = |id: &str, zh: &str, en: &str| Operation::new(id, tag, lang.t(zh, en));
    let duty = lang.t("需要 model 职责。", "Needs the duty `model`.");
    operation("readMailServer", "邮件服务器", "The mail server")
        .describe(duty)
        .answers(
            200,
            lang.t("没有时是 404；密码不会给出", "404 when there is none; the password is never told"),
            &reference("MailServer"),
            &[],
        )
        .fails(&[404])
        .at(paths, "get", "/api/v1/mail-server");
    operation("replaceMailServer", "设置邮件服务器", "Set the mail server")
        .describe(duty)
        .body(
            &reference("MailServerInput"),
            Some(json!({
                "host": "smtp.exmail.qq.com", "port": 465, "security": "tls", "user": "crm@example.com", "password": "…",
                "from": "crm@example.com", "from_name": "知客", "site": "https://crm.example.com",
            })),
        )
        .writes()
        .answers(200, lang.t("现在的设置", "As it is now"), &reference("MailServer"), &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/mail-server");
    operation("endMailServer", "停用邮件", "Switch mail off")
        .describe(
            lang.t("等待中的邮件也不再发。需要 model 职责。", "What waits is not sent either. Needs the duty `model`."),
        )
        .writes()
        .answers_nothing(204, lang.t("已停用", "It is off"), &[])
        .fails(&[404])
        .at(paths, "delete", "/api/v1/mail-server");
    operation("tryMailServer", "发一封测试邮件", "Send a letter to try it")
        .describe(lang.t(
            "发给 to，省略时发给调用者自己。发不出去时 taken 是 false，text 说明原因。需要 model 职责。",
            "To `to`, or to the caller. When it is not taken, `text` says why. Needs the duty `model`.",
        ))
        .body(
            &json!({ "type": "object", "properties": { "to": { "type": "string", "format": "email" } }, "additionalProperties": false }),
            None,
        )
        .writes()
        .answers(200, lang.t("结果", "What came of it"), &reference("MailTrial"), &["Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/mail-server/test");
    operation("listMails", "发信记录", "The book of letters")
        .describe(duty)
        .takes(query("state", false, &json!({ "enum": ["waiting", "sending", "sent", "skipped", "failed"] })))
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })))
        .answers(200, lang.t("从新到旧；保留 30 天", "Newest first; kept for 30 days"), &reference("Mails"), &[])
        .at(paths, "get", "/api/v1/mails");
    operation("retryMail", "失败的再发一次", "Send a letter that failed again")
        .describe(duty)
        .on_id()
        .writes()
        .answers_nothing(204, lang.t("会再发", "It goes again"), &[])
        .at(paths, "post", "/api/v1/mails/{id}/retry");
    operation("readMailChoices", "我收哪些邮件提醒", "What the caller is told by mail")
        .answers(
            200,
            lang.t("digest 是每日汇总的钟点，null 是不要", "`digest` is the hour of the summary, null is none"),
            &reference("MailChoices"),
            &[],
        )
        .at(paths, "get", "/api/v1/mail-choices");
    operation("replaceMailChoices", "选择收哪些邮件提醒", "Choose what to be told by mail")
        .body(
            &reference("MailChoices"),
            Some(json!({ "approvals": true, "given": true, "reclaim": false, "digest": 8 })),
        )
        .writes()
        .answers(200, lang.t("现在的选择", "As it is now"), &reference("MailChoices"), &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/mail-choices");
}
