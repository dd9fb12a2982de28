//! 签到 and 日历: where one is, and what stands when.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_types::Lang;

use super::{
    operation::{Operation, query},
    reference, type_name,
};
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

fn whole(properties: &Value) -> Value {
    let names: Vec<&str> =
        properties.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": names, "additionalProperties": false })
}

pub fn schemas(lang: Lang, schemas: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let flag = json!({ "type": "boolean" });
    let time = json!({ "type": "string", "format": "date-time" });
    let when =
        json!({ "type": "string", "description": lang.t("时间；全天的是日期", "An instant; of a whole day a date") });
    let about = whole(&json!({ "object": text, "id": reference("Id"), "title": text }));
    let entry = whole(&json!({
        "kind": { "type": "string", "examples": ["task.due"] }, "object": text, "id": reference("Id"), "version": { "type": "integer" },
        "title": text, "about": { "anyOf": [about, { "type": "null" }] }, "owner": { "anyOf": [reference("Id"), { "type": "null" }] },
        "start": when, "end": { "anyOf": [when, { "type": "null" }] }, "all_day": flag, "done": flag, "moves": flag,
        "start_field": { "type": "string", "description": lang.t("改期就改记录的这个字段", "To move it, change this field of the record") },
    }));
    for (name, schema) in [
        ("CalendarEntry", entry),
        (
            "CalendarEntries",
            whole(&json!({ "data": { "type": "array", "items": reference("CalendarEntry") }, "more": flag })),
        ),
        ("Reminders", whole(&json!({ "data": { "type": "array", "items": reference("CalendarEntry") } }))),
        ("CalendarFeed", whole(&json!({ "created_at": time, "used_at": { "anyOf": [time, { "type": "null" }] } }))),
        ("NewCalendarFeed", whole(&json!({ "url": { "type": "string", "format": "uri" } }))),
    ] {
        schemas.insert(name.to_owned(), schema);
    }
}

pub fn paths(lang: Lang, paths: &mut Map<String, Value>) {
    let tag = lang.t("日历", "Calendar");
    let date = json!({ "type": "string", "format": "date" });
    let operation = |id: &str, zh: &str, en: &str| Operation::new(id, tag, lang.t(zh, en));
    operation("listCalendar", "一段日子里的安排", "What stands in a stretch of days")
        .describe(lang.t(
            "最多 93 天；每种最多 1,000 项，more 说明还有。owner 只看一位同事的，看得到的才有，和 whose 二选一。哪些对象的哪些日期由数据包写明。",
            "93 days at most, 1,000 of each kind; `more` says that there are others. `owner` asks for one colleague's, as far as one may see them, instead of `whose`. Packs say which dates of which objects stand there.",
        ))
        .takes(query("from", true, &date))
        .takes(query("until", true, &date))
        .takes(query("whose", false, &json!({ "enum": ["mine", "all"], "default": "mine" })))
        .takes(query("owner", false, &reference("Id")))
        .takes(query("only", false, &json!({ "type": "string", "examples": ["task.due"] })))
        .answers(200, lang.t("按时间", "By time"), &reference("CalendarEntries"), &[])
        .fails(&[400])
        .at(paths, "get", "/api/v1/calendar");
    operation("listReminders", "现在该提醒的", "What reminds now")
        .answers(200, lang.t("按时间", "By time"), &reference("Reminders"), &[])
        .at(paths, "get", "/api/v1/reminders");
    operation("readCalendarFeed", "我的订阅", "The caller's feed")
        .answers(200, lang.t("没有时是 404", "404 when there is none"), &reference("CalendarFeed"), &[])
        .fails(&[404])
        .at(paths, "get", "/api/v1/calendar-feed");
    operation("renewCalendarFeed", "生成或更换订阅地址", "Make or renew the feed's address")
        .describe(lang.t(
            "地址只显示这一次；旧地址随即作废。令牌不能调用。",
            "The address is shown this once; the one before is worth nothing. Not by a token.",
        ))
        .writes()
        .answers(201, lang.t("订阅地址", "The address"), &reference("NewCalendarFeed"), &[])
        .at(paths, "post", "/api/v1/calendar-feed");
    operation("endCalendarFeed", "停用订阅", "Take the feed back")
        .writes()
        .answers_nothing(204, lang.t("已作废", "It is worth nothing any more"), &[])
        .fails(&[404])
        .at(paths, "delete", "/api/v1/calendar-feed");
}
