//! Stages that are records: a pipeline's stages, kept by people. Entering one asks what the stage requires; a stage belongs to one
//! pipeline; a new record begins with the first open stage. And since when a record is in its stage, whatever holds the stage.

use std::collections::HashMap;

use zhike_db::{Row, Sql, Tx};
use zhike_model::{FieldKind, Flow, Model, Object, StageRecords, expr};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, text};

use crate::{filter::Context, list::is_filled, load::Stored};

mod definition;

pub(crate) use definition::check_definition;

/// The stages of an object's flow, as they are now; few enough to be read at once.
pub(crate) struct Stages {
    all: Vec<Stage>,
    /// The pipeline of records that name none.
    usual: Option<Uuid>,
}

struct Stage {
    id: Uuid,
    within: Option<Uuid>,
    title: String,
    open: bool,
    requires: Vec<String>,
    gate: Option<String>,
    message: Option<String>,
}

impl Stages {
    /// In the order in which records pass them.
    pub async fn read(tx: &mut Tx, model: &Model, records: &StageRecords) -> Result<Self> {
        let object = model.object(&records.object).ok_or(Error::NotFound)?;
        let mut sql = Sql::new("SELECT id, ");
        sql.name(&object.title_field().column()).push(", kind, requires, gate, gate_message");
        if let Some(within) = &records.within {
            sql.push(", ").name(&format!("{within}_id"));
        }
        sql.push(" FROM ").name(&object.name).push(" WHERE deleted_at IS NULL ORDER BY rank, seq");
        let all = tx.rows(sql).await?.iter().map(|row| Stage::of(row, records)).collect::<Result<_>>()?;
        let usual = match records.within.as_ref().and_then(|within| object.field(within)).map(|field| &field.kind) {
            Some(FieldKind::Reference { object, .. }) => {
                let mut sql = Sql::new("SELECT id FROM ");
                sql.name(object)
                    .push(" WHERE deleted_at IS NULL AND active = ")
                    .bind(true)
                    .push(" ORDER BY CASE WHEN is_default = ")
                    .bind(true)
                    .push(" THEN 0 ELSE 1 END, seq LIMIT 1");
                tx.row(sql).await?.map(|row| row.must_id(0)).transpose()?
            }
            _ => None,
        };
        Ok(Self { all, usual })
    }

    fn get(&self, id: Uuid) -> Option<&Stage> {
        self.all.iter().find(|stage| stage.id == id)
    }

    /// Where a record begins: the first open stage of its pipeline.
    fn first(&self, within: Option<Uuid>) -> Option<&Stage> {
        self.all.iter().find(|stage| stage.open && stage.within == within)
    }

    /// Fills what a new record leaves open.
    fn begin(&self, at: &Places, values: &mut [Value]) {
        let stage = values[at.stage].as_id().and_then(|id| self.get(id));
        if let Some(place) = at.within
            && values[place].is_null()
        {
            values[place] = stage.map_or(self.usual, |stage| stage.within).into();
        }
        if stage.is_none() && values[at.stage].is_null() {
            let within = at.within.and_then(|place| values[place].as_id());
            values[at.stage] = self.first(within).map(|stage| stage.id).into();
        }
    }
}

impl Stage {
    fn of(row: &Row, records: &StageRecords) -> Result<Self> {
        let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Ok(Self {
            id: row.must_id(0)?,
            title: row.text(1)?.unwrap_or_default(),
            open: row.text(2)?.as_deref() == Some("open"),
            requires: fields_named(&row.text(3)?.unwrap_or_default()).map(str::to_owned).collect(),
            gate: filled(row.text(4)?),
            message: filled(row.text(5)?),
            within: if records.within.is_some() { row.id(6)? } else { None },
        })
    }
}

/// `amount, expected_close`
fn fields_named(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '，', '、', ' ', '\n']).map(str::trim).filter(|name| !name.is_empty())
}

