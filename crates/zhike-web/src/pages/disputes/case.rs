//! One claim: what both sides say, what each did with the customer, and the decision.

use askama::Template;
use axum::{Form, extract::Path, response::IntoResponse as _};
use zhike_crm::disputes::{Side, case_file};
use zhike_records::{DISPUTE_REASON_MOST, DisputeParty, EVIDENCE_MOST, Record, Ruling};
use zhike_types::{Error, Lang, Text, Uuid, date_of};

use super::{Line, PLACE, line, name_of, refused, tone_of};
use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html},
    link::Pairs,
    pages::export::stream_path,
    sent::Sent,
    session::{Flash, Signed},
    ui::{self, Markup},
    value::{iso, shortened, stamp, subtitle_of, who},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "disputes/case.html")]
pub struct CasePage {
    frame: Frame,
    lang: Lang,
    id: String,
    number: String,
    name: String,
    state: Markup,
    filed: When,
    /// The customer's address and facts, for who may see it.
    account: Option<(String, String)>,
    deleted: bool,
    asked: Option<String>,
    claimant: Person,
    holder: Option<Person>,
    /// The owner of today, where that is another one.
    now: Option<String>,
    first_contact: Option<String>,
    evidence: String,
    answer: Option<(String, String, When)>,
    files: Vec<FileLine>,
    /// Follow-ups of both; none for who may not see the customer.
    sides: Option<[SideLines; 2]>,
    others: Vec<Line>,
    end: Option<(String, Option<String>, When)>,
    rulings: Option<Vec<(&'static str, String, &'static str, bool)>>,
    reason: String,
    reason_most: usize,
    text_most: usize,
    own_answer: String,
    may_answer: bool,
    may_withdraw: bool,
    may_add_files: bool,
    /// What was wrong with what was sent, by the form it was in.
    problem: Option<(String, String)>,
}

struct When {
    iso: String,
    stamp: String,
}

struct Person {
    name: String,
    department: String,
}

struct FileLine {
    href: String,
    name: String,
    facts: String,
}

struct SideLines {
    who: String,
    told: String,
    follow_ups: Vec<(String, When, String, Markup)>,
}

pub async fn show(signed: Signed, Path(id): Path<String>) -> Answer {
    html(&page(&signed, crate::pages::id(&id)?, &Pairs::default(), None).await?)
}

pub async fn page(signed: &Signed, id: Uuid, pairs: &Pairs, failed: Option<&Error>) -> Result<CasePage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let zone = engine.zone();
    let dispute = engine.dispute(&signed.actor, id).await?;
    let file = case_file(engine, &signed.actor, &dispute).await?;
    let name = name_of(&dispute, lang);
    let account =
        file.as_ref().map(|file| (format!("/account/{}", file.account.id), subtitle_of(engine, &file.account, lang)));
    let owner = file.as_ref().map(|file| engine.show(&file.account, "owner", lang));
    let held = dispute.holder.as_ref().map_or("", |holder| holder.name.as_str());
    let now = owner.clone().filter(|owner| owner != held && dispute.end.is_none());
    let sides = file.as_ref().map(|file| {
        let owner = owner.filter(|owner| !owner.is_empty()).unwrap_or_else(|| held.to_owned());
        [side(signed, &dispute.claimant.name, &file.claimant), side(signed, &owner, &file.owner)]
    });
    let chosen = pairs.get("decision").unwrap_or_default();
    let ruling = |ruling: Ruling| {
        let what = match ruling {
            Ruling::Claimant => lang.t("客户转给申诉人", "The claimant becomes the owner"),
            Ruling::Holder => lang.t("归属人不变", "The owner stays the owner"),
            Ruling::Joint => lang.t("归属人不变，申诉人加入团队", "The owner stays; the claimant joins the team"),
        };
        (ruling.key(), ruling.label().get(lang).to_owned(), what, ruling.key() == chosen)
    };
    let told = |name: &str, me| if me { t!(lang, "{name}（我）", "{name} (me)") } else { name.to_owned() };
    let person = |party: &DisputeParty| Person {
        name: told(&party.name, party.me),
        department: party.department.clone().unwrap_or_default(),
    };
    let when = |at| When { iso: iso(zone, at), stamp: stamp(zone, at) };
    let file_line = |file: &zhike_records::DisputeFile| FileLine {
        href: format!("{PLACE}/{id}/files/{}", file.number),
        name: file.name.clone(),
        facts: format!("{} · {} · {}", file.by, size(file.size), stamp(zone, file.at)),
    };
    let problem = failed.map(|error| {
        let form = pairs.get("_form").unwrap_or_default().to_owned();
        (form, error.message().get(lang).to_owned())
    });
    Ok(CasePage {
        frame: Frame::new(signed, dispute.number.clone(), PLACE).crumb(lang.t("撞单申诉", "Disputes"), PLACE),
        lang,
        id: id.to_string(),
        number: dispute.number.clone(),
        name: shortened(&name, 80),
        state: ui::badge(dispute.state.label().get(lang), tone_of(dispute.state)),
        filed: when(dispute.at),
        deleted: dispute.account.as_ref().is_some_and(|account| account.deleted),
        asked: dispute.asked.clone().filter(|asked| account.is_some() && *asked != name),
        account,
        claimant: person(&dispute.claimant),
        holder: dispute.holder.as_ref().map(person),
        now,
        first_contact: dispute.first_contact_on.and_then(date_of).map(|date| date.to_string()),
        evidence: dispute.evidence.clone(),
        answer: dispute.answer.as_ref().map(|said| (said.by.clone(), said.text.clone(), when(said.at))),
        files: dispute.files.iter().map(file_line).collect(),
        others: file.iter().flat_map(|file| &file.others).map(|other| line(signed, other)).collect(),
        sides,
        end: dispute
            .end
            .as_ref()
            .map(|end| (who(end.by_id.is_some().then_some(&end.by), lang), end.reason.clone(), when(end.at))),
        rulings: dispute.may_decide.then(|| Ruling::ALL.map(ruling).to_vec()),
        reason: pairs.get("reason").unwrap_or_default().to_owned(),
        reason_most: DISPUTE_REASON_MOST,
        text_most: EVIDENCE_MOST,
        own_answer: pairs
            .get("text")
            .map(str::to_owned)
            .or_else(|| dispute.answer.as_ref().map(|said| said.text.clone()))
            .unwrap_or_default(),
        may_answer: dispute.may_answer,
        may_withdraw: dispute.may_withdraw,
        may_add_files: dispute.may_add_files,
        problem,
    })
}

