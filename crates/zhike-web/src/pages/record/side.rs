//! What stands beside a record: what to do next, who the people are, the numbers.

use zhike_model::{FieldKind, Relation, SortKey};
use zhike_records::{FieldState, ListQuery, Record, converted_into};

use super::head::{Fact, fact};
use crate::{
    fault::Fault,
    link::encode,
    pages::home::{TaskLine, task_line},
    session::Signed,
    ui::Markup,
    value::{Shower, title_of},
};

#[derive(Default)]
pub struct Side {
    pub tasks: Option<Tasks>,
    pub people: Option<People>,
    pub numbers: Vec<Fact>,
}

pub struct Tasks {
    pub lines: Vec<TaskLine>,
    pub new: Option<String>,
}

pub struct People {
    pub list: Vec<Person>,
    pub new: Option<String>,
}

pub struct Person {
    pub href: String,
    pub name: String,
    pub badge: Markup,
    pub about: String,
    pub phone: Markup,
}

pub async fn of(signed: &Signed, record: &Record) -> Result<Side, Fault> {
    let model = signed.app.engine.model();
    let relation = |object: &str| {
        model.relations(&record.object.name).iter().find(|relation| {
            relation.object == object && !relation.name.is_empty() && signed.app.engine.may(&signed.actor, object).read
        })
    };
    let mut numbers: Vec<Fact> = record
        .object
        .fields
        .iter()
        .filter(|field| matches!(field.kind, FieldKind::Rollup { .. }) && field.kind.is_number())
        // what is there for the machine, or masked, is no figure to read
        .filter(|field| field.visible_when.as_deref() != Some("false"))
        .filter(|field| record.state(&field.name) != FieldState::Masked)
        .filter_map(|field| fact(signed, record, &field.name))
        .collect();
    // They stand two in a row; the open tasks are listed above.
    numbers.truncate(numbers.len() / 2 * 2);
    Ok(Side {
        tasks: match relation("task") {
            Some(relation) => Some(tasks(signed, record, relation).await?),
            None => None,
        },
        people: match relation("contact").filter(|relation| relation.name == "contacts") {
            Some(relation) => Some(people(signed, record, relation).await?),
            None => None,
        },
        numbers,
    })
}

fn new(signed: &Signed, record: &Record, relation: &Relation) -> Option<String> {
    let next = encode(&format!("/{}/{}", record.object.name, record.id));
    // what became a customer gets its tasks there
    let open = converted_into(record).is_empty();
    (open && signed.app.engine.may(&signed.actor, &relation.object).create)
        .then(|| format!("/{}/new?{}={}&_next={next}", relation.object, relation.field, record.id))
}

async fn tasks(signed: &Signed, record: &Record, relation: &Relation) -> Result<Tasks, Fault> {
    let query = ListQuery {
        object: relation.object.clone(),
        filter: "!done".into(),
        sort: vec![SortKey { field: "due_at".into(), descending: false }],
        limit: 5,
        lenient: true,
        ..ListQuery::default()
    };
    let page = signed.app.engine.related_of(&signed.actor, record, &relation.name, &query).await?;
    Ok(Tasks {
        lines: page.records.iter().map(|task| task_line(signed, task)).collect(),
        new: new(signed, record, relation),
    })
}

async fn people(signed: &Signed, record: &Record, relation: &Relation) -> Result<People, Fault> {
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let query = ListQuery {
        object: relation.object.clone(),
        sort: vec![
            SortKey { field: "is_primary".into(), descending: true },
            SortKey { field: "created_at".into(), descending: false },
        ],
        limit: 5,
        lenient: true,
        ..ListQuery::default()
    };
    let page = engine.related_of(&signed.actor, record, &relation.name, &query).await?;
    let shower = Shower::cell(engine, lang);
    let person = |contact: &Record| Person {
        href: format!("/{}/{}", contact.object.name, contact.id),
        name: title_of(engine, contact, lang),
        badge: shower.show(contact, "decision_role"),
        about: engine.show(contact, "title", lang),
        phone: shower.show(contact, "mobile"),
    };
    Ok(People { list: page.records.iter().map(person).collect(), new: new(signed, record, relation) })
}
