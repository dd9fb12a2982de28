//! The records of the home page, read as any list is: rights, scope and masks are the engine's.

use zhike_model::SortKey;
use zhike_records::{Actor, Engine, ListQuery, Record};
use zhike_types::{Result, boxed};

use super::rules::{Due, due};

/// Whose day: one's own, or that of everybody whose records one may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    #[default]
    Mine,
    Everybody,
}

/// What there is to do. Every list is short: the page leads to the whole one.
#[derive(Debug, Clone, Default)]
pub struct MyDay {
    /// Open tasks whose day is over, the oldest first.
    pub overdue: Vec<Record>,
    /// Open tasks of today, by their hour.
    pub today: Vec<Record>,
    /// Open tasks of the six days after today.
    pub soon: Vec<Record>,
    /// There are more open tasks than those shown.
    pub more_tasks: bool,
    /// Customers whose next follow-up is due by the end of today, the longest waiting first.
    pub follow_up: Vec<Record>,
    pub more_follow_up: bool,
    /// Open customers of level A and B of whom one has not heard for 30 days, the most important first.
    pub silent: Vec<Record>,
    /// What one looked at last.
    pub recent: Vec<Record>,
}

const TASKS: usize = 50;
const CUSTOMERS: usize = 12;
const RECENT: usize = 8;

/// The list queries behind [`MyDay`]: tasks, customers to follow up, silent customers. Their filters are those of the pack's
/// views, so that they find the same index.
pub(super) fn queries(whose: Whose) -> [ListQuery; 3] {
    let mine = match whose {
        Whose::Mine => "owner == me && ",
        Whose::Everybody => "",
    };
    let list = |object: &str, filter: &str, sort: &[&str], fields: &[&str], limit| ListQuery {
        object: object.to_owned(),
        filter: format!("{mine}{filter}"),
        sort: sort.iter().map(|key| sort_key(key)).collect(),
        fields: Some(fields.iter().map(|field| (*field).to_owned()).collect()),
        limit,
        lenient: true,
        ..ListQuery::default()
    };
    [
        list(
            "task",
            "!done && due_at < today + days(7)",
            &["due_at"],
            &["subject", "account", "contact", "kind", "due_at", "priority", "owner", "done"],
            TASKS,
        ),
        list(
            "account",
            "next_follow_up_at < today + days(1)",
            &["next_follow_up_at"],
            &["name", "status", "level", "phone", "next_follow_up_at", "last_follow_up_at", "owner"],
            CUSTOMERS,
        ),
        list(
            "account",
            r#"status in ["potential", "expected", "active"] && level in ["A", "B"] && (last_follow_up_at == null || last_follow_up_at < now - duration("720h"))"#,
            &["level", "last_follow_up_at"],
            &["name", "status", "level", "phone", "last_follow_up_at", "owner"],
            CUSTOMERS,
        ),
    ]
}

/// Reads somebody's day.
#[boxed]
pub async fn my_day(engine: &Engine, actor: &Actor, whose: Whose) -> Result<MyDay> {
    let [tasks, follow_up, silent] = queries(whose);
    let mut day = MyDay { recent: engine.recent(actor, RECENT).await?, ..MyDay::default() };
    if engine.may(actor, "task").read {
        let page = engine.list(actor, &tasks).await?;
        day.more_tasks = page.next.is_some();
        for record in page.records {
            match due(record.value("due_at").as_int(), engine.now(), engine.zone()) {
                Due::Overdue(_) => day.overdue.push(record),
                Due::Today => day.today.push(record),
                _ => day.soon.push(record),
            }
        }
    }
    if engine.may(actor, "account").read {
        let page = engine.list(actor, &follow_up).await?;
        day.more_follow_up = page.next.is_some();
        day.follow_up = page.records;
        day.silent = engine.list(actor, &silent).await?.records;
    }
    Ok(day)
}

fn sort_key(key: &str) -> SortKey {
    match key.strip_prefix('-') {
        Some(field) => SortKey { field: field.to_owned(), descending: true },
        None => SortKey { field: key.to_owned(), descending: false },
    }
}
