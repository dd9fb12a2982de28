//! What can be asked.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zhike_model::{AggregateOp, SortKey};
use zhike_types::{Uuid, Value};

use crate::Record;

/// A list of records.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub object: String,
    /// CEL; empty takes all.
    pub filter: String,
    pub sort: Vec<SortKey>,
    /// The fields wanted; none means all. The title and what its display needs always come along.
    pub fields: Option<Vec<String>>,
    /// 1 to 1,000; 0 means 50.
    pub limit: usize,
    /// The cursor of the page before.
    pub after: Option<String>,
    /// Deleted records instead of live ones.
    pub bin: bool,
    /// Nobody typed it: sort keys that the actor may not use are passed over, and a filter about what it may not see finds
    /// nothing. Otherwise both are errors.
    pub lenient: bool,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    pub records: Vec<Record>,
    /// The cursor of the next page; none when this is the last.
    pub next: Option<String>,
}

/// Figures over a list, by the values of a field or over all.
#[derive(Debug, Clone, Default)]
pub struct AggregateQuery {
    pub object: String,
    pub filter: String,
    /// A select, boolean, reference or region field; date fields by `month:created_at`, `day:`, `year:`.
    pub group: Option<String>,
    /// (`*`, count) counts records.
    pub figures: Vec<(AggregateOp, String)>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The value grouped by (`Null` when there is no grouping, or for records without a value).
    pub key: Value,
    /// What to call it: an option's label is the page's to find; a reference's title stands here.
    pub title: Option<String>,
    /// One for each figure: `Int` (scaled as the field is), `Real` for averages (in the field's own unit), `Null` over nothing.
    pub figures: Vec<Value>,
}

/// Which records a bulk action means.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    Ids(Vec<Uuid>),
    /// All that a filter finds.
    Filter(String),
}

/// Found records of one object, best first.
#[derive(Debug, Clone)]
pub struct SearchGroup {
    pub object: Arc<zhike_model::Object>,
    pub hits: Vec<Hit>,
    /// There are more than those shown.
    pub more: bool,
}

#[derive(Debug, Clone)]
pub struct Hit {
    pub record: Record,
    /// The field that matched and its text (masked where it must be), and the byte range to emphasise.
    pub field: String,
    pub text: String,
    pub range: Option<(usize, usize)>,
}

/// One thing that happened to a record.
#[derive(Debug, Clone)]
pub struct TimelineEntry {
    /// Milliseconds since 1970.
    pub at: i64,
    pub actor: String,
    pub what: Happening,
}

#[derive(Debug, Clone)]
pub enum Happening {
    /// A record of a timeline object (follow-up, task, note, file) that belongs to this one.
    Record(Box<Record>),
    /// The record itself was made, changed, deleted, restored.
    Change(AuditEntry),
}

/// One row of the audit, as the actor may see it.
#[derive(Debug, Clone, Serialize)]
pub struct AuditEntry {
    pub seq: i64,
    pub at: i64,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    /// `page`, `api`, `import` … and the address.
    pub source: String,
    /// `create`, `change`, `delete`, `restore`, `purge`, `import`, `merge` (into it), `merged` (away), `move`, `unmerge` …
    pub action: String,
    pub reason: Option<String>,
    pub changes: Vec<FieldChange>,
    /// The record that it was done to, where that is another one, merged into this one since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<Uuid>,
}

impl AuditEntry {
    pub(crate) fn mentions_mut(&mut self) -> impl Iterator<Item = &mut Mention> {
        self.changes.iter_mut().flat_map(|change| change.before_record.iter_mut().chain(&mut change.after_record))
    }
}

/// What is asked of the audit over all records.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// One object's rows (or those of `role`, `view`, `model`); none takes all.
    pub object: Option<String>,
    /// What one user did, or was tried in its name at the door.
    pub user: Option<Uuid>,
    /// What was done; empty takes all.
    pub actions: Vec<String>,
    /// From then (ms since 1970).
    pub from: Option<i64>,
    /// Before then (ms since 1970).
    pub until: Option<i64>,
    /// Only rows before this one.
    pub before: Option<i64>,
    /// 1 to 500.
    pub limit: usize,
}

/// One row of the audit over all records.
#[derive(Debug, Clone)]
pub struct LogEntry {
    pub entry: AuditEntry,
    pub object: String,
    pub record_id: Option<Uuid>,
    /// What the record is called.
    pub record: Option<Mention>,
}

/// A field's value before and after, as text in the actor's language, masked where it must be; references as ids.
#[derive(Debug, Clone, Serialize)]
pub struct FieldChange {
    pub field: String,
    pub before: String,
    pub after: String,
    #[serde(rename = "before_title", skip_serializing_if = "Mention::is_untold")]
    pub before_record: Option<Mention>,
    #[serde(rename = "after_title", skip_serializing_if = "Mention::is_untold")]
    pub after_record: Option<Mention>,
}

/// A record that the audit mentions. As JSON it is its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub object: String,
    pub id: Uuid,
    pub what: Mentioned,
}

/// A mentioned record, as the reader finds it today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mentioned {
    /// Its title.
    Seen(String),
    /// The reader may not see it.
    Closed,
    /// Deleted for good.
    Gone,
}

impl Mention {
    pub(crate) fn closed(object: &str, id: Uuid) -> Self {
        Self { object: object.to_owned(), id, what: Mentioned::Closed }
    }

    /// The record's title, where the reader may see it.
    pub fn title(&self) -> Option<&str> {
        match &self.what {
            Mentioned::Seen(title) => Some(title),
            Mentioned::Closed | Mentioned::Gone => None,
        }
    }

    #[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
    fn is_untold(it: &Option<Self>) -> bool {
        it.as_ref().is_none_or(|it| it.title().is_none())
    }
}

impl Serialize for Mention {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.title().serialize(serializer)
    }
}
