//! Key accounts: rosters, statements, notices, concentration, influence.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{
    merges::{maybe, whole},
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

fn number() -> Value {
    json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
}

fn roster() -> Value {
    let (text, count, share) = (json!({ "type": "string" }), json!({ "type": "integer" }), maybe(&number()));
    let (id, least) = (maybe(&reference("Id")), json!({ "type": ["integer", "null"] }));
    whole(&json!({
        "id": reference("Id"), "name": text, "keeper": id, "keeper_name": text, "role": id, "role_name": text,
        "customers": count, "minimum": least, "maximum": least, "missing": count, "too_many": count, "vips": count,
        "covered": count, "coverage": share, "coverage_target": share, "growth": share, "growth_target": share,
        "vip_growth": share, "vip_growth_target": share, "self_service": share, "self_service_target": share,
        "lacking": least, "promises_late": count,
    }))
}

fn list_of(item: &Value) -> Value {
    json!({ "type": "array", "items": item })
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("重点客户", "Key accounts");
    let (text, count, id) = (json!({ "type": "string" }), json!({ "type": "integer" }), reference("Id"));
    let word = json!({ "type": ["string", "null"] });
    Operation::new("listRosterFigures", tag, lang.t("名单的数字", "Figures of rosters"))
        .describe(lang.t(
            "在用的名单：户数、缺口、覆盖率、增长、必备产品。比例是百分数。",
            "Rosters in use: customers, gaps, coverage, growth, required products. Shares are per cents.",
        ))
        .fails(&[404])
        .answers(
            200,
            lang.t("有问题的在前", "Those where something is wrong first"),
            &whole(&json!({ "data": list_of(&roster()) })),
            &[],
        )
        .at(paths, "get", "/api/v1/rosters");
    let customer = whole(&json!({
        "entry": id, "account": maybe(&id), "vip": word, "self_service": maybe(&number()), "lacks": list_of(&text),
    }));
    Operation::new("readRosterFigures", tag, lang.t("一份名单和它的客户", "A roster and its customers"))
        .on_id()
        .answers(
            200,
            lang.t("lacks 是缺的必备产品", "`lacks`: required products that are missing"),
            &whole(&json!({ "roster": roster(), "required": list_of(&text), "customers": list_of(&customer) })),
            &[],
        )
        .at(paths, "get", "/api/v1/rosters/{id}");
    statements(lang, paths);
    let wish = json!({
        "type": "object",
        "properties": {
            "roster": id, "product": id, "subject": { "type": "string", "maxLength": 120 }, "content": { "type": "string", "maxLength": 5000 },
            "due_on": { "type": "string", "format": "date" }, "accounts": { "type": "array", "items": id, "minItems": 1, "maxItems": 1000 },
        },
        "required": ["roster", "product", "subject", "content", "due_on", "accounts"],
        "additionalProperties": false,
    });
    let person =
        whole(&json!({ "account": id, "name": text, "holds": { "type": "boolean" }, "told": { "type": "boolean" } }));
    Operation::new("listNoticeRecipients", tag, lang.t("新品会告诉谁", "Who would be told of a product"))
        .on_id()
        .takes(query("product", true, &id))
        .answers(
            200,
            lang.t(
                "名单里的客户；holds 已持有，told 已安排",
                "The roster's customers; `holds`: it has it; `told`: it is to be told already",
            ),
            &whole(&json!({ "data": list_of(&person) })),
            &[],
        )
        .at(paths, "get", "/api/v1/rosters/{id}/recipients");
    Operation::new("giveProductNotice", tag, lang.t("新品告知", "Tell of a new product"))
        .describe(lang.t(
            "一次事务：一条告知记录，每个客户给维护人一条待办；不发消息。",
            "One transaction: the notice, and a task of the keeper's for each customer; nothing is sent.",
        ))
        .body(&wish, None)
        .writes()
        .fails(&[404])
        .answers(201, lang.t("安排好了", "Given"), &whole(&json!({ "id": id })), &["Location", "Idempotency-Replayed"])
        .leads_to(201, &["takeBackProductNotice".to_owned()])
        .at(paths, "post", "/api/v1/product-notices");
    Operation::new("takeBackProductNotice", tag, lang.t("撤回新品告知", "Take a notice back"))
        .describe(lang.t("没做完的待办撤掉，做完的保留。", "Tasks that are not done go; those done stay."))
        .on_id()
        .writes()
        .answers(
            200,
            lang.t("撤回了", "Taken back"),
            &whole(&json!({ "tasks": count, "done": count })),
            &["Idempotency-Replayed"],
        )
        .at(paths, "post", "/api/v1/product-notices/{id}/withdrawal");
    figures(lang, paths);
}

