//! Figures of rosters: each is one statement over all of them, read side by side, with what the actor may see and nothing else.

use std::collections::{HashMap, HashSet};

use zhike_model::{AggregateOp, SortKey};
use zhike_records::{Actor, AggregateQuery, Engine, ListQuery, Period, Record, Span};
use zhike_types::{Error, Result, Uuid, Value, boxed, date_of};

use super::rules::{Standing, held, lacks, share, standing};

/// Rosters shown at once.
const ROSTERS: usize = 1_000;
/// Customers of one.
const CUSTOMERS: usize = 1_000;
const LIVE: &str = "until == null && roster.active";

/// The rosters in use that the actor sees: those where something is wrong first.
#[derive(Debug, Clone)]
pub struct Rosters {
    pub rosters: Vec<Roster>,
    /// The day against which growth is told (days since 1970).
    pub since: i64,
}

/// A roster with its figures. Shares and targets are thousandths.
#[derive(Debug, Clone)]
pub struct Roster {
    pub record: Record,
    pub count: i64,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub standing: Standing,
    pub vips: i64,
    /// Customers somebody was in touch with within the days that the role gives.
    pub covered: i64,
    pub coverage: Option<i64>,
    pub coverage_target: Option<i64>,
    /// Against the start of the year, as the growth of the VIPs is.
    pub growth: Option<i64>,
    pub growth_target: Option<i64>,
    pub vip_growth: Option<i64>,
    pub vip_growth_target: Option<i64>,
    pub self_share: Option<i64>,
    pub self_target: Option<i64>,
    /// Customers without something that the role asks for; none where it asks for nothing.
    pub lacking: Option<i64>,
    /// Customers to whom a promise is overdue.
    pub broken: i64,
}

/// One roster with its customers.
#[derive(Debug, Clone)]
pub struct Kept {
    pub roster: Roster,
    /// Those on it now, VIPs first.
    pub entries: Vec<Record>,
    /// Their accounts, as far as the actor sees them.
    pub accounts: HashMap<Uuid, Record>,
    pub required: Vec<Lacking>,
    /// Within how many days one is to be in touch.
    pub contact_days: i64,
}

/// Something the role asks for, and the entries that lack it.
#[derive(Debug, Clone)]
pub struct Lacking {
    pub name: String,
    pub entries: HashSet<Uuid>,
}

/// All rosters in use, or those that a filter (CEL) finds.
#[boxed]
pub async fn rosters(engine: &Engine, actor: &Actor, filter: &str) -> Result<Rosters> {
    let today = engine.zone().day_of(engine.now());
    let year = Period::holding(Span::Year, today).days().0;
    let filter = if filter.is_empty() { "active".to_owned() } else { format!("active && ({filter})") };
    let mut rosters = figures(engine, actor, filter, year).await?;
    let wrong = |roster: &Roster| match roster.standing {
        Standing::Above(_) | Standing::Short(_) => 0,
        Standing::Full | Standing::Within => 1,
    };
    // a stable sort: the rest stays by name
    rosters.sort_by_key(wrong);
    Ok(Rosters { rosters, since: year })
}

