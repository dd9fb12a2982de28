//! Tier schemes.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{
    merges::{maybe, whole},
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let at = json!({ "type": "string", "format": "date-time" });
    let tier = whole(&json!({ "name": text, "customers": count }));
    let moved = whole(&json!({ "account": reference("Id"), "name": text, "from": text, "to": text }));
    let level = json!({ "type": "string", "enum": ["high", "medium", "low"] });
    let size = json!({ "type": "string", "enum": ["many", "medium", "few"] });
    let band = whole(&json!({ "level": level, "size": size, "customers": count }));
    let outcome = whole(&json!({
        "bands": {
            "type": "array", "items": band,
            "description": lang.t("按「客户数 × 毛利」定级时各档的客户", "Customers on each level, where tiers go by customers × margin"),
        },
        "tiers": { "type": "array", "items": tier },
        "none": { "type": "integer", "description": lang.t("没有级别符合的客户", "Customers that no tier takes") },
        "new": count, "same": count, "moved": count,
        "moves": { "type": "array", "items": moved, "maxItems": 50 },
        "kept": { "type": "integer", "description": lang.t("人工定级的：建议变了，级别不变", "Set by hand: what is proposed changes, the tier stays") },
    }));
    let stay = whole(&json!({ "value": text, "from": at, "to": maybe(&at) }));
    let wish = json!({
        "type": "object",
        "properties": { "dry_run": { "type": "boolean", "default": false } },
        "additionalProperties": false,
    });
    for (name, schema) in [
        ("TierWish", wish),
        ("TierOutcome", outcome),
        ("Stays", whole(&json!({ "data": { "type": "array", "items": stay } }))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("客户分级", "Tiers");
    Operation::new("workOutTiers", tag, lang.t("重算分级方案", "Work a tier scheme out"))
        .writes()
        .on_id()
        .body(&reference("TierWish"), None)
        .describe(lang.t(
            "按各级的条件给所有客户定级；dry_run 只看结果。人工定的级别不变。",
            "Puts all customers into tiers by their conditions; `dry_run` only tells. What was set by hand stays.",
        ))
        .answers(
            200,
            lang.t("各级多少，谁变动", "How many in each tier, and who moves"),
            &reference("TierOutcome"),
            &["Idempotency-Replayed"],
        )
        .at(paths, "post", "/api/v1/tier-schemes/{id}/placements");
    Operation::new(
        "listStays",
        tag,
        lang.t("一个字段的每个值停留了多久", "How long a record stood at each value of a field"),
    )
    .on_id()
    .takes(query("field", true, &json!({ "type": "string", "example": "lifecycle" })))
    .answers(200, lang.t("最近的在前", "The newest first"), &reference("Stays"), &[])
    .at(paths, "get", "/api/v1/account/{id}/stays");
}
