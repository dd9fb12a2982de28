//! Addresses of web pages.

use crate::email::is_domain;
use crate::reason::{Reason, reasons};
use crate::tidy;

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlError {
    Empty,
    /// Only `http` and `https` are links that may be opened; `javascript:` and others are refused.
    Scheme,
    /// No host such as `example.com`, `localhost` or an IP address.
    Host,
    /// A character that no address has.
    Character(char),
}

impl Reason for UrlError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "网址为空".to_owned(),
            Self::Scheme => "网址只能以 http:// 或 https:// 开头".to_owned(),
            Self::Host => "网址应有域名，如 www.example.com".to_owned(),
            Self::Character(' ') => "网址中不应有空格".to_owned(),
            Self::Character(c) => format!("网址中不应有“{c}”"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the address is empty".to_owned(),
            Self::Scheme => "an address starts with http:// or https://".to_owned(),
            Self::Host => "an address has a domain such as www.example.com".to_owned(),
            Self::Character(' ') => "an address has no blanks".to_owned(),
            Self::Character(c) => format!("an address has no “{c}”"),
        }
    }
}
reasons!(UrlError);

/// The address with scheme (`https://` where none is written) and host in lower case. What it gives is safe as the
/// target of a link.
pub fn parse(text: &str) -> Result<String, UrlError> {
    let text = tidy(text).replace('：', ":");
    if text.is_empty() {
        return Err(UrlError::Empty);
    }
    let (scheme, rest) = match scheme(&text) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
        Some(_) => return Err(UrlError::Scheme),
        None => ("https", text.trim_start_matches('/')),
    };
    let rest = if rest.len() == text.len() { rest } else { rest.strip_prefix("//").unwrap_or(rest) };
    let wrong = |c: &char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`' | '{' | '}' | '|' | '^')
    };
    if let Some(wrong) = rest.chars().find(wrong) {
        return Err(UrlError::Character(wrong));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    if host.contains('@') {
        // user:password@host: a favourite of those who fish for passwords.
        return Err(UrlError::Character('@'));
    }
    if !is_host(host) {
        return Err(UrlError::Host);
    }
    Ok(format!("{scheme}://{}{path}", host.to_lowercase()))
}

/// `scheme:` in front, unless it is a host with its port.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_name = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let port = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let is_port = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && !rest.starts_with("//");
    let is_host = is_port && (scheme.contains('.') || scheme.eq_ignore_ascii_case("localhost"));
    // A blank or sign in front of the colon hides no scheme either: `java script:` fails as a host.
    (is_name && !is_host).then_some((scheme, rest))
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !host.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let name_fits = is_domain(name)
        || name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::Ipv4Addr>().is_ok()
        || name
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    port_fits && name_fits
}

#[cfg(test)]
mod tests {
    use super::{UrlError, parse};

    #[test]
    fn right_addresses() {
        for (written, wanted) in [
            ("www.haier.com", "https://www.haier.com"),
            ("HTTP://WWW.Haier.com/Path?Q=1", "http://www.haier.com/Path?Q=1"),
            ("https：//www.haier.com/中文", "https://www.haier.com/中文"),
            ("//haier.com", "https://haier.com"),
            ("localhost:8080/a", "https://localhost:8080/a"),
            ("haier.com:8080", "https://haier.com:8080"),
            ("http://192.168.1.1:80/", "http://192.168.1.1:80/"),
            ("http://[::1]/", "http://[::1]/"),
            ("例子.中国", "https://例子.中国"),
        ] {
            assert_eq!(parse(written).as_deref(), Ok(wanted), "{written}");
        }
    }

    #[test]
    fn refused() {
        for (written, wanted) in [
            ("", UrlError::Empty),
            ("javascript:alert(1)", UrlError::Scheme),
            ("JaVaScript:alert(1)", UrlError::Scheme),
            ("java\tscript:alert(1)", UrlError::Character(' ')),
            ("java\u{200b}script:1", UrlError::Scheme),
            ("data:text/html,<script>", UrlError::Scheme),
            ("ftp://a.com", UrlError::Scheme),
            ("haier", UrlError::Host),
            ("http://", UrlError::Host),
            ("http://a.com/a b", UrlError::Character(' ')),
            ("http://a.com/\"onclick", UrlError::Character('"')),
            ("http://bank.com@evil.com", UrlError::Character('@')),
            ("无", UrlError::Host),
        ] {
            assert_eq!(parse(written), Err(wanted), "{written}");
        }
    }
}
