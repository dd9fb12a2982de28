//! 邮件: the mail server, a letter to try it, and the book of letters.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_crm::mail::{checked, try_out};
use zhike_records::{MailLine, MailServer};
use zhike_types::{Error, FieldError, Lang};

use super::needs;
use crate::{
    fault::Answer,
    frame::{Frame, html_as},
    link::Pairs,
    pages::id,
    session::{Flash, Signed},
    ui,
    value::stamp,
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/admin/mail";
/// Who may.
pub const DUTY: &str = "model";
/// Letters a page of the book.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct MailPage {
    frame: Frame,
    lang: Lang,
    on: bool,
    server: MailServer,
    port: String,
    per_minute: String,
    errors: Vec<FieldError>,
    trouble: Option<(String, String)>,
    /// What came of a letter to try it: taken or not, in words.
    trial: Option<(bool, String)>,
    to: String,
    /// Label, value, note.
    stats: Vec<(&'static str, String, &'static str)>,
    /// Name, address, shown now.
    states: Vec<(&'static str, String, bool)>,
    lines: Vec<Line>,
    older: Option<String>,
}

struct Line {
    id: String,
    at: String,
    kind: &'static str,
    who: String,
    user: String,
    address: String,
    state: &'static str,
    tone: &'static str,
    note: String,
    failed: bool,
}

impl MailPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.get(self.lang))
    }
}

/// What is shown beside what is kept.
#[derive(Default)]
struct Told {
    /// As it was typed, when it could not be kept.
    typed: Option<(MailServer, Pairs)>,
    errors: Vec<FieldError>,
    trial: Option<(bool, String)>,
    to: String,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    page(&signed, StatusCode::OK, &pairs, Told::default()).await
}

async fn page(signed: &Signed, status: StatusCode, pairs: &Pairs, told: Told) -> Answer {
    needs(signed, DUTY)?;
    let engine = &signed.app.engine;
    let (actor, lang) = (&signed.actor, signed.lang());
    let kept = engine.mail_server(actor).await?;
    let on = kept.is_some();
    let mut server = kept.unwrap_or_else(|| MailServer {
        port: 465,
        security: "tls".into(),
        from_name: lang.t("知客", "Zhike").into(),
        per_minute: 60,
        ..MailServer::default()
    });
    let (mut port, mut per_minute) = (server.port.to_string(), server.per_minute.to_string());
    if let Some((typed, pairs)) = told.typed {
        server = typed;
        pairs.any("port").unwrap_or_default().clone_into(&mut port);
        pairs.any("per_minute").unwrap_or_default().clone_into(&mut per_minute);
    }
    let state = pairs.get("state").filter(|state| STATES.iter().any(|(known, ..)| known == state));
    let book = engine.mails(actor, state, pairs.get("before").and_then(|at| at.parse().ok()), SHOWN).await?;
    let counts = engine.mail_counts(actor).await?;
    let mut own = told.to;
    if own.is_empty()
        && let Some(me) = actor.user_id
    {
        own = engine.mail_reader(me).await?.map(|reader| reader.address).unwrap_or_default();
    }
    let days = lang.t("最近 30 天", "last 30 days");
    let address = |state: Option<&str>, before: Option<i64>| {
        let mut query = Pairs::default();
        if let Some(state) = state {
            query = query.with("state", state);
        }
        if let Some(before) = before {
            query = query.with("before", before.to_string());
        }
        format!("{}#book", query.on(PLACE))
    };
    let page = MailPage {
        frame: Frame::new(signed, lang.t("邮件", "Mail"), PLACE),
        lang,
        on,
        server,
        port,
        per_minute,
        errors: told.errors,
        trouble: engine
            .mail_trouble(actor)
            .await?
            .map(|trouble| (stamp(engine.zone(), trouble.at), trouble.text.get(lang).to_owned())),
        trial: told.trial,
        to: own,
        stats: vec![
            (lang.t("等待发送", "Waiting"), ui::count(counts.waiting), ""),
            (lang.t("已发送", "Sent"), ui::count(counts.sent), days),
            (lang.t("失败", "Failed"), ui::count(counts.failed), days),
            (lang.t("未发", "Left out"), ui::count(counts.skipped), days),
        ],
        states: std::iter::once((lang.t("全部", "All"), address(None, None), state.is_none()))
            .chain(
                STATES.iter().map(|(key, zh, en, _)| (lang.t(zh, en), address(Some(key), None), state == Some(*key))),
            )
            .collect(),
        older: book.next.map(|before| address(state, Some(before))),
        lines: book.mails.into_iter().map(|mail| line(signed, mail)).collect(),
    };
    html_as(status, &page)
}

const STATES: [(&str, &str, &str, &str); 4] = [
    ("waiting", "等待发送", "Waiting", "amber"),
    ("sent", "已发送", "Sent", "green"),
    ("failed", "失败", "Failed", "red"),
    ("skipped", "未发", "Left out", "gray"),
];

