//! The stages of a board: the options of a select, or records of their own.

use zhike_model::{Field, FieldKind, Flow, Object};
use zhike_records::{Actor, Engine, ListQuery, Record};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use super::rules::key_of;

/// The reference by which stages that are records are divided into boards of their own.
pub(super) fn divided_by(object: &Object) -> Option<&str> {
    flow(object)?.records.as_ref()?.within.as_deref()
}

/// The field that says since when a record is in its stage.
pub fn since_of(object: &Object) -> Option<&str> {
    flow(object)?.since.as_deref()
}

fn flow(object: &Object) -> Option<&Flow> {
    let board = object.layout.board.as_ref()?;
    object.flows.iter().find(|flow| flow.field == board.field)
}

/// More stages than this are no board that a person reads.
const MOST: usize = 200;

/// A stage, wherever it is declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// What a record in it holds; `Null` for records in no stage.
    pub value: Value,
    pub key: String,
    pub label: Text,
    pub tone: Option<String>,
    /// Chance of winning in per cent.
    pub probability: Option<f64>,
    /// Days that a record may lie in it.
    pub rot_days: Option<i64>,
    /// Where records may go from here, by keys; empty means anywhere.
    pub to: Vec<String>,
    /// Shown only where records are in it.
    pub when_filled: bool,
}

/// The stages of a board, and the records that have boards of their own (pipelines).
#[derive(Debug, Clone, Default)]
pub struct Stages {
    pub stages: Vec<Stage>,
    /// Ids and names, where the stages are divided.
    pub parts: Vec<(Uuid, String)>,
    pub part: Option<Uuid>,
}

/// Whether the actor sees the stages of the object's records, and so has a board.
pub fn may_use(engine: &Engine, actor: &Actor, object: &Object) -> bool {
    let field = object.layout.board.as_ref().map(|board| &board.field);
    engine.may(actor, &object.name).read && field.is_some_and(|field| engine.may_ask(actor, object, field))
}

/// The stages of the object's board; `part` chooses the pipeline, else the first one is taken.
#[boxed]
pub async fn stages(engine: &Engine, actor: &Actor, object: &Object, part: Option<Uuid>) -> Result<Stages> {
    let board = object.layout.board.as_ref().filter(|_| may_use(engine, actor, object)).ok_or(Error::NotFound)?;
    let field = object.field(&board.field).ok_or(Error::NotFound)?;
    let mut found = match &field.kind {
        FieldKind::Reference { object: target, .. } => {
            of_records(engine, actor, target, divided_by(object), part).await?
        }
        _ => Stages { stages: of_options(object, field), ..Stages::default() },
    };
    if !field.required {
        found.stages.insert(0, nowhere());
    }
    Ok(found)
}

fn nowhere() -> Stage {
    Stage {
        value: Value::Null,
        key: String::new(),
        label: Text::new("未填写", "None"),
        tone: None,
        probability: None,
        rot_days: None,
        to: Vec::new(),
        when_filled: true,
    }
}

/// The options in their order; a retired one keeps its column as long as records are in it.
fn of_options(object: &Object, field: &Field) -> Vec<Stage> {
    let flow = object.flows.iter().find(|flow| flow.field == field.name);
    let known = |key: &str| flow.and_then(|flow| flow.stages.iter().find(|stage| stage.key == key));
    let options = field.kind.value_kind().options().iter();
    options
        .map(|option| Stage {
            value: Value::Text(option.key.clone()),
            key: option.key.clone(),
            label: option.label.clone(),
            tone: option.tone.clone(),
            probability: None,
            rot_days: None,
            to: known(&option.key).map(|stage| stage.to.clone()).unwrap_or_default(),
            when_filled: option.retired,
        })
        .collect()
}

async fn of_records(
    engine: &Engine,
    actor: &Actor,
    target: &str,
    within: Option<&str>,
    part: Option<Uuid>,
) -> Result<Stages> {
    let query = ListQuery { object: target.to_owned(), limit: MOST, lenient: true, ..ListQuery::default() };
    let mut records = engine.list(actor, &query).await?.records;
    records.sort_by_key(|record| (record.value("rank").as_int().unwrap_or(i64::MAX), record.seq));
    let mut found = Stages::default();
    if let Some(within) = within {
        found.parts = parts(engine, actor, target, within, &records).await?;
        found.part = part.filter(|part| found.parts.iter().any(|(id, _)| id == part));
        found.part = found.part.or(found.parts.first().map(|(id, _)| *id));
        let chosen = found.part;
        records.retain(|record| record.value(within).as_id() == chosen);
    }
    found.stages = records.iter().map(of_record).collect();
    Ok(found)
}

/// The records that stages are divided by, the default one first; those out of use and those without stages are left out.
async fn parts(
    engine: &Engine,
    actor: &Actor,
    stage: &str,
    within: &str,
    stages: &[Record],
) -> Result<Vec<(Uuid, String)>> {
    let model = engine.model();
    let field = model.object(stage).and_then(|stage| stage.field(within));
    let Some(FieldKind::Reference { object, .. }) = field.map(|field| &field.kind) else { return Ok(Vec::new()) };
    let query = ListQuery { object: object.clone(), limit: MOST, lenient: true, ..ListQuery::default() };
    let mut parts = engine.list(actor, &query).await?.records;
    parts.retain(|part| {
        let has_stages = stages.iter().any(|stage| stage.value(within).as_id() == Some(part.id));
        has_stages && part.value("active").as_bool() != Some(false)
    });
    parts.sort_by_key(|part| (part.value("is_default").as_bool() != Some(true), part.seq));
    Ok(parts.iter().map(|part| (part.id, part.title().to_owned())).collect())
}

fn of_record(record: &Record) -> Stage {
    let value = Value::Id(record.id);
    let tone = match record.value("kind").as_text() {
        Some("won") => "green",
        Some("lost") => "gray",
        _ => "blue",
    };
    Stage {
        key: key_of(&value),
        value,
        label: Text::same(record.title().to_owned()),
        tone: Some(tone.to_owned()),
        probability: percent(record, "probability"),
        rot_days: record.value("rot_days").as_int(),
        to: Vec::new(),
        when_filled: false,
    }
}

fn percent(record: &Record, name: &str) -> Option<f64> {
    let scale = record.object.field(name)?.kind.scale();
    Some(record.value(name).as_int()? as f64 / 10_f64.powi(scale as i32))
}
