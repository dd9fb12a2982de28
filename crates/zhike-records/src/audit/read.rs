//! The audit read: of one record, and over all of them.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Uuid, Value, boxed};

use super::{mentions, period};
use crate::{
    Actor, AuditEntry, AuditQuery, Engine, FieldChange, FieldState, LogEntry, Mention,
    access::{self, Need},
    columns::from_stored_json,
    load, merge,
};

/// Fields by name, as they were stored.
type Values = Map<String, Json>;

impl Engine {
    /// What was done to a record, newest first; values masked as the actor sees them.
    #[boxed]
    pub async fn history(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let mut entries = self.deeds(&mut tx, &model, actor, object, id, before, limit).await?;
        self.name_mentions(&mut tx, &model, actor, entries.iter_mut()).await?;
        Ok(entries)
    }

    /// The same, before it is known what the records are called that are mentioned.
    #[expect(clippy::too_many_arguments, reason = "what `history` takes, and where to read it")]
    pub(crate) async fn deeds(
        &self,
        tx: &mut Tx,
        model: &Arc<Model>,
        actor: &Actor,
        object: &str,
        id: Uuid,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>> {
        let object = access::object_for(model, actor, object)?;
        if self.find(tx, model, actor, object, id, Need::Read).await?.is_none() {
            return Err(Error::NotFound);
        }
        let mut query = sql!(
            "SELECT seq, at, actor, actor_id, source, action, reason, before, after, record_id FROM audit WHERE object = $1 AND record_id IN (",
            object.name.as_str()
        );
        // what was merged into it brought its history along
        let mut all = merge::absorbed(tx, id).await?;
        all.push(id);
        query.list(all).push(")");
        if let Some(before) = before {
            query.push(" AND seq < ").bind(before);
        }
        query.push(" ORDER BY seq DESC LIMIT ").bind(limit.clamp(1, 500) as i64);
        let states = load::field_states(object, actor);
        let mut entries = Vec::new();
        for row in tx.rows(query).await? {
            let (entry, old, new) = entry(&row)?;
            let merged_from = row.id(9)?.filter(|whose| *whose != id);
            entries.push(AuditEntry {
                changes: self.changes(object, actor, &states, &old, &new),
                merged_from,
                ..entry
            });
        }
        Ok(entries)
    }

    /// Says what the mentioned records are called, as far as the actor may see them.
    pub(crate) async fn name_mentions(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        entries: impl Iterator<Item = &mut AuditEntry>,
    ) -> Result<()> {
        let mentions = entries.flat_map(AuditEntry::mentions_mut).collect();
        mentions::look_up(tx, &self.0.titles, model, actor, mentions).await
    }

    /// The audit over all records, newest first: for the duty `audit`, whatever the actor's data scope. Values are masked as the
    /// actor's roles have it; of an object that the actor may not read only who did what and when is told. What records are
    /// called is told of those within the actor's data scope.
    #[boxed]
    pub async fn audit_log(&self, actor: &Actor, query: &AuditQuery) -> Result<Vec<LogEntry>> {
        crate::people::needs_duty(actor, "audit")?;
        let mut tx = self.0.db.read().await?;
        let model = self.model();
        let mut entries = Vec::new();
        let rows = wanted(&mut tx, query).await?;
        for row in tx.rows(rows).await? {
            let (mut entry, old, new) = entry(&row)?;
            let (object, record_id) = (row.must_text(9)?, row.id(10)?);
            let known = model.object(&object);
            entry.changes = match known {
                Some(known) if access::object_for(&model, actor, &object).is_ok() => {
                    let states = load::field_states(known, actor);
                    match record_id {
                        Some(_) => self.changes(known, actor, &states, &old, &new),
                        None => about_many(&states, plain_changes(&old, &new)),
                    }
                }
                Some(_) => Vec::new(),
                // roles, views, packs: no record, no fields
                None => plain_changes(&old, &new),
            };
            let record = record_id.map(|id| Mention::closed(&object, id));
            entries.push(LogEntry { entry, object, record_id, record });
        }
        let mut mentions: Vec<&mut Mention> = Vec::new();
        for log in &mut entries {
            mentions.extend(&mut log.record);
            mentions.extend(log.entry.mentions_mut());
        }
        mentions::look_up(&mut tx, &self.0.titles, &model, actor, mentions).await?;
        Ok(entries)
    }

    fn changes(
        &self,
        object: &Object,
        actor: &Actor,
        states: &[FieldState],
        old: &Values,
        new: &Values,
    ) -> Vec<FieldChange> {
        object
            .fields
            .iter()
            .zip(states)
            .filter(|(field, state)| {
                **state != FieldState::Hidden && (old.contains_key(&field.name) || new.contains_key(&field.name))
            })
            .map(|(field, state)| {
                let side = |map: &Values| {
                    let value = map.get(&field.name).map_or(Value::Null, |json| from_stored_json(field, json));
                    let masked = *state == FieldState::Masked;
                    let mention = if masked { None } else { mentions::of_value(field, &value) };
                    let value = if masked { load::mask(field, &value) } else { value };
                    let text = match &mention {
                        Some(mention) => mention.id.to_string(),
                        None => crate::show::show_value(field, &value, actor.lang, &self.0.zone),
                    };
                    (text, mention)
                };
                let ((before, before_record), (after, after_record)) = (side(old), side(new));
                FieldChange { field: field.name.clone(), before, after, before_record, after_record }
            })
            .collect()
    }
}

/// The rows that are asked for, newest first.
async fn wanted(tx: &mut Tx, query: &AuditQuery) -> Result<Sql> {
    let (first, end) = period::rows_of(tx, query.from, query.until).await?;
    let mut sql = Sql::new(
        "SELECT seq, at, actor, actor_id, source, action, reason, before, after, object, record_id FROM audit WHERE seq < ",
    );
    sql.bind(query.before.unwrap_or(i64::MAX).min(end)).push(" AND seq >= ").bind(first);
    if let Some(from) = query.from {
        sql.push(" AND at >= ").bind(from);
    }
    if let Some(until) = query.until {
        sql.push(" AND at < ").bind(until);
    }
    if let Some(object) = &query.object {
        sql.push(" AND object = ").bind(object.as_str());
    }
    if let Some(user) = query.user {
        // who knocks at the door is nobody yet: the row is about the user who was named there
        sql.push(" AND (actor_id = ").bind(user);
        sql.push(
            " OR (actor_id IS NULL AND object = 'user' AND action IN ('sign-in', 'sign-in-failed') AND record_id = ",
        );
        sql.bind(user).push("))");
    }
    if !query.actions.is_empty() {
        sql.push(" AND action IN (").list(query.actions.iter().map(String::as_str)).push(")");
    }
    sql.push(" ORDER BY seq DESC LIMIT ").bind(query.limit.clamp(1, 500) as i64);
    Ok(sql)
}

/// A row of the audit without its changes, and the values before and after as they are stored.
fn entry(row: &zhike_db::Row) -> Result<(AuditEntry, Values, Values)> {
    let parse =
        |text: Option<String>| text.and_then(|text| serde_json::from_str::<Values>(&text).ok()).unwrap_or_default();
    let entry = AuditEntry {
        seq: row.must_int(0)?,
        at: row.must_int(1)?,
        actor: row.must_text(2)?,
        actor_id: row.id(3)?,
        source: row.must_text(4)?,
        action: row.must_text(5)?,
        reason: row.text(6)?,
        changes: Vec::new(),
        merged_from: None,
    };
    Ok((entry, parse(row.text(7)?), parse(row.text(8)?)))
}

fn plain_changes(old: &Values, new: &Values) -> Vec<FieldChange> {
    let text = |map: &Values, name: &String| match map.get(name) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |name: &String| FieldChange {
        field: name.clone(),
        before: text(old, name),
        after: text(new, name),
        before_record: None,
        after_record: None,
    };
    names.into_iter().map(change).collect()
}

/// What an export or import says of itself. Its filter may hold values of any field: it is for those who see all of them.
fn about_many(states: &[FieldState], mut changes: Vec<FieldChange>) -> Vec<FieldChange> {
    if states.iter().any(|state| matches!(state, FieldState::Hidden | FieldState::Masked)) {
        changes.retain(|change| change.field != "filter");
    }
    changes
}
