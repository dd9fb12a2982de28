//! A write that takes approval: what it meets, who would sign, and the button that asks. Whatever form made the write, its fields
//! come along and are sent again.

use askama::Template;
use axum::{extract::Query, http::StatusCode};
use zhike_model::{ApprovalWho, Object};
use zhike_records::{APPROVAL_COMMENT_MOST, ApprovalWish, NeedsApproval};
use zhike_types::{Error, Lang, Uuid};

use super::{PLACE, sign_words, who_words};
use crate::{
    fault::{self, Answer, Fault},
    form::input_of,
    frame::{Saved, saved, sheet},
    link::Pairs,
    sent::Sent,
    session::Signed,
    ui::{self, Markup, escape},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "approvals/ask.html")]
struct AskSheet {
    lang: Lang,
    lead: String,
    steps: Vec<(String, &'static str)>,
    kept: Vec<(String, String)>,
    comment: String,
    most: usize,
    problem: Option<String>,
    back: String,
    floats: bool,
}

/// The answer to a form whose write takes approval.
pub async fn needed(signed: &Signed, object: &Object, record: Option<Uuid>, pairs: &Pairs, error: &Error) -> Answer {
    let Some(needs) = NeedsApproval::of(error) else {
        return Err(Error::internal("what takes approval is known").into());
    };
    let page = page(signed, object, record, pairs, Some(needs), None).await?;
    let title = signed.lang().t("需要审批", "This takes approval");
    sheet(signed, StatusCode::CONFLICT, title, &format!("/{}", object.name), &page)
}

/// A link to ask, for a cell that has no room for more.
pub fn link(signed: &Signed, object: &Object, record: Uuid, pairs: &Pairs) -> Markup {
    let own = pairs.0.iter().filter(|(name, _)| !name.starts_with('_'));
    let mut all = Pairs(own.cloned().collect());
    all.0.insert(0, ("_record".to_owned(), record.to_string()));
    all.0.insert(0, ("_object".to_owned(), object.name.clone()));
    let words = signed.lang().t("提交审批…", "Ask for approval…");
    Markup(format!(
        r#"<p class="approval-link"><a class="btn btn-sm btn-primary" href="{}" data-dialog>{words}</a></p>"#,
        escape(&all.on("/approvals/new"))
    ))
}

async fn page(
    signed: &Signed,
    object: &Object,
    record: Option<Uuid>,
    pairs: &Pairs,
    needs: Option<&NeedsApproval>,
    failed: Option<&Error>,
) -> Result<AskSheet, Fault> {
    let lang = signed.lang();
    let roles = signed.app.engine.roles(&signed.actor).await?;
    let lead = match needs {
        Some(needs) => {
            let names =
                needs.processes.iter().map(|met| met.name.get(lang)).collect::<Vec<_>>().join(lang.t("、", ", "));
            t!(
                lang,
                "这个改动要先审批（{names}），还没有保存。提交以后按下面的顺序审批，通过后自动生效。",
                "This takes approval ({names}) and is not saved yet. Ask for it: the steps below sign, then it is made."
            )
        }
        None => lang.t("提交以后等审批，通过后自动生效。", "Ask for it; once it passes, it is made.").to_owned(),
    };
    let steps = needs.into_iter().flat_map(NeedsApproval::steps);
    let steps = steps.map(|(name, who, sign)| {
        let several = !matches!(who, ApprovalWho::Manager { .. } | ApprovalWho::Owner);
        (who_words(name, who, &roles, lang), if several { sign_words(sign, lang) } else { "" })
    });
    let mut kept = vec![("_object".to_owned(), object.name.clone())];
    kept.extend(record.map(|id| ("_record".to_owned(), id.to_string())));
    let own = |name: &String| !matches!(name.as_str(), "_object" | "_record" | "_comment");
    kept.extend(pairs.0.iter().filter(|(name, _)| own(name)).cloned());
    Ok(AskSheet {
        lang,
        lead,
        steps: steps.collect(),
        kept,
        comment: pairs.get("_comment").unwrap_or_default().to_owned(),
        most: APPROVAL_COMMENT_MOST,
        problem: failed.map(|error| error.message().get(lang).to_owned()),
        back: record.map_or_else(|| format!("/{}", object.name), |id| format!("/{}/{id}", object.name)),
        floats: signed.sheet(),
    })
}

/// What the pairs ask for.
fn wished(signed: &Signed, pairs: &Pairs) -> Result<(std::sync::Arc<Object>, ApprovalWish), Fault> {
    let object = signed.object(pairs.get("_object").unwrap_or_default())?;
    let record = pairs.get("_record").map(crate::pages::id).transpose()?;
    let (_, mut input) = input_of(&object, pairs);
    if record.is_none() {
        // as when a record is made: an empty control says nothing
        input.fields.retain(|(_, given)| !matches!(given, zhike_records::Given::Text(text) if text.is_empty()));
    }
    crate::pages::alike::policy(pairs, &mut input);
    let wish = ApprovalWish {
        object: object.name.clone(),
        record,
        version: pairs.get("_version").and_then(|text| text.parse().ok()),
        input,
        comment: pairs.get("_comment").unwrap_or_default().to_owned(),
    };
    Ok((object, wish))
}

/// The form, from a link: `?_object=contract&_record=ID&amount=120000`.
pub async fn new(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let (object, wish) = wished(&signed, &pairs)?;
    let (status, page) = match signed.app.engine.approval_needed(&signed.actor, &wish).await {
        Ok(needs) => (StatusCode::OK, page(&signed, &object, wish.record, &pairs, Some(&needs), None).await?),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Forbidden(_) | Error::Stale { .. })) => {
            (fault::status(&error), page(&signed, &object, wish.record, &pairs, None, Some(&error)).await?)
        }
        Err(error) => return Err(error.into()),
    };
    sheet(&signed, status, signed.lang().t("提交审批", "Ask for approval"), PLACE, &page)
}

pub async fn submit(signed: Signed, sent: Sent) -> Answer {
    let lang = signed.lang();
    let pairs = sent.pairs;
    let (object, wish) = wished(&signed, &pairs)?;
    let record = wish.record;
    match signed.app.engine.submit_approval(&signed.actor, wish).await {
        Ok(approval) => {
            let number = &approval.number;
            let text = match approval.state {
                zhike_records::ApprovalState::Passed => {
                    t!(lang, "{number} 没有人要签，已生效", "{number}: nobody was to sign; it is made")
                }
                _ => {
                    let waiting = super::waiting(&approval, lang);
                    t!(lang, "已提交审批 {number}，等 {waiting}", "Asked for approval {number}; it lies with {waiting}")
                }
            };
            let url = format!("{PLACE}/{}", approval.id);
            let saving = Saved {
                object: object.name.clone(),
                id: approval.record_id.map(|id| id.to_string()).unwrap_or_default(),
                label: approval.number.clone(),
                url,
                text,
                undo: String::new(),
            };
            Ok(saved(&signed, saving))
        }
        Err(
            error @ (Error::Invalid(_)
            | Error::Conflict(_)
            | Error::Forbidden(_)
            | Error::Stale { .. }
            | Error::Alike(..)),
        ) => {
            let page = page(&signed, &object, record, &pairs, None, Some(&error)).await?;
            sheet(&signed, fault::status(&error), lang.t("提交审批", "Ask for approval"), PLACE, &page)
        }
        Err(error) => Err(error.into()),
    }
}
