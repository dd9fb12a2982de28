//! Everything that happened to a record, whoever entered it: follow-ups, tasks, notes, files, and changes of the record itself.

use futures_util::future::try_join_all;
use zhike_db::Sql;
use zhike_model::{FieldKind, Object, Relation, SortKey};
use zhike_types::{Error, Result, Uuid, boxed};

use crate::{
    Actor, Engine, FieldRight, Happening, ListQuery, Record, TimelineEntry,
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
        access::object_for(&model, actor, object)?;
        if !self.sees(actor, object, id).await? {
            return Err(Error::NotFound);
        }
        self.timeline_in_sight(actor, object, id, kinds, before, limit).await
    }

    /// The same of a record that the actor has read.
    #[boxed]
    pub async fn timeline_of(
        &self,
        actor: &Actor,
        record: &Record,
        kinds: &[String],
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<TimelineEntry>> {
        self.timeline_in_sight(actor, &record.object.name, record.id, kinds, before, limit).await
    }

    async fn timeline_in_sight(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        kinds: &[String],
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<TimelineEntry>> {
        let model = self.model();
        let limit = limit.clamp(1, 200);
        let wanted = |kind: &str| kinds.is_empty() || kinds.iter().any(|known| known == kind);
        let mut entries: Vec<TimelineEntry> = Vec::new();
        let relations = model.relations(object).iter();
        let lists = relations.filter_map(|relation| {
            let child = model.object(&relation.object).filter(|child| wanted(&child.name))?;
            Some(self.happened(actor, relation, child, (object, id), before, limit))
        });
        for list in try_join_all(lists).await? {
            for entry in list {
                if !entries.iter().any(|known| known.is_same_record(&entry)) {
                    entries.push(entry);
                }
            }
        }
        if wanted("change") {
            let mut tx = self.0.db.read().await?;
            for entry in self.deeds(&mut tx, &model, actor, object, id, None, 500).await? {
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

    /// The records of one relation, as they stand in the timeline.
    async fn happened(
        &self,
        actor: &Actor,
        relation: &Relation,
        child: &Object,
        (object, id): (&str, Uuid),
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<TimelineEntry>> {
        let Some(at) = child.timeline_at.as_ref().and_then(|at| child.field(at)) else { return Ok(Vec::new()) };
        // where and when it stands would tell what the actor may not see
        if access::reach(child, actor, access::Need::Read) == Reach::Nothing
            || !sees_relation(actor, child, relation)
            || actor.rights.field(&child.name, at) < FieldRight::Read
        {
            return Ok(Vec::new());
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
            sort: vec![SortKey { field: at.name.clone(), descending: true }],
            limit,
            ..ListQuery::default()
        };
        let model = self.model();
        let parent = model.object(object).ok_or(Error::NotFound)?;
        let page = self.list_below(actor, &query, &bound, (relation, parent)).await?;
        let entry = |record: Record| {
            let value =
                record.value(&at.name).as_int().or_else(|| record.value("created_at").as_int()).unwrap_or_default();
            let moment = if is_date { self.zone().start_of_day(value) } else { value };
            let by = record.reference("created_by").map(|(title, _)| title.text.clone()).unwrap_or_default();
            TimelineEntry { at: moment, actor: by, what: Happening::Record(Box::new(record)) }
        };
        Ok(page.records.into_iter().map(entry).collect())
    }
}

impl TimelineEntry {
    /// Two relations may lead to one record.
    fn is_same_record(&self, other: &Self) -> bool {
        matches!((&self.what, &other.what), (Happening::Record(one), Happening::Record(other)) if one.id == other.id)
    }
}
