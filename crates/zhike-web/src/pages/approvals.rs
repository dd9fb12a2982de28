//! 审批: the lists of what waits for one, what one asked for and what one dealt with; who signs while one is away. A request itself
//! is in `case`, asking in `ask`, the processes in `process`.

pub mod ask;
mod case;
pub mod process;

use askama::Template;
use axum::{Form, extract::Query, response::IntoResponse as _};
use zhike_model::{ApprovalSign, ApprovalThen, ApprovalTimeout, ApprovalWho};
use zhike_records::{Approval, ApprovalQuery, ApprovalState, Record, RoleInfo, WhichApprovals};
use zhike_types::{Error, Lang, Text, days_of};

pub use case::{act, download, show};

use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html, html_as},
    link::Pairs,
    session::{Flash, Signed},
    ui::{self, Markup},
    value::{iso, shortened, stamp, title_of},
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/approvals";
/// The duty of who keeps the processes.
pub const DUTY: &str = "approval";
const SHOWN: usize = 50;

/// A request in a list: here, on my day, on a record's page.
pub struct Line {
    pub href: String,
    pub number: String,
    pub name: String,
    pub state: Markup,
    pub what: String,
    /// Who asked, and with whom it lies.
    pub who: String,
    /// How long there is to sign, or that it is over.
    pub late: Option<Markup>,
    pub iso: String,
    pub stamp: String,
}

struct Away {
    id: String,
    told: String,
}

#[derive(Template)]
#[template(path = "approvals/list.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    /// Label, address, whether it is this one, how many.
    tabs: Vec<(&'static str, String, bool, i64)>,
    lines: Vec<Line>,
    empty: &'static str,
    more: Option<String>,
    away: Vec<Away>,
    today: String,
    problem: Option<String>,
    keeps: bool,
}

pub async fn list(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    html(&page(&signed, &pairs, None).await?)
}

async fn page(signed: &Signed, pairs: &Pairs, failed: Option<&Error>) -> Result<ListPage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let keeps = signed.actor.rights.may(DUTY);
    let kinds: [(&str, &'static str, WhichApprovals, &'static str); 4] = [
        (
            "to-sign",
            lang.t("待我审批", "For me to sign"),
            WhichApprovals::ToSign,
            lang.t("没有等您审批的申请。", "Nothing waits for you."),
        ),
        (
            "mine",
            lang.t("我发起的", "I asked for"),
            WhichApprovals::Mine,
            lang.t(
                "您还没有提交过审批。改动需要审批时，保存的时候会提示您提交。",
                "You have asked for nothing. Where a change takes approval, you are told when you save it.",
            ),
        ),
        (
            "handled",
            lang.t("我处理的", "I dealt with"),
            WhichApprovals::Handled,
            lang.t("您还没有处理过审批。", "You have dealt with none."),
        ),
        ("all", lang.t("全部", "All"), WhichApprovals::All, lang.t("还没有审批。", "There is none yet.")),
    ];
    let asked = pairs.get("which").unwrap_or("to-sign");
    let chosen = kinds.iter().find(|(key, ..)| *key == asked).unwrap_or(&kinds[0]);
    let mut tabs = Vec::new();
    for (key, label, which, _) in kinds.iter().filter(|(key, ..)| *key != "all" || keeps) {
        let count = engine.approvals_count(&signed.actor, *which).await?;
        let href = Pairs(vec![("which".to_owned(), (*key).to_owned())]).on(PLACE);
        tabs.push((*label, href, *key == chosen.0, count));
    }
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let query = ApprovalQuery { which: chosen.2, before, limit: SHOWN, ..ApprovalQuery::default() };
    let found = engine.approvals(&signed.actor, &query).await?;
    let zone = engine.zone();
    let away = engine.approval_absences(&signed.actor).await?;
    let away = away.iter().map(|one| {
        let (from, to, name) = (stamp(zone, one.from), stamp(zone, one.to), &one.deputy_name);
        Away {
            id: one.id.to_string(),
            told: t!(lang, "{from} 至 {to} 由 {name} 代签", "{name} signs from {from} to {to}"),
        }
    });
    Ok(ListPage {
        frame: Frame::new(signed, lang.t("审批", "Approvals"), PLACE),
        lang,
        tabs,
        lines: found.approvals.iter().map(|approval| line(signed, approval)).collect(),
        empty: chosen.3,
        more: found.next.map(|seq| pairs.clone().with("before", seq.to_string()).on(PLACE)),
        away: away.collect(),
        today: zone.civil(engine.now()).date().to_string(),
        problem: failed.map(|error| error.message().get(lang).to_owned()),
        keeps,
    })
}

