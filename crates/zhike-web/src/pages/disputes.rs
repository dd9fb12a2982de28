//! 撞单申诉: the list of those that one may see, and the form of a new one. A claim itself is in `case`.

mod case;

use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse as _,
};
use zhike_crm::disputes::waiting;
use zhike_records::{
    Claimed, DISPUTE_FILES_MOST, Dispute, DisputeClaim, DisputeQuery, DisputeState, EVIDENCE_MOST, Ruling,
    WhichDisputes,
};
use zhike_types::{Error, FieldError, Lang, Uuid};

pub use case::{answer, decide, download, show, upload, withdraw};

use crate::{
    fault::{self, Answer, Fault},
    frame::{Frame, html, html_as, sheet},
    link::Pairs,
    sent::Sent,
    session::{Flash, Signed},
    ui,
    value::{iso, shortened, stamp},
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/disputes";
const SHOWN: usize = 50;

/// A claim in a list: here, on my day, beside another claim.
pub struct Line {
    pub href: String,
    pub number: String,
    pub name: String,
    pub state: String,
    pub tone: &'static str,
    /// Who claims it from whom.
    pub between: String,
    pub iso: String,
    pub stamp: String,
}

#[derive(Template)]
#[template(path = "disputes/list.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    /// Label, address, whether it is this one, how many wait.
    tabs: Vec<(&'static str, String, bool, usize)>,
    /// Only those about one customer: its name, when it is seen.
    about: Option<String>,
    lines: Vec<Line>,
    empty: &'static str,
    more: Option<String>,
    may_claim: bool,
}

pub async fn list(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let account = pairs.get("account").and_then(|id| Uuid::parse_str(id).ok());
    let waits = waiting(engine, &signed.actor).await?;
    let decides = signed.actor.rights.may("disputes");
    let asked = pairs.get("which").unwrap_or(match account {
        Some(_) => "all",
        None if decides => "to-decide",
        None => "claimed",
    });
    let kinds: [(&str, &'static str, WhichDisputes, usize, &'static str); 4] = [
        (
            "to-decide",
            lang.t("待我裁决", "To decide"),
            WhichDisputes::ToDecide,
            waits.to_decide.len(),
            lang.t("没有等您裁决的申诉。", "Nothing waits for your decision."),
        ),
        (
            "claimed",
            lang.t("我提的", "My claims"),
            WhichDisputes::Claimed,
            0,
            lang.t(
                "您还没有提过申诉。遇到同事已有、但先由您联系的客户，可以在这里申诉。",
                "You have claimed nothing. Where a colleague has a customer that you were with first, claim it here.",
            ),
        ),
        (
            "held",
            lang.t("涉及我的客户", "About mine"),
            WhichDisputes::Held,
            waits.to_answer.len(),
            lang.t("没有人就您的客户提过申诉。", "Nobody has claimed a customer of yours."),
        ),
        (
            "all",
            lang.t("全部", "All"),
            WhichDisputes::All,
            0,
            lang.t("您能看到的范围内没有撞单申诉。", "There is no claim that you may see."),
        ),
    ];
    let shown = kinds.iter().filter(|(key, ..)| *key != "to-decide" || decides);
    let chosen = kinds.iter().find(|(key, ..)| *key == asked).unwrap_or(&kinds[3]);
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let query = DisputeQuery { which: chosen.2, account, before, limit: SHOWN, ..DisputeQuery::default() };
    let page = engine.disputes(&signed.actor, &query).await?;
    let about = page.disputes.first().and_then(|one| one.account.as_ref()).filter(|_| account.is_some());
    let narrowed = |key: &str| {
        let pairs = Pairs(vec![("which".to_owned(), key.to_owned())]);
        account.map_or(pairs.clone(), |id| pairs.with("account", id.to_string())).on(PLACE)
    };
    html(&ListPage {
        frame: Frame::new(&signed, lang.t("撞单申诉", "Disputes"), PLACE),
        lang,
        tabs: shown.map(|(key, label, _, count, _)| (*label, narrowed(key), *key == chosen.0, *count)).collect(),
        about: about.map(|account| shortened(&account.title, 40)),
        lines: page.disputes.iter().map(|dispute| line(&signed, dispute)).collect(),
        empty: chosen.4,
        more: page.next.map(|seq| pairs.clone().with("before", seq.to_string()).on(PLACE)),
        may_claim: engine.may(&signed.actor, "account").create,
    })
}

pub fn line(signed: &Signed, dispute: &Dispute) -> Line {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let holder = dispute.holder.as_ref().map_or(lang.t("无归属人", "nobody"), |holder| &holder.name);
    let claimant = &dispute.claimant.name;
    let at = dispute.end.as_ref().map_or(dispute.at, |end| end.at);
    Line {
        href: format!("{PLACE}/{}", dispute.id),
        number: dispute.number.clone(),
        name: shortened(&name_of(dispute, lang), 60),
        state: dispute.state.label().get(lang).to_owned(),
        tone: tone_of(dispute.state),
        between: t!(lang, "{claimant} 申诉，归属人 {holder}", "{claimant} claims it from {holder}"),
        iso: iso(zone, at),
        stamp: stamp(zone, at),
    }
}

/// What the customer is called: its name for who sees it, else the claimant's own words.
fn name_of(dispute: &Dispute, lang: Lang) -> String {
    let title = dispute.account.as_ref().map(|account| account.title.clone()).filter(|title| !title.is_empty());
    title
        .or_else(|| dispute.asked.clone())
        .unwrap_or_else(|| lang.t("（无权查看的客户）", "(not yours to see)").to_owned())
}

fn tone_of(state: DisputeState) -> &'static str {
    match state {
        DisputeState::Open => "amber",
        DisputeState::Decided(Ruling::Claimant) => "green",
        DisputeState::Decided(Ruling::Holder) => "blue",
        DisputeState::Decided(Ruling::Joint) => "purple",
        DisputeState::Withdrawn => "gray",
    }
}

