//! The objects and their fields, to be read.

use askama::Template;
use axum::extract::Path;
use zhike_model::{Class, FieldKind};
use zhike_types::Lang;

use super::needs;
use crate::{
    fault::Answer,
    frame::{Frame, html},
    session::Signed,
    ui::{self, Markup},
    words::Say,
};

#[derive(Template)]
#[template(path = "admin/model.html")]
struct ModelPage {
    frame: Frame,
    lang: Lang,
    objects: Vec<ObjectLine>,
}

struct ObjectLine {
    name: String,
    label: String,
    icon: String,
    help: String,
    fields: usize,
    source: String,
}

pub async fn list(signed: Signed) -> Answer {
    needs(&signed, "model")?;
    let lang = signed.lang();
    let model = signed.app.engine.model();
    let objects = model.objects().iter().map(|object| ObjectLine {
        name: object.name.clone(),
        label: object.label.get(lang).to_owned(),
        icon: object.icon.clone(),
        help: object.help.as_ref().map(|help| help.get(lang).to_owned()).unwrap_or_default(),
        fields: object.fields.len(),
        source: object.source.clone(),
    });
    html(&ModelPage {
        frame: Frame::new(&signed, lang.t("数据模型", "Data model"), "/admin/model"),
        lang,
        objects: objects.collect(),
    })
}

#[derive(Template)]
#[template(path = "admin/object.html")]
struct ObjectPage {
    frame: Frame,
    lang: Lang,
    name: String,
    source: String,
    fields: Vec<FieldLine>,
    relations: Vec<(String, String, String)>,
}

struct FieldLine {
    name: String,
    label: String,
    kind: String,
    marks: Vec<Markup>,
    help: String,
}

pub async fn show(signed: Signed, Path(object): Path<String>) -> Answer {
    needs(&signed, "model")?;
    let lang = signed.lang();
    let model = signed.app.engine.model();
    let object = model.object(&object).cloned().ok_or(zhike_types::Error::NotFound)?;
    let fields = object.fields.iter().map(|field| {
        let mut marks = Vec::new();
        let mut mark = |on: bool, text: &str, tone: &str| marks.extend(on.then(|| ui::badge(text, tone)));
        mark(field.required, lang.t("必填", "required"), "red");
        mark(field.unique, lang.t("唯一", "unique"), "purple");
        mark(field.read_only, lang.t("系统填写", "by the system"), "gray");
        mark(field.search.is_some(), lang.t("可搜索", "searched"), "blue");
        mark(field.class == Class::Personal, lang.t("个人信息", "personal"), "amber");
        mark(field.class == Class::Sensitive, lang.t("敏感", "sensitive"), "red");
        let kind = match &field.kind {
            FieldKind::Reference { object, .. } => format!("reference → {object}"),
            FieldKind::Formula { expression, .. } => format!("formula: {expression}"),
            FieldKind::Rollup { relation, .. } => format!("rollup ← {relation}"),
            kind => kind.name().to_owned(),
        };
        FieldLine {
            name: field.name.clone(),
            label: field.label.get(lang).to_owned(),
            kind,
            marks,
            help: field.help.as_ref().map(|help| help.get(lang).to_owned()).unwrap_or_default(),
        }
    });
    html(&ObjectPage {
        frame: Frame::new(&signed, object.label.get(lang), "/admin/model")
            .crumb(lang.t("数据模型", "Data model"), "/admin/model"),
        lang,
        name: object.name.clone(),
        source: object.source.clone(),
        fields: fields.collect(),
        relations: model
            .relations(&object.name)
            .iter()
            .map(|relation| (relation.name.clone(), relation.object.clone(), relation.field.clone()))
            .collect(),
    })
}
