use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::same_origin;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
}

#[test]
fn forms_from_elsewhere_are_refused() {
    for (pairs, good) in [
        (&[("sec-fetch-site", "same-origin")][..], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("origin", "http://crm.example:8080"), ("host", "crm.example:8080")], true),
        (&[("origin", "https://CRM.example"), ("host", "crm.example")], true),
        (&[("origin", "https://evil.example"), ("host", "crm.example")], false),
        (&[("origin", "null"), ("host", "crm.example")], false),
        (&[("host", "crm.example")], false),
    ] {
        assert_eq!(same_origin(&headers(pairs)), good, "{pairs:?}");
    }
}
