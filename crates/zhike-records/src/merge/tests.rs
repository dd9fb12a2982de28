//! Merging through the engine's front door, on both databases.

mod any_order;
mod at_once;
mod later;
mod propose;
mod rights;
mod snapshot;
mod whole;

use zhike_types::{Error, Uuid};

use super::{Merge, MergeInput};
use crate::{Input, ListQuery, Record, tests::Site};

impl Site {
    /// An account and its id as a text.
    async fn account(&self, fields: &[(&str, &str)]) -> (Uuid, String) {
        let record = self.make("account", fields).await;
        (record.id, record.id.to_string())
    }

    async fn merged(&self, object: &str, survivor: Uuid, losers: &[Uuid]) -> Merge {
        self.engine.merge(&self.admin, object, MergeInput::new(survivor, losers)).await.expect("merged")
    }

    async fn undone(&self, merge: &Merge) {
        self.engine.unmerge(&self.admin, merge.id).await.expect("undone");
    }

    async fn read(&self, object: &str, id: Uuid) -> Record {
        self.engine.read(&self.admin, object, id).await.unwrap_or_else(|error| panic!("{object} {id}: {error}"))
    }

    async fn text(&self, object: &str, id: Uuid, field: &str) -> String {
        self.read(object, id).await.value(field).as_text().unwrap_or_default().to_owned()
    }

    async fn named(&self, object: &str, id: Uuid, field: &str) -> Option<Uuid> {
        self.read(object, id).await.value(field).as_id()
    }

    async fn set(&self, object: &str, id: Uuid, field: &str, text: &str) {
        self.engine
            .change(&self.admin, object, id, None, Input::default().set(field, text))
            .await
            .unwrap_or_else(|error| panic!("{object} {field} {text}: {error}"));
    }

    /// Titles of a list, sorted.
    async fn titles(&self, object: &str, filter: &str, bin: bool) -> Vec<String> {
        let query = ListQuery {
            object: object.to_owned(),
            filter: filter.to_owned(),
            bin,
            limit: 1_000,
            ..ListQuery::default()
        };
        let page = self.engine.list(&self.admin, &query).await.expect("a list");
        let mut titles: Vec<String> = page.records.iter().map(|record| record.title().to_owned()).collect();
        titles.sort();
        titles
    }

    /// What the search finds, by object and title.
    async fn found(&self, text: &str) -> Vec<String> {
        let groups = self.engine.search(&self.admin, text, &[], 20).await.expect("a search");
        let mut found: Vec<String> = groups
            .iter()
            .flat_map(|group| group.hits.iter().map(|hit| format!("{} {}", group.object.name, hit.record.title())))
            .collect();
        found.sort();
        found
    }

    async fn well(&self) {
        for finding in self.engine.doctor().await.expect("the doctor looks") {
            assert!(finding.well, "{}", finding.text.en);
        }
    }
}

fn is_conflict<T: std::fmt::Debug>(answer: &Result<T, Error>, word: &str) {
    match answer {
        Err(Error::Conflict(text)) => assert!(text.en.contains(word), "{}", text.en),
        other => panic!("{other:?}"),
    }
}
