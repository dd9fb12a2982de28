//! Schemas and parameters that all objects share.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::reference;
use crate::words::Say as _;

pub fn schemas(lang: Lang) -> Map<String, Value> {
    let title = json!({
        "type": "string",
        "description": lang.t("引用的记录今天叫什么；看不到或已彻底删除时没有", "What the record is called today; absent when it is not yours to see or gone"),
    });
    let Value::Object(schemas) = json!({
        "Id": { "type": "string", "format": "uuid", "example": "0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d" },
        "Masked": {
            "type": "string",
            "description": lang.t("打了码的文字；字段名列在 masked 里", "A masked text; the field's name stands in `masked`"),
            "example": "138****6138",
        },
        "Decimal": {
            "type": ["string", "number"],
            "description": lang.t("精确的数，写成文字；公式算出的商是数字", "An exact number, as a string; a formula's quotient is a number"),
            "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
            "example": "12.50",
        },
        "Money": {
            "type": "object",
            "properties": {
                "amount": { "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217" },
            },
            "required": ["amount", "currency"],
            "additionalProperties": false,
            "example": { "amount": "1234.50", "currency": "CNY" },
        },
        "MoneyInput": {
            "type": "object",
            "properties": {
                "amount": { "type": ["string", "number"], "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,3})?$" },
                "currency": { "type": "string", "pattern": "^[A-Z]{3}$", "description": lang.t("不写就是字段自己的币种", "The field's own when left out") },
            },
            "required": ["amount"],
            "additionalProperties": false,
            "example": { "amount": "1234.50", "currency": "CNY" },
        },
        "Reference": {
            "type": "object",
            "properties": {
                "id": reference("Id"),
                "title": { "type": ["string", "null"], "description": lang.t("无权查看那条记录时为空", "Null when the caller may not see that record") },
            },
            "required": ["id", "title"],
            "additionalProperties": false,
        },
        "ReferenceInput": {
            "description": lang.t("记录的 id，或读到的那个对象", "A record's id, or the object as it was read"),
            "anyOf": [
                reference("Id"),
                { "type": "object", "properties": { "id": reference("Id") }, "required": ["id"] },
            ],
        },
        "AnyReference": {
            "type": "object",
            "properties": { "object": { "type": "string" }, "id": reference("Id"), "title": { "type": ["string", "null"] } },
            "required": ["object", "id", "title"],
            "additionalProperties": false,
        },
        "AnyReferenceInput": {
            "type": "object",
            "properties": { "object": { "type": "string" }, "id": reference("Id") },
            "required": ["object", "id"],
        },
        "Problem": {
            "type": "object",
            "description": "RFC 9457",
            "properties": {
                "type": { "type": "string", "format": "uri-reference" },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string" },
                "instance": { "type": "string", "format": "uri", "description": lang.t("日志里的事件号", "The incident's name in the log") },
                "current": { "type": "integer", "description": lang.t("记录现在的版本", "The version the record has now") },
                "errors": { "type": "array", "items": reference("FieldError") },
                "matches": { "type": "array", "items": reference("Match"), "description": lang.t("已有的相同或疑似相同的记录", "Records that are or may be the same") },
                "may_go_on": { "type": "boolean", "description": lang.t("能否写明理由后继续：Zhike-Duplicates: allow 和 X-Reason", "Whether it may be sent again with Zhike-Duplicates: allow and X-Reason") },
                "approval": reference("NeedsApproval"),
                "became": { "type": "object", "additionalProperties": reference("Id"), "description": lang.t("已经转成的记录，按对象", "What it has become already, by object") },
            },
            "required": ["type", "title", "status", "detail"],
            "additionalProperties": false,
        },
        "NeedsApproval": {
            "type": "object",
            "description": lang.t("写入要审批：同样的字段提交到 ask", "The write takes approval: send the same fields to `ask`"),
            "properties": {
                "processes": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "id": reference("Id"), "version": { "type": "integer" }, "name": { "type": "string" } },
                    "required": ["id", "version", "name"],
                    "additionalProperties": false,
                } },
                "object": { "type": "string" },
                "record": { "anyOf": [reference("Id"), { "type": "null" }] },
                "ask": { "type": "string" },
            },
            "required": ["processes", "object", "record", "ask"],
            "additionalProperties": false,
        },
        "FieldError": {
            "type": "object",
            "properties": {
                "field": { "type": "string", "description": lang.t("字段或参数；空的说的是整个内容", "A field or parameter; empty means the content as a whole") },
                "code": { "type": "string", "description": lang.t("给程序看的固定代码", "A stable word for programs"), "example": "required" },
                "message": { "type": "string" },
            },
            "required": ["field", "code", "message"],
            "additionalProperties": false,
        },
        "Match": {
            "type": "object",
            "description": lang.t("相同、疑似相同或相关的记录；无权查看的只说归谁", "A record that is, may be, or belongs to the same; of one that the caller may not see only whose it is"),
            "properties": {
                "object": { "type": "string", "description": lang.t("线索也和客户比", "A lead is compared with accounts, too") },
                "band": { "type": "string", "enum": ["same", "review", "branch", "branches"] },
                "probability": { "type": ["number", "null"], "minimum": 0, "maximum": 1 },
                "visible": { "type": "boolean" },
                "record": { "type": ["object", "null"] },
                "owner": { "type": ["string", "null"] },
                "department": { "type": ["string", "null"] },
                "reasons": { "type": "array", "items": { "type": "string" } },
            },
            "required": ["object", "band", "probability", "visible", "record", "owner", "department", "reasons"],
            "additionalProperties": false,
        },
        "Matches": list_of(&reference("Match")),
        "Existence": {
            "type": "object",
            "properties": {
                "exists": { "type": "boolean" },
                "holders": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "owner": { "type": ["string", "null"] }, "department": { "type": ["string", "null"] }, "mine": { "type": "boolean" } },
                    "required": ["owner", "department", "mine"],
                    "additionalProperties": false,
                } },
                "left": { "type": ["integer", "null"], "description": lang.t("今天还能查几次", "Questions left today") },
            },
            "required": ["exists", "holders", "left"],
            "additionalProperties": false,
        },
        "Count": {
            "type": "object",
            "properties": { "count": { "type": "integer", "minimum": 0 } },
            "required": ["count"],
            "additionalProperties": false,
        },
        "Groups": list_of(&json!({
            "type": "object",
            "properties": {
                "key": { "description": lang.t("分组的值；不分组时为空", "The value grouped by; null without a group") },
                "title": { "type": ["string", "null"] },
                "figures": { "type": "array", "items": {} },
            },
            "required": ["key", "title", "figures"],
            "additionalProperties": false,
        })),
        "Selection": {
            "oneOf": [
                { "type": "object", "properties": { "ids": { "type": "array", "items": reference("Id") } }, "required": ["ids"], "additionalProperties": false },
                { "type": "object", "properties": { "filter": { "type": "string", "description": "CEL" } }, "required": ["filter"], "additionalProperties": false },
            ],
        },
        "BulkOutcome": {
            "type": "object",
            "properties": {
                "done": { "type": "integer", "minimum": 0 },
                "failed": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "id": reference("Id"), "title": { "type": "string" }, "message": { "type": "string" } },
                    "required": ["id", "title", "message"],
                    "additionalProperties": false,
                } },
            },
            "required": ["done", "failed"],
            "additionalProperties": false,
        },
        "FieldChange": {
            "type": "object",
            "properties": {
                "field": { "type": "string" },
                "before": { "type": "string", "description": lang.t("引用是 id", "References as ids") },
                "after": { "type": "string" },
                "before_title": title.clone(),
                "after_title": title.clone(),
            },
            "required": ["field", "before", "after"],
            "additionalProperties": false,
        },
        "AuditEntry": {
            "type": "object",
            "properties": {
                "seq": { "type": "integer" },
                "at": { "type": "string", "format": "date-time" },
                "actor": { "type": "string" },
                "actor_id": { "anyOf": [reference("Id"), { "type": "null" }] },
                "source": { "type": "string", "example": "page (192.0.2.7)" },
                "action": { "type": "string", "example": "change" },
                "reason": { "type": ["string", "null"] },
                "merged_from": {
                    "anyOf": [reference("Id"), { "type": "null" }],
                    "description": lang.t("做在哪条后来合并进来的记录上", "The record it was done to, when that one was merged into this one since"),
                },
                "changes": { "type": "array", "items": reference("FieldChange") },
            },
            "required": ["seq", "at", "actor", "actor_id", "source", "action", "reason", "merged_from", "changes"],
            "additionalProperties": false,
        },
        "AuditLog": feed_of(&json!({
            "type": "object",
            "properties": {
                "object": { "type": "string" },
                "record_id": { "anyOf": [reference("Id"), { "type": "null" }] },
                "seq": { "type": "integer" }, "at": { "type": "string", "format": "date-time" },
                "actor": { "type": "string" }, "actor_id": { "anyOf": [reference("Id"), { "type": "null" }] },
                "source": { "type": "string" }, "action": { "type": "string" }, "reason": { "type": ["string", "null"] },
                "record_title": title.clone(),
                "merged_from": { "anyOf": [reference("Id"), { "type": "null" }] },
                "changes": { "type": "array", "items": reference("FieldChange") },
            },
            "required": ["object", "record_id", "seq", "at", "actor", "actor_id", "source", "action", "reason", "changes"],
            "additionalProperties": false,
        })),
        "History": feed_of(&reference("AuditEntry")),
        "Timeline": feed_of(&json!({
            "type": "object",
            "description": lang.t("一条跟进、待办、备注、附件，或者对记录本身的一次改动", "A follow-up, task, note or file, or a change of the record itself"),
            "properties": {
                "at": { "type": "string", "format": "date-time" },
                "actor": { "type": "string" },
                "object": { "type": "string" },
                "record": { "type": "object" },
                "change": reference("AuditEntry"),
            },
            "required": ["at", "actor"],
            "oneOf": [{ "required": ["object", "record"] }, { "required": ["change"] }],
            "additionalProperties": false,
        })),
    }) else {
        unreachable!("an object was written")
    };
    schemas
}

