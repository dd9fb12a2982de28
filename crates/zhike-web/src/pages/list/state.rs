//! What a list shows: from the address, the view and what the user set for it.

use zhike_model::{AggregateOp, Object, SortKey, Total, View};
use zhike_records::{ListQuery, SavedView};

use super::columns::{self, Column};
use crate::{fault::Fault, filter, link::Pairs, session::Signed};

/// A search in a list finds so many at most.
const FOUND_MAX: usize = 100;

/// Everything that follows from a list's address.
pub struct ListState {
    /// Where it is shown: the list, or its board.
    pub path: String,
    /// The address's own words, without `after`.
    pub pairs: Pairs,
    pub views: Vec<SavedView>,
    /// The view's name in addresses.
    pub view: String,
    pub saved: SavedView,
    /// The filter in force: the address's, else the view's.
    pub filter: String,
    pub sort: Vec<SortKey>,
    /// Something it was to be sorted by was passed over: no order, or not plain for who asks.
    pub unsorted: bool,
    pub columns: Vec<Column>,
    pub totals: Vec<Total>,
    /// The address asks for something else than the view has.
    pub changed: bool,
}

/// A pack's view goes by its name, a saved one by its id.
pub fn key(saved: &SavedView) -> String {
    if saved.id.is_nil() { saved.view.name.clone() } else { saved.id.to_string() }
}

impl ListState {
    pub async fn read(signed: &Signed, object: &Object, pairs: Pairs) -> Result<Self, Fault> {
        let views = signed.app.engine.views(&signed.actor, &object.name).await?;
        let wanted = pairs.get("view").unwrap_or_default();
        let saved = views.iter().find(|saved| key(saved) == wanted).or_else(|| views.first()).cloned();
        let saved = saved.ok_or(zhike_types::Error::NotFound)?;
        let view = key(&saved);
        let filter = pairs.any("filter").map_or_else(|| saved.view.filter.clone(), |text| text.trim().to_owned());
        let mut sort = pairs.get("sort").map_or_else(|| saved.view.sort.clone(), sort_keys);
        let asked = sort.len();
        sort.retain(|key| signed.app.engine.may_sort(&signed.actor, object, &key.field));
        let unsorted = sort.len() < asked;
        let columns = columns::of(signed, object, &saved.view, &view, pairs.get("cols")).await?;
        let mut totals = totals(&saved.view, &pairs);
        totals.retain(|total| total.field == "*" || signed.app.engine.may_ask(&signed.actor, object, &total.field));
        let changed = ["filter", "sort", "cols"].iter().any(|name| pairs.any(name).is_some())
            || pairs.prefixed("total.").next().is_some();
        Ok(Self {
            path: format!("/{}", object.name),
            pairs,
            views,
            view,
            saved,
            filter,
            sort,
            unsorted,
            columns,
            totals,
            changed,
        })
    }

    /// The same, shown as a board: in the board's own order, unless the address names one.
    #[must_use]
    pub fn on_board(mut self, object: &Object) -> Self {
        self.path = format!("/{}/board", object.name);
        self.sort = self.pairs.get("sort").map(sort_keys).unwrap_or_default();
        self.unsorted = false;
        self.changed = ["filter", "sort"].iter().any(|name| self.pairs.any(name).is_some());
        self
    }

    /// The filter and what a search in the list (`q`) found: what is shown is what is counted, summed, exported and changed.
    pub async fn found(&self, signed: &Signed, object: &Object) -> zhike_types::Result<String> {
        let Some(text) = self.pairs.get("q") else { return Ok(self.filter.clone()) };
        let among = std::slice::from_ref(&object.name);
        let groups = signed.app.engine.search(&signed.actor, text, among, FOUND_MAX).await?;
        let mut ids: Vec<String> =
            groups.into_iter().flat_map(|group| group.hits).map(|hit| hit.record.id.to_string()).collect();
        if ids.is_empty() {
            ids.push(zhike_types::Uuid::nil().to_string());
        }
        let mut all = filter::conditions(&self.filter);
        all.extend(filter::one_of("id", &ids.iter().map(String::as_str).collect::<Vec<_>>()));
        Ok(filter::all_of(&all))
    }

    pub fn query(&self, object: &Object) -> ListQuery {
        ListQuery {
            object: object.name.clone(),
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            fields: Some(self.columns.iter().map(|column| column.field.clone()).collect()),
            limit: 50,
            after: self.pairs.get("after").map(str::to_owned),
            bin: false,
            lenient: false,
        }
    }

    /// This list's address with a name changed, from its first page.
    pub fn link(&self, name: &str, value: &str) -> String {
        self.base().with(name, value).on(&self.path)
    }

    /// The address's words without a place in the list.
    pub fn base(&self) -> Pairs {
        self.pairs.clone().without("after")
    }

    /// The address's words for a form that sends the rest itself, as hidden fields.
    pub fn kept(&self, without: &[&str]) -> Vec<(String, String)> {
        let mut pairs = self.base();
        for name in without {
            pairs = pairs.without(name);
        }
        pairs.0
    }

    /// A filter's address with the conditions given.
    pub fn filtered(&self, conditions: &[String]) -> String {
        self.link("filter", &filter::all_of(conditions))
    }

    /// The view as it stands now, to be saved.
    pub fn as_view(&self, name: &str, label: zhike_types::Text) -> View {
        View {
            name: name.to_owned(),
            label,
            columns: self.columns.iter().map(|column| column.field.clone()).collect(),
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            totals: self.totals.clone(),
            quick: self.saved.view.quick.clone(),
        }
    }
}

/// `-created_at,name`
fn sort_keys(text: &str) -> Vec<SortKey> {
    text.split(',')
        .filter(|part| !part.is_empty())
        .map(|part| part.strip_prefix('-').map_or((part, false), |name| (name, true)))
        .map(|(name, descending)| SortKey { field: name.to_owned(), descending })
        .collect()
}

fn totals(view: &View, pairs: &Pairs) -> Vec<Total> {
    let mut totals = view.totals.clone();
    for (field, op) in pairs.prefixed("total.") {
        totals.retain(|total| total.field != field);
        let op = match op {
            "sum" => AggregateOp::Sum,
            "average" => AggregateOp::Average,
            "min" => AggregateOp::Min,
            "max" => AggregateOp::Max,
            _ => continue,
        };
        totals.push(Total { field: field.to_owned(), op });
    }
    totals
}
