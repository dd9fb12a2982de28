//! What every operation may answer besides success.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{super::problem::KINDS, reference, type_name};
use crate::words::Say as _;

/// `not-found` → `NotFound`
fn component(word: &str) -> String {
    type_name(&word.replace('-', "_"))
}

pub fn problem(status: u16) -> Value {
    let word = KINDS.iter().find(|(code, ..)| *code == status).map_or("internal", |(_, word, ..)| word);
    json!({ "$ref": format!("#/components/responses/{}", component(word)) })
}

/// Every kind of problem as a response.
pub fn problems(lang: Lang) -> Map<String, Value> {
    KINDS
        .iter()
        .map(|(status, word, zh, en)| {
            let mut response = json!({
                "description": lang.t(zh, en),
                "content": { "application/problem+json": {
                    "schema": reference("Problem"),
                    "example": { "type": format!("/api/docs#problem-{word}"), "title": lang.t(zh, en), "status": status, "detail": lang.t(zh, en) },
                } },
            });
            let header = match status {
                401 => Some("WWW-Authenticate"),
                405 => Some("Allow"),
                429 => Some("Retry-After"),
                _ => None,
            };
            if let Some(header) = header {
                response["headers"] = json!({ header: { "$ref": format!("#/components/headers/{header}") } });
            }
            (component(word), response)
        })
        .collect()
}

pub fn headers(lang: Lang) -> Value {
    let text = |description: &str, required: bool| json!({ "description": description, "required": required, "schema": { "type": "string" } });
    json!({
        "ETag": {
            "description": lang.t("记录的版本，加引号；改、删时放进 If-Match", "The record's version, in quotes; send it as If-Match to change or delete"),
            "required": true,
            "schema": { "type": "string", "pattern": "^\"[0-9]+\"$" },
            "example": "\"3\"",
        },
        "Location": {
            "description": lang.t("资源的地址", "Where the resource is"),
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        },
        "Idempotency-Replayed": {
            "description": lang.t("这是同一个键第一次请求的回答", "This is the answer that the first request under the key got"),
            "schema": { "type": "string", "enum": ["true"] },
        },
        "Content-Disposition": text(lang.t("附件的文件名", "The file's name"), true),
        "Content-Range": text(lang.t("这一段在文件中的位置", "Which part of the file this is"), true),
        "Accept-Ranges": text("bytes", false),
        "Retry-After": {
            "description": lang.t("多少秒后再试", "After how many seconds to try again"),
            "schema": { "type": "integer", "minimum": 1 },
        },
        "Allow": text(lang.t("支持的方法", "The methods it takes"), true),
        "WWW-Authenticate": text(lang.t("怎样登录（RFC 6750）", "How to sign in (RFC 6750)"), true),
    })
}