pub fn line(signed: &Signed, approval: &Approval) -> Line {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let submitter = &approval.submitter.name;
    let waiting = waiting(approval, lang);
    let who = if waiting.is_empty() {
        t!(lang, "{submitter} 提交", "asked by {submitter}")
    } else {
        t!(lang, "{submitter} 提交，等 {waiting}", "asked by {submitter}, lies with {waiting}")
    };
    let at = approval.ended_at.unwrap_or(approval.at);
    Line {
        href: format!("{PLACE}/{}", approval.id),
        number: approval.number.clone(),
        name: shortened(&name_of(signed, approval), 60),
        state: state(approval.state, lang),
        what: what(signed, approval),
        who,
        late: late(signed, approval),
        iso: iso(zone, at),
        stamp: stamp(zone, at),
    }
}

/// Until when it is to be signed; that it is overdue, and how often its signers were reminded.
pub fn late(signed: &Signed, approval: &Approval) -> Option<Markup> {
    let lang = signed.lang();
    let due = approval.due_at.filter(|_| approval.state == ApprovalState::Open)?;
    let engine = &signed.app.engine;
    let over = engine.now() - due;
    let times = approval.reminders;
    let text = if over >= 0 && times > 0 {
        t!(lang, "已超时，催办 {times} 次", "overdue, reminded {times} times")
    } else if over >= 0 {
        lang.t("已超时", "overdue").to_owned()
    } else {
        let at = stamp(engine.zone(), due);
        t!(lang, "{at} 前", "by {at}")
    };
    Some(ui::badge(&text, if over >= 0 { "red" } else { "gray" }))
}

/// `48 小时后提醒`
pub fn timeout_words(timeout: ApprovalTimeout, lang: Lang) -> String {
    let hours = timeout.hours;
    let (days, whole) = (hours / 24, hours % 24 == 0);
    let after = match lang {
        Lang::Zh if whole => format!("{days} 天后"),
        Lang::Zh => format!("{hours} 小时后"),
        Lang::En if whole => format!("after {days} days"),
        Lang::En => format!("after {hours} hours"),
    };
    let then = then_words(timeout.then, lang);
    t!(lang, "{after}{then}", "{after}: {then}")
}

pub fn then_words(then: ApprovalThen, lang: Lang) -> &'static str {
    match then {
        ApprovalThen::Remind => lang.t("提醒审批人", "they are reminded"),
        ApprovalThen::Superior => lang.t("转给他的上级", "their superior signs"),
        ApprovalThen::Pass => lang.t("视为同意", "it counts as signed"),
        ApprovalThen::Reject => lang.t("自动驳回", "it is refused"),
    }
}

/// The requests about a record: those that are open or sent back, and all others.
pub async fn about(signed: &Signed, record: &Record) -> Result<(Vec<Line>, Vec<Line>), Fault> {
    let query = ApprovalQuery { record: Some(record.id), limit: 20, ..ApprovalQuery::default() };
    let page = signed.app.engine.approvals(&signed.actor, &query).await?;
    let (open, ended): (Vec<&Approval>, Vec<&Approval>) =
        page.approvals.iter().partition(|one| matches!(one.state, ApprovalState::Open | ApprovalState::Returned));
    let lines = |all: Vec<&Approval>| all.into_iter().map(|one| line(signed, one)).collect();
    Ok((lines(open), lines(ended)))
}

/// What waits for one, for my day.
pub async fn to_sign(signed: &Signed) -> Result<Vec<Line>, Fault> {
    let query = ApprovalQuery { limit: 10, ..ApprovalQuery::default() };
    let page = signed.app.engine.approvals(&signed.actor, &query).await?;
    Ok(page.approvals.iter().map(|one| line(signed, one)).collect())
}

pub fn state(state: ApprovalState, lang: Lang) -> Markup {
    let tone = match state {
        ApprovalState::Open => "amber",
        ApprovalState::Returned => "purple",
        ApprovalState::Passed => "green",
        ApprovalState::Rejected => "red",
        ApprovalState::Withdrawn => "gray",
    };
    ui::badge(state.label().get(lang), tone)
}

/// Whose turn it is.
pub fn waiting(approval: &Approval, lang: Lang) -> String {
    let seats = approval.steps.iter().flat_map(|step| &step.seats).filter(|seat| seat.may_sign);
    let names: Vec<&str> = seats.map(|seat| seat.person.name.as_str()).collect();
    names.join(lang.t("、", ", "))
}

/// What the record is called, as it would be for a new one.
pub fn name_of(signed: &Signed, approval: &Approval) -> String {
    let lang = signed.lang();
    let named = if approval.record_id.is_some() { &approval.before } else { &approval.after };
    let title = title_of(&signed.app.engine, named, lang);
    let label = approval.before.object.label.get(lang);
    if title.starts_with(label) { title } else { t!(lang, "{label} {title}", "{label} {title}") }
}

