//! Versions as entity tags (RFC 9110 §8.8.3, §13.1).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// `"3"`
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("digits in quotes are a header's value")
}

/// What a condition names.
#[derive(Debug, PartialEq, Eq)]
pub enum Tags {
    Any,
    /// Those that can be versions of ours.
    Versions(Vec<i64>),
}

impl Tags {
    /// The header's tags; none when it is not there. A proxy that compresses may have made them weak.
    fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut versions = None;
        for value in headers.get_all(name) {
            let known: &mut Vec<i64> = versions.get_or_insert_default();
            for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
                if tag == "*" {
                    return Some(Self::Any);
                }
                let inner = tag.trim_start_matches("W/").strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
                known.extend(inner.and_then(|digits| digits.parse::<i64>().ok()));
            }
        }
        versions.map(Self::Versions)
    }
}

/// The version that `If-Match` allows to be changed; none when any may be. A tag that is no version of ours fits none: 0.
pub fn if_match(headers: &HeaderMap) -> Option<i64> {
    match Tags::of(headers, &header::IF_MATCH)? {
        Tags::Any => None,
        Tags::Versions(versions) => Some(versions.into_iter().max().unwrap_or(0)),
    }
}

/// Whether `If-None-Match` says that the caller has this version.
pub fn has(headers: &HeaderMap, version: i64) -> bool {
    match Tags::of(headers, &header::IF_NONE_MATCH) {
        None => false,
        Some(Tags::Any) => true,
        Some(Tags::Versions(versions)) => versions.contains(&version),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{has, if_match};

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn if_match_names_a_version() {
        assert_eq!(if_match(&HeaderMap::new()), None);
        assert_eq!(if_match(&with(header::IF_MATCH, "*")), None);
        assert_eq!(if_match(&with(header::IF_MATCH, "\"3\"")), Some(3));
        assert_eq!(if_match(&with(header::IF_MATCH, "W/\"3\", \"4\"")), Some(4));
        assert_eq!(if_match(&with(header::IF_MATCH, "\"abc\"")), Some(0));
    }

    #[test]
    fn if_none_match_is_what_the_caller_has() {
        assert!(has(&with(header::IF_NONE_MATCH, "\"2\", \"3\""), 3));
        assert!(!has(&with(header::IF_NONE_MATCH, "\"2\""), 3));
        assert!(!has(&HeaderMap::new(), 3));
    }
}
