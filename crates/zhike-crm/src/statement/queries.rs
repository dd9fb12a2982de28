use std::collections::HashMap;

use zhike_model::{AggregateOp, SortKey};
use zhike_records::{Actor, AggregateQuery, Engine, FieldState, ListQuery, NewRow, Period, Record, Span, Together};
use zhike_types::{Currency, Error, Lang, Result, Text, Uuid, Value, boxed, date_of};

/// Customers asked for at once: an expression takes 500 ids.
const AT_ONCE: usize = 200;
/// Customers a request makes statements for: a roster is much smaller.
const MOST: usize = 1_000;
/// Contracts that count, as a customer's own figures have it.
const COUNTS: &str = "status in [\"active\", \"finished\"]";
const COUNTS_PAID: &str = "(contract == null || contract.status in [\"active\", \"finished\"])";

/// For whom, and of what.
#[derive(Debug, Clone)]
pub struct StatementWish {
    /// All customers who are on a roster now, or those named.
    pub roster: Option<Uuid>,
    pub accounts: Vec<Uuid>,
    pub period: Period,
    /// Those who have one of this quarter get another in its place.
    pub again: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    pub made: Vec<Uuid>,
    /// Customers who had one already and keep it.
    pub kept: usize,
}

/// Makes the statements, all or none.
///
/// # Errors
/// `Invalid` when the period is no quarter or has not begun, or there is nobody to tell; `Forbidden` for who does not see the amounts.
#[boxed]
pub async fn make_statements(engine: &Engine, actor: &Actor, wish: &StatementWish) -> Result<Stated> {
    let (from, until) = quarter(engine, wish.period)?;
    sees_amounts(engine, actor)?;
    let accounts = accounts(engine, actor, wish).await?;
    if accounts.is_empty() {
        let message = Text::new("没有可以告知的客户。", "There is nobody to tell.");
        return Err(Error::invalid(if wish.roster.is_some() { "roster" } else { "accounts" }, "nobody", message));
    }
    let ids: Vec<Uuid> = accounts.iter().map(|account| account.id).collect();
    let valid = format!("state == \"valid\" && period == \"{}\"", wish.period.code());
    let old = of_accounts(engine, actor, "statement", &ids, &valid, &["account", "period"]).await?;
    let has: HashMap<Uuid, Uuid> = old.iter().filter_map(|old| Some((old.value("account").as_id()?, old.id))).collect();
    let wanted: Vec<&Record> = accounts.iter().filter(|account| wish.again || !has.contains_key(&account.id)).collect();
    let kept = accounts.len() - wanted.len();
    if wanted.is_empty() {
        return Ok(Stated { made: Vec::new(), kept });
    }
    let wanted_ids: Vec<Uuid> = wanted.iter().map(|account| account.id).collect();
    let told = Told::read(engine, actor, &wanted_ids, from, until).await?;
    let keepers = keepers(engine, actor, &wanted_ids).await?;
    let (mut statements, mut lines, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for account in wanted {
        let id = engine.ids().next();
        let (roster, keeper) = keepers.get(&account.id).copied().unwrap_or_default();
        statements.push(NewRow {
            id: Some(id),
            values: vec![
                ("account", account.id.into()),
                ("roster", roster.into()),
                ("keeper", keeper.or(account.value("owner").as_id()).into()),
                ("period", wish.period.code().into()),
                ("starts_on", from.into()),
                ("ends_on", (until - 1).into()),
                ("opening", yuan(told.opening.get(&account.id).copied().unwrap_or_default())),
            ],
            ..NewRow::default()
        });
        lines.extend(told.lines.get(&account.id).into_iter().flatten().map(|line| line.row(id)));
        made.push(id);
    }
    let list = quoted(&ids);
    let write = Together {
        hold: Some(("account", ids)),
        seen: Some(("statement", format!("{valid} && account in [{list}]"), old.len() as i64)),
        set: vec![(
            "statement",
            if wish.again { old.iter().map(|old| old.id).collect() } else { Vec::new() },
            "state",
            "replaced".into(),
        )],
        new: vec![("statement", statements), ("statement_line", lines)],
        ..Together::default()
    };
    engine.write_together(actor, write).await?;
    Ok(Stated { made, kept })
}

/// The valid statements of a roster's customers for a quarter, by name.
#[boxed]
pub async fn statements_of(engine: &Engine, actor: &Actor, roster: Uuid, period: Period) -> Result<Vec<Record>> {
    engine.read(actor, "roster", roster).await?;
    let filter = format!(
        "state == \"valid\" && period == \"{}\" && account.roster_entries.exists(e, e.until == null && e.roster == \"{roster}\")",
        period.code()
    );
    pages(engine, actor, "statement", filter, &["account", "number"], "created_at").await
}

fn quarter(engine: &Engine, period: Period) -> Result<(i64, i64)> {
    let (from, until) = period.days();
    let today = engine.zone().day_of(engine.now());
    if period.span != Span::Quarter {
        let message = Text::new("请选一个季度，例如 2026-Q3。", "Choose a quarter, such as 2026-Q3.");
        return Err(Error::invalid("period", "invalid", message));
    }
    if from > today {
        let message = Text::new("这个季度还没有开始。", "This quarter has not begun.");
        return Err(Error::invalid("period", "future", message));
    }
    Ok((from, until))
}

/// A statement with some of the amounts would be wrong.
fn sees_amounts(engine: &Engine, actor: &Actor) -> Result<()> {
    let model = engine.model();
    for object in ["contract", "payment"] {
        let seen = model.object(object).is_some_and(|object| {
            let states = engine.field_states(actor, object);
            let plain = |state: &FieldState| matches!(state, FieldState::ReadOnly | FieldState::Writable);
            engine.may(actor, &object.name).read && object.index_of("amount").is_some_and(|at| plain(&states[at]))
        });
        if !seen {
            let message = Text::new(
                "您看不到合同或回款的金额，不能出具告知书。",
                "You do not see the amounts of contracts or payments, so you cannot make statements.",
            );
            return Err(Error::Forbidden(message));
        }
    }
    Ok(())
}

async fn accounts(engine: &Engine, actor: &Actor, wish: &StatementWish) -> Result<Vec<Record>> {
    let filter = match wish.roster {
        Some(roster) => {
            engine.read(actor, "roster", roster).await?;
            format!("roster_entries.exists(e, e.until == null && e.roster == \"{roster}\")")
        }
        None if wish.accounts.is_empty() => return Ok(Vec::new()),
        None if wish.accounts.len() > MOST => {
            let message = Text::new("一次最多 1,000 个客户。", "At most 1,000 customers at a time.");
            return Err(Error::invalid("accounts", "too_many", message));
        }
        None => {
            let mut found = Vec::new();
            for ids in wish.accounts.chunks(AT_ONCE) {
                let filter = format!("id in [{}]", quoted(ids));
                found.extend(pages(engine, actor, "account", filter, &["name", "owner"], "name").await?);
            }
            return if found.is_empty() { Err(Error::NotFound) } else { Ok(found) };
        }
    };
    pages(engine, actor, "account", filter, &["name", "owner"], "name").await
}

/// The roster that a customer is on, and who keeps it.
async fn keepers(engine: &Engine, actor: &Actor, ids: &[Uuid]) -> Result<HashMap<Uuid, (Option<Uuid>, Option<Uuid>)>> {
    let entries = of_accounts(engine, actor, "roster_entry", ids, "until == null", &["account", "roster"]).await?;
    let rosters = match pages(engine, actor, "roster", "active".to_owned(), &["name", "owner"], "name").await {
        Err(Error::NotFound) => Vec::new(),
        found => found?,
    };
    let owner: HashMap<Uuid, Option<Uuid>> =
        rosters.iter().map(|roster| (roster.id, roster.value("owner").as_id())).collect();
    let keeper = |entry: &Record| {
        let roster = entry.value("roster").as_id().filter(|id| owner.contains_key(id));
        Some((entry.value("account").as_id()?, (roster, roster.and_then(|id| owner[&id]))))
    };
    Ok(entries.iter().filter_map(keeper).collect())
}

/// A line before it is written.
#[derive(Debug)]
struct Line {
    day: i64,
    kind: &'static str,
    subject: String,
    amount: Option<(&'static str, Value)>,
}

impl Line {
    fn row(&self, statement: Uuid) -> NewRow {
        let mut values = vec![
            ("statement", statement.into()),
            ("on_day", self.day.into()),
            ("kind", self.kind.into()),
            ("subject", self.subject.chars().take(200).collect::<String>().into()),
        ];
        values.extend(self.amount.clone());
        NewRow { values, ..NewRow::default() }
    }
}

/// What there is to tell of some customers.
#[derive(Default)]
struct Told {
    /// In fen, before the quarter.
    opening: HashMap<Uuid, i64>,
    lines: HashMap<Uuid, Vec<Line>>,
}

impl Told {
    async fn read(engine: &Engine, actor: &Actor, ids: &[Uuid], from: i64, until: i64) -> Result<Self> {
        let day = |day: i64| date_of(day).map(|date| date.to_string()).unwrap_or_default();
        let during = |field: &str| format!("{field} >= date(\"{}\") && {field} < date(\"{}\")", day(from), day(until));
        let lang = actor.lang;
        let mut told = Self::default();
        for (object, field, counts, sign) in
            [("contract", "signed_on", COUNTS, 1), ("payment", "received_on", COUNTS_PAID, -1)]
        {
            let before = format!("{field} < date(\"{}\") && {counts}", day(from));
            for (account, sum) in sums(engine, actor, object, ids, &before).await? {
                *told.opening.entry(account).or_default() += sign * sum;
            }
        }
        let fields = ["account", "name", "number", "signed_on", "amount"];
        let filter = format!("{COUNTS} && {}", during("signed_on"));
        for contract in of_accounts(engine, actor, "contract", ids, &filter, &fields).await? {
            let subject = format!("{} {}", text(&contract, "name"), text(&contract, "number"));
            told.add(&contract, "signed_on", "bought", &subject, Some(("bought", contract.value("amount").clone())));
        }
        let filter = format!("{COUNTS_PAID} && {}", during("received_on"));
        let fields = ["account", "number", "received_on", "amount", "method"];
        for payment in of_accounts(engine, actor, "payment", ids, &filter, &fields).await? {
            let subject = format!("{} {}", engine.show(&payment, "method", lang), text(&payment, "number"));
            told.add(&payment, "received_on", "paid", &subject, Some(("paid", payment.value("amount").clone())));
        }
        // what was done for them: the day and the way; what was noted is ours
        let filter = format!("channel in [\"visit\", \"meeting\", \"video\", \"exhibition\"] && {}", during("at"));
        for met in
            allowed(of_accounts(engine, actor, "interaction", ids, &filter, &["account", "channel", "at"]).await)?
        {
            let subject = engine.show(&met, "channel", lang);
            let at = met.value("at").as_int().map(|at| engine.zone().day_of(at));
            told.put(&met, at, "served", &subject, None);
        }
        let named = |zh: &str, en: &str, record: &Record| {
            let said = if lang == Lang::Zh { zh } else { en };
            format!("{said}{}", text(record, "subject"))
        };
        let filter = format!("state in [\"delivered\", \"watched\"] && {}", during("delivered_on"));
        for need in
            allowed(of_accounts(engine, actor, "demand", ids, &filter, &["account", "subject", "delivered_on"]).await)?
        {
            told.add(&need, "delivered_on", "served", &named("需求交付：", "Delivered: ", &need), None);
        }
        let filter = format!("state == \"kept\" && {}", during("closed_on"));
        for kept in
            allowed(of_accounts(engine, actor, "commitment", ids, &filter, &["account", "subject", "closed_on"]).await)?
        {
            told.add(&kept, "closed_on", "served", &named("承诺兑现：", "Promise kept: ", &kept), None);
        }
        for lines in told.lines.values_mut() {
            lines.sort_by_key(|line| line.day);
        }
        Ok(told)
    }

    fn add(
        &mut self,
        record: &Record,
        day: &str,
        kind: &'static str,
        subject: &str,
        amount: Option<(&'static str, Value)>,
    ) {
        self.put(record, record.value(day).as_int(), kind, subject, amount);
    }

    fn put(
        &mut self,
        record: &Record,
        day: Option<i64>,
        kind: &'static str,
        subject: &str,
        amount: Option<(&'static str, Value)>,
    ) {
        if let (Some(account), Some(day)) = (record.value("account").as_id(), day) {
            let subject = subject.trim().to_owned();
            let subject = if subject.is_empty() { "—".to_owned() } else { subject };
            self.lines.entry(account).or_default().push(Line { day, kind, subject, amount });
        }
    }
}

fn yuan(minor: i64) -> Value {
    Value::money(minor, Currency::CNY)
}

fn text<'r>(record: &'r Record, field: &str) -> &'r str {
    record.value(field).as_text().unwrap_or_default()
}

fn quoted(ids: &[Uuid]) -> String {
    ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ")
}

/// Nothing where the actor may not ask.
fn allowed(found: Result<Vec<Record>>) -> Result<Vec<Record>> {
    match found {
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(Vec::new()),
        found => found,
    }
}

async fn of_accounts(
    engine: &Engine,
    actor: &Actor,
    object: &str,
    ids: &[Uuid],
    filter: &str,
    fields: &[&str],
) -> Result<Vec<Record>> {
    let mut found = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        let filter = format!("account in [{}] && {filter}", quoted(ids));
        found.extend(pages(engine, actor, object, filter, fields, "created_at").await?);
    }
    Ok(found)
}

/// All pages of a list.
async fn pages(
    engine: &Engine,
    actor: &Actor,
    object: &str,
    filter: String,
    fields: &[&str],
    sort: &str,
) -> Result<Vec<Record>> {
    let query = ListQuery {
        object: object.to_owned(),
        filter,
        fields: Some(fields.iter().map(|&field| field.to_owned()).collect()),
        sort: vec![SortKey { field: sort.to_owned(), descending: false }],
        limit: 1_000,
        ..ListQuery::default()
    };
    engine.list_all(actor, query).await
}

/// Sums of `amount` by customer, in fen.
async fn sums(engine: &Engine, actor: &Actor, object: &str, ids: &[Uuid], filter: &str) -> Result<Vec<(Uuid, i64)>> {
    let mut found = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        let query = AggregateQuery {
            object: object.to_owned(),
            filter: format!("account in [{}] && {filter}", quoted(ids)),
            group: Some("account".to_owned()),
            figures: vec![(AggregateOp::Sum, "amount".to_owned())],
            limit: AT_ONCE,
        };
        for group in engine.aggregate(actor, &query).await? {
            let sum = group.figures.first().and_then(Value::as_int).unwrap_or_default();
            found.extend(group.key.as_id().map(|account| (account, sum)));
        }
    }
    Ok(found)
}
