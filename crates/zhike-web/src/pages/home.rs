//! My day: what is due, whom to call, where one was.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::IntoResponse,
};
use zhike_crm::disputes::{Waiting, waiting as disputes_waiting};
use zhike_crm::myday::{Due, MyDay, TimeOfDay, Whose, due, my_day, silent_days, time_of_day};
use zhike_records::{DataScope, Input, Record};
use zhike_types::{Error, Lang};

use crate::{
    fault::Answer,
    frame::{Frame, html, trigger},
    link::{Pairs, local},
    pages::{approvals, disputes, pool, team},
    session::{Asked, Flash, Signed},
    ui::{self, Markup},
    value::{Shower, iso, stamp, subtitle_of, title_of},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    frame: Frame,
    lang: Lang,
    greeting: String,
    date: String,
    stats: Vec<Stat>,
    /// Overdue, today, soon.
    tasks: Vec<(String, &'static str, Vec<TaskLine>)>,
    more_tasks: bool,
    follow_up: Vec<Line>,
    more_follow_up: bool,
    silent: Vec<Line>,
    recent: Vec<Line>,
    /// 撞单申诉: what waits for one, and what is news.
    disputes: Vec<(&'static str, Vec<disputes::Line>)>,
    /// 待我审批
    approvals: Vec<approvals::Line>,
    /// 即将收回
    leaving: Vec<pool::WarningLine>,
    everybody: Option<bool>,
    may_task: bool,
    /// Nothing is there at all: a new installation.
    begin: bool,
    /// Who has people below looks at them on a second tab.
    leads: bool,
}

struct Stat {
    label: String,
    value: String,
    tone: &'static str,
    note: String,
    href: String,
    /// Where the whole number comes from, when more are there than were read.
    exact: Option<String>,
}

/// A task with its tick.
#[derive(Template)]
#[template(path = "home/task.html")]
pub struct TaskLine {
    lang: Lang,
    id: String,
    subject: String,
    done: bool,
    about: Markup,
    due: Option<When>,
    badge: Markup,
    owner: String,
    may_change: bool,
    back: String,
}

impl askama::filters::HtmlSafe for TaskLine {}

struct When {
    text: String,
    iso: String,
    stamp: String,
    overdue: bool,
}

/// A row that leads to a record.
struct Line {
    href: String,
    icon: String,
    name: String,
    hint: String,
    badges: Vec<Markup>,
    side: String,
    overdue: bool,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let wide = signed.actor.rights.object("task").is_some_and(|rights| rights.read > DataScope::Own);
    let asked = pairs.get("whose");
    let mut whose = if wide && asked == Some("all") { Whose::Everybody } else { Whose::Mine };
    let mut day = my_day(&signed.app.engine, &signed.actor, whose).await?;
    // Who leads and has nothing of their own sees how the others stand.
    if wide && asked.is_none() && nothing(&day) {
        whose = Whose::Everybody;
        day = my_day(&signed.app.engine, &signed.actor, whose).await?;
    }
    let waits = disputes_waiting(&signed.app.engine, &signed.actor).await?;
    let leaving = pool::warning_lines(&signed).await?;
    let page = page(&signed, &day, &waits, wide.then_some(whose == Whose::Everybody));
    let approvals = approvals::to_sign(&signed).await?;
    let begin = page.begin && leaving.is_empty() && approvals.is_empty();
    html(&HomePage { approvals, leaving, begin, ..page })
}

fn nothing(day: &MyDay) -> bool {
    [&day.overdue, &day.today, &day.soon, &day.follow_up, &day.silent].iter().all(|records| records.is_empty())
}

fn page(signed: &Signed, day: &MyDay, waits: &Waiting, everybody: Option<bool>) -> HomePage {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let tasks = |records: &[Record]| records.iter().map(|task| task_line(signed, task)).collect::<Vec<_>>();
    let groups = [
        (lang.t("已逾期", "Overdue"), "red", tasks(&day.overdue)),
        (lang.t("今天", "Today"), "blue", tasks(&day.today)),
        (lang.t("未来 6 天", "The next 6 days"), "gray", tasks(&day.soon)),
    ];
    HomePage {
        frame: Frame::new(signed, lang.t("我的一天", "My day"), "/"),
        lang,
        greeting: greeting(signed),
        date: today(signed),
        stats: stats(day, everybody != Some(true), lang),
        tasks: groups
            .into_iter()
            .filter(|(.., lines)| !lines.is_empty())
            .map(|(label, tone, lines)| (label.to_owned(), tone, lines))
            .collect(),
        more_tasks: day.more_tasks,
        follow_up: day.follow_up.iter().map(|record| waiting(signed, record)).collect(),
        more_follow_up: day.more_follow_up,
        silent: day.silent.iter().map(|record| silent(signed, record)).collect(),
        recent: day.recent.iter().map(|record| Line { badges: Vec::new(), ..line(signed, record) }).collect(),
        disputes: [
            (lang.t("待裁决", "To decide"), &waits.to_decide),
            (lang.t("请您说明", "Your word is wanted"), &waits.to_answer),
            (lang.t("有结果了", "Decided"), &waits.news),
        ]
        .into_iter()
        .filter(|(_, all)| !all.is_empty())
        .map(|(label, all)| (label, all.iter().map(|dispute| disputes::line(signed, dispute)).collect()))
        .collect(),
        everybody,
        may_task: engine.may(&signed.actor, "task").create,
        approvals: Vec::new(),
        leaving: Vec::new(),
        leads: team::offered(signed),
        begin: day.recent.is_empty() && nothing(day) && waits.is_empty(),
    }
}

fn greeting(signed: &Signed) -> String {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let hello = match time_of_day(engine.now(), engine.zone()) {
        TimeOfDay::Morning => lang.t("早上好", "Good morning"),
        TimeOfDay::Forenoon => lang.t("上午好", "Good morning"),
        TimeOfDay::Noon => lang.t("中午好", "Hello"),
        TimeOfDay::Afternoon => lang.t("下午好", "Good afternoon"),
        TimeOfDay::Evening => lang.t("晚上好", "Good evening"),
    };
    t!(lang, "{hello}，{}", "{hello}, {}", signed.actor.name)
}

pub fn today(signed: &Signed) -> String {
    let engine = &signed.app.engine;
    let date = engine.zone().civil(engine.now()).date();
    let week = date.weekday().to_monday_zero_offset() as usize;
    match signed.lang() {
        Lang::Zh => format!(
            "{}年{}月{}日 {}",
            date.year(),
            date.month(),
            date.day(),
            ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"][week]
        ),
        Lang::En => date.strftime("%A, %-d %B %Y").to_string(),
    }
}

/// The numbers at the top; each leads to the list that it counts.
fn stats(day: &MyDay, mine: bool, lang: Lang) -> Vec<Stat> {
    let list = |object: &str, view: &str, filter: &str| {
        let filter = if mine { format!("owner == me && {filter}") } else { filter.to_owned() };
        let pairs = Pairs(vec![("view".to_owned(), view.to_owned()), ("filter".to_owned(), filter)]);
        (pairs.on(&format!("/{object}")), pairs.on(&format!("/{object}/count")))
    };
    let stat =
        |label: &str, count: usize, more: bool, tone, (note, calm): (&str, &str), (href, exact): (String, String)| {
            Stat {
                label: label.to_owned(),
                value: count.to_string(),
                exact: more.then_some(exact),
                tone: if count == 0 { "gray" } else { tone },
                note: if count == 0 { calm } else { note }.to_owned(),
                href,
            }
        };
    vec![
        stat(
            lang.t("逾期待办", "Overdue tasks"),
            day.overdue.len(),
            day.more_tasks && day.today.is_empty(),
            "red",
            (lang.t("先处理", "first of all"), lang.t("没有拖欠", "nothing is late")),
            list("task", "due", "!done && due_at < today"),
        ),
        stat(
            lang.t("今天到期", "Due today"),
            day.today.len(),
            day.more_tasks && day.soon.is_empty(),
            "blue",
            (lang.t("今天完成", "to finish today"), lang.t("今天没有到期的", "nothing is due today")),
            list("task", "due", "!done && due_at >= today && due_at < today + days(1)"),
        ),
        stat(
            lang.t("待跟进客户", "To follow up"),
            day.follow_up.len(),
            day.more_follow_up,
            "amber",
            (lang.t("到今天为止", "by today"), lang.t("都跟进过了", "all are followed up")),
            list("account", "to_follow_up", "next_follow_up_at < today + days(1)"),
        ),
        stat(
            lang.t("重点客户久未联系", "Key accounts gone silent"),
            day.silent.len(),
            day.silent.len() >= 12,
            "amber",
            (lang.t("超过 30 天", "over 30 days"), lang.t("30 天内都联系过", "all heard of within 30 days")),
            list("account", "neglected", SILENT),
        ),
    ]
}

/// Whom the card of silent customers names (see `zhike_crm::myday`).
const SILENT: &str = r#"status in ["potential", "expected", "active"] && level in ["A", "B"] && (last_follow_up_at == null || last_follow_up_at < now - duration("720h"))"#;

/// How many of one's own tasks are late, for the rail. The browser may keep it for a moment: it stands on every page.
pub async fn overdue(signed: Signed) -> Answer {
    let engine = &signed.app.engine;
    let late = if engine.may(&signed.actor, "task").read {
        match engine.count(&signed.actor, "task", "owner == me && !done && due_at < today", false).await {
            // whoever may not see when tasks are due has none that is late
            Err(Error::Forbidden(_) | Error::Invalid(_)) => 0,
            late => late?,
        }
    } else {
        0
    };
    let label = t!(signed.lang(), "{late} 项待办已逾期", "{late} overdue");
    let text = match late {
        0 => String::new(),
        1..=99 => late.to_string(),
        _ => "99+".to_owned(),
    };
    let hidden = if late == 0 { " hidden" } else { "" };
    let html = format!(r#"<b class="rail-count"{hidden} title="{label}" aria-label="{label}">{text}</b>"#);
    Ok(([("cache-control", "private, max-age=20")], axum::response::Html(html)).into_response())
}

/// One task's line, for here and for a record's side.
pub fn task_line(signed: &Signed, task: &Record) -> TaskLine {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let at = task.value("due_at").as_int();
    let when = at.map(|at| {
        let due = due(Some(at), engine.now(), engine.zone());
        let hour = engine.zone().civil(at).strftime("%H:%M").to_string();
        let text = match due {
            Due::Overdue(days) => t!(lang, "逾期 {days} 天", "{days} days late"),
            Due::Today => t!(lang, "今天 {hour}", "today {hour}"),
            Due::Tomorrow => t!(lang, "明天 {hour}", "tomorrow {hour}"),
            _ => stamp(engine.zone(), at),
        };
        When {
            text,
            iso: iso(engine.zone(), at),
            stamp: stamp(engine.zone(), at),
            overdue: matches!(due, Due::Overdue(_)),
        }
    });
    let shower = Shower::cell(engine, lang);
    TaskLine {
        lang,
        id: task.id.to_string(),
        subject: title_of(engine, task, lang),
        done: task.value("done").as_bool() == Some(true),
        about: if task.value("account").is_null() { Markup::default() } else { shower.show(task, "account") },
        due: when,
        badge: if task.value("priority").as_text() == Some("high") {
            shower.show(task, "priority")
        } else {
            Markup::default()
        },
        owner: colleague(signed, task),
        may_change: task.may_change,
        back: signed.here.clone(),
    }
}

fn line(signed: &Signed, record: &Record) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let shower = Shower::cell(engine, lang);
    Line {
        href: format!("/{}/{}", record.object.name, record.id),
        icon: record.object.icon.clone(),
        name: title_of(engine, record, lang),
        hint: about(signed, record),
        badges: record
            .object
            .layout
            .badges
            .iter()
            .take(2)
            .map(|name| shower.show(record, name))
            .filter(|html| !html.0.is_empty())
            .collect(),
        side: String::new(),
        overdue: false,
    }
}

/// Whose it is, when it is not one's own.
fn colleague(signed: &Signed, record: &Record) -> String {
    let mine = record.value("owner").as_id().is_some_and(|owner| Some(owner) == signed.actor.user_id);
    if mine { String::new() } else { signed.app.engine.show(record, "owner", signed.lang()) }
}

/// What it is, and the facts that tell it from others of its name.
fn about(signed: &Signed, record: &Record) -> String {
    let lang = signed.lang();
    let facts = subtitle_of(&signed.app.engine, record, lang);
    let kind = record.object.label.get(lang);
    if facts.is_empty() { kind.to_owned() } else { format!("{kind} · {facts}") }
}

fn waiting(signed: &Signed, record: &Record) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let due = due(record.value("next_follow_up_at").as_int(), engine.now(), engine.zone());
    let side = match due {
        Due::Overdue(days) => t!(lang, "晚了 {days} 天", "{days} days late"),
        _ => lang.t("今天", "today").to_owned(),
    };
    let facts = [colleague(signed, record), engine.show(record, "phone", lang)];
    Line {
        hint: facts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · "),
        side,
        overdue: matches!(due, Due::Overdue(_)),
        ..line(signed, record)
    }
}

fn silent(signed: &Signed, record: &Record) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let side = match silent_days(record.value("last_follow_up_at").as_int(), engine.now(), engine.zone()) {
        Some(days) => t!(lang, "{days} 天没联系", "{days} days"),
        None => lang.t("从未联系", "never").to_owned(),
    };
    let level = Shower::cell(engine, lang).show(record, "level");
    let facts = [colleague(signed, record), engine.show(record, "phone", lang)];
    let hint = facts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
    Line { hint, badges: vec![level], side, overdue: false, ..line(signed, record) }
}

/// Ticks a task off, or takes the tick back.
pub async fn tick(signed: Signed, Path(id): Path<String>, axum::Form(pairs): axum::Form<Pairs>) -> Answer {
    let object = signed.object("task")?;
    let done = pairs.get("done") != Some("false");
    let input = Input::default().set("done", if done { "true" } else { "false" });
    let id = super::id(&id)?;
    signed.app.engine.change(&signed.actor, &object.name, id, None, input).await?;
    let text = if done {
        signed.lang().t("已完成", "Done")
    } else {
        signed.lang().t("已恢复为未完成", "Open again")
    };
    if signed.asked != Asked::Page {
        return Ok(trigger("zk-toast", &serde_json::json!({"text": text, "tone": "green"})));
    }
    let undo = format!("/task/{id}/done?done={}", !done);
    Ok(Flash::new(text).undo(if done { undo } else { String::new() }).redirect(local(pairs.get("back").unwrap_or("/"))))
}
