//! One request: what is asked, who signs, what was done, and the buttons. Made for a thumb.

use askama::Template;
use axum::{Form, extract::Path, response::IntoResponse as _};
use zhike_records::{
    APPROVAL_COMMENT_MOST, Approval, ApprovalAct, ApprovalDeed, ApprovalState, ApprovalStepState, RoleInfo, SeatState,
    Side,
};
use zhike_types::{Error, Lang, Text, Uuid};

use super::{PLACE, late, name_of, sign_words, state, timeout_words, who_words};
use crate::{
    fault::{self, Answer, Fault},
    frame::{Frame, html, html_as},
    link::Pairs,
    pages::export::stream_path,
    session::{Flash, Signed},
    ui::{self, Markup},
    value::{Shower, iso, shortened, stamp, who},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "approvals/case.html")]
pub struct CasePage {
    frame: Frame,
    lang: Lang,
    id: String,
    name: String,
    number: String,
    state: Markup,
    late: Option<Markup>,
    processes: String,
    submitter: String,
    asked: When,
    comment: Option<String>,
    /// The record's address, for who sees it.
    record: Option<String>,
    new: bool,
    changes: Vec<(String, Markup, Markup)>,
    facts: Vec<(String, Markup)>,
    files: Vec<(String, String)>,
    steps: Vec<Step>,
    deeds: Vec<Deed>,
    /// The seat that is signed for.
    seat: Option<String>,
    for_name: Option<String>,
    back_to: Vec<(usize, String)>,
    may_withdraw: bool,
    may_resubmit: bool,
    may_reassign: bool,
    words: String,
    most: usize,
    problem: Option<String>,
}

struct When {
    iso: String,
    stamp: String,
}

struct Step {
    number: usize,
    name: String,
    sign: &'static str,
    state: &'static str,
    seats: Vec<Seat>,
    note: Option<String>,
}

struct Seat {
    name: String,
    about: String,
    tone: &'static str,
    state: String,
}

struct Deed {
    icon: &'static str,
    tone: &'static str,
    who: String,
    what: String,
    comment: Option<String>,
    at: When,
}

pub async fn show(signed: Signed, Path(id): Path<String>) -> Answer {
    html(&page(&signed, crate::pages::id(&id)?, "", None).await?)
}

async fn page(signed: &Signed, id: Uuid, words: &str, failed: Option<&Error>) -> Result<CasePage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let approval = engine.approval(&signed.actor, id).await?;
    let roles = engine.roles(&signed.actor).await?;
    let shower = Shower::fact(engine, lang);
    let object = &approval.before.object;
    let label = |name: &str| object.field(name).map_or(name, |field| field.label.get(lang)).to_owned();
    let new = approval.before.value(&object.title).is_null()
        && approval.facts.iter().all(|name| approval.before.value(name).is_null());
    let facts = approval.facts.iter().filter(|name| !approval.changes.contains(name)).filter_map(|name| {
        let html = shower.show(if new { &approval.after } else { &approval.before }, name);
        (!html.0.is_empty()).then(|| (label(name), html))
    });
    let name = name_of(signed, &approval);
    let steps: Vec<Step> =
        approval.steps.iter().enumerate().map(|(at, one)| step(signed, &approval, at, one, &roles)).collect();
    let back_to = approval.may.back_to.iter().map(|&at| (at, steps[at].name.clone())).collect();
    Ok(CasePage {
        frame: Frame::new(signed, shortened(&name, 40), PLACE).crumb(lang.t("审批", "Approvals"), PLACE),
        lang,
        id: approval.id.to_string(),
        number: approval.number.clone(),
        state: state(approval.state, lang),
        late: late(signed, &approval),
        processes: approval.processes.iter().map(|met| met.name.get(lang)).collect::<Vec<_>>().join(lang.t("、", ", ")),
        submitter: approval.submitter.name.clone(),
        asked: when(signed, approval.at),
        comment: approval.comment.clone(),
        record: approval
            .record_id
            .filter(|_| approval.sees_record)
            .map(|record| format!("/{}/{record}", approval.object)),
        new,
        changes: approval
            .changes
            .iter()
            .map(|name| (label(name), shower.show(&approval.before, name), shower.show(&approval.after, name)))
            .collect(),
        facts: facts.collect(),
        files: approval
            .files
            .iter()
            .map(|file| (format!("{PLACE}/{}/files/{}", approval.id, file.id), file.name.clone()))
            .collect(),
        deeds: approval.deeds.iter().rev().map(|one| deed(signed, &approval, one, &steps)).collect(),
        steps,
        seat: approval.may.seat.map(|seat| seat.to_string()),
        for_name: approval.may.for_name.clone(),
        back_to,
        may_withdraw: approval.may.withdraw,
        may_resubmit: approval.may.resubmit,
        may_reassign: approval.may.reassign && approval.may.seat.is_none(),
        words: words.to_owned(),
        most: APPROVAL_COMMENT_MOST,
        problem: failed.map(|error| error.message().get(lang).to_owned()),
        name,
    })
}

