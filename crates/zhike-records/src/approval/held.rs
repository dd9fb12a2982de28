//! A request's row and seats as they stand.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use zhike_db::{Row, Sql, Tx, sql};
use zhike_model::Object;
use zhike_types::{Error, Result, Uuid, Value};

use super::{
    KeptStep,
    gate::MetProcess,
    people::Asker,
    rules::{ApprovalState, Seat, SeatState, Side},
};
use crate::{Actor, FieldRight, FieldState, Record, Title, columns::from_stored_json, load::mask};

/// A field that changes, as stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Change {
    pub field: String,
    pub before: Json,
    pub after: Json,
}

/// What is kept of the record for who signs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Facts {
    /// In their order.
    pub show: Vec<String>,
    pub before: BTreeMap<String, Json>,
    pub after: BTreeMap<String, Json>,
    /// What references are called: id, object, title.
    pub titles: BTreeMap<Uuid, (String, String)>,
}

/// The value that a field has while it is decided, and the one it had.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Meanwhile {
    pub field: String,
    pub before: Json,
    pub during: Json,
}

/// A request as it is stored.
pub(super) struct Held {
    pub id: Uuid,
    pub seq: i64,
    pub number: String,
    pub at: i64,
    pub object: String,
    pub record: Option<Uuid>,
    pub made: Option<Uuid>,
    pub processes: Vec<MetProcess>,
    pub steps: Vec<KeptStep>,
    pub input: String,
    pub facts: Facts,
    pub changes: Vec<Change>,
    pub relied: Vec<(String, Json)>,
    pub meanwhile: Option<Meanwhile>,
    pub submitter: Uuid,
    pub submitter_name: String,
    pub department: Option<Uuid>,
    pub comment: Option<String>,
    pub state: ApprovalState,
    pub step: usize,
    pub ended_at: Option<i64>,
}

pub(super) const COLUMNS: &str = "SELECT a.id, a.seq, a.number, a.at, a.object, a.record_id, a.made_id, a.processes, a.steps, a.input, a.facts, \
     a.changes, a.relied, a.meanwhile, a.submitter_id, a.submitter, a.department_id, a.comment, a.state, a.step, a.ended_at \
     FROM approval a WHERE ";

fn parsed<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> Result<T> {
    serde_json::from_str(&row.must_text(column)?).map_err(Error::internal)
}

impl Held {
    pub fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.must_id(0)?,
            seq: row.must_int(1)?,
            number: row.must_text(2)?,
            at: row.must_int(3)?,
            object: row.must_text(4)?,
            record: row.id(5)?,
            made: row.id(6)?,
            processes: parsed(row, 7)?,
            steps: parsed(row, 8)?,
            input: row.must_text(9)?,
            facts: parsed(row, 10)?,
            changes: parsed(row, 11)?,
            relied: parsed(row, 12)?,
            meanwhile: match row.text(13)? {
                Some(text) => Some(serde_json::from_str(&text).map_err(Error::internal)?),
                None => None,
            },
            submitter: row.must_id(14)?,
            submitter_name: row.must_text(15)?,
            department: row.id(16)?,
            comment: row.text(17)?,
            state: ApprovalState::of(&row.must_text(18)?),
            step: usize::try_from(row.must_int(19)?).unwrap_or(0),
            ended_at: row.int(20)?,
        })
    }

    pub async fn of(tx: &mut Tx, id: Uuid) -> Result<Option<Self>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push("a.id = ").bind(id);
        tx.row(sql).await?.as_ref().map(Self::read).transpose()
    }

    /// The same, held until the transaction ends.
    pub async fn hold(tx: &mut Tx, id: Uuid) -> Result<Self> {
        let mut sql = Sql::new("SELECT 1 FROM approval WHERE id = ");
        sql.bind(id).push(tx.dialect().for_update());
        tx.row(sql).await?.ok_or(Error::NotFound)?;
        Self::of(tx, id).await?.ok_or(Error::NotFound)
    }

    pub fn asker(&self, owner: Option<Uuid>) -> Asker {
        Asker { submitter: self.submitter, department: self.department, owner }
    }

    /// Whose the record was when it was asked for.
    pub fn owner(&self) -> Option<Uuid> {
        self.facts.after.get("owner").and_then(Json::as_str).and_then(|id| id.parse().ok())
    }

    /// The facts as a record, masked for the actor; what was not kept is unread.
    pub fn record(&self, object: &Arc<Object>, actor: &Actor, after: bool) -> Record {
        let side = if after { &self.facts.after } else { &self.facts.before };
        let mut values = vec![Value::Null; object.fields.len()];
        let mut states = vec![FieldState::Unread; object.fields.len()];
        for name in &self.facts.show {
            let (Some(i), Some(json)) = (object.index_of(name), side.get(name)) else { continue };
            let field = &object.fields[i];
            let value = from_stored_json(field, json);
            (values[i], states[i]) = match actor.rights.field(&object.name, field) {
                FieldRight::Hidden => (Value::Null, FieldState::Hidden),
                FieldRight::Masked => (mask(field, &value), FieldState::Masked),
                FieldRight::Read | FieldRight::Write => (value, FieldState::ReadOnly),
            };
        }
        let titles: HashMap<Uuid, Title> = self
            .facts
            .titles
            .iter()
            .map(|(id, (object, text))| (*id, Title { object: object.clone(), text: text.clone() }))
            .collect();
        Record {
            object: Arc::clone(object),
            id: self.record.or(self.made).unwrap_or(self.id),
            seq: 0,
            version: 0,
            values,
            states: Arc::new(states),
            titles: Arc::new(titles),
            may_change: false,
            may_delete: false,
            may_restore: false,
            may_purge: false,
            deleted_at: None,
        }
    }
}

