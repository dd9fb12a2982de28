//! A change taken back by who made it, as long as nothing has come after it: what an undo does.
//!
//! It puts back what stood there before, and so asks no stage for its way in: the record was there a moment ago.

use zhike_db::sql;
use zhike_model::Role;
use zhike_types::{Error, Result, Text, Uuid, boxed};

use crate::{
    Actor, Engine, FieldRight, Record,
    access::{self, Need},
    approval,
    columns::from_stored_json,
    lock::{self, Touched},
    merge, rules,
};

/// So long after a change one can take it back, in milliseconds: who thinks it over tomorrow makes a new change.
const WITHIN: i64 = 10 * 60 * 1000;

impl Engine {
    /// Undoes the change that made this version of the record.
    #[boxed]
    pub async fn take_back(&self, actor: &Actor, object: &str, id: Uuid, version: i64) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let before = self.locked(&mut tx, &model, actor, known, id, Need::Change).await?;
        let current = before.version(known);
        if current != version || before.is_deleted(known) {
            return Err(Error::Stale { current });
        }
        let last = tx
            .row(sql!(
                "SELECT action, actor_id, at, before FROM audit WHERE object = $1 AND record_id = $2 ORDER BY seq DESC LIMIT 1",
                object,
                id
            ))
            .await?;
        let over = || {
            Error::Conflict(Text::new(
                "已经不能撤销了，请直接修改这条记录。",
                "It cannot be undone any more. Please change the record itself.",
            ))
        };
        let last = last.ok_or_else(over)?;
        let mine = actor.user_id.is_some() && last.id(1)? == actor.user_id;
        if !mine || last.must_text(0)? != "change" || last.must_int(2)? < self.now() - WITHIN {
            return Err(over());
        }
        let was = last.text(3)?.unwrap_or_default();
        let was: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&was).map_err(|_| over())?;
        let mut values = before.values.clone();
        let mut changed = Vec::new();
        for (name, json) in &was {
            let Some(index) = known.index_of(name) else { continue };
            let field = &known.fields[index];
            let own = !matches!(field.role, Some(Role::Version | Role::UpdatedAt | Role::UpdatedBy));
            if own && actor.rights.field(&known.name, field) < FieldRight::Write && !field.read_only {
                return Err(over());
            }
            values[index] = from_stored_json(field, json);
            if own && values[index] != before.values[index] {
                changed.push(index);
            }
        }
        if changed.is_empty() {
            return Err(over());
        }
        let one = Touched { before: Some(&before), values: &values, changed: Some(&changed) };
        lock::refuse(&self.context(actor), &mut tx, &model, known, &[one]).await?;
        approval::refuse_held(&mut tx, known, id, Some(&changed)).await?;
        let reason = Text::new("撤销", "Undone").get(actor.lang).to_owned();
        let now = values.clone();
        self.store(&mut tx, &model, actor, known, &before, values, &changed, "change", Some(reason), None).await?;
        rules::check_written(&mut tx, &model, known, &self.context(actor), id, Some(&changed)).await?;
        self.leave_traces(&mut tx, &model, actor, known, id, Some(&before), &now).await?;
        approval::ask(self, &mut tx, &model, actor, known, id, Some(&before), &changed).await?;
        tx.commit().await?;
        self.written();
        self.read(actor, object, id).await
    }
}