/// `{"data": […]}`
pub fn list_of(item: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { "data": { "type": "array", "items": item } },
        "required": ["data"],
        "additionalProperties": false,
    })
}

/// Entries, newest first, and the `before` to go on from.
pub fn feed_of(item: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { "data": { "type": "array", "items": item }, "next": { "type": ["integer", "null"] } },
        "required": ["data", "next"],
        "additionalProperties": false,
    })
}

/// Parameters by the name under which operations refer to them.
pub fn parameters(lang: Lang) -> Value {
    let query = |name: &str, schema: Value, text: &str| json!({ "name": name, "in": "query", "description": text, "schema": schema });
    let header = |name: &str, schema: Value, text: &str| json!({ "name": name, "in": "header", "description": text, "schema": schema });
    let words = json!({ "type": "string", "pattern": "^-?[a-z][a-z0-9_]*(,-?[a-z][a-z0-9_]*)*$" });
    let names = json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$" });
    json!({
        "id": { "name": "id", "in": "path", "required": true, "schema": reference("Id") },
        "filter": query("filter", json!({ "type": "string" }), lang.t("CEL 条件，例如 status == \"active\"", "CEL, such as status == \"active\"")),
        "sort": query("sort", words, lang.t("字段，用逗号隔开；前面加 - 为降序", "Fields, apart by commas; - before one is descending")),
        "fields": query("fields", names.clone(), lang.t("只要这些字段；id、version 和名称总会给出", "Only these; id, version and the title always come along")),
        "limit": query("limit", json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 50 }), lang.t("最多几条", "At most so many")),
        "after": query("after", json!({ "type": "string" }), lang.t("上一页的 next", "The `next` of the page before")),
        "bin": query("bin", json!({ "type": "boolean", "default": false }), lang.t("看回收站", "The recycle bin instead")),
        "before": query("before", json!({ "type": "integer", "format": "int64", "minimum": 1 }), lang.t("上一页的 next", "The `next` of the page before")),
        "kinds": query("kinds", names.clone(), lang.t("只要这些：对象名或 change", "Only these: names of objects, or change")),
        "objects": query("objects", names, lang.t("只在这些对象里找", "Only in these objects")),
        "figures": query(
            "figures",
            json!({ "type": "string", "default": "count:*", "pattern": "^(count|sum|average|min|max):(\\*|[a-z][a-z0-9_]*)(,(count|sum|average|min|max):(\\*|[a-z][a-z0-9_]*))*$" }),
            lang.t("要算的数，例如 count:*,sum:annual_revenue", "What to work out, such as count:*,sum:annual_revenue"),
        ),
        "group": query(
            "group",
            json!({ "type": "string", "pattern": "^((day|month|year):)?[a-z][a-z0-9_]*$" }),
            lang.t("按哪个字段分组；日期可写 month:created_at", "The field to group by; dates as month:created_at"),
        ),
        "IfMatch": header("If-Match", json!({ "type": "string" }), lang.t("看到的版本，例如 \"3\"；已被改过就答 412", "The version that was seen, such as \"3\"; 412 when it has changed")),
        "IfNoneMatch": header("If-None-Match", json!({ "type": "string" }), lang.t("已有的版本；没变就答 304", "The version that is known; 304 when it is still that")),
        "IdempotencyKey": header(
            "Idempotency-Key",
            json!({ "type": "string", "pattern": "^[!-~]{1,200}$" }),
            lang.t("同一个键只执行一次，重发得到同样的回答", "A request that comes again under its key acts once and gets the same answer"),
        ),
        "Reason": header("X-Reason", json!({ "type": "string", "maxLength": 2000, "pattern": "^([!-$&-~]|%[0-9A-Fa-f]{2})*$" }), lang.t("原因，记入审计；百分号编码的 UTF-8", "Why, for the audit; percent-encoded UTF-8")),
        "Duplicates": header("Zhike-Duplicates", json!({ "type": "string", "enum": ["ask", "allow"], "default": "ask" }), lang.t("allow：已有相同或疑似相同的记录时仍然写入，要同时写 X-Reason；确定相同的还要有 duplicates 职责", "allow: write although a record is or may be the same, with X-Reason; where it is the same for certain that takes the duty `duplicates`")),
        "Range": header("Range", json!({ "type": "string", "example": "bytes=0-1023" }), lang.t("只要文件的一段", "Only a part of the file")),
    })
}
