//! A sheet of what is part of something else, such as the lines of a quote: what its columns must say.

use zhike_model::{Field, FieldKind};
use zhike_types::Result;

use crate::{session::Signed, value::title_of, words::Say as _};

pub struct Part {
    pub label: String,
    /// The field that names the whole.
    pub whole: String,
    /// Names of columns: those that each row needs, and others.
    pub required: String,
    pub optional: String,
    /// The whole that one came from: id and number.
    pub here: Option<(String, String)>,
}

impl Part {
    /// None for what stands by itself, and for who may not import it.
    pub async fn of(signed: &Signed, object: &str, within: Option<&str>) -> Result<Option<Self>> {
        let (engine, lang) = (&signed.app.engine, signed.lang());
        let model = engine.model();
        let Some(object) = model.object(object) else { return Ok(None) };
        let Some(whole) = object.access.parents().first().and_then(|parent| object.field(parent)) else {
            return Ok(None);
        };
        let FieldKind::Reference { object: of, .. } = &whole.kind else { return Ok(None) };
        if object.group.is_some() || !engine.may(&signed.actor, &object.name).import {
            return Ok(None);
        }
        let columns: Vec<&Field> = object.fields.iter().filter(|field| !field.system && !field.read_only).collect();
        let names = |required: bool| {
            let named = columns.iter().filter(|field| (field.required && !field.fills_itself()) == required);
            named.map(|field| field.label.get(lang)).collect::<Vec<_>>().join(lang.t("、", ", "))
        };
        let here = match within.and_then(|id| id.parse().ok()) {
            Some(id) => match engine.read(&signed.actor, of, id).await {
                Ok(record) => Some((id.to_string(), title_of(engine, &record, lang))),
                Err(zhike_types::Error::NotFound) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        Ok(Some(Self {
            label: object.plural.get(lang).to_owned(),
            whole: whole.label.get(lang).to_owned(),
            required: names(true),
            optional: names(false),
            here,
        }))
    }
}