/// Where a flow's fields stand among the object's.
struct Places {
    stage: usize,
    within: Option<usize>,
    since: Option<usize>,
}

impl Places {
    fn of(object: &Object, flow: &Flow) -> Option<Self> {
        let index = |name: &String| object.index_of(name);
        Some(Self {
            stage: index(&flow.field)?,
            within: flow.records.as_ref().and_then(|records| records.within.as_ref()).and_then(index),
            since: flow.since.as_ref().and_then(index),
        })
    }
}

/// The fields whose filling is noted, each with the moment that notes it: the stages of flows, and what a field `stamps`.
fn noted(object: &Object) -> impl Iterator<Item = (usize, usize)> {
    let stages = object.flows.iter().filter_map(|flow| {
        let at = Places::of(object, flow)?;
        Some((at.stage, at.since?))
    });
    let stamped = object.fields.iter().enumerate().filter_map(|(at, field)| {
        let of = object.index_of(field.stamps.as_ref()?)?;
        Some((of, at))
    });
    stages.chain(stamped)
}

/// Settles the stage of a record being written: begins it, keeps it within its pipeline, asks what the stage requires, notes
/// since when. `given`: the fields that the input named.
#[expect(clippy::too_many_arguments, reason = "one check among several over the same draft")]
pub(crate) async fn settle(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    before: Option<&Stored>,
    values: &mut [Value],
    given: &[bool],
    now: i64,
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    let differs = |place: usize, values: &[Value]| before.is_some_and(|stored| stored.values[place] != values[place]);
    for flow in &object.flows {
        let Some(at) = Places::of(object, flow) else { continue };
        if let Some(records) = &flow.records {
            let repiped = at.within.is_some_and(|place| differs(place, values));
            if before.is_none() || repiped || differs(at.stage, values) {
                let stages = Stages::read(tx, model, records).await?;
                if repiped && !given[at.stage] {
                    values[at.stage] = Value::Null;
                }
                if before.is_none() || repiped {
                    stages.begin(&at, values);
                }
                check(object, flow, &at, &stages, before, values, errors);
            }
        }
    }
    for (of, at) in noted(object) {
        if before.is_none() || differs(of, values) {
            values[at] = if is_filled(&values[of]) { Value::Int(now) } else { Value::Null };
        }
    }
    Ok(())
}

fn check(
    object: &Object,
    flow: &Flow,
    at: &Places,
    stages: &Stages,
    before: Option<&Stored>,
    values: &[Value],
    errors: &mut Vec<FieldError>,
) {
    let error = |message: Text| FieldError { field: flow.field.clone(), code: "stage", message };
    let (zh, en) = (&object.fields[at.stage].label.zh, &object.fields[at.stage].label.en);
    let Some(id) = values[at.stage].as_id() else {
        errors.push(error(text!("请选择「{zh}」。", "Choose {en}.")));
        return;
    };
    // what is not there is told with the other references
    let Some(stage) = stages.get(id) else { return };
    if let Some(place) = at.within
        && stage.within != values[place].as_id()
    {
        let (whole_zh, whole_en) = (&object.fields[place].label.zh, &object.fields[place].label.en.to_lowercase());
        let title = &stage.title;
        errors.push(error(text!(
            "「{title}」属于另一个{whole_zh}，请换成这个{whole_zh}的阶段。",
            "“{title}” belongs to another {whole_en}. Choose a stage of this one."
        )));
        return;
    }
    if before.is_some_and(|stored| stored.values[at.stage] == values[at.stage]) {
        return;
    }
    let empty = |name: &&String| object.index_of(name).is_some_and(|i| !is_filled(&values[i]));
    for needed in stage.requires.iter().filter(empty).filter_map(|name| object.field(name)) {
        let (zh, en, title) = (&needed.label.zh, &needed.label.en, &stage.title);
        errors.push(FieldError {
            field: needed.name.clone(),
            code: "required",
            message: text!("改为「{title}」之前请先填写「{zh}」。", "Fill in {en} before it becomes {title}."),
        });
    }
}