/// A seat as it is stored.
#[derive(Debug, Clone)]
pub(super) struct SeatRow {
    pub approval: Uuid,
    pub step: usize,
    pub seat: Seat,
    pub name: String,
    pub may_sign: bool,
    pub asked_at: Option<i64>,
    pub signed_at: Option<i64>,
}

/// The seats of some requests, in order.
pub(super) async fn seats(tx: &mut Tx, approvals: &[Uuid]) -> Result<Vec<SeatRow>> {
    if approvals.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT approval_id, step, id, place, parent_id, side, user_id, name, state, may_sign, signed_at, asked_at FROM approval_seat WHERE approval_id IN (",
    );
    sql.list(approvals.iter().copied()).push(") ORDER BY seq");
    let rows = tx.rows(sql).await?;
    rows.iter()
        .map(|row| {
            let parent = row.id(4)?.zip(row.text(5)?.as_deref().and_then(Side::of));
            Ok(SeatRow {
                approval: row.must_id(0)?,
                step: usize::try_from(row.must_int(1)?).unwrap_or(0),
                seat: Seat {
                    id: row.must_id(2)?,
                    place: row.must_int(3)?,
                    parent,
                    user: row.must_id(6)?,
                    state: SeatState::of(&row.must_text(8)?),
                },
                name: row.must_text(7)?,
                may_sign: row.bool(9)?.unwrap_or(false),
                signed_at: row.int(10)?,
                asked_at: row.int(11)?,
            })
        })
        .collect()
}

/// The seats of the step that is being signed.
pub(super) async fn seats_of_step(tx: &mut Tx, approval: Uuid, step: usize) -> Result<Vec<SeatRow>> {
    let mut seats = seats(tx, &[approval]).await?;
    seats.retain(|row| row.step == step && row.seat.state != SeatState::Void);
    Ok(seats)
}

/// A new seat.
pub(super) async fn insert_seat(
    tx: &mut Tx,
    id: Uuid,
    approval: Uuid,
    step: usize,
    place: i64,
    parent: Option<(Uuid, Side)>,
    (user, name): (Uuid, &str),
) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO approval_seat (id, approval_id, step, place, parent_id, side, user_id, name, state, may_sign) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9)",
        id,
        approval,
        step as i64,
        place,
        parent.map(|(id, _)| id),
        parent.map(|(_, side)| side.key()),
        user,
        name,
        false
    ))
    .await
    .map(drop)
}

/// Something done to a request, as it is kept.
#[derive(Debug, Default)]
pub(super) struct NewDeed<'a> {
    pub action: &'a str,
    pub step: Option<usize>,
    /// Who was away.
    pub absent: Option<(Uuid, &'a str)>,
    pub others: Option<String>,
    pub comment: Option<&'a str>,
}

pub(super) async fn keep_deed(tx: &mut Tx, approval: Uuid, actor: &Actor, now: i64, deed: &NewDeed<'_>) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO approval_deed (approval_id, at, action, step, actor_id, actor, for_id, for_name, others, comment) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        approval,
        now,
        deed.action,
        deed.step.map(|step| step as i64),
        actor.user_id,
        &*actor.name,
        deed.absent.map(|(id, _)| id),
        deed.absent.map(|(_, name)| name),
        deed.others.as_deref(),
        deed.comment
    ))
    .await
    .map(drop)
}
