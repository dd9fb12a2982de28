//! 审批: requests, processes, deputies.

use serde_json::{Map, Value, json};
use zhike_model::APPROVAL_HOURS_MOST;
use zhike_records::APPROVAL_COMMENT_MOST;
use zhike_types::Lang;

use super::{
    components::feed_of,
    merges::{maybe, whole},
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

const ACTS: [&str; 9] =
    ["approve", "reject", "return", "add-before", "add-after", "delegate", "comment", "withdraw", "resubmit"];

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let words = json!({ "type": ["string", "null"] });
    let at = json!({ "type": "string", "format": "date-time" });
    let flag = json!({ "type": "boolean" });
    let names = json!({ "type": "array", "items": text });
    let comment = json!({ "type": "string", "maxLength": APPROVAL_COMMENT_MOST });
    let name = whole(&json!({ "zh": text, "en": text }));
    let person = whole(&json!({ "id": reference("Id"), "name": text, "me": flag }));
    let met = whole(&json!({ "id": reference("Id"), "version": { "type": "integer" }, "name": name }));
    let seat = whole(&json!({
        "id": reference("Id"), "person": reference("ApprovalPerson"), "state": { "enum": ["waiting", "signed", "void"] }, "may_sign": flag,
        "asked": { "enum": ["before", "after", null] }, "deputy": maybe(&reference("ApprovalPerson")), "signed_at": maybe(&at),
    }));
    let step = whole(&json!({
        "name": text, "who": reference("ApprovalWho"), "sign": { "enum": ["any", "all", "serial"] }, "skipped": flag,
        "timeout": maybe(&reference("ApprovalTimeout")), "seats": { "type": "array", "items": seat },
    }));
    let deed = whole(&json!({
        "at": at, "action": text, "step": { "type": ["integer", "null"] }, "actor": text, "actor_id": maybe(&reference("Id")),
        "for": words, "others": words, "comment": words,
    }));
    let file =
        whole(&json!({ "id": reference("Id"), "name": text, "media_type": text, "size": { "type": "integer" } }));
    let may = whole(&json!({ "seat": maybe(&reference("Id")), "withdraw": flag, "resubmit": flag }));
    let facts = json!({ "type": "object", "additionalProperties": true, "description": lang.t("提交时保留的字段，按读者的权限脱敏", "The fields that were kept when it was asked, masked for who reads") });
    let mut one = whole(&json!({
        "id": reference("Id"), "seq": { "type": "integer" }, "number": { "type": "string", "example": "SP202611-0003" }, "at": at,
        "state": { "enum": ["open", "returned", "passed", "rejected", "withdrawn"] },
        "processes": { "type": "array", "items": met }, "object": text,
        "record": { "anyOf": [reference("Id"), { "type": "null" }], "description": lang.t("申请新建时，通过以前没有", "None while a new record is asked for") },
        "submitter": reference("ApprovalPerson"), "comment": words, "ended_at": maybe(&at), "step": { "type": "integer", "minimum": 1 },
        "due_at": { "anyOf": [at, { "type": "null" }], "description": lang.t("这一步签署的时限；没有时限时为空", "Until when this step is to be signed; none where there is no limit") },
        "reminders": { "type": "integer" },
        "changes": names, "before": facts, "after": facts,
        "waiting_for": { "type": "array", "items": reference("ApprovalPerson") }, "may": may,
    }));
    one["properties"]["steps"] = json!({ "type": "array", "items": step });
    one["properties"]["deeds"] = json!({ "type": "array", "items": deed });
    one["properties"]["files"] = json!({ "type": "array", "items": file });
    let wish = json!({
        "type": "object",
        "properties": {
            "object": text,
            "record": { "anyOf": [reference("Id"), { "type": "null" }], "description": lang.t("不写：申请新建", "None: a new record is asked for") },
            "version": { "type": ["integer", "null"] },
            "fields": { "type": "object", "additionalProperties": true, "description": lang.t("和直接修改时一样", "As for the write itself") },
            "comment": comment,
        },
        "required": ["object", "fields"],
        "additionalProperties": false,
    });
    let act = json!({
        "type": "object",
        "properties": {
            "action": { "enum": ACTS },
            "seat": { "anyOf": [reference("Id"), { "type": "null" }], "description": lang.t("看到的签署位；防止重复请求签到下一步", "The seat that was seen, so that a second request does not sign another") },
            "comment": { "type": "string", "maxLength": APPROVAL_COMMENT_MOST, "description": lang.t("驳回、退回、留言必须写", "Needed to reject, to send back and to say something") },
            "step": { "type": ["integer", "null"], "minimum": 1, "description": lang.t("return：退回到第几步；不写退给申请人", "Of return: the earlier step; none goes to who asked") },
            "users": { "type": "array", "items": reference("Id"), "maxItems": 10, "description": lang.t("add-before、add-after：请谁签", "Of add-before and add-after") },
            "to": { "anyOf": [reference("Id"), { "type": "null" }], "description": lang.t("delegate：转交给谁", "Of delegate") },
        },
        "required": ["action"],
        "additionalProperties": false,
    });
    for (name, schema) in [
        ("ApprovalPerson", person),
        ("ApprovalWho", who(lang)),
        ("ApprovalTimeout", timeout(lang)),
        ("Approval", one),
        ("Approvals", feed_of(&reference("Approval"))),
        ("ApprovalWish", wish),
        ("ApprovalAct", act),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
    processes(lang, schemas);
}

fn who(lang: Lang) -> Value {
    let kind = |key: &str| json!({ "const": key });
    let one = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    json!({
        "oneOf": [
            one(json!({ "kind": kind("users"), "users": { "type": "array", "items": reference("Id"), "minItems": 1, "maxItems": 50 } }), &["kind", "users"]),
            one(json!({ "kind": kind("role"), "role": { "type": "string" } }), &["kind", "role"]),
            one(json!({ "kind": kind("manager"), "level": { "type": "integer", "minimum": 1, "maximum": 5, "default": 1 } }), &["kind"]),
            one(json!({ "kind": kind("owner") }), &["kind"]),
        ],
        "description": lang.t("申请人从不审批自己的申请；没有人时由有 approval 职责的人审批", "Whoever asks never signs; where there is nobody, those with the duty `approval` do"),
    })
}

fn timeout(lang: Lang) -> Value {
    json!({
        "type": "object",
        "properties": {
            "hours": { "type": "integer", "minimum": 1, "maximum": APPROVAL_HOURS_MOST },
            "then": { "enum": ["remind", "superior", "pass", "reject"] },
        },
        "required": ["hours", "then"],
        "additionalProperties": false,
        "description": lang.t("从轮到某人签起的小时数，到时提醒、转给上级、视为同意或驳回", "Hours since somebody was asked; then they are reminded, their superior signs, it counts as signed, or it is refused"),
    })
}

fn processes(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let flag = json!({ "type": "boolean" });
    let names = json!({ "type": "array", "items": text });
    let cel = json!({ "type": "string", "description": "CEL" });
    let one = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    let trigger = json!({ "oneOf": [
        one(json!({ "on": { "const": "create" } }), &["on"]),
        one(json!({ "on": { "const": "change" }, "fields": names }), &["on", "fields"]),
        one(json!({ "on": { "const": "becomes" }, "field": text, "to": names, "from": names, "meanwhile": { "type": ["string", "null"] } }), &["on", "field", "to"]),
    ] });
    let step = one(
        json!({ "name": text, "who": reference("ApprovalWho"), "sign": { "enum": ["any", "all", "serial"], "default": "all" }, "skip": cel, "optional": flag, "timeout": maybe(&reference("ApprovalTimeout")) }),
        &["who"],
    );
    let rule = one(
        json!({
            "trigger": trigger, "condition": cel, "steps": { "type": "array", "items": step, "minItems": 1, "maxItems": 10 },
            "locks": { "enum": ["record", "fields"], "default": "record" },
        }),
        &["trigger", "steps"],
    );
    let name = json!({ "type": "object", "properties": { "zh": text, "en": text }, "required": ["zh"], "additionalProperties": false });
    let wish = one(
        json!({ "name": name, "object": text, "active": flag, "rule": reference("ApprovalRule"), "version": { "type": ["integer", "null"] } }),
        &["name", "object", "rule"],
    );
    let both = whole(&json!({ "zh": text, "en": text }));
    let process = whole(&json!({
        "id": reference("Id"), "version": { "type": "integer" }, "name": both, "object": text, "active": flag,
        "rule": reference("ApprovalRule"), "seeded": { "type": "boolean", "description": lang.t("随包提供", "It came with a pack") },
        "at": { "type": "string", "format": "date-time" }, "actor": text,
    }));
    let instant = json!({ "type": "string", "format": "date-time" });
    let away = whole(&json!({ "deputy": reference("Id"), "from": instant, "to": instant }));
    let absence = whole(
        &json!({ "id": reference("Id"), "deputy": reference("Id"), "deputy_name": text, "from": instant, "to": instant }),
    );
    let list = |name: &str| whole(&json!({ "data": { "type": "array", "items": reference(name) } }));
    for (name, schema) in [
        ("ApprovalRule", rule),
        ("ApprovalProcessWish", wish),
        ("ApprovalProcess", process),
        ("ApprovalProcesses", list("ApprovalProcess")),
        ("ApprovalAbsenceWish", away),
        ("ApprovalAbsence", absence),
        ("ApprovalAbsences", list("ApprovalAbsence")),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("审批", "Approvals");
    let replayed = &["Idempotency-Replayed"];
    let which = json!({ "enum": ["to-sign", "mine", "handled", "all"], "default": "to-sign" });
    let state = json!({ "enum": ["open", "returned", "passed", "rejected", "withdrawn"] });
    let nobody = "00000000-0000-7000-8000-000000000000";
    Operation::new("listApprovals", tag, lang.t("审批列表", "List requests"))
        .takes(query("which", false, &which))
        .takes(query("state", false, &state))
        .takes(query("record", false, &reference("Id")))
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })))
        .answers(
            200,
            lang.t("从新到旧，不带步骤和记录", "Newest first, without steps and deeds"),
            &reference("Approvals"),
            &[],
        )
        .at(paths, "get", "/api/v1/approvals");
    Operation::new("submitApproval", tag, lang.t("提交审批", "Ask for approval"))
        .describe(lang.t(
            "写入被答 409 并带 approval 时，把同样的字段提交到这里；通过时在最后一次签署的事务里生效。不需要审批的答 409。",
            "Where a write answers 409 with `approval`, send the same fields here; it is made in the transaction of the last signature. What takes no approval answers 409.",
        ))
        .body(&reference("ApprovalWish"), Some(json!({ "object": "contract", "record": nobody, "fields": { "amount": { "amount": "120000.00", "currency": "CNY" } }, "comment": lang.t("客户加购", "They buy more") })))
        .writes()
        .fails(&[404])
        .answers(201, lang.t("提交了", "Asked"), &reference("Approval"), &["Location", "Idempotency-Replayed"])
        .leads_to(201, &["readApproval".to_owned(), "actOnApproval".to_owned()])
        .at(paths, "post", "/api/v1/approvals");
    Operation::new("readApproval", tag, lang.t("读取一件审批", "Read a request"))
        .on_id()
        .answers(200, lang.t("审批", "The request"), &reference("Approval"), &[])
        .at(paths, "get", "/api/v1/approvals/{id}");
    Operation::new(
        "actOnApproval",
        tag,
        lang.t("同意、驳回、退回、加签、转交、撤回", "Sign, reject, send back, ask others, hand on, withdraw"),
    )
    .on_id()
    .body(&reference("ApprovalAct"), Some(json!({ "action": "approve", "comment": "" })))
    .writes()
    .answers(200, lang.t("审批", "The request"), &reference("Approval"), replayed)
    .at(paths, "post", "/api/v1/approvals/{id}/acts");
    let file = json!({ "name": "file", "in": "path", "required": true, "schema": reference("Id") });
    Operation::new("readApprovalFile", tag, lang.t("下载附件", "Download a file"))
        .on_id()
        .takes(file)
        .answers_with(
            200,
            lang.t("整个文件", "The file"),
            Some(json!({ "application/octet-stream": {} })),
            &["Content-Disposition", "Accept-Ranges"],
        )
        .fails(&[416])
        .at(paths, "get", "/api/v1/approvals/{id}/files/{file}");
    of_processes(lang, paths);
    Operation::new("listApprovalAbsences", tag, lang.t("我的代理", "My deputies"))
        .answers(200, lang.t("还没有过期的", "Those that are not over"), &reference("ApprovalAbsences"), &[])
        .at(paths, "get", "/api/v1/approval-absences");
    Operation::new("addApprovalAbsence", tag, lang.t("设置代理", "Name a deputy"))
        .body(
            &reference("ApprovalAbsenceWish"),
            Some(json!({ "deputy": nobody, "from": "2026-03-02T00:00:00+08:00", "to": "2026-03-09T00:00:00+08:00" })),
        )
        .writes()
        .answers(201, lang.t("设置了", "Named"), &reference("ApprovalAbsence"), replayed)
        .at(paths, "post", "/api/v1/approval-absences");
    Operation::new("endApprovalAbsence", tag, lang.t("取消代理", "End it"))
        .on_id()
        .writes()
        .answers_nothing(204, lang.t("取消了", "Ended"), replayed)
        .at(paths, "delete", "/api/v1/approval-absences/{id}");
}