fn when(signed: &Signed, at: i64) -> When {
    let zone = signed.app.engine.zone();
    When { iso: iso(zone, at), stamp: stamp(zone, at) }
}

fn step(signed: &Signed, approval: &Approval, at: usize, step: &ApprovalStepState, roles: &[RoleInfo]) -> Step {
    let lang = signed.lang();
    let open = approval.state == ApprovalState::Open;
    let passed = approval.state == ApprovalState::Passed;
    let current = open && at == approval.step;
    let done = passed || (at < approval.step && !step.seats.is_empty());
    let note = if step.skipped {
        Some(lang.t("按条件跳过", "left out by its condition").to_owned())
    } else if step.seats.is_empty() && (passed || at < approval.step) {
        Some(lang.t("没有人要签", "nobody to sign").to_owned())
    } else {
        step.timeout.filter(|_| open && at >= approval.step).map(|timeout| timeout_words(timeout, lang))
    };
    let seats = step.seats.iter().map(|seat| {
        let (tone, word) = match seat.state {
            SeatState::Signed => ("green", lang.t("已同意", "signed").to_owned()),
            _ if seat.may_sign => ("amber", lang.t("待审批", "to sign").to_owned()),
            _ if current => ("gray", lang.t("还没轮到", "not yet").to_owned()),
            _ => ("gray", lang.t("未审批", "did not sign").to_owned()),
        };
        let asked = match seat.asked {
            Some(Side::Before) => lang.t("前加签", "asked before"),
            Some(Side::After) => lang.t("后加签", "asked after"),
            None => "",
        };
        let deputy = seat.deputy.as_ref().map(|deputy| {
            let name = &deputy.name;
            t!(lang, "{name} 代签", "{name} may sign")
        });
        let at = seat.signed_at.map(|at| stamp(signed.app.engine.zone(), at));
        let about = [Some(asked.to_owned()), deputy, at].into_iter().flatten().filter(|text| !text.is_empty());
        Seat { name: seat.person.name.clone(), about: about.collect::<Vec<_>>().join(" · "), tone, state: word }
    });
    Step {
        number: at + 1,
        name: who_words(&step.name, &step.who, roles, lang),
        sign: if step.seats.len() > 1 { sign_words(step.sign, lang) } else { "" },
        state: if current {
            "current"
        } else if done {
            "done"
        } else {
            "later"
        },
        seats: seats.collect(),
        note,
    }
}

fn deed(signed: &Signed, approval: &Approval, deed: &ApprovalDeed, steps: &[Step]) -> Deed {
    let lang = signed.lang();
    let others = deed.others.clone().unwrap_or_default();
    let step_of = |at: usize| steps.get(at).map(|step| step.name.clone()).unwrap_or_default();
    let (icon, tone, what) = match deed.action.as_str() {
        "submit" => ("send", "blue", lang.t("提交审批", "asked for approval").to_owned()),
        "resubmit" => ("send", "blue", lang.t("重新提交", "asked again").to_owned()),
        "approve" => ("check", "green", lang.t("同意", "approved").to_owned()),
        "reject" => ("x", "red", lang.t("驳回", "rejected it").to_owned()),
        "return" => {
            let what = match others.parse::<usize>() {
                Ok(number) => {
                    let name = step_of(number - 1);
                    t!(lang, "退回到第 {number} 步（{name}）", "sent it back to step {number} ({name})")
                }
                Err(_) => lang.t("退回申请人", "sent it back to who asked").to_owned(),
            };
            ("undo-2", "purple", what)
        }
        "add-before" => ("user-plus", "blue", t!(lang, "请 {others} 先签（前加签）", "asked {others} to sign before")),
        "add-after" => ("user-plus", "blue", t!(lang, "请 {others} 后签（后加签）", "asked {others} to sign after")),
        "delegate" => ("arrow-right-left", "blue", t!(lang, "转交给 {others}", "handed it on to {others}")),
        "withdraw" => ("rotate-ccw", "gray", lang.t("撤回", "withdrew it").to_owned()),
        "comment" => ("message-square", "gray", lang.t("留言", "said").to_owned()),
        "skip" => {
            let name = deed.step.map(step_of).unwrap_or_default();
            ("minus", "gray", t!(lang, "「{name}」没有人，跳过", "{name}: nobody there, left out"))
        }
        "remind" => ("bell", "amber", t!(lang, "超时未审批，提醒 {others}", "too long: reminded {others}")),
        "time-up" | "time-pass" | "time-reject" => {
            let name = deed.for_name.clone().unwrap_or_default();
            match deed.action.as_str() {
                "time-up" => (
                    "arrow-right-left",
                    "amber",
                    t!(lang, "{name} 超时未审批，转给上级 {others}", "{name} took too long: {others} signs"),
                ),
                "time-pass" => (
                    "clock",
                    "green",
                    t!(lang, "{name} 超时未审批，视为同意", "{name} took too long: counts as signed"),
                ),
                _ => ("clock", "red", t!(lang, "{name} 超时未审批，自动驳回", "{name} took too long: refused")),
            }
        }
        "pass" => (
            "badge-check",
            "green",
            if approval.changes.is_empty() {
                lang.t("审批通过", "it passed").to_owned()
            } else {
                lang.t("审批通过，改动已生效", "it passed; the change is made").to_owned()
            },
        ),
        other => ("clock", "gray", other.to_owned()),
    };
    let what = match (&deed.for_name, deed.action.as_str()) {
        (Some(_), time) if time.starts_with("time-") => what,
        (Some(name), "delegate") => t!(lang, "把 {name} 的{what}", "{what}, in place of {name}"),
        (Some(name), _) => t!(lang, "代 {name} {what}", "{what}, for {name}"),
        (None, _) => what,
    };
    Deed {
        icon,
        tone,
        who: who(deed.actor_id.is_some().then_some(&deed.actor), lang),
        what,
        comment: deed.comment.clone(),
        at: when(signed, deed.at),
    }
}