/// How many wait for an answer, for the rail.
pub async fn count(signed: Signed) -> Answer {
    let waits = waiting(&signed.app.engine, &signed.actor).await?;
    let number = waits.to_decide.len() + waits.to_answer.len();
    let label = t!(signed.lang(), "{number} 件等您处理", "{number} wait for you");
    let hidden = if number == 0 { " hidden" } else { "" };
    let html = format!(r#"<b class="rail-count"{hidden} title="{label}" aria-label="{label}">{number}</b>"#);
    Ok(([("cache-control", "private, max-age=20")], axum::response::Html(html)).into_response())
}

#[derive(Template)]
#[template(path = "disputes/new.html")]
struct NewSheet {
    lang: Lang,
    /// The customer, where the claimant sees it: id and name.
    account: Option<(String, String)>,
    customer: String,
    first_contact_on: String,
    today: String,
    evidence: String,
    evidence_most: usize,
    files_most: usize,
    left: Option<i64>,
    errors: Vec<FieldError>,
    problem: Option<String>,
    floats: bool,
}

impl NewSheet {
    fn error(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message.get(self.lang).to_owned())
    }
}

/// The form: `?account=ID` for a customer that one sees, `?q=` for one that one names.
pub async fn new(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    form(&signed, StatusCode::OK, &pairs, None).await
}

async fn form(signed: &Signed, status: StatusCode, pairs: &Pairs, failed: Option<&Error>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    if !engine.may(&signed.actor, "account").create {
        let message = zhike_types::Text::new("您没有提撞单申诉的权限。", "You may not claim customers.");
        return Err(Error::Forbidden(message).into());
    }
    let account = match pairs.get("account") {
        Some(id) => Some(engine.read(&signed.actor, "account", super::id(id)?).await?),
        None => None,
    };
    let typed = |name: &str| pairs.get(name).unwrap_or_default().to_owned();
    let page = NewSheet {
        lang,
        account: account.map(|record| (record.id.to_string(), crate::value::title_of(engine, &record, lang))),
        customer: pairs.get("customer").or(pairs.get("q")).unwrap_or_default().to_owned(),
        first_contact_on: typed("first_contact_on"),
        today: engine.zone().civil(engine.now()).date().to_string(),
        evidence: typed("evidence"),
        evidence_most: EVIDENCE_MOST,
        files_most: DISPUTE_FILES_MOST,
        left: engine.lookups_left(&signed.actor).await?,
        errors: match failed {
            Some(Error::Invalid(errors)) => errors.clone(),
            _ => Vec::new(),
        },
        problem: failed
            .filter(|error| !matches!(error, Error::Invalid(_)))
            .map(|error| error.message().get(lang).to_owned()),
        floats: signed.sheet(),
    };
    let title = lang.t("提撞单申诉", "Claim a customer");
    let mut response = sheet(signed, status, title, PLACE, &page)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub async fn create(signed: Signed, sent: Sent) -> Answer {
    let pairs = &sent.pairs;
    let customer = match pairs.get("account") {
        Some(id) => Claimed::Record(super::id(id)?),
        None => Claimed::Named(pairs.get("customer").unwrap_or_default().to_owned()),
    };
    let text = |name: &str| pairs.get(name).unwrap_or_default().to_owned();
    let claim = DisputeClaim { customer, first_contact_on: text("first_contact_on"), evidence: text("evidence") };
    let engine = &signed.app.engine;
    let dispute = match engine.file_dispute(&signed.actor, &claim).await {
        Ok(dispute) => dispute,
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::TooMany(_) | Error::Forbidden(_))) => {
            return form(&signed, fault::status(&error), pairs, Some(&error)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let mut kept = Ok(());
    for file in sent.files {
        kept = kept.and(engine.add_dispute_file(&signed.actor, dispute.id, &file.name, file.bytes).await.map(drop));
    }
    let lang = signed.lang();
    let number = &dispute.number;
    let flash = match kept {
        Ok(()) => Flash::new(t!(lang, "已提交申诉 {number}，等主管裁决", "{number} is filed and waits for a decision")),
        // the claim stands; what became of the files is said
        Err(error) => {
            let why = error.message();
            let why = why.get(lang);
            let text = t!(
                lang,
                "已提交申诉 {number}，但有附件没有保存：{why}",
                "{number} is filed, but a file was not kept: {why}"
            );
            Flash { tone: "amber".to_owned(), ..Flash::new(text) }
        }
    };
    Ok(flash.redirect(&format!("{PLACE}/{}", dispute.id)))
}

/// A refused act, told on the page of the claim.
async fn refused(signed: &Signed, id: Uuid, pairs: &Pairs, error: Error) -> Answer {
    match error {
        error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Forbidden(_)) => {
            let page = case::page(signed, id, pairs, Some(&error)).await?;
            html_as(fault::status(&error), &page)
        }
        error => Err(Fault::from(error)),
    }
}
