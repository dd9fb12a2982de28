//! Records made of others.

use serde_json::{Map, Value};
use zhike_model::Object;
use zhike_types::Lang;

use super::{operation::Operation, reference, type_name};
use crate::words::Say as _;

pub fn paths_of(object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    let label = object.label.get(lang);
    for copying in &object.copies {
        let path = format!("/api/v1/{}/{{id}}/copies/{}", object.name, copying.name);
        let id = format!("copy{}{}", type_name(&object.name), type_name(&copying.name));
        Operation::new(id, label, format!("{}{}{}", label, lang.t("：", ": "), copying.label.get(lang)))
            .describe(lang.t(
                "新记录从这一条开始，明细一起过去；这一条不变。明细超过 1,000 条是 409。",
                "The new record begins with what this one has, its lines too; this one stays as it is. 409 where it has more than 1,000 lines.",
            ))
            .on_id()
            .writes()
            .answers(
                201,
                lang.t("新记录", "The new record"),
                &reference(&type_name(&copying.to)),
                &["ETag", "Location", "Idempotency-Replayed"],
            )
            .at(paths, "post", &path);
    }
}