fn line(signed: &Signed, mail: MailLine) -> Line {
    let lang = signed.lang();
    let state = if mail.state == "sending" { "waiting" } else { mail.state.as_str() };
    let (_, zh, en, tone) = STATES.iter().find(|(key, ..)| *key == state).unwrap_or(&STATES[0]);
    let answer = mail.answer.unwrap_or_default();
    let note = match (state, answer.as_str()) {
        ("skipped", "nothing") => lang.t("没有要说的内容", "nothing to say").to_owned(),
        ("skipped", "unwanted") => lang.t("本人不要这种邮件", "they want none of these").to_owned(),
        ("skipped", "address") => lang.t("没有邮箱，或已停用", "no address, or not active").to_owned(),
        ("skipped", "late") => lang.t("已过时", "too late").to_owned(),
        ("skipped", "off") => lang.t("邮件已停用", "mail was switched off").to_owned(),
        ("waiting", said) if mail.attempts > 0 && !said.is_empty() => {
            t!(lang, "第 {} 次未成：{said}", "attempt {}: {said}", mail.attempts)
        }
        (_, said) => said.to_owned(),
    };
    Line {
        id: mail.id.to_string(),
        at: stamp(signed.app.engine.zone(), mail.ended_at.unwrap_or(mail.at)),
        kind: kind(&mail.kind, lang),
        who: mail.user_name,
        user: mail.user.to_string(),
        address: mail.address.unwrap_or_default(),
        state: lang.t(zh, en),
        tone,
        note,
        failed: state == "failed",
    }
}

fn kind(kind: &str, lang: Lang) -> &'static str {
    match kind {
        "approval" => lang.t("待审批", "To approve"),
        "given" => lang.t("分给您的", "Given"),
        "reclaim" => lang.t("即将收回", "About to be taken back"),
        _ => lang.t("每日汇总", "Summary"),
    }
}

pub async fn save(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, DUTY)?;
    let engine = &signed.app.engine;
    let word = |name: &str| pairs.any(name).unwrap_or_default().to_owned();
    let wish = MailServer {
        host: word("host"),
        port: word("port").trim().parse().unwrap_or(0),
        security: word("security"),
        user: word("user"),
        password: word("password"),
        from: word("from"),
        from_name: word("from_name"),
        site: word("site"),
        per_minute: word("per_minute").trim().parse().unwrap_or(0),
    };
    let was = engine.mail_server(&signed.actor).await?;
    match checked(&wish, was.as_ref()) {
        Ok(server) => {
            engine.set_mail_server(&signed.actor, &server).await?;
            let said = signed.lang().t("已保存，请发一封测试邮件", "Saved; now send a letter to try it");
            Ok(Flash::new(said).redirect(&format!("{PLACE}#trial")))
        }
        Err(Error::Invalid(errors)) => {
            let told = Told { typed: Some((wish, pairs)), errors, ..Told::default() };
            page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &Pairs::default(), told).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What came of it stands on the page; a second click sends a second letter.
pub async fn trial(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, DUTY)?;
    let lang = signed.lang();
    let to = pairs.any("to").unwrap_or_default().trim().to_owned();
    let (status, told) = match try_out(&signed.app.engine, &signed.actor, &to).await {
        Ok(trial) => {
            let to = trial.to;
            let said = match &trial.outcome {
                Ok(answer) => t!(
                    lang,
                    "已发给 {to}，服务器回答：{answer}。请到收件箱（或垃圾邮件）里看看。",
                    "Sent to {to}; the server said: {answer}. Look into that inbox, and among the junk."
                ),
                Err(failure) => failure.text().get(lang).to_owned(),
            };
            (StatusCode::OK, Told { trial: Some((trial.outcome.is_ok(), said)), to, ..Told::default() })
        }
        Err(Error::Invalid(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, Told { errors, to, ..Told::default() }),
        Err(Error::Conflict(text)) => {
            let said = text.get(lang).to_owned();
            (StatusCode::CONFLICT, Told { trial: Some((false, said)), to, ..Told::default() })
        }
        Err(error) => return Err(error.into()),
    };
    page(&signed, status, &Pairs::default(), told).await
}

pub async fn end(signed: Signed) -> Answer {
    needs(&signed, DUTY)?;
    match signed.app.engine.end_mail_server(&signed.actor).await {
        // a second click: it is off
        Ok(()) | Err(Error::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Flash::new(signed.lang().t("邮件已停用", "Mail is switched off")).redirect(PLACE))
}

pub async fn retry(signed: Signed, Path(mail): Path<String>) -> Answer {
    needs(&signed, DUTY)?;
    signed.app.engine.retry_mail(&signed.actor, id(&mail)?).await?;
    Ok(Flash::new(signed.lang().t("马上再发一次", "It goes again at once")).redirect(&format!("{PLACE}#book")))
}
