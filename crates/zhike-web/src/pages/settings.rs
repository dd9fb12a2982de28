//! A user's own settings: look, language, password, sessions, API tokens.

use askama::Template;
use axum::{
    Form,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use zhike_records::{MailChoices, SessionInfo, TokenInfo};
use zhike_types::{Error, FieldError, Lang};

use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html_as},
    link::Pairs,
    session::{Asked, Flash, Signed, set_cookie, set_session},
    ui,
    value::{iso, shortened, stamp},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "settings/settings.html")]
struct SettingsPage {
    frame: Frame,
    lang: Lang,
    sessions: Vec<SessionLine>,
    tokens: Vec<TokenLine>,
    /// A token just made: shown once.
    made: Option<String>,
    /// 日历订阅: since when there is an address, when it was used; and a new one, shown once.
    feed: Option<(String, String)>,
    feed_made: Option<String>,
    /// 邮件提醒: whether there is a mail server, what comes at once (name, chosen, text).
    sends_mail: bool,
    at_once: Vec<(&'static str, bool, &'static str)>,
    /// Hours of the summary: value, text, chosen.
    hours: Vec<(i64, String, bool)>,
    address: String,
    errors: Vec<FieldError>,
}

struct SessionLine {
    handle: String,
    agent: String,
    address: String,
    seen_iso: String,
    seen: String,
    current: bool,
}

struct TokenLine {
    id: String,
    name: String,
    scope: String,
    expires: String,
    used: String,
    revoked: bool,
}

impl SettingsPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.get(self.lang))
    }
}

pub async fn show(signed: Signed) -> Answer {
    answer(&signed, StatusCode::OK, None, Vec::new()).await
}

/// The page with an address of the calendar just made.
pub async fn with_feed(signed: &Signed, address: String) -> Answer {
    let page = page(signed, None, Vec::new()).await?;
    html_as(StatusCode::OK, &SettingsPage { feed_made: Some(address), ..page })
}

async fn answer(signed: &Signed, status: StatusCode, made: Option<String>, errors: Vec<FieldError>) -> Answer {
    html_as(status, &page(signed, made, errors).await?)
}

async fn page(signed: &Signed, made: Option<String>, errors: Vec<FieldError>) -> Result<SettingsPage, Fault> {
    let engine = &signed.app.engine;
    let sessions = engine.sessions(&signed.actor, &signed.secret).await?;
    let tokens = engine.tokens(&signed.actor).await?;
    let lang = signed.lang();
    let feed = engine.calendar_feed(&signed.actor).await?;
    let told = |at: i64| stamp(engine.zone(), at);
    let mail = engine.mail_choices(&signed.actor).await?;
    Ok(SettingsPage {
        feed: feed.map(|feed| {
            let used = feed.used_at.map_or_else(|| lang.t("从未使用", "never").to_owned(), told);
            (told(feed.created_at), used)
        }),
        feed_made: None,
        frame: Frame::new(signed, lang.t("设置", "Settings"), "/settings"),
        lang,
        sessions: sessions.into_iter().map(|session| session_line(signed, session)).collect(),
        tokens: tokens
            .into_iter()
            .filter(|token| Some(token.user_id) == signed.actor.user_id)
            .map(|token| token_line(signed, token))
            .collect(),
        made,
        hours: (0..24).map(|hour| (hour, format!("{hour:02}:00"), mail.digest == Some(hour))).collect(),
        sends_mail: engine.sends_mail().await?,
        at_once: vec![
            ("approvals", mail.approvals, lang.t("有审批等我处理", "What I am asked to sign")),
            (
                "given",
                mail.given,
                lang.t("别人分给、转给我的客户、线索、待办等", "Customers, leads, tasks and others that I am given"),
            ),
            ("reclaim", mail.reclaim, lang.t("客户快被公海收回", "What is about to go back to a pool")),
        ],
        address: match signed.actor.user_id {
            Some(me) => engine.mail_reader(me).await?.map(|reader| reader.address).unwrap_or_default(),
            None => String::new(),
        },
        errors,
    })
}

fn session_line(signed: &Signed, session: SessionInfo) -> SessionLine {
    let zone = signed.app.engine.zone();
    SessionLine {
        handle: session.handle,
        agent: device(&session.agent, signed.lang()),
        address: session.address,
        seen_iso: iso(zone, session.seen_at),
        seen: stamp(zone, session.seen_at),
        current: session.current,
    }
}