fn statements(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("重点客户", "Key accounts");
    let id = reference("Id");
    let quarter = json!({ "type": "string", "pattern": "^[0-9]{4}-Q[1-4]$", "example": "2026-Q3" });
    let wish = json!({
        "type": "object",
        "properties": {
            "period": quarter,
            "roster": maybe(&id),
            "accounts": { "type": "array", "items": id, "maxItems": 1000 },
            "again": { "type": "boolean", "description": lang.t("已出过的重出一份代替", "Another in place of one that is there") },
        },
        "required": ["period"],
        "additionalProperties": false,
    });
    Operation::new("makeStatements", tag, lang.t("出具季度告知书", "Make quarterly statements"))
        .describe(lang.t("一份名单的全部客户，或写明的客户；一次事务。PDF 在 /statement/{id}/documents/statement。", "For a roster's customers, or those named; one transaction. The PDF is at /statement/{id}/documents/statement."))
        .body(&wish, Some(json!({ "period": "2026-Q3", "accounts": ["00000000-0000-7000-8000-000000000000"] })))
        .writes()
        .fails(&[404])
        .answers(201, lang.t("made 是新出的，kept 是已有的户数", "`made`: the new ones; `kept`: customers who had one"), &whole(&json!({ "made": list_of(&id), "kept": { "type": "integer" } })), &["Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/statements");
    let zip = json!({ "application/zip": { "schema": { "type": "string", "format": "binary" } } });
    Operation::new("downloadStatements", tag, lang.t("名单的告知书打包下载", "Download a roster's statements"))
        .on_id()
        .takes(query("period", false, &quarter))
        .fails(&[409])
        .answers_with(200, lang.t("每个客户一份 PDF", "A PDF for each customer"), Some(zip), &["Content-Disposition"])
        .at(paths, "get", "/api/v1/rosters/{id}/statements.zip");
}

fn figures(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("重点客户", "Key accounts");
    let (text, count, id) = (json!({ "type": "string" }), json!({ "type": "integer" }), reference("Id"));
    let word = json!({ "type": ["string", "null"] });
    let top = whole(&json!({ "id": id, "name": text, "amount": number(), "together": number() }));
    let part = whole(&json!({
        "id": maybe(&id), "name": text, "customers": count, "amount": number(), "largest": number(), "top_fifth": number(),
    }));
    let found = whole(&json!({
        "period": text, "basis": { "enum": ["paid", "signed"] }, "customers": count, "total": number(),
        "four_fifths": { "type": "integer", "description": lang.t("占到 80% 的最少客户数", "The fewest customers who have 80%") },
        "top_fifth": { "type": "string", "description": lang.t("前 20% 的客户的金额", "What the largest 20% have") },
        "curve": list_of(&whole(&json!({ "customers": count, "together": number() }))),
        "top": list_of(&top), "parts": list_of(&part),
    }));
    Operation::new("readConcentration", tag, lang.t("客户集中度", "Read the concentration"))
        .describe(lang.t("人民币；只算您看得到的客户。", "In CNY; only customers that you see."))
        .takes(query("basis", false, &json!({ "enum": ["paid", "signed"], "default": "paid" })))
        .takes(query("period", false, &json!({ "type": "string", "pattern": "^[0-9]{4}(-Q[1-4]|-[0-9]{1,2})?$" })))
        .takes(query("by", false, &json!({ "enum": ["person", "department"], "default": "person" })))
        .takes(query("department", false, &id))
        .takes(query("owner", false, &id))
        .answers(200, lang.t("从大到小", "The largest first"), &found, &[])
        .at(paths, "get", "/api/v1/concentration");
    let person = whole(&json!({
        "id": id, "name": word, "title": word, "decision_role": word, "attitude": word, "influence": word, "reports_to": maybe(&id),
    }));
    Operation::new("readInfluence", tag, lang.t("客户的影响力图", "Read a customer's influence map"))
        .on_id()
        .answers(
            200,
            lang.t("客户那边的人", "The customer's people"),
            &whole(&json!({ "account": id, "data": list_of(&person) })),
            &[],
        )
        .at(paths, "get", "/api/v1/account/{id}/influence");
}
