//! The vocabulary: what objects there are, what they hold, how they are shown and matched. Read from packs, checked, never I/O
//! beyond the text handed in.
//!
//! - [`Model`] is the whole; [`Object`] one kind of record (客户 account); [`Field`] one of its facts.
//! - `pack` reads the TOML of packs and says, with file and line, what is wrong and what to do.
//! - `expr` is the expression language (CEL): parsed, typed against an object, evaluated in process; `zhike-records`
//!   translates the same tree to SQL.

mod approval;
mod calendar;
mod convert;
mod copying;
pub mod expr;
mod field;
mod measure;
mod model;
mod nearest;
mod object;
pub mod pack;
mod print;
mod rule;
mod taking;
mod view;

pub use approval::{
    APPROVAL_HOURS_MOST, APPROVAL_LEVELS_MOST, APPROVAL_PEOPLE_MOST, APPROVAL_STEPS_MOST, ApprovalLock, ApprovalRule,
    ApprovalSeed, ApprovalSign, ApprovalStep, ApprovalThen, ApprovalTimeout, ApprovalTrigger, ApprovalWho,
};
pub use calendar::{Calendar, CheckIn, Trace};
pub use convert::{Conversion, ConversionTarget};
pub use copying::Copying;
pub use field::{
    Class, Field, FieldKind, MaskRule, MatchRule, NumberSeries, OnDelete, Role, RollupOp, SearchRule, SelectOption,
};
pub use measure::{Measure, Parts, Reached};
pub use model::{Computation, Dependent, Group, Model, Relation, Via};
pub use object::{Access, Object};
pub use pack::{PackSource, Problem, core_pack, read, shipped_packs};
pub use print::{Print, PrintBlock, PrintParty, paths_in};
pub use rule::{FirstRecord, Lock, Rule};
pub use taking::{Lookup, led_to};
pub use view::{
    AggregateOp, Board, Flow, Layout, Related, Section, SortKey, Stage, StageRecords, Tab, TabKind, Total, View,
};
