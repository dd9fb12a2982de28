//! Somebody who looks into a pool: what its lens lets through.

use std::sync::Arc;

use zhike_model::{Object, SortKey};
use zhike_records::{FieldState, PoolView, Selection};
use zhike_types::{Error, Uuid};

use super::PLACE;
use crate::{
    fault::Fault,
    filter,
    link::Pairs,
    pages::list::{Column, usual_width},
    session::Signed,
};

/// A search in the list finds so many at most.
const FOUND_MAX: usize = 100;

/// Somebody who looks through the lens.
pub(super) struct Looking {
    pub view: PoolView,
    /// The one who is signed in, bounded by the lens.
    pub inner: Signed,
    pub object: Arc<Object>,
    pub place: String,
}

impl Looking {
    pub async fn into_pool(signed: &Signed, pool: Uuid) -> Result<Self, Fault> {
        let engine = &signed.app.engine;
        let view = engine.pool_view(&signed.actor, pool).await?;
        let object = engine.model().object(&view.pool.object).cloned().ok_or(Error::NotFound)?;
        let inner = Signed { actor: view.actor.clone(), ..signed.clone() };
        Ok(Self { place: format!("{PLACE}/{pool}"), view, inner, object })
    }

    pub fn columns(&self) -> Vec<Column> {
        let states = self.inner.app.engine.field_states(&self.inner.actor, &self.object);
        let shown = |name: &String| {
            self.object.index_of(name).is_some_and(|i| states[i] != FieldState::Hidden) && *name != self.object.title
        };
        let since = "pool_since".to_owned();
        let of_view = &self.object.default_view().columns;
        let wanted: Vec<&String> = if self.view.manager {
            let own = ["owner", "created_at"];
            of_view.iter().filter(|name| !own.contains(&name.as_str())).collect()
        } else {
            self.view.pool.fields.iter().collect()
        };
        let mut columns: Vec<Column> = Vec::new();
        let all = std::iter::once(&self.object.title).chain(wanted.into_iter().filter(|name| shown(name)));
        for name in all.chain(std::iter::once(&since)) {
            let Some(field) = self.object.field(name) else { continue };
            if columns.iter().all(|column| column.field != *name) {
                columns.push(Column { field: name.clone(), width: usual_width(field, &self.object) });
            }
        }
        columns
    }

    pub fn sort(&self, pairs: &Pairs) -> Vec<SortKey> {
        let asked = pairs.get("sort").unwrap_or("-pool_since");
        let (field, descending) = asked.strip_prefix('-').map_or((asked, false), |field| (field, true));
        let may = self.inner.app.engine.may_sort(&self.inner.actor, &self.object, field);
        if may { vec![SortKey { field: field.to_owned(), descending }] } else { Vec::new() }
    }

    /// The filter, and what a search found.
    pub async fn found(&self, pairs: &Pairs) -> Result<String, Error> {
        let filter = pairs.get("filter").unwrap_or_default().trim().to_owned();
        let Some(text) = pairs.get("q") else { return Ok(filter) };
        let among = std::slice::from_ref(&self.object.name);
        let groups = self.inner.app.engine.search(&self.inner.actor, text, among, FOUND_MAX).await?;
        let mut ids: Vec<String> =
            groups.into_iter().flat_map(|group| group.hits).map(|hit| hit.record.id.to_string()).collect();
        if ids.is_empty() {
            ids.push(Uuid::nil().to_string());
        }
        let mut all = filter::conditions(&filter);
        all.extend(filter::one_of("id", &ids.iter().map(String::as_str).collect::<Vec<_>>()));
        Ok(filter::all_of(&all))
    }

    /// What is ticked, or all that the list finds.
    pub async fn selection(&self, pairs: &Pairs) -> Result<Selection, Fault> {
        if pairs.get("all") == Some("1") {
            return Ok(Selection::Filter(self.found(pairs).await?));
        }
        let ids: Result<Vec<Uuid>, Fault> = pairs.all("id").map(crate::pages::id).collect();
        Ok(Selection::Ids(ids?))
    }

    /// The list again, with the same filter.
    pub fn back(&self, pairs: &Pairs) -> String {
        let kept = pairs.0.iter().filter(|(name, _)| matches!(name.as_str(), "filter" | "sort" | "q"));
        Pairs(kept.cloned().collect()).on(&self.place)
    }
}
