//! Documents, of objects that have some.

use serde_json::{Map, Value, json};
use zhike_model::Object;
use zhike_types::Lang;

use super::{operation::Operation, type_name};
use crate::words::Say as _;

pub fn paths(object: &Object, lang: Lang, paths: &mut Map<String, Value>) {
    if object.prints.is_empty() {
        return;
    }
    let label = object.label.get(lang);
    let names: Vec<&str> = object.prints.iter().map(|print| print.name.as_str()).collect();
    let name = json!({ "name": "name", "in": "path", "required": true, "schema": { "type": "string", "enum": names } });
    let pdf = json!({ "application/pdf": { "schema": { "type": "string", "format": "binary" } } });
    let title = lang.t("打印{}", "Print: {}").replace("{}", label);
    Operation::new(format!("print{}", type_name(&object.name)), label, title)
        .describe(lang.t(
            "按模板生成的 PDF（PDF/A-2u，含字体），只有看得到的字段；打印会记入审计日志。",
            "A PDF by the template (PDF/A-2u, with fonts), of the fields one may see; printing is on record.",
        ))
        .on_id()
        .takes(name)
        .answers_with(200, lang.t("PDF 文件", "The PDF"), Some(pdf), &["Content-Disposition"])
        .at(paths, "get", &format!("/api/v1/{}/{{id}}/documents/{{name}}", object.name));
}
