//! What a mail server's settings must be.

use zhike_mail::{Security, Server, is_address};
use zhike_records::MailServer;
use zhike_types::{Error, FieldError, Result, Text};

/// The most letters a minute that can be set.
const RATE: i64 = 600;

/// The settings as they are kept, or what is wrong with them. An empty password is the one before, as long as it goes to the same
/// server as the same user: nobody sends a password that it does not know to a host of its own.
pub fn checked(wish: &MailServer, was: Option<&MailServer>) -> Result<MailServer> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, code: &'static str, zh: &'static str, en: &'static str| {
        errors.push(FieldError { field: field.to_owned(), code, message: Text::new(zh, en) });
    };
    let word = |text: &str| text.trim().to_owned();
    let mut server = MailServer {
        host: word(&wish.host).to_ascii_lowercase(),
        port: wish.port,
        security: word(&wish.security),
        user: word(&wish.user),
        password: wish.password.clone(),
        from: word(&wish.from),
        from_name: word(&wish.from_name),
        site: word(&wish.site).trim_end_matches('/').to_owned(),
        per_minute: wish.per_minute,
    };
    let of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    if server.host.is_empty() {
        wrong("host", "required", "请填写服务器地址，例如 smtp.exmail.qq.com。", "Give the server, smtp.example.com.");
    } else if server.host.len() > 253 || !server.host.chars().all(of_host) {
        wrong(
            "host",
            "invalid",
            "服务器地址只写域名或 IP，不带 smtp:// 和端口。",
            "A host name or an address only: no smtp://, no port.",
        );
    }
    if server.port == 0 {
        wrong("port", "invalid", "端口是 1 到 65535，通常是 465 或 587。", "A port is 1 to 65535, mostly 465 or 587.");
    }
    if Security::of(&server.security).is_none() {
        wrong("security", "invalid", "请选择加密方式。", "Choose the encryption: tls, starttls or none.");
    }
    if !is_address(&server.from) {
        wrong(
            "from",
            "invalid",
            "请填写发件邮箱，例如 crm@example.com。",
            "Give the sender's address, crm@example.com.",
        );
    }
    if server.from_name.chars().count() > 100 || server.from_name.chars().any(char::is_control) {
        wrong(
            "from_name",
            "invalid",
            "发件人名称最多 100 个字，写在一行。",
            "The sender's name has 100 characters at most, on one line.",
        );
    }
    if server.user.chars().count() > 200 || server.user.chars().any(char::is_control) {
        wrong(
            "user",
            "invalid",
            "用户名最多 200 个字，写在一行。",
            "The user has 200 characters at most, on one line.",
        );
    }
    let of_site = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '<' | '>' | '?' | '#');
    let site = server.site.strip_prefix("https://").or_else(|| server.site.strip_prefix("http://"));
    if site.is_none_or(|site| site.is_empty() || !site.chars().all(of_site)) || server.site.len() > 300 {
        wrong(
            "site",
            "invalid",
            "请填写同事打开知客的网址，以 http:// 或 https:// 开头。",
            "Give the address of this installation, with http:// or https://.",
        );
    }
    if !(1..=RATE).contains(&server.per_minute) {
        wrong("per_minute", "invalid", "每分钟 1 到 600 封。", "1 to 600 letters a minute.");
    }
    if server.user.is_empty() {
        server.password.clear();
    } else if server.password.is_empty() {
        let same = |was: &&MailServer| {
            (was.host.as_str(), was.port, was.user.as_str(), was.security.as_str())
                == (server.host.as_str(), server.port, server.user.as_str(), server.security.as_str())
        };
        match was.filter(same).filter(|was| !was.password.is_empty()) {
            Some(was) => server.password.clone_from(&was.password),
            None => wrong(
                "password",
                "required",
                "请填写密码；换了服务器、端口、加密方式或用户名要重新填写。",
                "Give the password; with another server, port, encryption or user give it again.",
            ),
        }
    }
    if server.password.contains('\0') || server.password.chars().count() > 500 {
        wrong("password", "invalid", "密码太长。", "The password is too long.");
    }
    if errors.is_empty() { Ok(server) } else { Err(Error::Invalid(errors)) }
}

/// As it is spoken to.
pub(super) fn spoken_to(server: &MailServer) -> Server {
    Server {
        host: server.host.clone(),
        port: server.port,
        security: Security::of(&server.security).unwrap_or(Security::Tls),
        user: server.user.clone(),
        password: server.password.clone(),
        from: server.from.clone(),
        from_name: server.from_name.clone(),
    }
}
