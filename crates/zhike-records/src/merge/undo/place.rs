//! Whether there is still a place for what goes back: what a reference names may have been merged, deleted or moved since.

use std::sync::Arc;

use zhike_db::{Sql, Tx, sql};
use zhike_model::{Field, FieldKind, Object, OnDelete, Role};
use zhike_types::{Error, Result, Uuid, Value, text};

use super::Undoing;
use crate::merge::{away, circle, gather::held, steps};

impl Undoing<'_> {
    /// Whether a record would stand above itself again, because somebody moved others in the tree since. If later merges did,
    /// they are undone first.
    pub(super) async fn closes_a_circle(
        &self,
        tx: &mut Tx,
        object: &Object,
        field: &Field,
        value: &Value,
        record: Uuid,
    ) -> Result<bool> {
        if !circle::is_tree(object, field) || !circle::leads_back(tx, object, field, value, &[record]).await? {
            return Ok(false);
        }
        let later = sql!(
            "SELECT 1 FROM merge WHERE seq > $1 AND object = $2 AND undone_at IS NULL LIMIT 1",
            self.seq,
            object.name.as_str()
        );
        match tx.row(later).await? {
            None => Ok(true),
            Some(_) => {
                let (zh, en) = (&field.label.zh, &field.label.en);
                Err(Error::Conflict(text!(
                    "后来的合并改动了「{zh}」的上下级，请先撤销后来的合并。",
                    "Later merges changed who stands above whom ({en}). Undo those first."
                )))
            }
        }
    }

    /// The value, if what it refers to is there; the record that stands for that, if it was merged meanwhile, which that merge
    /// then undoes in its turn. None when it was deleted.
    pub(super) async fn living(
        &self,
        tx: &mut Tx,
        object: &Object,
        field: usize,
        record: Uuid,
        mut value: Value,
    ) -> Result<Option<Value>> {
        loop {
            let Some((target, id)) = target_of(&object.fields[field], &value) else { return Ok(Some(value)) };
            if self.back.contains(&id) || self.is_live(tx, target, id).await? {
                return Ok(Some(value));
            }
            let Some(away) = away::of(tx, id).await? else { return Ok(None) };
            let Some(instead) = away.instead else { return Ok(None) };
            let new = match &value {
                Value::Any(target, _) => Value::Any(target.clone(), instead),
                _ => Value::Id(instead),
            };
            steps::add(tx, away.merge, object, record, field, (&value, &new)).await?;
            value = new;
        }
    }

    async fn is_live(&self, tx: &mut Tx, target: &str, id: Uuid) -> Result<bool> {
        let Some(target) = self.model.object(target) else { return Ok(false) };
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&target.name).push(" WHERE deleted_at IS NULL AND id = ").bind(id);
        Ok(tx.row(sql).await?.is_some())
    }

    /// A record that was away is there again. What it belongs to may have been deleted meanwhile: a loser then has no place to
    /// come back to; what was set aside stays in the recycle bin, where it would lie without the merge.
    pub(super) async fn bring_back(&self, tx: &mut Tx, object: &Arc<Object>, id: Uuid, loser: bool) -> Result<()> {
        let (Some(at), Some(by)) = (object.role_index(Role::DeletedAt), object.role_index(Role::DeletedBy)) else {
            return Err(Error::NotFound);
        };
        let Some(before) = held(tx, self.model, object, &[id]).await?.pop().filter(|stored| stored.is_deleted(object))
        else {
            return Ok(());
        };
        let mut values = before.values.clone();
        (values[at], values[by]) = (Value::Null, Value::Null);
        let mut changed = vec![at, by];
        for (i, field) in object.fields.iter().enumerate().filter(|(_, field)| !field.system) {
            let Some((target, to)) = target_of(field, &values[i]) else { continue };
            if self.back.contains(&to) || self.is_live(tx, target, to).await? {
                continue;
            }
            match (&field.kind, loser) {
                (
                    FieldKind::Reference { on_delete: OnDelete::Keep, .. }
                    | FieldKind::AnyReference { on_delete: OnDelete::Keep, .. },
                    _,
                ) => {}
                (
                    FieldKind::Reference { on_delete: OnDelete::Cascade | OnDelete::Refuse, .. }
                    | FieldKind::AnyReference { on_delete: OnDelete::Cascade | OnDelete::Refuse, .. },
                    true,
                ) => {
                    let (zh, en) = (&field.label.zh, &field.label.en);
                    return Err(Error::Conflict(text!(
                        "被合并的记录的「{zh}」在回收站里，请先恢复它，再撤销合并。",
                        "What a merged record names as {en} is in the recycle bin. Restore that first, then undo the merge."
                    )));
                }
                (
                    FieldKind::Reference { on_delete: OnDelete::Cascade, .. }
                    | FieldKind::AnyReference { on_delete: OnDelete::Cascade, .. },
                    false,
                ) => return Ok(()),
                _ => {
                    values[i] = Value::Null;
                    changed.push(i);
                }
            }
        }
        self.store(tx, object, &before, values, &changed).await
    }
}

/// The record that a value of the field refers to, and its object.
fn target_of<'a>(field: &'a Field, value: &'a Value) -> Option<(&'a str, Uuid)> {
    match (&field.kind, value) {
        (FieldKind::Reference { object, .. }, Value::Id(id)) => Some((object, *id)),
        (FieldKind::File | FieldKind::Image, Value::Id(id)) => Some(("attachment", *id)),
        (FieldKind::AnyReference { .. }, Value::Any(object, id)) => Some((object, *id)),
        _ => None,
    }
}
