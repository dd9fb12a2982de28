//! The scan: when the last one was, what it found, and how far the next one is.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect},
};
use zhike_model::Object;
use zhike_records::{Scan, ScanState};
use zhike_types::{Error, Lang};

use super::{address, mergeable, place, word};
use crate::{
    fault::{Answer, Fault},
    frame::html,
    session::{Asked, Flash, Signed},
    ui,
    value::{iso, stamp, who},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "review/scan.html")]
pub struct ScanBox {
    lang: Lang,
    place: String,
    state: State,
}

impl askama::filters::HtmlSafe for ScanBox {}

enum State {
    Never,
    /// How far it is, of a hundred; none while it waits.
    Running {
        percent: Option<u64>,
        words: String,
    },
    Done {
        iso: String,
        stamp: String,
        by: String,
        found: String,
    },
    Failed(String),
}

impl ScanBox {
    pub async fn latest(signed: &Signed, object: &Object) -> Result<Self, Fault> {
        let latest = signed.app.engine.scan_latest(&signed.actor, &object.name).await?;
        Ok(Self::of(signed, object, latest.as_ref()))
    }

    fn of(signed: &Signed, object: &Object, scan: Option<&Scan>) -> Self {
        let lang = signed.lang();
        let label = crate::pages::merge::many(object, lang);
        let state = scan.map_or(State::Never, |scan| state(signed, scan, &label));
        Self { lang, place: place(object), state }
    }

    /// No scan was ever asked for.
    pub fn never(&self) -> bool {
        matches!(self.state, State::Never)
    }

    pub fn running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }
}

fn state(signed: &Signed, scan: &Scan, label: &str) -> State {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let number = |number: u64| ui::count(i64::try_from(number).unwrap_or(i64::MAX));
    match &scan.state {
        ScanState::Waiting => {
            State::Running { percent: None, words: lang.t("马上开始。", "About to begin.").to_owned() }
        }
        // reading is the longer part; comparing what was read shows no progress of its own
        ScanState::Running { done, total } if *total > 0 && done < total => State::Running {
            percent: Some(done * 100 / total),
            words: t!(lang, "已读取 {} / {} 条", "{} of {} read", number(*done), number(*total)),
        },
        ScanState::Running { total, .. } => State::Running {
            percent: None,
            words: t!(lang, "正在比对 {} 条", "Comparing {} records", number(*total)),
        },
        ScanState::Done => {
            let at = scan.ended_at.unwrap_or(scan.started_at);
            let (records, groups, same) = (number(scan.records), number(scan.groups), number(scan.same_pairs));
            let review = number(scan.review_pairs);
            State::Done {
                iso: iso(zone, at),
                stamp: stamp(zone, at),
                by: who(scan.by.as_ref(), lang),
                found: t!(
                    lang,
                    "比对 {records} 条{label}：{groups} 组确定相同（{same} 对），{review} 对待核对",
                    "{records} {label} compared: {groups} groups the same ({same} pairs), {review} pairs to review"
                ),
            }
        }
        ScanState::Failed { message } => State::Failed(message.get(lang).to_owned()),
    }
}

pub async fn start(signed: Signed, Path(object): Path<String>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let home = address(&object, word(zhike_records::Band::Same));
    match signed.app.engine.scan_start(&signed.actor, &object.name).await {
        Ok(_) => Ok(Redirect::to(&home).into_response()),
        // somebody was quicker: theirs is as good
        Err(error @ Error::Conflict(_)) => {
            let said = Flash::new(error.message().get(signed.lang()));
            Ok(Flash { tone: "blue".to_owned(), ..said }.redirect(&home))
        }
        Err(error) => Err(error.into()),
    }
}

/// How far it is, asked again and again; at its end the whole page is read once more.
pub async fn progress(signed: Signed, Path(object): Path<String>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let home = address(&object, word(zhike_records::Band::Same));
    if signed.asked != Asked::Part {
        return Ok(Redirect::to(&home).into_response());
    }
    let scan = ScanBox::latest(&signed, &object).await?;
    if scan.running() { html(&scan) } else { Ok((StatusCode::NO_CONTENT, [("hx-redirect", home)]).into_response()) }
}