/// What the buttons send.
fn wanted(pairs: &Pairs) -> Result<ApprovalAct, Error> {
    let id = |name: &str, zh: &'static str, en: &'static str| {
        let found = pairs.get(name).and_then(|text| Uuid::parse_str(text).ok());
        found.ok_or_else(|| Error::invalid(name, "required", Text::new(zh, en)))
    };
    Ok(match pairs.get("_do").unwrap_or_default() {
        "approve" => ApprovalAct::Approve,
        "reject" => ApprovalAct::Reject,
        "return" => ApprovalAct::SendBack { to: pairs.get("to").and_then(|text| text.parse().ok()) },
        "add-before" | "add-after" => {
            let side = if pairs.get("_do") == Some("add-before") { Side::Before } else { Side::After };
            let users = pairs.all("user").filter_map(|text| Uuid::parse_str(text).ok()).collect();
            ApprovalAct::AddSign { users, side }
        }
        "delegate" => ApprovalAct::Delegate { to: id("colleague", "请选择同事。", "Choose a colleague.")? },
        "withdraw" => ApprovalAct::Withdraw,
        "resubmit" => ApprovalAct::Resubmit,
        "comment" => ApprovalAct::Comment,
        _ => return Err(Error::NotFound),
    })
}

pub async fn act(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let id = crate::pages::id(&id)?;
    let seat = pairs.get("seat").map(crate::pages::id).transpose()?;
    let comment = pairs.get("comment").unwrap_or_default();
    let done = async {
        let act = wanted(&pairs)?;
        signed.app.engine.act_on_approval(&signed.actor, id, seat, act, comment).await
    };
    match done.await {
        Ok(approval) => {
            let text = match (pairs.get("_do"), approval.state) {
                (Some("approve"), ApprovalState::Passed) => lang.t("已同意，审批通过", "Signed; it passed"),
                (Some("approve"), _) => lang.t("已同意", "Signed"),
                (Some("reject"), _) => lang.t("已驳回", "Rejected"),
                (Some("return"), _) => lang.t("已退回", "Sent back"),
                (Some("withdraw"), _) => lang.t("已撤回", "Withdrawn"),
                (Some("resubmit"), _) => lang.t("已重新提交", "Asked again"),
                (Some("comment"), _) => lang.t("已留言", "Said"),
                (Some("delegate"), _) => lang.t("已转交", "Handed on"),
                _ => lang.t("已加签", "Asked"),
            };
            // whoever handed it on may not see it any more
            let seen = signed.app.engine.approval(&signed.actor, id).await.is_ok();
            Ok(Flash::new(text).redirect(&if seen { format!("{PLACE}/{id}") } else { PLACE.to_owned() }))
        }
        Err(
            error @ (Error::Invalid(_)
            | Error::Conflict(_)
            | Error::Forbidden(_)
            | Error::NeedsApproval(..)
            | Error::Alike(..)),
        ) => html_as(fault::status(&error), &page(&signed, id, comment, Some(&error)).await?),
        Err(error) => Err(error.into()),
    }
}

pub async fn download(signed: Signed, Path((id, file)): Path<(String, String)>) -> Answer {
    let (id, file) = (crate::pages::id(&id)?, crate::pages::id(&file)?);
    let (file, path) = signed.app.engine.approval_file(&signed.actor, id, file).await?;
    let (kind, inline) = crate::pages::files::served(&file.media_type);
    Ok(stream_path(&path, &file.name, kind, inline).await?.into_response())
}
