//! 新品告知: a new product told to the customers of a roster at once. Nothing is sent: each customer becomes a task of the keeper's, all of
//! them in one transaction, and those not done yet are taken back in one.

use std::collections::HashSet;

use zhike_model::SortKey;
use zhike_records::{Actor, Engine, ListQuery, NewRow, Record, Together};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, boxed, text};

use crate::roster::held;

/// Customers of one roster.
const MOST: usize = 1_000;
/// The hour at which the tasks of a day are due, in milliseconds: the end of the working day.
const EVENING: i64 = 18 * 3_600_000;
const SUBJECT: usize = 120;
const CONTENT: usize = 5_000;

/// A customer of the roster, and why it need not be told.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub account: Record,
    /// It has the product.
    pub holds: bool,
    /// It is to be told already, by a notice that stands.
    pub told: bool,
}

#[derive(Debug, Clone)]
pub struct NoticeWish {
    pub roster: Uuid,
    pub product: Uuid,
    pub subject: String,
    pub content: String,
    /// Until when (days since 1970).
    pub due_on: i64,
    /// Customers on the roster.
    pub accounts: Vec<Uuid>,
}

/// What became of a notice that was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    pub tasks: usize,
    /// Those done stay.
    pub done: i64,
}

/// The customers of a roster, as a notice of the product would find them.
#[boxed]
pub async fn recipients(engine: &Engine, actor: &Actor, roster: Uuid, product: Uuid) -> Result<Vec<Recipient>> {
    engine.read(actor, "roster", roster).await?;
    engine.read(actor, "product", product).await?;
    let on_it = format!("until == null && roster == \"{roster}\"");
    let held = held(Some(product), None).unwrap_or_default();
    let ids = |records: Vec<Record>| -> HashSet<Uuid> {
        records.iter().filter_map(|record| record.value("account").as_id()).collect()
    };
    let on_roster = format!("roster_entries.exists(e, e.until == null && e.roster == \"{roster}\")");
    let told = format!(
        "notice.product == \"{product}\" && notice.state == \"given\" && \
         account.roster_entries.exists(e, e.until == null && e.roster == \"{roster}\")"
    );
    let (accounts, holders, told) = tokio::try_join!(
        list(engine, actor, "account", on_roster, "name"),
        list(engine, actor, "roster_entry", format!("{on_it} && {held}"), "created_at"),
        list(engine, actor, "task", told, "created_at"),
    )?;
    let (holders, told) = (ids(holders), ids(told));
    let recipient =
        |account: Record| Recipient { holds: holders.contains(&account.id), told: told.contains(&account.id), account };
    Ok(accounts.into_iter().map(recipient).collect())
}

