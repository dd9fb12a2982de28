//! A letter to see whether the settings are right.

use zhike_mail::{Connection, Envelope, Failure, Letter, Line, Section, is_address};
use zhike_records::{Actor, Engine};
use zhike_types::{Error, Lang, Result, Text, boxed};

use super::rules::spoken_to;

/// What came of it.
#[derive(Debug)]
pub struct Trial {
    pub to: String,
    /// What the server said when it took the letter, or why it did not.
    pub outcome: std::result::Result<String, Failure>,
}

/// Sends a letter by the settings that are kept; to the actor's own address where none is given.
#[boxed]
pub async fn try_out(engine: &Engine, actor: &Actor, to: &str) -> Result<Trial> {
    let Some(server) = engine.mail_server(actor).await? else {
        return Err(Error::Conflict(Text::new(
            "请先填写并保存邮件服务器。",
            "Set the mail server first, and save it.",
        )));
    };
    let own = match actor.user_id {
        Some(me) => engine.mail_reader(me).await?.map(|reader| reader.address),
        None => None,
    };
    let to = match to.trim() {
        "" => own.unwrap_or_default(),
        to => to.to_owned(),
    };
    if !is_address(&to) {
        let message = Text::new("请填写收件邮箱，例如 name@example.com。", "Give an address, name@example.com.");
        return Err(Error::invalid("to", "invalid", message));
    }
    let t = |zh: &str, en: &str| match actor.lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    };
    let letter = Letter {
        lang: actor.lang.tag(),
        subject: t("知客测试邮件", "A test letter from Zhike"),
        greeting: t("收到这封邮件，说明邮件服务器设置正确。", "As you read this, the mail server is set up well."),
        sections: vec![Section {
            title: t("链接", "Links"),
            lines: vec![Line {
                text: t("打开知客，看看地址对不对", "Open Zhike to see whether the address is right"),
                url: server.site.clone(),
                note: String::new(),
            }],
            more: None,
        }],
        foot: t("由管理员在「邮件」页面发出。", "Sent by an administrator from the page “Mail”."),
        foot_url: format!("{}/admin/mail", server.site),
    };
    let envelope = Envelope {
        id: engine.ids().next().to_string(),
        to: to.clone(),
        to_name: actor.name.to_string(),
        subject: letter.subject.clone(),
        text: letter.text(),
        html: letter.html(),
        at: engine.now(),
    };
    let sent = async {
        let mut open = Connection::open(&spoken_to(&server)).await?;
        let sent = open.send(&envelope).await;
        open.close().await;
        sent
    };
    Ok(Trial { to, outcome: sent.await })
}