/// `Chrome · Windows`, from what the browser says of itself.
fn device(agent: &str, lang: Lang) -> String {
    let first =
        |words: &[(&str, &'static str)]| words.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("MicroMessenger", "微信"),
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("HarmonyOS", "HarmonyOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        _ if agent.is_empty() => lang.t("未知设备", "unknown device").to_owned(),
        _ => shortened(agent, 60),
    }
}

fn token_line(signed: &Signed, token: TokenInfo) -> TokenLine {
    let zone = signed.app.engine.zone();
    let lang = signed.lang();
    TokenLine {
        id: token.id.to_string(),
        name: token.name,
        scope: token.scope,
        expires: token.expires_at.map_or_else(|| lang.t("长期", "never").to_owned(), |at| stamp(zone, at)),
        used: token.used_at.map_or_else(|| lang.t("从未使用", "never").to_owned(), |at| stamp(zone, at)),
        revoked: token.revoked_at.is_some(),
    }
}

const LOOKS: [(&str, &[&str]); 3] =
    [("lang", &["zh-CN", "en"]), ("theme", &["auto", "light", "dark"]), ("density", &["comfortable", "compact"])];

/// Language, theme, density: in the cookie for the next page, in the database for the next machine.
pub async fn look(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    let mut response = if signed.asked == Asked::Page {
        Flash::new(signed.lang().t("已保存", "Saved")).redirect("/settings")
    } else {
        StatusCode::NO_CONTENT.into_response()
    };
    for (name, words) in LOOKS {
        let Some(word) = pairs.get(name).and_then(|value| words.iter().find(|word| **word == value)) else { continue };
        signed.app.engine.set_setting(&signed.actor, name, word).await?;
        set_cookie(response.headers_mut(), &format!("zk-{name}"), word, 31_536_000, false);
    }
    Ok(response)
}

pub async fn password(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    let engine = &signed.app.engine;
    let new = pairs.any("new").unwrap_or_default();
    if new != pairs.any("again").unwrap_or_default() {
        let message = zhike_types::Text::new("两次输入的新密码不一样。", "The two new passwords differ.");
        return answer(
            &signed,
            StatusCode::UNPROCESSABLE_ENTITY,
            None,
            vec![FieldError { field: "again".into(), code: "invalid", message }],
        )
        .await;
    }
    match engine.change_password(&signed.actor, pairs.any("old").unwrap_or_default(), new).await {
        Ok(()) => renewed(&signed, new).await,
        Err(Error::Invalid(errors)) => answer(&signed, StatusCode::UNPROCESSABLE_ENTITY, None, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// A changed password ends all sessions; this one goes on with a new secret.
async fn renewed(signed: &Signed, password: &str) -> Result<Response, Fault> {
    let engine = &signed.app.engine;
    let mut response = Flash::new(
        signed.lang().t("密码已修改，其他设备需要重新登录", "Password changed; other devices must sign in again"),
    )
    .redirect("/settings");
    let me = engine.read(&signed.actor, "user", signed.actor.user_id.ok_or(Error::Unauthenticated)?).await;
    if let Some(login) = me.ok().and_then(|user| user.value("login").as_text().map(str::to_owned)) {
        let secret = engine.sign_in(&login, password, &signed.actor.address, "").await?;
        set_session(response.headers_mut(), signed.app.https, &secret);
    }
    Ok(response)
}

pub async fn end_session(signed: Signed, Path(handle): Path<String>) -> Answer {
    signed.app.engine.end_session(&signed.actor, &handle).await?;
    Ok(Flash::new(signed.lang().t("已退出那台设备", "That device is signed out")).redirect("/settings"))
}

/// All but the one that asks.
pub async fn end_others(signed: Signed) -> Answer {
    let engine = &signed.app.engine;
    for session in engine.sessions(&signed.actor, &signed.secret).await?.iter().filter(|session| !session.current) {
        engine.end_session(&signed.actor, &session.handle).await?;
    }
    Ok(Flash::new(signed.lang().t("其他设备都已退出", "All other devices are signed out")).redirect("/settings"))
}

pub async fn create_token(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    let user = signed.actor.user_id.ok_or(Error::Unauthenticated)?;
    let days = pairs.get("days").and_then(|text| text.parse().ok());
    match signed
        .app
        .engine
        .create_token(
            &signed.actor,
            user,
            pairs.get("name").unwrap_or_default(),
            pairs.get("scope").unwrap_or("*"),
            days,
        )
        .await
    {
        Ok((_, secret)) => answer(&signed, StatusCode::OK, Some(secret), Vec::new()).await,
        Err(Error::Invalid(errors)) => answer(&signed, StatusCode::UNPROCESSABLE_ENTITY, None, errors).await,
        Err(error) => Err(error.into()),
    }
}

/// 邮件提醒: which come, and when.
pub async fn mail(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    let on = |name: &str| pairs.get(name).is_some();
    let digest = pairs.get("digest").and_then(|hour| hour.parse().ok());
    let choices = MailChoices { approvals: on("approvals"), given: on("given"), reclaim: on("reclaim"), digest };
    match signed.app.engine.set_mail_choices(&signed.actor, choices).await {
        Ok(()) => Ok(Flash::new(signed.lang().t("已保存", "Saved")).redirect("/settings#mail")),
        Err(Error::Invalid(errors)) => answer(&signed, StatusCode::UNPROCESSABLE_ENTITY, None, errors).await,
        Err(error) => Err(error.into()),
    }
}

pub async fn revoke_token(signed: Signed, Path(id): Path<String>) -> Answer {
    signed.app.engine.revoke_token(&signed.actor, super::id(&id)?).await?;
    Ok(Flash::new(t!(signed.lang(), "令牌已停用", "Token revoked")).redirect("/settings"))
}