/// The gate of a stage that a record has just entered, judged with everything written.
pub(crate) async fn check_gate(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    flow: &Flow,
    context: &Context<'_>,
    id: Uuid,
    before: Option<&Stored>,
) -> Result<()> {
    let (Some(records), Some(field)) = (&flow.records, object.field(&flow.field)) else { return Ok(()) };
    let mut sql = Sql::new("SELECT ");
    sql.name(&field.column()).push(" FROM ").name(&object.name).push(" WHERE id = ").bind(id);
    let Some(stage) = tx.row(sql).await?.map(|row| row.id(0)).transpose()?.flatten() else { return Ok(()) };
    if before.is_some_and(|stored| stored.value(object, &flow.field).as_id() == Some(stage)) {
        return Ok(());
    }
    let stages = Stages::read(tx, model, records).await?;
    let Some((stage, gate)) = stages.get(stage).and_then(|stage| Some((stage, stage.gate.as_ref()?))) else {
        return Ok(());
    };
    let title = &stage.title;
    // it was right when it was saved; the object may have changed since
    if expr::parse_condition(model, &object.name, gate).is_err() {
        let message = text!(
            "「{title}」的进入条件已经失效，请联系管理员修改。",
            "The gate of “{title}” does not work any more. Ask your administrator to change it."
        );
        return Err(Error::invalid(&flow.field, "stage", message));
    }
    let mut sql = Sql::new("SELECT 1 FROM ");
    sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
    sql.append(&context.condition(model, object, gate, "t", tx.dialect())?);
    if tx.row(sql).await?.is_some() {
        return Ok(());
    }
    let message = stage.message.clone().map_or_else(
        || text!("还不满足进入「{title}」的条件。", "It does not meet what “{title}” asks for."),
        Text::same,
    );
    Err(Error::invalid(&flow.field, "stage", message))
}

/// What many new records leave open: their first stage, and since when they are in it.
pub(crate) async fn begin_many<'v>(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    records: impl Iterator<Item = &'v mut Vec<Value>>,
    now: i64,
) -> Result<()> {
    let mut flows = Vec::new();
    for flow in &object.flows {
        if let (Some(at), Some(records)) = (Places::of(object, flow), &flow.records) {
            flows.push((at, Stages::read(tx, model, records).await?));
        }
    }
    let noted: Vec<(usize, usize)> = noted(object).collect();
    if flows.is_empty() && noted.is_empty() {
        return Ok(());
    }
    let made = object.index_of("created_at");
    for values in records {
        for (at, stages) in &flows {
            stages.begin(at, values);
        }
        for &(of, at) in &noted {
            if values[at].is_null() && is_filled(&values[of]) {
                values[at] = Value::Int(made.and_then(|made| values[made].as_int()).unwrap_or(now));
            }
        }
    }
    Ok(())
}

/// Moments that go along when what they note changes in many records.
pub(crate) fn note_since(object: &Object, before: &Stored, values: &mut [Value], changed: &mut Vec<usize>, now: i64) {
    for (of, at) in noted(object) {
        // an undo puts both back
        if changed.contains(&of) && !changed.contains(&at) && before.values[of] != values[of] {
            values[at] = if is_filled(&values[of]) { Value::Int(now) } else { Value::Null };
            changed.push(at);
        }
    }
}

/// The objects whose records are stages, with the object that passes them.
fn passed_by<'m>(model: &'m Model, stages: &Object) -> HashMap<&'m str, &'m Object> {
    let of = |object: &'m Object| {
        object.flows.iter().any(|flow| flow.records.as_ref().is_some_and(|records| records.object == stages.name))
    };
    model.objects().iter().filter(|object| of(object)).map(|object| (object.name.as_str(), &**object)).collect()
}
