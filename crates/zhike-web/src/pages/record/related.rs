//! Lists of the records that refer to one, with creating another in place.

use zhike_model::{Relation, SortKey};
use zhike_records::{FieldState, ListQuery, Record};

use crate::{
    fault::Fault,
    filter::quote,
    link::encode,
    pages::list::{Column, rows},
    session::Signed,
};

/// Rows shown here; the whole list is a link away.
const SHOWN: usize = 20;
/// The relation of what papers (quotes, orders) consist of: hundreds of them come as a sheet.
const LINES: &str = "lines";

pub struct Related {
    pub name: String,
    pub label: String,
    pub object: String,
    pub one: String,
    pub heads: Vec<(String, bool)>,
    pub rows: Vec<rows::Row>,
    pub more: bool,
    /// The list of all of them.
    pub all: String,
    /// The form of another one.
    pub new: Option<String>,
    /// Where lines of a paper are imported.
    pub import: Option<String>,
}

pub async fn lists(signed: &Signed, record: &Record, relations: &[String]) -> Result<Vec<Related>, Fault> {
    let model = signed.app.engine.model();
    let mut lists = Vec::new();
    for name in relations {
        let Some(relation) = model.relation(&record.object.name, name) else { continue };
        if signed.app.engine.may(&signed.actor, &relation.object).read {
            lists.push(list(signed, record, relation).await?);
        }
    }
    Ok(lists)
}

/// The attachments of a record.
pub async fn files(signed: &Signed, record: &Record) -> Result<Related, Fault> {
    let model = signed.app.engine.model();
    let relation = model
        .relations(&record.object.name)
        .iter()
        .find(|relation| relation.object == "attachment" && !relation.name.is_empty())
        .ok_or(zhike_types::Error::NotFound)?;
    list(signed, record, relation).await
}

async fn list(signed: &Signed, record: &Record, relation: &Relation) -> Result<Related, Fault> {
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let model = engine.model();
    let child = model.object(&relation.object).ok_or(zhike_types::Error::NotFound)?;
    let layout = record.object.layout.related.iter().find(|related| related.relation == relation.name);
    let usual: Vec<String> =
        child.default_view().columns.iter().filter(|name| **name != relation.field).take(6).cloned().collect();
    let names: Vec<String> = layout.map_or(usual, |layout| layout.columns.clone());
    let states = engine.field_states(&signed.actor, child);
    let sort: Vec<SortKey> = layout
        .filter(|layout| !layout.sort.is_empty())
        .map_or_else(|| child.default_view().sort.clone(), |layout| layout.sort.clone());
    let query = ListQuery {
        object: child.name.clone(),
        sort,
        fields: Some(names.clone()),
        limit: SHOWN,
        lenient: true,
        ..ListQuery::default()
    };
    let page = engine.related_of(&signed.actor, record, &relation.name, &query).await?;
    let columns: Vec<Column> = std::iter::once(&child.title)
        .chain(names.iter().filter(|name| **name != child.title))
        .filter(|name| child.index_of(name).is_some_and(|index| states[index] != FieldState::Hidden))
        .map(|name| Column { field: name.clone(), width: 0 })
        .collect();
    let heads = columns
        .iter()
        .filter_map(|column| child.field(&column.field))
        .map(|field| (field.label.get(lang).to_owned(), field.kind.is_number()))
        .collect();
    let value = if relation.any { format!("{}:{}", record.object.name, record.id) } else { record.id.to_string() };
    let condition = format!("{} == {}", relation.field, quote(&record.id.to_string()));
    Ok(Related {
        name: relation.name.clone(),
        label: if relation.name.is_empty() {
            child.plural.get(lang).to_owned()
        } else {
            label(child, relation, record, lang)
        },
        object: child.name.clone(),
        one: child.label.get(lang).to_owned(),
        heads,
        rows: rows::rows(signed, &page.records, &columns),
        more: page.next.is_some(),
        all: format!("/{}?view={}&filter={}", child.name, child.default_view().name, encode(&condition)),
        import: (relation.name == LINES && engine.may(&signed.actor, &child.name).import)
            .then(|| format!("/imports/new?object={}&for={}", child.name, record.id)),
        new: engine.may(&signed.actor, &child.name).create.then(|| {
            format!(
                "/{}/new?{}={}&_next={}",
                child.name,
                relation.field,
                encode(&value),
                encode(&format!("/{}/{}?tab={}", record.object.name, record.id, relation.name))
            )
        }),
    })
}

/// What to call a list: the object's name, with the field's where several of them lead here.
fn label(child: &zhike_model::Object, relation: &Relation, record: &Record, lang: zhike_types::Lang) -> String {
    let plural = child.plural.get(lang);
    let same = child.fields.iter().filter(|field| matches!(&field.kind, zhike_model::FieldKind::Reference { object, .. } if *object == record.object.name)).count();
    match child.field(&relation.field) {
        Some(field) if same > 1 || child.name == record.object.name => match lang {
            zhike_types::Lang::Zh => format!("{plural}（{}）", field.label.get(lang)),
            zhike_types::Lang::En => format!("{plural} ({})", field.label.get(lang).to_lowercase()),
        },
        _ => plural.to_owned(),
    }
}
