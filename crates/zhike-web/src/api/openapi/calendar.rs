//! 签到 and 日历: where one is, and what stands when.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_types::Lang;

use super::{operation::Operation, reference, type_name};
use crate::words::Say as _;

/// Of an object whose records one checks in at.
pub fn check_in(object: &Object, lang: Lang, schemas: &mut Map<String, Value>, paths: &mut Map<String, Value>) {
    let (name, label) = (type_name(&object.name), object.label.get(lang));
    let degrees = |most: i64| json!({ "type": "number", "minimum": -most, "maximum": most });
    schemas.insert(
        format!("{name}CheckIn"),
        json!({
            "type": "object",
            "properties": {
                "place": { "type": "string", "maxLength": 200, "description": lang.t("没有经纬度时必填", "Needed where there is no position") },
                "latitude": degrees(90), "longitude": degrees(180),
                "accuracy": { "type": "number", "minimum": 0, "description": lang.t("误差，米", "In metres") },
                "photo": { "type": "string", "format": "binary" },
            },
            "additionalProperties": false,
        }),
    );
    Operation::new(format!("checkIn{name}"), label, lang.t("签到：{}", "Check in: {}").replace("{}", label))
        .describe(lang.t(
            "记下谁、何时、在哪里，可以附一张照片。第二次不再改动，返回第一次的结果；已完成或取消的是 409。",
            "Notes who is where and when, with a photo if there is one. The second time changes nothing and answers as the first; 409 for what is over.",
        ))
        .on_id()
        .form(&reference(&format!("{name}CheckIn")))
        .writes()
        .answers(200, lang.t("现在的样子", "As it is now"), &reference(&name), &["ETag", "Idempotency-Replayed"])
        .at(paths, "post", &format!("/api/v1/{}/{{id}}/check-in", object.name));
}
