//! The paths and schemas of one object.

use serde_json::{Map, Value, json};
use zhike_model::{MatchRule, Model, Object};
use zhike_records::{is_compared, is_mergeable};
use zhike_types::Lang;

use super::{
    example,
    kinds::{answered, is_needed, taken},
    operation::{Operation, query},
    reference, type_name,
};
use crate::words::Say as _;

pub fn schemas(object: &Object, lang: Lang, schemas: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let label = object.label.get(lang);

    let mut properties = Map::new();
    properties.insert("id".to_owned(), reference("Id"));
    properties.extend(object.fields.iter().map(|field| (field.name.clone(), answered(field, lang))));
    properties.insert(
        "version".to_owned(),
        json!({ "type": "integer", "readOnly": true, "title": lang.t("版本", "Version") }),
    );
    properties.insert(
        "masked".to_owned(),
        json!({ "type": "array", "items": { "type": "string" }, "description": lang.t("打了码的字段", "Fields that are masked") }),
    );
    let whole = json!({
        "type": "object",
        "title": label,
        "description": lang.t("无权查看的字段不出现", "Fields that the caller may not see are absent"),
        "properties": properties,
        "required": ["id", "version"],
        "additionalProperties": false,
    });

    let writable: Vec<_> = object.writable_fields().collect();
    let create: Map<String, Value> =
        writable.iter().map(|field| (field.name.clone(), taken(field, is_needed(field), lang))).collect();
    let needed: Vec<&str> = writable.iter().filter(|field| is_needed(field)).map(|field| field.name.as_str()).collect();
    let mut create = json!({ "type": "object", "title": label, "properties": create, "additionalProperties": false });
    if !needed.is_empty() {
        create["required"] = json!(needed);
    }
    // a field that must be filled may be changed, not cleared
    let change: Map<String, Value> = writable
        .iter()
        .map(|field| (field.name.clone(), taken(field, field.required && field.visible_when.is_none(), lang)))
        .collect();
    let change = json!({ "type": "object", "title": label, "properties": change, "additionalProperties": false });
    let page = json!({
        "type": "object",
        "properties": {
            "data": { "type": "array", "items": reference(&name) },
            "next": { "type": ["string", "null"], "description": lang.t("下一页从这里起（after）；最后一页为空", "Where the next page begins (`after`); null on the last") },
        },
        "required": ["data", "next"],
        "additionalProperties": false,
    });
    let bulk = json!({
        "type": "object",
        "properties": { "selection": reference("Selection"), "change": reference(&format!("{name}Change")), "delete": { "const": true } },
        "required": ["selection"],
        "oneOf": [{ "required": ["change"] }, { "required": ["delete"] }],
        "additionalProperties": false,
    });
    schemas.insert(format!("{name}Create"), create);
    schemas.insert(format!("{name}Change"), change);
    schemas.insert(format!("{name}Page"), page);
    schemas.insert(format!("{name}Bulk"), bulk);
    schemas.insert(name, whole);
}

/// Whether its records are organisations, told apart by who they are.
/// Whether anybody may ask whose it is.
fn is_asked_for(object: &Object) -> bool {
    object.title_field().matching == Some(MatchRule::Organisation)
}

const LIST: [&str; 5] = ["filter", "sort", "fields", "limit", "after"];