fn of_processes(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("审批", "Approvals");
    let one = reference("ApprovalProcess");
    let example = json!({
        "name": { "zh": "合同金额变更" },
        "object": "contract",
        "active": true,
        "rule": { "trigger": { "on": "change", "fields": ["amount"] }, "condition": "amount > 100000", "steps": [{ "who": { "kind": "manager" } }] },
    });
    Operation::new("listApprovalProcesses", tag, lang.t("审批流程", "List processes"))
        .describe(lang.t("需要 approval 职责。", "Takes the duty `approval`."))
        .answers(200, lang.t("各流程的最新版本", "Each in its latest version"), &reference("ApprovalProcesses"), &[])
        .at(paths, "get", "/api/v1/approval-processes");
    Operation::new("createApprovalProcess", tag, lang.t("新建审批流程", "Make a process"))
        .body(&reference("ApprovalProcessWish"), Some(example.clone()))
        .writes()
        .answers(201, lang.t("新建了", "Made"), &one, &["Location", "Idempotency-Replayed"])
        .at(paths, "post", "/api/v1/approval-processes");
    Operation::new("readApprovalProcess", tag, lang.t("读取审批流程", "Read a process"))
        .on_id()
        .answers(200, lang.t("流程", "The process"), &one, &[])
        .at(paths, "get", "/api/v1/approval-processes/{id}");
    Operation::new("replaceApprovalProcess", tag, lang.t("修改审批流程", "Change a process"))
        .describe(lang.t(
            "成为新的版本；审批中的照原来的步骤走完。",
            "It becomes another version; what is under way keeps its steps.",
        ))
        .on_id()
        .body(&reference("ApprovalProcessWish"), Some(example))
        .writes()
        .fails(&[412])
        .answers(200, lang.t("流程", "The process"), &one, &["Idempotency-Replayed"])
        .at(paths, "put", "/api/v1/approval-processes/{id}");
}
