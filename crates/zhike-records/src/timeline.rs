//! Everything that happened to a record, whoever entered it: follow-ups, tasks, notes, files, and changes of the record itself.

use std::sync::Arc;

use zhike_db::Sql;
use zhike_model::{FieldKind, Relation};
use zhike_types::{Error, Result, Uuid, boxed};

use crate::{
    Actor, Engine, FieldRight, Happening, ListQuery, TimelineEntry,
    access::{self, Reach},
    list::sees_relation,
};

impl Engine {
    /// Newest first. `kinds` are names of objects or `change`; empty takes all. `before`: only what is older (ms since 1970).
    #[boxed]
    pub async fn timeline(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        kinds: &[String],
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<TimelineEntry>> {
        let model = self.model();
        let known = Arc::clone(access::object_for(&model, actor, object)?);
        if !self.sees(actor, object, id).await? {
            return Err(Error::NotFound);
        }
        let limit = limit.clamp(1, 200);
        let wanted = |kind: &str| kinds.is_empty() || kinds.iter().any(|known| known == kind);
        let mut entries: Vec<TimelineEntry> = Vec::new();
        let relations: Vec<Relation> = model.relations(object).to_vec();
        for relation in relations {
            let Some(child) = model.object(&relation.object) else { continue };
            let Some(at) = child.timeline_at.as_ref().and_then(|at| child.field(at)) else { continue };
            if !wanted(&child.name) || access::reach(child, actor, access::Need::Read) == Reach::Nothing {
                continue;
            }
            // where and when it stands would tell what the actor may not see
            if !sees_relation(actor, child, &relation) || actor.rights.field(&child.name, at) < FieldRight::Read {
                continue;
            }
            // a date is the start of its day, so that both kinds of field sort together
            let is_date = matches!(at.kind.value_kind(), FieldKind::Date);
            let mut bound = Sql::default();
            bound.column("t", &format!("{}_id", relation.field)).push(" = ").bind(id);
            if relation.any {
                bound.push(" AND ").column("t", &format!("{}_object", relation.field)).push(" = ").bind(object);
            }
            if let Some(before) = before {
                let limit = if is_date { self.zone().day_of(before) } else { before };
                bound.push(" AND ").column("t", &at.column()).push(" < ").bind(limit);
            }
            let query = ListQuery {
                object: child.name.clone(),
                sort: vec![zhike_model::SortKey { field: at.name.clone(), descending: true }],
                limit,
                ..ListQuery::default()
            };
            let page = self.list_where(actor, &query, Some(&bound)).await?;
            for record in page.records {
                let value =
                    record.value(&at.name).as_int().or_else(|| record.value("created_at").as_int()).unwrap_or_default();
                let moment = if is_date { self.zone().start_of_day(value) } else { value };
                let by = record.reference("created_by").map(|(title, _)| title.text.clone()).unwrap_or_default();
                if !entries.iter().any(|entry| matches!(&entry.what, Happening::Record(known) if known.id == record.id))
                {
                    entries.push(TimelineEntry { at: moment, actor: by, what: Happening::Record(Box::new(record)) });
                }
            }
        }
        if wanted("change") {
            let mut tx = self.0.db.read().await?;
            for entry in self.deeds(&mut tx, &model, actor, &known.name, id, None, 500).await? {
                if before.is_none_or(|before| entry.at < before) {
                    entries.push(TimelineEntry {
                        at: entry.at,
                        actor: entry.actor.clone(),
                        what: Happening::Change(entry),
                    });
                }
            }
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        entries.truncate(limit);
        // only what is shown is worth looking up
        let changes = entries.iter_mut().filter_map(|entry| match &mut entry.what {
            Happening::Change(change) => Some(change),
            Happening::Record(_) => None,
        });
        self.name_mentions(&mut self.0.db.read().await?, &model, actor, changes).await?;
        Ok(entries)
    }
}