/// In a line: `状态：草稿 → 已批准`.
fn what(signed: &Signed, approval: &Approval) -> String {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let object = &approval.before.object;
    if approval.changes.len() > 3 || approval.before.value(&object.title).is_null() {
        let names = approval.processes.iter().map(|met| met.name.get(lang)).collect::<Vec<_>>();
        return names.join(lang.t("、", ", "));
    }
    let told = approval.changes.iter().filter_map(|name| {
        let label = object.field(name)?.label.get(lang);
        let (before, after) = (engine.show(&approval.before, name, lang), engine.show(&approval.after, name, lang));
        let before = if before.is_empty() { "—".to_owned() } else { shortened(&before, 24) };
        let after = if after.is_empty() { "—".to_owned() } else { shortened(&after, 24) };
        Some(t!(lang, "{label}：{before} → {after}", "{label}: {before} → {after}"))
    });
    told.collect::<Vec<_>>().join(lang.t("；", "; "))
}

/// Who signs a step, in words.
pub fn who_words(name: &str, who: &ApprovalWho, roles: &[RoleInfo], lang: Lang) -> String {
    if !name.is_empty() {
        return name.to_owned();
    }
    match who {
        ApprovalWho::Users { .. } => lang.t("指定的人", "People named").to_owned(),
        ApprovalWho::Role { role } => match roles.iter().find(|known| known.name == *role) {
            Some(known) => known.label.get(lang).to_owned(),
            None => t!(lang, "角色 {role}（还没有）", "role {role} (not there yet)"),
        },
        ApprovalWho::Manager { level: 1 } => lang.t("部门负责人", "Department manager").to_owned(),
        ApprovalWho::Manager { level } => t!(lang, "上 {level} 级负责人", "Manager {level} levels up"),
        ApprovalWho::Owner => lang.t("记录负责人", "The record's owner").to_owned(),
    }
}

pub fn sign_words(sign: ApprovalSign, lang: Lang) -> &'static str {
    match sign {
        ApprovalSign::Any => lang.t("或签：一人同意即可", "one of them"),
        ApprovalSign::All => lang.t("会签：都要同意", "all of them"),
        ApprovalSign::Serial => lang.t("依次：一个接一个", "one after the other"),
    }
}

/// How many wait, for the rail.
pub async fn count(signed: Signed) -> Answer {
    let number = signed.app.engine.approvals_count(&signed.actor, WhichApprovals::ToSign).await?;
    let label = t!(signed.lang(), "{number} 件等您审批", "{number} wait for you to sign");
    let hidden = if number == 0 { " hidden" } else { "" };
    let shown = if number > 99 { "99+".to_owned() } else { number.to_string() };
    let html = format!(r#"<b class="rail-count"{hidden} title="{label}" aria-label="{label}">{shown}</b>"#);
    Ok(([("cache-control", "private, max-age=20")], axum::response::Html(html)).into_response())
}

/// Names who signs while one is away: whole days, the last one included.
pub async fn away(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let made = async {
        let missing =
            |field: &str, zh: &'static str, en: &'static str| Error::invalid(field, "required", Text::new(zh, en));
        let deputy = pairs.get("deputy").and_then(|id| zhike_types::Uuid::parse_str(id).ok());
        let deputy = deputy.ok_or_else(|| missing("deputy", "请选择代理人。", "Choose who signs for you."))?;
        let engine = &signed.app.engine;
        let day = |name: &str| pairs.get(name).and_then(|text| text.parse::<jiff::civil::Date>().ok()).map(days_of);
        let (Some(from), Some(to)) = (day("from"), day("to")) else {
            return Err(missing("from", "请填写从哪天到哪天。", "Give the first and the last day."));
        };
        let (from, to) = (engine.zone().start_of_day(from), engine.zone().start_of_day(to + 1));
        engine.add_approval_absence(&signed.actor, deputy, from, to).await
    };
    match made.await {
        Ok(one) => {
            let name = &one.deputy_name;
            Ok(Flash::new(t!(lang, "已设置由 {name} 代签", "{name} signs for you")).redirect(PLACE))
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            html_as(crate::fault::status(&error), &page(&signed, &Pairs::default(), Some(&error)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn back(signed: Signed, axum::extract::Path(id): axum::extract::Path<String>) -> Answer {
    signed.app.engine.end_approval_absence(&signed.actor, super::id(&id)?).await?;
    Ok(Flash::new(signed.lang().t("已取消代理", "Ended")).redirect(PLACE))
}
