//! E-mail addresses: what mail servers in use accept of RFC 5321, no more.

use crate::reason::{Reason, reasons};
use crate::tidy;

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailError {
    Empty,
    /// No @, or more than one.
    At,
    /// Nothing, too much, or a stray dot before the @.
    Local,
    /// What follows the @ is no domain such as `163.com`.
    Domain,
    /// A character that no address has.
    Character(char),
}

impl Reason for EmailError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "邮箱为空".to_owned(),
            Self::At => "邮箱中应有且只有一个 @".to_owned(),
            Self::Local => "邮箱 @ 之前的部分有误".to_owned(),
            Self::Domain => "邮箱 @ 之后应为域名，如 163.com".to_owned(),
            Self::Character(c) => format!("邮箱中不应有“{c}”"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the address is empty".to_owned(),
            Self::At => "an address has exactly one @".to_owned(),
            Self::Local => "what stands before the @ is wrong".to_owned(),
            Self::Domain => "a domain such as example.com must follow the @".to_owned(),
            Self::Character(c) => format!("an address has no “{c}”"),
        }
    }
}
reasons!(EmailError);

/// The address without blanks and `mailto:`, its domain in lower case; the local part stays as it is written.
pub fn parse(text: &str) -> Result<String, EmailError> {
    let tidied: String = tidy(text).chars().filter(|c| !c.is_whitespace()).map(straight).collect();
    let bare = tidied.trim_matches(['<', '>', '"', '\'', ',', ';']);
    let bare =
        if bare.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) { &bare[7..] } else { bare };
    if bare.is_empty() {
        return Err(EmailError::Empty);
    }
    let Some((local, domain)) = bare.split_once('@').filter(|(_, domain)| !domain.contains('@')) else {
        return Err(EmailError::At);
    };
    if let Some(wrong) = local.chars().find(|c| !(c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(*c))) {
        return Err(EmailError::Character(wrong));
    }
    // RFC 5321, 4.5.3.1.1: at most 64 octets; 4.1.2: dots stand between atoms.
    if local.is_empty() || local.len() > 64 || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Err(EmailError::Local);
    }
    if let Some(wrong) = domain.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '-' | '.'))) {
        return Err(EmailError::Character(wrong));
    }
    if !is_domain(domain) {
        return Err(EmailError::Domain);
    }
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

/// The form by which two addresses are the same: no provider in use tells addresses apart by case.
pub fn key(text: &str) -> String {
    parse(text).map_or_else(|_| crate::fold(text), |address| address.to_lowercase())
}

/// For those who may not see it: `z***@163.com`.
pub fn mask(text: &str) -> String {
    let text = tidy(text);
    match text.split_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(1).collect::<String>()),
        None => "*".repeat(text.chars().count()),
    }
}

/// Labels of letters, digits and hyphens, the last one with letters (RFC 1123, 2.1; international ones as written).
pub(crate) fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.len() <= 253
        && domain.split('.').all(label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.chars().count() >= 2 && last.chars().next().is_some_and(char::is_alphabetic))
}

/// The full stop and the at sign of a Chinese keyboard.
fn straight(c: char) -> char {
    match c {
        '。' | '．' => '.',
        '，' => ',',
        '；' => ';',
        '：' => ':',
        '－' | '—' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{EmailError, key, mask, parse};

    #[test]
    fn right_addresses() {
        for (written, wanted) in [
            ("zhang.san@163.com", "zhang.san@163.com"),
            (" Zhang_San@QQ.COM ", "Zhang_San@qq.com"),
            ("ｚｈａｎｇ＠１６３．ｃｏｍ", "zhang@163.com"),
            ("mailto:a+b@mail.example.co.uk", "a+b@mail.example.co.uk"),
            ("<a@b.cn>;", "a@b.cn"),
            ("zhang@163。com", "zhang@163.com"),
            ("info@例子.中国", "info@例子.中国"),
            ("zhang @ 163.com", "zhang@163.com"),
        ] {
            assert_eq!(parse(written).as_deref(), Ok(wanted), "{written}");
        }
        assert_eq!(key("Zhang@QQ.com"), "zhang@qq.com");
    }

    #[test]
    fn wrong_addresses() {
        for (written, wanted) in [
            ("", EmailError::Empty),
            ("zhang", EmailError::At),
            ("a@b@c.com", EmailError::At),
            ("@163.com", EmailError::Local),
            (".a@163.com", EmailError::Local),
            ("a@163", EmailError::Domain),
            ("a@-163.com", EmailError::Domain),
            ("a@163..com", EmailError::Domain),
            ("张@163.com", EmailError::Character('张')),
            ("a@163.com/b@163.com", EmailError::At),
        ] {
            assert_eq!(parse(written), Err(wanted), "{written}");
        }
    }

    #[test]
    fn masked() {
        assert_eq!(mask("zhang.san@163.com"), "z***@163.com");
        assert_eq!(mask("@163.com"), "***@163.com");
        assert_eq!(mask("无"), "*");
    }
}