pub fn paths(model: &Model, object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let label = object.label.get(lang);
    let base = format!("/api/v1/{}", object.name);
    let one = format!("{base}/{{id}}");
    let operation = |verb: &str, zh: &str, en: &str| {
        Operation::new(format!("{verb}{name}"), label, lang.t(zh, en).replace("{}", label))
    };
    let whole = || reference(&name);

    operation("list", "{}列表", "List: {}")
        .uses(&LIST)
        .uses(&["bin"])
        .answers(200, lang.t("一页", "A page"), &reference(&format!("{name}Page")), &[])
        .at(paths, "get", &base);
    operation("create", "新建{}", "Create: {}")
        .body(&reference(&format!("{name}Create")), Some(example::create(object, lang)))
        .uses(&["Reason"])
        .uses(if is_compared(object) { &["Duplicates"] } else { &[] })
        .writes()
        .answers(201, lang.t("建好了", "Created"), &whole(), &["Location", "ETag", "Idempotency-Replayed"])
        .leads_to(
            201,
            &["read", "change", "delete", "history", "timeline", "attach"].map(|verb| format!("{verb}{name}")),
        )
        .at(paths, "post", &base);
    if is_compared(object) {
        operation("match", "已有的相同{}", "What is there already: {}")
            .describe(lang.t(
                "不写入。还不完整的值会略过。每人每天能被提示的、归别人所有的记录有限，超出后为 429，见 Retry-After。",
                "Writes nothing. Values that cannot be understood yet are passed over. Of the records of others a user is told of so many a day; then 429 with Retry-After.",
            ))
            .takes(query("except", false, &reference("Id")))
            .body(&reference(&format!("{name}Change")), Some(example::create(object, lang)))
            .answers(200, lang.t("最像的在前", "The likeliest first"), &reference("Matches"), &[])
            .fails(&[404])
            .at(paths, "post", &format!("{base}/matches"));
    }
    if is_asked_for(object) {
        operation("lookUp", "查重：{}", "Whose it is: {}")
            .describe(lang.t("按名称、电话或统一社会信用代码问是否已有人跟进。每人每天有次数限制，并记入审计。", "Asks by name, telephone or credit code whether somebody has it. Limited by user and day, and on record."))
            .takes(query("q", true, &json!({ "type": "string", "minLength": 2, "maxLength": 200 })))
            .answers(200, lang.t("归谁", "Whose"), &reference("Existence"), &[])
            .at(paths, "get", &format!("{base}/existence"));
    }
    operation("count", "{}计数", "Count: {}")
        .uses(&["filter", "bin"])
        .answers(200, lang.t("准确的数目", "The exact number"), &reference("Count"), &[])
        .at(paths, "get", &format!("{base}/count"));
    operation("aggregate", "{}汇总", "Aggregate: {}")
        .uses(&["figures", "group", "filter", "limit"])
        .answers(200, lang.t("每组的数", "Figures by group"), &reference("Groups"), &[])
        .at(paths, "get", &format!("{base}/aggregate"));
    operation("bulk", "批量修改或删除{}", "Change or delete many: {}")
        .body(
            &reference(&format!("{name}Bulk")),
            Some(json!({ "selection": { "ids": [] }, "change": example::change(object, lang) })),
        )
        .writes()
        .answers(200, lang.t("做了什么", "What was done"), &reference("BulkOutcome"), &["Idempotency-Replayed"])
        .at(paths, "post", &format!("{base}/bulk"));
    let read = operation("read", "读取{}", "Read: {}")
        .on_id()
        .uses(&["IfNoneMatch"])
        .answers(200, label, &whole(), &["ETag"])
        .answers_nothing(304, lang.t("没有变", "Not changed"), &["ETag"]);
    let read = if is_mergeable(object) {
        read.answers_nothing(308, lang.t("已合并到另一条", "It was merged into another one"), &["Location"])
    } else {
        read
    };
    read.at(paths, "get", &one);
    operation("change", "修改{}", "Change: {}")
        .on_id()
        .uses(&["IfMatch", "Reason"])
        .uses(if is_compared(object) { &["Duplicates"] } else { &[] })
        .body(&reference(&format!("{name}Change")), Some(example::change(object, lang)))
        .writes()
        .fails(&[412])
        .answers(200, lang.t("改好了", "Changed"), &whole(), &["ETag", "Idempotency-Replayed"])
        .at(paths, "patch", &one);
    operation("delete", "删除{}", "Delete: {}")
        .describe(lang.t("放进回收站，可以恢复。", "Into the recycle bin; it can be restored."))
        .on_id()
        .uses(&["IfMatch", "Reason"])
        .writes()
        .fails(&[412])
        .answers_nothing(204, lang.t("删除了", "Deleted"), &["Idempotency-Replayed"])
        .at(paths, "delete", &one);
    operation("restore", "从回收站恢复{}", "Restore: {}")
        .on_id()
        .writes()
        .answers(200, lang.t("恢复了", "Restored"), &whole(), &["ETag", "Idempotency-Replayed"])
        .at(paths, "post", &format!("{one}/restoration"));
    operation("history", "{}的改动历史", "History: {}")
        .on_id()
        .uses(&["before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 500, "default": 50 })))
        .answers(200, lang.t("从新到旧", "Newest first"), &reference("History"), &[])
        .at(paths, "get", &format!("{one}/history"));
    operation("timeline", "{}的时间线", "Timeline: {}")
        .on_id()
        .uses(&["kinds", "before"])
        .takes(query("limit", false, &json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 })))
        .answers(200, lang.t("从新到旧", "Newest first"), &reference("Timeline"), &[])
        .at(paths, "get", &format!("{one}/timeline"));
    operation("attach", "给{}添加附件", "Attach a file: {}")
        .on_id()
        .upload(&[])
        .writes()
        .answers(
            201,
            lang.t("附件", "The attachment"),
            &reference("Attachment"),
            &["Location", "ETag", "Idempotency-Replayed"],
        )
        .at(paths, "post", &format!("{one}/attachments"));
    for relation in model.relations(&object.name).iter().filter(|relation| !relation.name.is_empty()) {
        let Some(related) = model.object(&relation.object) else { continue };
        let child = type_name(&related.name);
        let title = format!("{label} · {}", related.plural.get(lang));
        Operation::new(format!("list{name}{}", type_name(&relation.name)), label, title)
            .on_id()
            .uses(&LIST)
            .answers(200, lang.t("一页", "A page"), &reference(&format!("{child}Page")), &[])
            .at(paths, "get", &format!("{one}/{}", relation.name));
    }
    if object.name == "attachment" {
        let file = json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } });
        operation("download", "下载{}", "Download: {}")
            .on_id()
            .uses(&["Range"])
            .answers_with(
                200,
                lang.t("整个文件", "The file"),
                Some(file.clone()),
                &["Content-Disposition", "Accept-Ranges"],
            )
            .answers_with(
                206,
                lang.t("文件的一段", "A part of it"),
                Some(file),
                &["Content-Disposition", "Content-Range"],
            )
            .fails(&[416])
            .at(paths, "get", "/api/v1/attachments/{id}/file");
    }
}
