//! Rankings and the forecast.

use serde_json::{Map, Value, json};
use zhike_types::Lang;

use super::{
    merges::{maybe, whole},
    operation::{Operation, query},
    reference,
};
use crate::words::Say as _;

/// An exact number.
fn number() -> Value {
    json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" })
}

fn period(lang: Lang) -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9]{4}(-Q[1-4]|-[0-9]{1,2})?$",
        "example": "2026-Q3",
        "description": lang.t("年、季度或月；不写是现在", "A year, a quarter or a month; left out, the present one"),
    })
}

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let measure = whole(&json!({
        "name": text,
        "label": whole(&json!({ "zh": text, "en": text })),
        "object": text,
        "currency": maybe(&json!({ "type": "string", "pattern": "^[A-Z]{3}$" })),
        "by_product": { "type": "boolean" },
    }));
    let row = whole(&json!({
        "place": maybe(&json!({ "type": "integer", "minimum": 1 })),
        "kind": {
            "enum": ["person", "department", "direct", "nobody", "everybody"],
            "description": lang.t("direct 是直属某部门的人；nobody 是没有负责人的", "`direct`: those who belong to the department itself; `nobody`: what has no owner"),
        },
        "id": maybe(&reference("Id")),
        "name": maybe(&text),
        "actual": number(),
        "records": { "type": "integer", "minimum": 0 },
        "target": maybe(&number()),
        "achievement": maybe(&number()),
        "before": number(),
        "change": maybe(&number()),
        "year_before": number(),
        "year_change": maybe(&number()),
        "trend": { "type": "array", "items": number() },
        "filter": { "type": "string", "description": lang.t("在指标的对象里找出这些记录的 CEL", "CEL that finds the records behind it, in the measure's object") },
    }));
    let ranking = whole(&json!({
        "measure": reference("Measure"),
        "period": period(lang),
        "trend": { "type": "array", "items": period(lang) },
        "department": maybe(&reference("Id")),
        "currencies": { "type": "array", "items": text },
        "data": { "type": "array", "items": reference("RankedRow") },
        "total": reference("RankedRow"),
    }));
    let measures = whole(&json!({ "data": { "type": "array", "items": reference("Measure") } }));
    forecast_schemas(schemas);
    for (name, schema) in [("Measure", measure), ("Measures", measures), ("RankedRow", row), ("Performance", ranking)] {
        schemas.insert(name.to_owned(), schema);
    }
}

fn forecast_schemas(schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let open = whole(&json!({ "deals": count, "amount": number(), "weighted": number() }));
    let categories = whole(&json!({
        "commit": reference("ForecastOpen"),
        "best_case": reference("ForecastOpen"),
        "pipeline": reference("ForecastOpen"),
        "omitted": reference("ForecastOpen"),
    }));
    let month = whole(&json!({
        "period": maybe(&text),
        "target": maybe(&number()),
        "won": number(),
        "open": categories,
        "expected": number(),
        "filter": text,
    }));
    let line = whole(&json!({
        "kind": { "enum": ["person", "department", "direct", "nobody", "everybody"] },
        "id": maybe(&reference("Id")),
        "name": maybe(&text),
        "target": maybe(&number()),
        "won": number(),
        "open": categories,
        "expected": number(),
        "filter": text,
    }));
    let forecast = whole(&json!({
        "currency": text,
        "currencies": { "type": "array", "items": text },
        "department": maybe(&reference("Id")),
        "months": { "type": "array", "items": reference("ForecastMonth") },
        "total": reference("ForecastMonth"),
        "overdue": reference("ForecastOpen"),
        "later": reference("ForecastOpen"),
        "undated": reference("ForecastOpen"),
        "data": { "type": "array", "items": line },
    }));
    let kind = json!({ "enum": ["added", "moved_in", "raised", "lowered", "moved_out", "won", "lost", "removed"] });
    let changes = whole(&json!({
        "currency": text,
        "since": { "type": "string", "format": "date-time" },
        "start": number(),
        "now": number(),
        "changes": { "type": "array", "items": whole(&json!({ "kind": kind, "deals": count, "by": number() })) },
        "data": { "type": "array", "items": whole(&json!({
            "id": reference("Id"),
            "name": text,
            "owner": maybe(&text),
            "kind": kind,
            "by": number(),
            "expected_close": maybe(&json!({ "type": "string", "format": "date" })),
        })) },
    }));
    for (name, schema) in
        [("ForecastOpen", open), ("ForecastMonth", month), ("Forecast", forecast), ("ForecastChanges", changes)]
    {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("业绩", "Performance");
    let text = json!({ "type": "string" });
    let id = reference("Id");
    Operation::new("listMeasures", tag, lang.t("业绩指标", "List measures"))
        .answers(200, lang.t("您能看的指标", "The measures that you may use"), &reference("Measures"), &[])
        .at(paths, "get", "/api/v1/measures");
    Operation::new("readPerformance", tag, lang.t("业绩榜", "Read a ranking"))
        .describe(lang.t(
            "只算您看得到的记录；按业绩分配的比例算到人，一分不差；不同币种不相加。",
            "Only records that you may see count; splits are honoured to the cent; currencies are never added up.",
        ))
        .takes(query("measure", false, &text))
        .takes(query("period", false, &period(lang)))
        .takes(query("by", false, &json!({ "enum": ["person", "department"], "default": "person" })))
        .takes(query("department", false, &id))
        .takes(query("product", false, &id))
        .takes(query("currency", false, &json!({ "type": "string", "pattern": "^[A-Z]{3}$" })))
        .takes(query("order", false, &json!({ "enum": ["actual", "achievement"], "default": "actual" })))
        .fails(&[404])
        .answers(200, lang.t("从高到低", "The best first"), &reference("Performance"), &[])
        .at(paths, "get", "/api/v1/performance");
    forecast_paths(lang, paths);
}

fn forecast_paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("业绩", "Performance");
    let asked = |operation: Operation| {
        operation
            .takes(query("from", false, &period(lang)))
            .takes(query("months", false, &json!({ "type": "integer", "minimum": 1, "maximum": 24, "default": 6 })))
            .takes(query("department", false, &reference("Id")))
            .takes(query("by", false, &json!({ "enum": ["person", "department"], "default": "person" })))
            .takes(query("currency", false, &json!({ "type": "string", "pattern": "^[A-Z]{3}$" })))
            .fails(&[404])
    };
    asked(Operation::new("readForecast", tag, lang.t("销售预测", "Read the forecast")))
        .describe(lang.t(
            "进行中的商机按预计成交月份和预测类别汇总，和目标、已赢单放在一起。",
            "Open deals by the month they are expected and by category, beside target and won.",
        ))
        .answers(200, lang.t("预测", "The forecast"), &reference("Forecast"), &[])
        .at(paths, "get", "/api/v1/forecast");
    asked(Operation::new("readForecastChanges", tag, lang.t("预测的变化", "Read what changed in the forecast")))
        .describe(lang.t(
            "start 加上全部变化等于 now；data 是变化最大的一百个商机。",
            "`start` and all changes are `now`; `data` names the hundred deals that changed most.",
        ))
        .takes(query("since", false, &json!({ "type": "string", "format": "date-time" })))
        .answers(200, lang.t("变化", "What changed"), &reference("ForecastChanges"), &[])
        .at(paths, "get", "/api/v1/forecast/changes");
}
