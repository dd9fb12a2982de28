//! 转化: what an object's records become.

use serde_json::{Map, Value, json};
use zhike_model::{Conversion, Object};
use zhike_types::Lang;

use super::{merges::whole, operation::Operation, reference, type_name};
use crate::words::Say as _;

/// Of an object whose records are converted.
pub fn of_object(object: &Object, conversion: &Conversion, schemas: &mut Map<String, Value>) {
    let name = type_name(&object.name);
    let there = whole(&json!({ "id": reference("Id") }));
    let wishes = conversion.targets.iter().enumerate().map(|(i, target)| {
        let fields = reference(&format!("{}Change", type_name(&target.object)));
        let mut choices = vec![there.clone(), fields];
        if i > 0 {
            choices.push(json!({ "type": "null" }));
        }
        (target.object.clone(), json!({ "anyOf": choices }))
    });
    let wish = json!({
        "type": "object",
        "properties": Value::Object(wishes.collect()),
        "additionalProperties": false,
    });
    let became = conversion.targets.iter().map(|target| (target.object.clone(), reference(&type_name(&target.object))));
    let became =
        json!({ "type": "object", "properties": Value::Object(became.collect()), "additionalProperties": false });
    let made = whole(&json!({ "record": reference(&name), "became": became }));
    schemas.insert(format!("{name}Conversion"), wish);
    schemas.insert(format!("{name}Converted"), made);
}

pub fn paths_of(object: &Object, conversion: &Conversion, lang: Lang, paths: &mut Map<String, Value>) {
    let (name, label) = (type_name(&object.name), object.label.get(lang));
    let path = format!("/api/v1/{}/{{id}}/convert", object.name);
    let example: Map<String, Value> = conversion
        .targets
        .iter()
        .enumerate()
        .map(|(i, target)| (target.object.clone(), if i == 0 { json!({}) } else { Value::Null }))
        .collect();
    Operation::new(format!("convert{name}"), label, lang.t("转化{}", "Convert: {}").replace("{}", label))
        .describe(lang.t(
            "一步转成客户、联系人和商机，跟进、待办、备注、附件一起过去。每一项可以是 {\"id\": …}（用已有的）、新记录的字段（其余按数据包从线索带入）或 null（不建）；不写的按数据包。已经转化过是 409，became 里是转成的记录。",
            "Makes it a customer, a person, an opportunity in one step; follow-ups, tasks, notes and files go along. Each is {\"id\": …} (one that is there), the fields of a new one (the rest is taken as the pack says) or null (none); what is left out is as the pack says. 409 when it was converted already, with the records in `became`.",
        ))
        .on_id()
        .uses(&["Reason", "Duplicates"])
        .body(&reference(&format!("{name}Conversion")), Some(Value::Object(example)))
        .writes()
        .answers(
            200,
            lang.t("现在的记录和它转成的记录", "The record as it is now, and what it became"),
            &reference(&format!("{name}Converted")),
            &["Idempotency-Replayed"],
        )
        .at(paths, "post", &path);
    Operation::new(format!("unconvert{name}"), label, lang.t("撤销转化：{}", "Take a conversion back: {}").replace("{}", label))
        .describe(lang.t(
            "新建的记录进回收站，跟过去的记录回来。转化之后有人改过或记了新内容时是 409。",
            "What was made goes into the recycle bin, what went along comes back. 409 when somebody has worked on it since.",
        ))
        .on_id()
        .writes()
        .answers(200, lang.t("现在的样子", "As it is now"), &reference(&name), &["ETag", "Idempotency-Replayed"])
        .at(paths, "delete", &path);
}
