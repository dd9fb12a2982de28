//! 查重: is this company somebody's already? Whoever asks learns whose it is, and no more. The answer stands on no page that can be
//! opened again: only asking once more, which counts, shows it.

pub mod limits;

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::Query,
    http::{HeaderValue, StatusCode, header},
};
use zhike_model::{MatchRule, Object};
use zhike_records::{Existence, is_mergeable};
use zhike_types::{Error, Lang};

use crate::{
    fault::{self, Answer, Fault},
    form::Choice,
    frame::{Frame, html_as},
    link::{Pairs, encode},
    session::Signed,
    ui,
    value::shortened,
    words::{Say, t},
};

use limits::LimitsForm;

/// The address that the rail and the palette lead to.
pub const PLACE: &str = "/existence";

#[derive(Template)]
#[template(path = "existence/page.html")]
struct ExistencePage {
    frame: Frame,
    lang: Lang,
    /// What may be asked about; a choice only where there are several.
    objects: Vec<Choice>,
    label: String,
    /// Where to claim what somebody else has.
    dispute: Option<String>,
    question: String,
    left: Option<i64>,
    outcome: Outcome,
    /// For who may set them.
    limits: Option<LimitsForm>,
}

enum Outcome {
    /// Nothing asked yet.
    Open,
    /// It was not a question, or it was one too many.
    Refused(String),
    Held(Vec<HolderLine>),
    /// Nobody has it; where it may be created.
    Free(Option<String>),
}

struct HolderLine {
    who: String,
    department: String,
    mine: bool,
    /// Somebody has it: only what has no owner has none.
    owned: bool,
}

/// The organisations that one may ask about: whatever one may read some of.
pub fn objects(signed: &Signed) -> Vec<Arc<Object>> {
    let model = signed.app.engine.model();
    let organisation = |object: &Object| object.title_field().matching == Some(MatchRule::Organisation);
    let open = |object: &Object| {
        is_mergeable(object) && organisation(object) && signed.app.engine.may(&signed.actor, &object.name).read
    };
    model.objects().iter().filter(|object| open(object)).cloned().collect()
}

/// The form; a question in the address is only filled in.
pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    answer(&signed, StatusCode::OK, &pairs, Outcome::Open).await
}

pub async fn ask(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    let object = chosen(&signed, &pairs)?;
    let question = pairs.get("q").unwrap_or_default();
    match signed.app.engine.exists_check(&signed.actor, &object.name, question).await {
        Ok(found) => answer(&signed, StatusCode::OK, &pairs, outcome(&signed, &object, question, found)).await,
        Err(error @ (Error::Invalid(_) | Error::TooMany(_))) => {
            let text = error.message().get(signed.lang()).to_owned();
            answer(&signed, fault::status(&error), &pairs, Outcome::Refused(text)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn chosen(signed: &Signed, pairs: &Pairs) -> Result<Arc<Object>, Error> {
    let all = objects(signed);
    let named = pairs.get("object").and_then(|name| all.iter().find(|object| object.name == name));
    named.or(all.first()).cloned().ok_or(Error::NotFound)
}

fn outcome(signed: &Signed, object: &Object, question: &str, found: Existence) -> Outcome {
    let lang = signed.lang();
    if found.holders.is_empty() {
        let may = signed.app.engine.may(&signed.actor, &object.name).create;
        let address = || format!("/{}/new?{}={}", object.name, found.field, encode(question.trim()));
        return Outcome::Free(may.then(address));
    }
    let line = |holder: zhike_records::Holder| HolderLine {
        owned: holder.owner.is_some(),
        who: holder.owner.unwrap_or_else(|| lang.t("还没有归属人", "No owner yet").to_owned()),
        department: holder.department.unwrap_or_default(),
        mine: holder.mine,
    };
    Outcome::Held(found.holders.into_iter().map(line).collect())
}

async fn answer(signed: &Signed, status: StatusCode, pairs: &Pairs, outcome: Outcome) -> Answer {
    let mut response = html_as(status, &page(signed, pairs, outcome).await?)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn page(signed: &Signed, pairs: &Pairs, outcome: Outcome) -> Result<ExistencePage, Fault> {
    let lang = signed.lang();
    let object = chosen(signed, pairs)?;
    let choice = |one: &Arc<Object>| Choice::new(&one.name, one.label.get(lang), one.name == object.name);
    Ok(ExistencePage {
        frame: Frame::new(signed, lang.t("查重", "Is it taken?"), PLACE),
        lang,
        objects: objects(signed).iter().map(choice).collect(),
        dispute: dispute(signed, &object, pairs),
        label: object.label.get(lang).to_owned(),
        question: pairs.get("q").unwrap_or_default().trim().to_owned(),
        left: signed.app.engine.lookups_left(&signed.actor).await?,
        outcome,
        limits: LimitsForm::standing(signed).await?,
    })
}

/// Customers are disputed by whoever may have customers of their own.
fn dispute(signed: &Signed, object: &Object, pairs: &Pairs) -> Option<String> {
    let may = object.name == "account" && signed.app.engine.may(&signed.actor, "account").create;
    let question = pairs.get("q").unwrap_or_default().trim();
    may.then(|| format!("{}/new?q={}", super::disputes::PLACE, encode(question)))
}

impl ExistencePage {
    fn quoted(&self) -> String {
        let question = shortened(&self.question, 60);
        t!(self.lang, "「{question}」", "“{question}”")
    }

    /// Somebody else has it too, or only somebody else.
    #[expect(clippy::unused_self, reason = "as the template asks")]
    fn others(&self, holders: &[HolderLine]) -> bool {
        holders.iter().any(|holder| !holder.mine)
    }

    /// What one who has used them up, or nearly, should know.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as the template asks")]
    fn left_words(&self, left: &i64) -> String {
        let left = ui::count(*left);
        t!(self.lang, "今天还可以查 {left} 次", "{left} questions left today")
    }
}
