//! How records are listed and laid out.

use serde::{Deserialize, Serialize};
use zhike_types::Text;

/// A list's columns, filter and order.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub name: String,
    pub label: Text,
    pub columns: Vec<String>,
    /// CEL; empty takes all.
    pub filter: String,
    pub sort: Vec<SortKey>,
    pub totals: Vec<Total>,
    /// Fields offered as one-click filters above the list.
    pub quick: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    pub field: String,
    #[serde(default)]
    pub descending: bool,
}

/// A figure in the foot of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    pub field: String,
    pub op: AggregateOp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AggregateOp {
    Count,
    Sum,
    Average,
    Min,
    Max,
}

/// A record's page and form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    /// The facts in the head, three or four.
    pub facts: Vec<String>,
    /// Select fields shown as badges beside the name.
    pub badges: Vec<String>,
    pub sections: Vec<Section>,
    pub tabs: Vec<Tab>,
    pub related: Vec<Related>,
    /// The fields of the quick-create form.
    pub quick_create: Vec<String>,
    /// Of an object with stages.
    pub board: Option<Board>,
}

/// A board (看板): the records as cards, a column for each stage.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Board {
    /// The field of a flow: a select, or a reference to the records that are its stages.
    pub field: String,
    /// The facts on a card, three at most.
    pub card: Vec<String>,
    /// The number whose sum stands above a column.
    pub sum: Option<String>,
    /// The order of a column's cards; what was changed last comes first where a pack does not say.
    pub sort: Vec<SortKey>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub label: Text,
    /// Columns at desktop width, 1 to 3.
    pub columns: u8,
    pub fields: Vec<String>,
    /// Shut until asked for.
    pub folded: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Tab {
    pub label: Text,
    pub kind: TabKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TabKind {
    Timeline,
    Details,
    /// The related lists of these relations.
    Related(Vec<String>),
    Files,
    History,
}

/// A list of records that refer to this one.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// The inverse name of the reference.
    pub relation: String,
    pub columns: Vec<String>,
    pub sort: Vec<SortKey>,
}

/// The stages a record passes: a field whose changes obey rules. The stages are the options of a select, or records that people
/// keep and a reference names.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The select, or the reference, that holds the stage.
    pub field: String,
    /// Of a select.
    pub stages: Vec<Stage>,
    /// Of a reference.
    pub records: Option<StageRecords>,
    /// A datetime that says since when the record is in its stage; the engine writes it.
    pub since: Option<String>,
}

/// Stages that are records. Their object has the fields `rank`, `kind` (a select with `open`), `requires` (names of fields with
/// commas), `gate` (CEL) and `gate_message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageRecords {
    pub object: String,
    /// A reference that a record and its stage both have and that must name the same: the pipeline. What it refers to has
    /// the booleans `is_default` and `active`.
    pub within: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The option's key.
    pub key: String,
    /// CEL that must hold to enter the stage, and what to tell who cannot.
    pub gate: Option<(String, Text)>,
    /// Fields that must be filled to enter.
    pub requires: Vec<String>,
    /// Stages it may go to; empty means any.
    pub to: Vec<String>,
}
