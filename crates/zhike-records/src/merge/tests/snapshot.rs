//! Everything that is to be as it was: all records with their columns, their match keys and search tokens, what searches, lists
//! and timelines show, and the histories, which only grow.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use zhike_db::{Dialect, Sql};
use zhike_model::Role;
use zhike_types::Uuid;

use crate::{
    Actor, Happening, ListQuery, Source,
    columns::{sort_column, stored_json},
    load::Columns,
    tests::Site,
};

#[derive(Debug, Default)]
pub(super) struct Snapshot {
    /// A line for each row of each table.
    tables: BTreeMap<String, Vec<String>>,
    /// What people are shown, by what they asked.
    shown: BTreeMap<String, Vec<String>>,
    history: BTreeMap<Uuid, BTreeSet<i64>>,
}

impl Snapshot {
    pub async fn of(site: &Site) -> Self {
        let mut all = Self::default();
        all.tables(site).await;
        all.shown(site).await;
        all
    }

    /// Fails where the two differ.
    pub fn compare(&self, after: &Self, tell: &str) {
        for (what, rows) in self.tables.iter().chain(&self.shown) {
            let now = after.tables.get(what).or_else(|| after.shown.get(what)).cloned().unwrap_or_default();
            let lost: Vec<&String> = rows.iter().filter(|row| !now.contains(row)).collect();
            let new: Vec<&String> = now.iter().filter(|row| !rows.contains(row)).collect();
            assert!(lost.is_empty() && new.is_empty(), "{tell}: {what}\nwas {lost:#?}\nis {new:#?}");
            assert_eq!(*rows, now, "{tell}: the order of {what}");
        }
        for (id, known) in &self.history {
            let now = after.history.get(id).expect("a history");
            assert!(known.is_subset(now), "{tell}: the history of {id}");
        }
    }

    async fn tables(&mut self, site: &Site) {
        let (engine, model) = (&site.engine, site.engine.model());
        let system = Actor::system(Source::System);
        let mut tx = engine.db().read().await.expect("a reader");
        for object in model.objects() {
            let columns = Columns::all(object);
            let mut sql = Sql::new("SELECT ");
            columns.select(&model, &system, "t", &mut sql);
            if let Some(sort) = sort_column(object) {
                sql.push(", ").column("t", &sort);
            }
            sql.push(" FROM ").name(&object.name).push(" t ORDER BY t.seq");
            let width: usize = object.fields.iter().map(crate::columns::width).sum();
            let mut lines = Vec::new();
            for row in tx.rows(sql).await.expect("rows") {
                let stored = columns.read(&row).expect("a record");
                let mut line = format!("{} {}", stored.seq, stored.id);
                for (field, value) in object.fields.iter().zip(&stored.values) {
                    // who wrote last, and how often, is history
                    if !matches!(field.role, Some(Role::Version | Role::UpdatedAt | Role::UpdatedBy)) {
                        write!(line, " {}={}", field.name, stored_json(value)).expect("a string takes it");
                    }
                }
                if sort_column(object).is_some() {
                    write!(line, " sort={:?}", row.text(2 + width).expect("a text")).expect("a string takes it");
                }
                lines.push(line);
            }
            self.tables.insert(object.name.clone(), lines);
            if object.is_matched() {
                let keys = Sql::new(&format!(
                    "SELECT key, seq FROM {0}_match UNION ALL SELECT key, seq FROM {0}_match_young ORDER BY key, seq",
                    object.name
                ));
                let rows = tx.rows(keys).await.expect("keys");
                let keys = rows.iter().map(|row| format!("{:?} {:?}", row.int(0), row.int(1))).collect();
                self.tables.insert(format!("{}_match", object.name), keys);
            }
            if tx.dialect() == Dialect::Postgres && object.is_searched() {
                let tokens = Sql::new(&format!("SELECT seq, tokens::text FROM {}_search ORDER BY seq", object.name));
                let rows = tx.rows(tokens).await.expect("tokens");
                let tokens = rows.iter().map(|row| format!("{:?} {:?}", row.int(0), row.text(1))).collect();
                self.tables.insert(format!("{}_search", object.name), tokens);
            }
        }
        let views = tx.rows(Sql::new("SELECT body FROM saved_view ORDER BY id")).await.expect("views");
        let views = views.iter().map(|row| row.must_text(0).expect("a text")).collect();
        self.tables.insert("saved_view".to_owned(), views);
    }

    async fn shown(&mut self, site: &Site) {
        let (engine, model) = (&site.engine, site.engine.model());
        for object in model.objects() {
            for bin in [false, true] {
                let query = ListQuery { object: object.name.clone(), bin, limit: 1_000, ..ListQuery::default() };
                let page = engine.list(&site.admin, &query).await.expect("a list");
                let ids = page.records.iter().map(|record| record.id.to_string()).collect();
                self.shown.insert(format!("list of {} {bin}", object.name), ids);
                for record in page.records {
                    self.told(site, &object.name, record.id).await;
                    let title: String = record.title().chars().take(4).collect();
                    if title.is_empty() || self.shown.contains_key(&format!("search {title}")) {
                        continue;
                    }
                    let groups = engine.search(&site.admin, &title, &[], 100).await.expect("a search");
                    let hits = groups.iter().flat_map(|group| group.hits.iter().map(|hit| hit.record.id.to_string()));
                    let hits: BTreeSet<String> = hits.collect();
                    self.shown.insert(format!("search {title}"), hits.into_iter().collect());
                }
            }
        }
    }

    async fn told(&mut self, site: &Site, object: &str, id: Uuid) {
        let history = site.engine.history(&site.admin, object, id, None, 500).await.expect("a history");
        self.history.insert(id, history.iter().map(|entry| entry.seq).collect());
        if object == "account" || object == "contact" {
            let entries = site.engine.timeline(&site.admin, object, id, &[], None, 200).await.expect("a timeline");
            let records = entries.iter().filter_map(|entry| match &entry.what {
                Happening::Record(record) => Some(format!("{} {}", entry.at, record.id)),
                Happening::Change(_) => None,
            });
            self.shown.insert(format!("timeline of {id}"), records.collect());
        }
    }
}
