//! 提醒: the bell. What is near, what waits for one, what one is about to lose.

use askama::Template;
use axum::{http::StatusCode, response::IntoResponse};
use zhike_crm::calendar::{kinds, reminders};
use zhike_records::WhichApprovals;
use zhike_types::Lang;

use super::PLACE;
use crate::{
    fault::{Answer, Fault},
    frame::sheet,
    pages::{approvals, pool},
    session::Signed,
    ui,
    value::{iso, stamp, title_of},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "calendar/reminders.html")]
struct Sheet {
    lang: Lang,
    near: Vec<Near>,
    approvals: Vec<approvals::Line>,
    leaving: Vec<pool::WarningLine>,
}

struct Near {
    href: String,
    icon: String,
    name: String,
    kind: String,
    about: String,
    iso: String,
    stamp: String,
    late: bool,
    check_in: Option<String>,
}

async fn near(signed: &Signed) -> Result<Vec<Near>, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let zone = engine.zone();
    let kinds = kinds(engine, &signed.actor);
    let found = reminders(engine, &signed.actor).await?;
    let line = |entry: &zhike_crm::calendar::Entry| {
        let record = &entry.record;
        let kind = &kinds[entry.kind];
        let href = format!("/{}/{}", record.object.name, record.id);
        Near {
            icon: record.object.icon.clone(),
            name: title_of(engine, record, lang),
            kind: kind.label().get(lang).to_owned(),
            about: kind
                .calendar()
                .about
                .as_ref()
                .and_then(|about| record.reference(about))
                .map(|(title, _)| title.text.clone())
                .unwrap_or_default(),
            iso: iso(zone, entry.start),
            stamp: stamp(zone, entry.start),
            late: entry.start < engine.now(),
            check_in: record.object.check_in.is_some().then(|| format!("{href}/check-in")),
            href,
        }
    };
    Ok(found.entries.iter().map(line).collect())
}

pub async fn show(signed: Signed) -> Answer {
    let lang = signed.lang();
    let page = Sheet {
        lang,
        near: near(&signed).await?,
        approvals: approvals::to_sign(&signed).await?,
        leaving: pool::warning_lines(&signed).await?,
    };
    sheet(&signed, StatusCode::OK, lang.t("提醒", "Reminders"), PLACE, &page)
}

/// How many there are, for the bell. The browser may keep it for a moment: it stands on every page.
pub async fn count(signed: Signed) -> Answer {
    let near = near(&signed).await?.len();
    let leaving = pool::warning_lines(&signed).await?.len();
    let to_sign = signed.app.engine.approvals_count(&signed.actor, WhichApprovals::ToSign).await?;
    let number = near + leaving + usize::try_from(to_sign).unwrap_or_default();
    let label = t!(signed.lang(), "{number} 条提醒", "{number} reminders");
    let hidden = if number == 0 { " hidden" } else { "" };
    let shown = if number > 99 { "99+".to_owned() } else { number.to_string() };
    let html = format!(r#"<b class="bell-count"{hidden} title="{label}">{shown}</b>"#);
    Ok(([("cache-control", "private, max-age=20")], axum::response::Html(html)).into_response())
}
