//! The record engine: the one way in. Every read and write of a record passes through [`Engine`] with an [`Actor`]:
//! rights, data scope, masks, validation, version, audit and event, in one transaction.
//!
//! Only this crate and `zhike-db` hold SQL.

mod access;
mod actor;
mod aggregate;
mod approval;
mod assignment;
mod audit;
mod bin;
mod board;
mod bulk;
mod check_in;
mod columns;
mod concentration;
mod convert;
mod copying;
mod derive;
mod dispute;
mod doctor;
mod draft;
mod engine;
mod export;
mod expression;
mod files;
mod filter;
mod first;
mod forecast;
mod handover;
mod idempotency;
mod import;
mod input;
mod json;
mod keys;
mod list;
mod live;
mod load;
mod lock;
mod mail;
mod many;
mod matching;
mod merge;
mod moving;
mod order;
mod people;
mod performance;
mod pool;
mod print;
mod query;
mod record;
mod refill;
mod remove;
mod review;
mod rights;
mod roster;
mod rules;
mod scope;
mod search;
mod selection;
mod series;
mod show;
mod stages;
mod tables;
mod take_back;
mod taken;
mod tier;
mod timeline;
mod together;
mod trace;
mod validate;
mod views;
mod write;

#[cfg(test)]
mod tests;

pub use actor::{Actor, Source};
pub use approval::{
    APPROVAL_COMMENT_MOST, Approval, ApprovalAbsence, ApprovalAct, ApprovalDeed, ApprovalFile, ApprovalMay,
    ApprovalPage, ApprovalPerson, ApprovalProcess, ApprovalProcessInput, ApprovalQuery, ApprovalSeat, ApprovalState,
    ApprovalStepState, ApprovalWish, MetProcess, NeedsApproval, SeatState, Side, WhichApprovals,
};
pub use assignment::{GivenByRule, RuleOutcome};
pub use check_in::CheckInInput;
pub use concentration::{Basis, Concentration, ConcentrationPart, ConcentrationQuery, TopCustomer};
pub use convert::{
    Becoming, ConversionInput, ConversionProposal, Converted, ProposedTarget, converted_into, may_convert,
};
pub use copying::copies_for;
pub use dispute::{
    Claimed, DISPUTE_FILES_MOST, DISPUTE_REASON_MOST, Dispute, DisputeClaim, DisputeEnd, DisputeFile, DisputePage,
    DisputeParty, DisputeQuery, DisputeState, DisputedAccount, EVIDENCE_MOST, Ruling, Statement, StoredFile,
    WhichDisputes,
};
pub use doctor::Finding;
pub use engine::{Engine, ObjectAbilities, Options};
pub use export::ExportFormat;
pub use files::{FILE_MAX, media_type};
pub use forecast::{
    Category, ChangeKind, ChangedDeal, Forecast, ForecastChanges, ForecastLine, ForecastMonth, ForecastQuery, Open,
};
pub use handover::{
    Handover, HandoverInput, HandoverLine, HandoverPage, HandoverPart, HandoverPlan, Holdings, LeftBehind,
    UndoneHandover, WhyLeft,
};
pub use idempotency::{Attempt, Claim, KeptAnswer};
pub use import::{
    ColumnPlan, ImportCounts, ImportInfo, ImportPlan, ImportState, OnDuplicate, OnReview, PreviewRow, RowBand, RowLike,
    UndoCounts,
};
pub use input::{Given, Input, OnAlike};
pub use live::Event;
pub use mail::{
    MAIL_JOB, Mail, MailChoices, MailCounts, MailItem, MailLine, MailPage, MailReader, MailServer, MailTrouble,
};
pub use many::NewRow;
pub use matching::{Alike, Alikes, DailyLimits, Duplicate, Duplicates, Existence, Holder, ImportedRows, is_compared};
pub use merge::{
    Choice, MERGE_MOST, Merge, MergeInput, MergePage, MergeProposal, Merged, ProposedField, REASON_MOST, Undone,
    is_mergeable,
};
pub use people::{CalendarFeed, RoleInfo, SessionInfo, TokenInfo};
pub use performance::{
    DepartmentChoice, MeasureInfo, Performance, PerformanceQuery, Period, RankOrder, RankedBy, RankedRow, Span, Unit,
    Who,
};
pub use pool::{
    DryRun, Lens, Move, MoveKind, POOL_REASON_MOST, Pool, PoolActions, PoolInfo, PoolPage, PoolView, Reclaimed, Return,
    Warning,
};
pub use query::{
    AggregateQuery, AuditEntry, AuditQuery, FieldChange, Group, Happening, Hit, ListQuery, LogEntry, Mention,
    Mentioned, Page, SearchGroup, Selection, TimelineEntry,
};
pub use record::{FieldState, Record, Title};
pub use review::{
    Counted, DecidedPair, Decision, DecisionPage, MergedItem, OpenCounts, Queue, QueueItem, Scan, ScanState, Waterfall,
    WaterfallLine,
};
pub use rights::{DataScope, FieldRight, ObjectRights, Rights};
pub use scope::{TokenAccess, TokenScope};
pub use selection::BulkOutcome;
pub use tier::{Stay, TierBand, TierMove, TierOutcome};
pub use together::Together;
pub use views::SavedView;
pub use zhike_jobs::{Ended, Run, blocking};
pub use zhike_match::{Band, Relation};
