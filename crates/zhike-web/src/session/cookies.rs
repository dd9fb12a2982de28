//! Cookies, read and written.

use axum::http::{HeaderMap, HeaderValue, header};

/// `__Host-` binds the cookie to this host and to https; browsers refuse it over http.
pub fn session_cookie_name(https: bool) -> &'static str {
    if https { "__Host-zhike" } else { "zhike" }
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

/// Adds a cookie that ends after so many seconds; 0 ends it now. Scripts may read it unless `hidden`.
pub fn set_cookie(headers: &mut HeaderMap, name: &str, value: &str, seconds: u32, hidden: bool) {
    let only = if hidden { "; HttpOnly" } else { "" };
    append(headers, &format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{only}"));
}

/// The session's cookie: for as long as the browser is open; the server ends it earlier when it idles.
pub fn set_session(headers: &mut HeaderMap, https: bool, secret: &str) {
    let secure = if https { "; Secure" } else { "" };
    append(
        headers,
        &format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800{secure}", session_cookie_name(https)),
    );
}

pub fn end_session(headers: &mut HeaderMap, https: bool) {
    let secure = if https { "; Secure" } else { "" };
    append(headers, &format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", session_cookie_name(https)));
}

fn append(headers: &mut HeaderMap, line: &str) {
    if let Ok(value) = HeaderValue::from_str(line) {
        headers.append(header::SET_COOKIE, value);
    }
}