impl CasePage {
    /// What was wrong with what this form sent.
    fn problem_of(&self, form: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(of, _)| of == form).map(|(_, text)| text.as_str())
    }

    /// What was wrong with an act whose form is not here any more.
    fn problem_alone(&self) -> Option<&str> {
        let here = |form: &str| match form {
            "decision" => self.rulings.is_some(),
            "answer" => self.may_answer,
            "withdrawal" => self.may_withdraw,
            "files" => self.may_add_files,
            _ => false,
        };
        self.problem.as_ref().filter(|(of, _)| !here(of)).map(|(_, text)| text.as_str())
    }
}

fn side(signed: &Signed, name: &str, side: &Side) -> SideLines {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let zone = engine.zone();
    let follow_up = |record: &Record| {
        let at = record.value("at").as_int().unwrap_or_default();
        let shower = crate::value::Shower::cell(engine, lang);
        (
            format!("/interaction/{}", record.id),
            When { iso: iso(zone, at), stamp: stamp(zone, at) },
            shortened(&engine.show(record, "content", lang), 120),
            shower.show(record, "channel"),
        )
    };
    let count = side.count;
    let told = match side.since {
        Some(at) => {
            let since = zone.civil(at).date();
            t!(lang, "跟进 {count} 次，第一次 {since}", "{count} follow-ups, the first on {since}")
        }
        None => lang.t("没有跟进记录", "No follow-up").to_owned(),
    };
    SideLines { who: name.to_owned(), told, follow_ups: side.follow_ups.iter().map(follow_up).collect() }
}

/// `12 kB`
fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

pub async fn decide(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let id = crate::pages::id(&id)?;
    let pairs = pairs.with("_form", "decision");
    let reason = pairs.get("reason").unwrap_or_default();
    let ruling = pairs.get("decision").and_then(Ruling::of);
    let decided = match ruling {
        Some(ruling) => signed.app.engine.decide_dispute(&signed.actor, id, ruling, reason).await,
        None => {
            let message = Text::new("请选择怎么裁决。", "Choose a decision.");
            Err(Error::invalid("decision", "required", message))
        }
    };
    match decided {
        Ok(dispute) => {
            let label = dispute.state.label();
            let text = t!(signed.lang(), "已裁决：{}", "Decided: {}", label.get(signed.lang()));
            Ok(Flash::new(text).redirect(&format!("{PLACE}/{id}")))
        }
        Err(error) => refused(&signed, id, &pairs, error).await,
    }
}

pub async fn withdraw(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let id = crate::pages::id(&id)?;
    let pairs = pairs.with("_form", "withdrawal");
    match signed.app.engine.withdraw_dispute(&signed.actor, id, pairs.get("why").unwrap_or_default()).await {
        Ok(_) => {
            let text = signed.lang().t("已撤回申诉", "The claim is withdrawn");
            Ok(Flash::new(text).redirect(&format!("{PLACE}/{id}")))
        }
        Err(error) => refused(&signed, id, &pairs, error).await,
    }
}

pub async fn answer(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let id = crate::pages::id(&id)?;
    let pairs = pairs.with("_form", "answer");
    match signed.app.engine.answer_dispute(&signed.actor, id, pairs.get("text").unwrap_or_default()).await {
        Ok(_) => {
            let text = signed.lang().t("说明已保存", "Your statement is kept");
            Ok(Flash::new(text).redirect(&format!("{PLACE}/{id}")))
        }
        Err(error) => refused(&signed, id, &pairs, error).await,
    }
}

pub async fn upload(signed: Signed, Path(id): Path<String>, sent: Sent) -> Answer {
    let id = crate::pages::id(&id)?;
    let pairs = Pairs::default().with("_form", "files");
    let nothing = || Error::invalid("file", "required", Text::new("请先选择文件。", "Choose a file first."));
    let mut kept = if sent.files.is_empty() { Err(nothing()) } else { Ok(()) };
    let count = sent.files.len();
    for file in sent.files {
        if kept.is_ok() {
            let added = signed.app.engine.add_dispute_file(&signed.actor, id, &file.name, file.bytes).await;
            kept = added.map(drop);
        }
    }
    match kept {
        Ok(()) => {
            let text = t!(signed.lang(), "已上传 {count} 个文件", "Uploaded {count} files");
            Ok(Flash::new(text).redirect(&format!("{PLACE}/{id}")))
        }
        Err(error) => refused(&signed, id, &pairs, error).await,
    }
}

pub async fn download(signed: Signed, Path((id, number)): Path<(String, i64)>) -> Answer {
    let stored = signed.app.engine.dispute_file(&signed.actor, crate::pages::id(&id)?, number).await?;
    let (kind, inline) = crate::pages::files::served(&stored.file.media_type);
    Ok(stream_path(&stored.path, &stored.file.name, kind, inline).await?.into_response())
}
