//! What of an object's records stands in the calendar (日历), where one is there (签到), and what a record leaves behind.

use zhike_types::Text;

/// One kind of date of an object's records (`[[calendar]]`): when a task is due, when a contract ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Unique in its object.
    pub name: String,
    pub label: Text,
    /// A date or datetime field; records without one do not stand in the calendar.
    pub start: String,
    /// The same kind of field.
    pub end: Option<String>,
    /// The reference that says with whom or what: the customer.
    pub about: Option<String>,
    /// CEL: which records; empty takes all that have a start.
    pub filter: String,
    /// CEL over the record alone: what is done is struck through and reminds of nothing.
    pub done: Option<String>,
    /// It can be put on another day: `start`, and `end` with it, are fields that people write.
    pub moves: bool,
    /// So many minutes before its start it reminds; none never reminds.
    pub remind: Option<i64>,
}

/// How one says on a record that one is there (`[check_in]`): read-only fields that the engine fills, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// CEL over the record alone: when one can.
    pub open: String,
    /// When, and who it was.
    pub at: String,
    pub by: String,
    /// Where: in words, and in degrees as far as the device tells; how sure that is, in metres.
    pub place: String,
    pub latitude: String,
    pub longitude: String,
    pub accuracy: String,
    pub photo: String,
}

/// A record that another leaves behind when its time has come (`[[trace]]`): a visit an interaction. Made once; brought up to date
/// when that time comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub object: String,
    /// The unique, read-only reference by which it knows what left it.
    pub link: String,
    /// CEL over the record alone.
    pub when: String,
    /// Its fields, and CEL over the record.
    pub fill: Vec<(String, String)>,
}
