use axum::http::{HeaderMap, HeaderValue};
use zhike_types::Lang;

use super::lang_of;

#[test]
fn the_language_is_the_users_then_the_browsers() {
    for (cookie, accepted, expected) in [
        ("", "", Lang::Zh),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
        ("", "en-GB,en;q=0.9", Lang::En),
        ("", "fr,en;q=0.5,zh;q=0.3", Lang::En),
        ("", "ja", Lang::Zh),
        ("zk-lang=en", "zh-CN", Lang::En),
        ("a=b; zk-lang=zh-CN", "en", Lang::Zh),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static(cookie));
        headers.insert("accept-language", HeaderValue::from_static(accepted));
        assert_eq!(lang_of(&headers), expected, "{cookie} {accepted}");
    }
}
