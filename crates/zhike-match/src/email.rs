//! E-mail addresses.

use zhike_text::email;

use crate::letters::{hash, word};
use crate::level::Level;
use crate::similar::distance;

/// Providers that anybody may have an address with: the domain says nothing.
const OPEN: &[&str] = &[
    "163.com",
    "126.com",
    "yeah.net",
    "vip.163.com",
    "vip.126.com",
    "qq.com",
    "vip.qq.com",
    "foxmail.com",
    "sina.com",
    "sina.cn",
    "vip.sina.com",
    "sohu.com",
    "aliyun.com",
    "139.com",
    "189.cn",
    "wo.cn",
    "tom.com",
    "21cn.com",
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "outlook.com",
    "live.com",
    "live.cn",
    "msn.com",
    "msn.cn",
    "yahoo.com",
    "yahoo.cn",
    "yahoo.com.cn",
    "icloud.com",
    "me.com",
    "eyou.com",
    "263.net",
    "188.com",
    "mail.com",
    "protonmail.com",
];

/// Mailboxes that many companies have.
const COMMON: &[&str] = &[
    "info",
    "sales",
    "admin",
    "service",
    "hr",
    "office",
    "contact",
    "mail",
    "support",
    "market",
    "marketing",
    "postmaster",
    "webmaster",
    "job",
];

const OPEN_DOMAIN: u16 = 1;
const COMMON_BOX: u16 = 2;

/// Flags, the domain's hash in two words, the local part.
pub(crate) fn store(text: &str, out: &mut Vec<u16>) -> bool {
    let trimmed = text.trim();
    let plain = trimmed.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'_' | b'-'));
    let key = if plain { trimmed.to_ascii_lowercase() } else { email::key(text) };
    let Some((local, domain)) = key.split_once('@').filter(|(local, domain)| !local.is_empty() && domain.contains('.'))
    else {
        return false;
    };
    let known = hash(&word(domain));
    let flags =
        if OPEN.contains(&domain) { OPEN_DOMAIN } else { 0 } | if COMMON.contains(&local) { COMMON_BOX } else { 0 };
    out.extend([flags, known as u16, (known >> 16) as u16]);
    out.extend(word(local).into_iter().take(24));
    true
}

/// Whether the domain is a company's own: a key of its own.
pub(crate) fn own_domain(stored: &[u16]) -> Option<u64> {
    (stored[0] & OPEN_DOMAIN == 0).then(|| u64::from(stored[1]) | u64::from(stored[2]) << 16)
}

pub(crate) fn compare(a: &[u16], b: &[u16]) -> Level {
    let (domain, local) = (a[1..3] == b[1..3], a[3..] == b[3..]);
    let common = (a[0] | b[0]) & COMMON_BOX != 0;
    match (domain, local) {
        (true, true) => Level::Same,
        // The provider mistaken: zhangsan@163.com and zhangsan@126.com.
        (false, true) if !common && a.len() >= 3 + 5 => Level::Near,
        (true, false) if a.len().min(b.len()) >= 3 + 4 && distance(&a[3..], &b[3..], 1).is_some() => Level::Near,
        (true, false) if own_domain(a).is_some() => Level::Alike,
        _ => Level::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::{compare, store};
    use crate::level::Level;

    #[test]
    fn levels() {
        for (a, b, wanted) in [
            ("Zhang@QQ.com", " zhang@qq.com", Level::Same),
            ("zhangsan@163.com", "zhangsan@126.com", Level::Near),
            ("zhangsan@163.com", "zhansan@163.com", Level::Near),
            ("zhang@haier.com", "wangwu@haier.com", Level::Alike),
            ("zhang@163.com", "wangwu@163.com", Level::Different),
            ("info@haier.com", "info@huawei.com", Level::Different),
        ] {
            let [one, other] = [a, b].map(|text| {
                let mut out = Vec::new();
                assert!(store(text, &mut out));
                out
            });
            assert_eq!(compare(&one, &other), wanted, "{a} {b}");
        }
        assert!(!store("无", &mut Vec::new()));
    }
}
