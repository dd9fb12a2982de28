//! What a record's page shows of a conversion: the way to it, or what came of it.

use zhike_records::{Record, converted_into, may_convert};

use super::deed;
use crate::{session::Signed, value::shortened, words::Say};

/// Something that a record became.
pub struct Became {
    pub label: String,
    /// None where the reader may not see it.
    pub link: Option<(String, String)>,
}

/// The conversion of a record, as its page tells of it.
pub struct Conversion {
    /// What the button says; none where it cannot be converted.
    pub deed: Option<String>,
    pub became: Vec<Became>,
}

pub fn of(signed: &Signed, record: &Record) -> Conversion {
    let may = may_convert(&signed.app.engine, &signed.actor, record);
    Conversion { deed: deed(signed, &record.object).filter(|_| may), became: became(signed, record) }
}

pub fn became(signed: &Signed, record: &Record) -> Vec<Became> {
    let lang = signed.lang();
    let model = signed.app.engine.model();
    let title = |object: &str, id: zhike_types::Uuid| {
        let title = record.titles.get(&id)?;
        let name = if title.text.is_empty() { lang.t("（没有名称）", "(no name)") } else { title.text.as_str() };
        Some((format!("/{object}/{id}"), shortened(name, 60)))
    };
    converted_into(record)
        .into_iter()
        .filter_map(|(object, id)| {
            let label = model.object(&object)?.label.get(lang).to_owned();
            Some(Became { label, link: title(&object, id) })
        })
        .collect()
}