/// One roster and its customers.
#[boxed]
pub async fn roster(engine: &Engine, actor: &Actor, id: Uuid) -> Result<Kept> {
    let today = engine.zone().day_of(engine.now());
    let year = Period::holding(Span::Year, today).days().0;
    let found = figures(engine, actor, format!("id == \"{id}\""), year).await?;
    let roster = found.into_iter().next().ok_or(Error::NotFound)?;
    let on_it = format!("until == null && roster == \"{id}\"");
    let entries = ListQuery {
        object: "roster_entry".to_owned(),
        filter: on_it.clone(),
        sort: vec![descending("vip"), descending("since")],
        limit: CUSTOMERS,
        lenient: true,
        ..ListQuery::default()
    };
    let accounts = ListQuery {
        object: "account".to_owned(),
        filter: format!("roster_entries.exists(e, e.until == null && e.roster == \"{id}\")"),
        limit: CUSTOMERS,
        lenient: true,
        ..ListQuery::default()
    };
    let (entries, accounts) = tokio::try_join!(list(engine, actor, entries), list(engine, actor, accounts))?;
    let role = roster.record.value("role").as_id();
    let mut contact_days = 0;
    if let Some(role) = role {
        match engine.read(actor, "roster_role", role).await {
            Ok(role) => contact_days = role.value("contact_days").as_int().unwrap_or_default(),
            Err(Error::NotFound | Error::Forbidden(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let mut required = Vec::new();
    for (name, held) in requirements(engine, actor).await?.remove(&role.unwrap_or_default()).unwrap_or_default() {
        let query = ListQuery {
            object: "roster_entry".to_owned(),
            filter: format!("{on_it} && !{held}"),
            fields: Some(vec!["account".to_owned()]),
            limit: CUSTOMERS,
            lenient: true,
            ..ListQuery::default()
        };
        let entries = list(engine, actor, query).await?.iter().map(|entry| entry.id).collect();
        required.push(Lacking { name, entries });
    }
    let accounts = accounts.into_iter().map(|account| (account.id, account)).collect();
    Ok(Kept { roster, entries, accounts, required, contact_days })
}

fn descending(field: &str) -> SortKey {
    SortKey { field: field.to_owned(), descending: true }
}

/// Nothing where the actor may not ask.
async fn list(engine: &Engine, actor: &Actor, query: ListQuery) -> Result<Vec<Record>> {
    match engine.list(actor, &query).await {
        Ok(page) => Ok(page.records),
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Figures of entries by roster.
type ByRoster = HashMap<Uuid, [i64; 2]>;

async fn count(engine: &Engine, actor: &Actor, filter: String, sums: &[&str]) -> Result<ByRoster> {
    let figures = match sums {
        [] => vec![(AggregateOp::Count, "*".to_owned())],
        sums => sums.iter().map(|name| (AggregateOp::Sum, (*name).to_owned())).collect(),
    };
    let query = AggregateQuery {
        object: "roster_entry".to_owned(),
        filter,
        group: Some("roster".to_owned()),
        figures,
        limit: ROSTERS,
    };
    let groups = match engine.aggregate(actor, &query).await {
        Err(Error::NotFound | Error::Forbidden(_)) => Vec::new(),
        groups => groups?,
    };
    let figure = |group: &zhike_records::Group, at: usize| group.figures.get(at).and_then(Value::as_int).unwrap_or(0);
    Ok(groups.iter().filter_map(|group| Some((group.key.as_id()?, [figure(group, 0), figure(group, 1)]))).collect())
}

/// What each role asks for: a short name, and the condition that a customer has it.
async fn requirements(engine: &Engine, actor: &Actor) -> Result<HashMap<Uuid, Vec<(String, String)>>> {
    let query = ListQuery {
        object: "roster_requirement".to_owned(),
        sort: vec![SortKey { field: "name".to_owned(), descending: false }],
        limit: ROSTERS,
        lenient: true,
        ..ListQuery::default()
    };
    let mut all: HashMap<Uuid, Vec<(String, String)>> = HashMap::new();
    for required in list(engine, actor, query).await? {
        let held = held(required.value("product").as_id(), required.value("category").as_id());
        if let (Some(role), Some(held)) = (required.value("role").as_id(), held) {
            let name = required.value("name").as_text().unwrap_or_default().to_owned();
            all.entry(role).or_default().push((name, held));
        }
    }
    Ok(all)
}

async fn figures(engine: &Engine, actor: &Actor, filter: String, year: i64) -> Result<Vec<Roster>> {
    let first = date_of(year).map(|date| date.to_string()).unwrap_or_default();
    let then = format!("since < date(\"{first}\") && (until == null || until >= date(\"{first}\")) && roster.active");
    let query = |object: &str, filter: String| ListQuery {
        object: object.to_owned(),
        filter,
        sort: vec![SortKey { field: "name".to_owned(), descending: false }],
        limit: ROSTERS,
        lenient: true,
        ..ListQuery::default()
    };
    let counted = |more: &str, sums: &'static [&'static str]| count(engine, actor, format!("{LIVE}{more}"), sums);
    let (rosters, roles, asked, covered, selves, broken, before, vips) = tokio::try_join!(
        list(engine, actor, query("roster", filter)),
        list(engine, actor, query("roster_role", String::new())),
        requirements(engine, actor),
        counted(" && (now - account.last_follow_up_at).getDays() < roster.role.contact_days", &[]),
        counted("", &["self_count", "business_count"]),
        counted(" && account.commitment_due_on < today", &[]),
        count(engine, actor, then.clone(), &[]),
        count(
            engine,
            actor,
            format!("{then} && vip != null && (vip_since == null || vip_since < date(\"{first}\"))"),
            &[]
        ),
    )?;
    let mut lacking = ByRoster::new();
    for (role, asked) in &asked {
        let held: Vec<String> = asked.iter().map(|(_, held)| held.clone()).collect();
        lacking.extend(count(engine, actor, format!("{LIVE} && {}", lacks(*role, &held)), &[]).await?);
    }
    let roles: HashMap<Uuid, Record> = roles.into_iter().map(|role| (role.id, role)).collect();
    let figure = |of: &ByRoster, id: Uuid| of.get(&id).copied().unwrap_or_default();
    let grown = |now: i64, before: i64| share(now - before, before);
    let line = |record: Record| {
        let role = record.value("role").as_id().and_then(|id| roles.get(&id));
        let of_role = |name: &str| role.and_then(|role| role.value(name).as_int());
        let (count, vip) = (int(&record, "entry_count"), int(&record, "vip_count"));
        let (minimum, maximum) = (of_role("minimum"), of_role("maximum"));
        let [by_themselves, business] = figure(&selves, record.id);
        let covered = figure(&covered, record.id)[0];
        Roster {
            count,
            minimum,
            maximum,
            standing: standing(count, minimum, maximum),
            vips: vip,
            covered,
            coverage: share(covered, count),
            coverage_target: of_role("coverage_target"),
            growth: grown(count, figure(&before, record.id)[0]),
            growth_target: of_role("growth_target"),
            vip_growth: grown(vip, figure(&vips, record.id)[0]),
            vip_growth_target: of_role("vip_growth_target"),
            self_share: share(by_themselves, business),
            self_target: of_role("self_service_target"),
            lacking: role.filter(|role| asked.contains_key(&role.id)).map(|_| figure(&lacking, record.id)[0]),
            broken: figure(&broken, record.id)[0],
            record,
        }
    };
    Ok(rosters.into_iter().map(line).collect())
}

fn int(record: &Record, field: &str) -> i64 {
    record.value(field).as_int().unwrap_or_default()
}
