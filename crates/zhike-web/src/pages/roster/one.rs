//! One roster: its customers, when one was last in touch, what they bought and owe, what they lack, what was promised to them.

use askama::Template;
use axum::extract::Path;
use zhike_crm::roster::{Kept, roster};
use zhike_records::{Record, Unit};
use zhike_types::{Currency, Lang, Value};

use super::{Line, PLACE, line};
use crate::{
    fault::Answer,
    frame::{Frame, html},
    plot,
    session::Signed,
    ui::{self, Markup},
    value::{Shower, title_of},
    words::Say as _,
};

#[derive(Template)]
#[template(path = "roster/one.html")]
struct OnePage {
    frame: Frame,
    lang: Lang,
    line: Line,
    customers: Vec<Customer>,
    required: Vec<String>,
    contact_days: i64,
    add: Option<String>,
    may_tell: bool,
    may_state: bool,
    quarters: Vec<(String, String)>,
}

struct Customer {
    entry: String,
    account: Option<String>,
    name: String,
    level: Markup,
    vip: Markup,
    last: Markup,
    /// Nobody was in touch within the days that the role gives.
    silent: bool,
    next: Markup,
    contracts: String,
    unpaid: String,
    self_share: String,
    /// Whether it has each thing that the role asks for.
    has: Vec<(String, bool)>,
    promises: i64,
    promise_late: bool,
    since: Markup,
}

pub async fn show(signed: Signed, Path(id): Path<String>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let id = crate::pages::id(&id)?;
    let kept = roster(engine, &signed.actor, id).await?;
    let title = title_of(engine, &kept.roster.record, lang);
    let may = |object: &str| engine.may(&signed.actor, object).create;
    html(&OnePage {
        frame: Frame::new(&signed, title, PLACE).crumb(lang.t("名单", "Rosters"), PLACE),
        lang,
        line: line(engine, &kept.roster, lang),
        customers: kept.entries.iter().map(|entry| customer(&signed, &kept, entry)).collect(),
        required: kept.required.iter().map(|one| one.name.clone()).collect(),
        contact_days: kept.contact_days,
        add: may("roster_entry").then(|| format!("/roster_entry/new?roster={id}")),
        may_tell: may("product_notice") && may("task"),
        may_state: may("statement"),
        quarters: crate::pages::statement::quarters(&signed),
    })
}

fn customer(signed: &Signed, kept: &Kept, entry: &Record) -> Customer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let shower = Shower::cell(engine, lang);
    let account = entry.value("account").as_id().and_then(|id| kept.accounts.get(&id));
    let of = |field: &str| account.map(|account| shower.show(account, field)).unwrap_or_default();
    let money = |field: &str| match account.map(|account| account.value(field)) {
        Some(Value::Money(money)) if money.minor != 0 => plot::compact(Unit::Money(Currency::CNY), money.minor, lang),
        _ => String::new(),
    };
    let at = |field: &str| account.and_then(|account| account.value(field).as_int());
    let (now, today) = (engine.now(), engine.zone().day_of(engine.now()));
    let oldest = now - kept.contact_days * 86_400_000;
    Customer {
        entry: entry.id.to_string(),
        account: account.map(|account| account.id.to_string()),
        name: account.map_or_else(
            || lang.t("（无权查看）", "(not yours to see)").to_owned(),
            |account| title_of(engine, account, lang),
        ),
        level: of("level"),
        vip: shower.show(entry, "vip"),
        last: of("last_follow_up_at"),
        silent: account.is_some() && at("last_follow_up_at").is_none_or(|last| last < oldest),
        next: of("next_follow_up_at"),
        contracts: money("contract_amount"),
        unpaid: money("unpaid_amount"),
        self_share: entry.value("self_share").as_int().map(plot::per_cent).unwrap_or_default(),
        has: kept.required.iter().map(|one| (one.name.clone(), !one.entries.contains(&entry.id))).collect(),
        promises: at("open_commitment_count").unwrap_or_default(),
        promise_late: at("commitment_due_on").is_some_and(|due| due < today),
        since: shower.show(entry, "since"),
    }
}
