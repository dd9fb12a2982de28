//! My day: what is due, whom to call, where one was.

use askama::Template;
use axum::extract::{Path, Query};
use zhike_crm::myday::{Due, MyDay, TimeOfDay, Whose, due, my_day, silent_days, time_of_day};
use zhike_records::{DataScope, Input, Record};
use zhike_types::Lang;

use crate::{
    fault::Answer,
    frame::{Frame, html, trigger},
    link::{Pairs, local},
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
    everybody: Option<bool>,
    may_task: bool,
    /// Nothing is there at all: a new installation.
    begin: bool,
}

struct Stat {
    label: String,
    value: String,
    tone: &'static str,
    note: String,
    href: &'static str,
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
    html(&page(&signed, &day, wide.then_some(whose == Whose::Everybody)))
}

fn nothing(day: &MyDay) -> bool {
    [&day.overdue, &day.today, &day.soon, &day.follow_up, &day.silent].iter().all(|records| records.is_empty())
}

fn page(signed: &Signed, day: &MyDay, everybody: Option<bool>) -> HomePage {
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
        stats: stats(day, lang),
        tasks: groups
            .into_iter()
            .filter(|(.., lines)| !lines.is_empty())
            .map(|(label, tone, lines)| (label.to_owned(), tone, lines))
            .collect(),
        more_tasks: day.more_tasks,
        follow_up: day.follow_up.iter().map(|record| waiting(signed, record)).collect(),
        more_follow_up: day.more_follow_up,
        silent: day.silent.iter().map(|record| silent(signed, record)).collect(),
        recent: day
            .recent
            .iter()
            .map(|record| Line { hint: String::new(), badges: Vec::new(), ..line(signed, record) })
            .collect(),
        everybody,
        may_task: engine.may(&signed.actor, "task").create,
        begin: day.recent.is_empty() && nothing(day),
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

fn today(signed: &Signed) -> String {
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

fn stats(day: &MyDay, lang: Lang) -> Vec<Stat> {
    let number = |count: usize, more: bool| if more { format!("{count}+") } else { count.to_string() };
    let tone = |count: usize, tone: &'static str| if count == 0 { "gray" } else { tone };
    vec![
        Stat {
            label: lang.t("逾期待办", "Overdue tasks").into(),
            value: number(day.overdue.len(), false),
            tone: tone(day.overdue.len(), "red"),
            note: lang.t("先处理", "first of all").into(),
            href: "/task?view=due",
        },
        Stat {
            label: lang.t("今天到期", "Due today").into(),
            value: number(day.today.len(), false),
            tone: "gray",
            note: String::new(),
            href: "/task?view=due",
        },
        Stat {
            label: lang.t("待跟进客户", "To follow up").into(),
            value: number(day.follow_up.len(), day.more_follow_up),
            tone: tone(day.follow_up.len(), "amber"),
            note: lang.t("到今天为止", "by today").into(),
            href: "/account?view=to_follow_up",
        },
        Stat {
            label: lang.t("重点客户久未联系", "Key accounts gone silent").into(),
            value: number(day.silent.len(), day.silent.len() >= 12),
            tone: tone(day.silent.len(), "amber"),
            note: lang.t("超过 30 天", "over 30 days").into(),
            href: "/account?view=neglected",
        },
    ]
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
        owner: engine.show(task, "owner", lang),
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
        hint: subtitle_of(engine, record, lang),
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

fn waiting(signed: &Signed, record: &Record) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let due = due(record.value("next_follow_up_at").as_int(), engine.now(), engine.zone());
    let side = match due {
        Due::Overdue(days) => t!(lang, "晚了 {days} 天", "{days} days late"),
        _ => lang.t("今天", "today").to_owned(),
    };
    Line {
        hint: engine.show(record, "phone", lang),
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
    Line { hint: String::new(), badges: vec![level], side, overdue: false, ..line(signed, record) }
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