async fn list(engine: &Engine, actor: &Actor, object: &str, filter: String, sort: &str) -> Result<Vec<Record>> {
    let query = ListQuery {
        object: object.to_owned(),
        filter,
        sort: vec![SortKey { field: sort.to_owned(), descending: false }],
        limit: MOST,
        lenient: true,
        ..ListQuery::default()
    };
    match engine.list(actor, &query).await {
        Ok(page) => Ok(page.records),
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Gives the notice: a record of it, and a task for each customer.
///
/// # Errors
/// `Invalid` with what is missing or wrong; `Conflict` when somebody told one of them meanwhile.
#[boxed]
pub async fn give_notice(engine: &Engine, actor: &Actor, wish: &NoticeWish) -> Result<Uuid> {
    let roster = engine.read(actor, "roster", wish.roster).await?;
    let product = engine.read(actor, "product", wish.product).await?;
    let known = recipients(engine, actor, wish.roster, wish.product).await?;
    let today = engine.zone().day_of(engine.now());
    let errors = wrong(wish, &product, &known, today);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let (subject, content) = (wish.subject.trim(), wish.content.trim());
    let id = engine.ids().next();
    let keeper = roster.value("owner").as_id();
    let due = engine.zone().start_of_day(wish.due_on) + EVENING;
    let mut chosen: Vec<Uuid> = wish.accounts.clone();
    chosen.sort_unstable();
    chosen.dedup();
    let tasks = chosen.iter().map(|account| NewRow {
        owner: keeper,
        values: vec![
            ("subject", subject.into()),
            ("account", (*account).into()),
            ("kind", "follow_up".into()),
            ("due_at", due.into()),
            ("remark", content.into()),
            ("notice", id.into()),
        ],
        ..NewRow::default()
    });
    let notice = NewRow {
        id: Some(id),
        values: vec![
            ("subject", subject.into()),
            ("roster", wish.roster.into()),
            ("product", wish.product.into()),
            ("content", content.into()),
            ("due_on", wish.due_on.into()),
        ],
        ..NewRow::default()
    };
    let list = chosen.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
    let told = format!("notice.product == \"{}\" && notice.state == \"given\" && account in [{list}]", wish.product);
    let write = Together {
        hold: Some(("roster", vec![wish.roster])),
        seen: (chosen.len() <= 500).then_some(("task", told, 0)),
        new: vec![("product_notice", vec![notice]), ("task", tasks.collect())],
        ..Together::default()
    };
    engine.write_together(actor, write).await?;
    Ok(id)
}

/// What is wrong with a wish, all at once.
fn wrong(wish: &NoticeWish, product: &Record, known: &[Recipient], today: i64) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut say = |field: &str, code, message| errors.push(FieldError { field: field.to_owned(), code, message });
    if product.value("active").as_bool() == Some(false) {
        say(
            "product",
            "not_on_sale",
            Text::new("这个产品已经停售，请选在售的。", "It is no longer sold; choose another."),
        );
    }
    for (field, value, most) in [("subject", &wish.subject, SUBJECT), ("content", &wish.content, CONTENT)] {
        match value.trim().chars().count() {
            0 => say(field, "required", Text::new("请填写。", "Fill it in.")),
            count if count > most => say(field, "too_long", text!("最多 {most} 字。", "At most {most} characters.")),
            _ => {}
        }
    }
    if wish.due_on < today {
        say("due_on", "past", Text::new("期限不能早于今天。", "It cannot be due before today."));
    }
    if wish.accounts.is_empty() {
        say("accounts", "required", Text::new("请至少选一个客户。", "Choose at least one customer."));
    }
    let strange = |id: &&Uuid| !known.iter().any(|one| one.account.id == **id && !one.told);
    if wish.accounts.iter().any(|id| strange(&id)) {
        let message = Text::new(
            "选中的客户有的已不在名单里，或者已经安排告知了。请刷新后再选。",
            "Some are not on the roster any more, or are to be told already. Reload and choose again.",
        );
        say("accounts", "unknown", message);
    }
    errors
}

/// Takes a notice back: tasks that are not done go.
///
/// # Errors
/// `Conflict` when it was taken back already.
#[boxed]
pub async fn take_back_notice(engine: &Engine, actor: &Actor, id: Uuid) -> Result<TakenBack> {
    let notice = engine.read(actor, "product_notice", id).await?;
    if notice.value("state").as_text() != Some("given") {
        return Err(Error::Conflict(Text::new("这次告知已经撤回了。", "This notice was taken back already.")));
    }
    let open = list(engine, actor, "task", format!("notice == \"{id}\" && !done"), "created_at").await?;
    let open: Vec<Uuid> = open.iter().map(|task| task.id).collect();
    let taken = TakenBack { tasks: open.len(), done: notice.value("done_count").as_int().unwrap_or_default() };
    let write = Together {
        hold: Some(("product_notice", vec![id])),
        seen: Some(("product_notice", format!("id == \"{id}\" && state == \"given\""), 1)),
        gone: vec![("task", open)],
        set: vec![("product_notice", vec![id], "state", Value::from("taken_back"))],
        ..Together::default()
    };
    engine.write_together(actor, write).await?;
    Ok(taken)
}
