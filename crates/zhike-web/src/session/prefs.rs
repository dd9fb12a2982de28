//! Language, theme, density and rail: cookies, so that the first byte of a page already looks right.

use axum::http::{HeaderMap, header};
use zhike_types::Lang;

use super::cookies::cookie;

/// The attributes of `<html>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefs {
    pub lang: Lang,
    /// `auto`, `light`, `dark`
    pub theme: &'static str,
    /// `comfortable`, `compact`
    pub density: &'static str,
    /// `wide`, `narrow`
    pub rail: &'static str,
}

impl Default for Prefs {
    fn default() -> Self {
        Self { lang: Lang::Zh, theme: "auto", density: "comfortable", rail: "wide" }
    }
}

impl Prefs {
    pub fn of(headers: &HeaderMap) -> Self {
        let chosen = |name: &str, words: &[&'static str]| {
            let value = cookie(headers, name).unwrap_or_default();
            words.iter().find(|word| **word == value).copied().unwrap_or(words[0])
        };
        Self {
            lang: lang_of(headers),
            theme: chosen("zk-theme", &["auto", "light", "dark"]),
            density: chosen("zk-density", &["comfortable", "compact"]),
            rail: chosen("zk-rail", &["wide", "narrow"]),
        }
    }
}

/// What the user chose, else the browser's first language; Chinese when it does not say.
pub fn lang_of(headers: &HeaderMap) -> Lang {
    if let Some(tag) = cookie(headers, "zk-lang").filter(|tag| !tag.is_empty()) {
        return Lang::from_tag(&tag);
    }
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut tags: Vec<(f32, &str)> = accepted
        .split(',')
        .filter_map(|part| {
            let (tag, quality) = part.split_once(";q=").unwrap_or((part, "1"));
            Some((quality.trim().parse().ok()?, tag.trim()))
        })
        .filter(|(_, tag)| tag.starts_with("zh") || tag.starts_with("en"))
        .collect();
    tags.sort_by(|a, b| b.0.total_cmp(&a.0));
    tags.first().map_or(Lang::Zh, |(_, tag)| Lang::from_tag(tag))
}

#[cfg(test)]
mod tests;
