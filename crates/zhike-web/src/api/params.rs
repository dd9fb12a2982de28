//! The query of a request. A parameter that nobody asked for is an error: a misspelt `fliter` must not return everything.

use std::ops::RangeInclusive;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use zhike_types::{Error, FieldError, Text, Uuid, text};

use super::problem::Problem;

/// The parameters still to be read, and what was wrong with those that were.
#[derive(Debug)]
pub struct Params {
    given: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let given = query.map(|Query(pairs)| pairs).unwrap_or_default();
        Ok(Self { given, errors: Vec::new() })
    }
}

impl Params {
    fn refuse(&mut self, name: &str, code: &'static str, message: Text) {
        self.errors.push(FieldError { field: name.to_owned(), code, message });
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        let at = self.given.iter().position(|(given, _)| given == name)?;
        let (_, value) = self.given.remove(at);
        if self.given.iter().any(|(given, _)| given == name) {
            self.given.retain(|(given, _)| given != name);
            self.refuse(name, "repeated", Text::new("这个参数只能写一次。", "This parameter may be given once."));
        }
        if value.contains('\0') {
            self.refuse(name, "invalid", Text::new("不能含有空字符。", "It may not hold the character NUL."));
            return None;
        }
        Some(value)
    }

    /// A text that must be there and say something.
    pub fn needed(&mut self, name: &str) -> String {
        let value = self.text(name).filter(|value| !value.trim().is_empty());
        if value.is_none() && self.errors.iter().all(|error| error.field != name) {
            self.refuse(name, "required", text!("请给出参数 {}。", "The parameter {} is needed.", name));
        }
        value.unwrap_or_default()
    }

    pub fn number(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.text(name)?;
        // no sign, no leading zero: one way to write a number, as in JSON
        let plain = value.bytes().all(|b| b.is_ascii_digit()) && (value.len() == 1 || !value.starts_with('0'));
        let number = value.parse().ok().filter(|number| plain && range.contains(number));
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            let message = text!("要写 {} 到 {} 的整数。", "It must be a whole number from {} to {}.", low, high);
            self.refuse(name, "invalid", message);
        }
        number
    }

    pub fn id(&mut self, name: &str) -> Option<Uuid> {
        let value = self.text(name)?;
        let id = Uuid::parse_str(&value).ok();
        if id.is_none() {
            self.refuse(name, "invalid", Text::new("要写一个 id。", "It must be an id."));
        }
        id
    }

    /// An instant in RFC 3339, as ms since 1970.
    pub fn instant(&mut self, name: &str) -> Option<i64> {
        let value = self.text(name)?;
        let instant = value.parse().ok().map(jiff::Timestamp::as_millisecond);
        if instant.is_none() {
            self.refuse(
                name,
                "invalid",
                Text::new(
                    "要写带时区的时间，例如 2026-11-20T09:30:00+08:00。",
                    "It must be a time with its zone, such as 2026-11-20T09:30:00+08:00.",
                ),
            );
        }
        instant
    }

    /// Ids apart by commas; one at least.
    pub fn ids(&mut self, name: &str) -> Vec<Uuid> {
        let text = self.needed(name);
        let ids: Option<Vec<Uuid>> = text.split(',').map(|id| Uuid::parse_str(id.trim()).ok()).collect();
        if ids.is_none() && !text.is_empty() {
            self.refuse(name, "invalid", Text::new("要写 id，用逗号隔开。", "It must be ids, apart by commas."));
        }
        ids.unwrap_or_default()
    }

    pub fn flag(&mut self, name: &str) -> bool {
        match self.text(name).as_deref() {
            Some("true") => true,
            None | Some("false") => false,
            Some(_) => {
                self.refuse(name, "invalid", Text::new("要写 true 或 false。", "It must be true or false."));
                false
            }
        }
    }

    /// Names of fields or objects apart by commas, as `name` or `-name`.
    pub fn names(&mut self, name: &str) -> Option<Vec<String>> {
        let words = self.words(name)?;
        let is_name = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if let Some(word) = words.iter().find(|word| !is_name(word.trim_start_matches('-'))) {
            let message = text!("「{}」不是名称。", "`{}` is not a name.", word);
            self.refuse(name, "invalid", message);
        }
        Some(words)
    }

    /// Words apart by commas.
    pub fn words(&mut self, name: &str) -> Option<Vec<String>> {
        let value = self.text(name)?;
        let words: Vec<String> = value.split(',').map(str::to_owned).collect();
        if words.iter().any(|word| word.trim().is_empty()) {
            self.refuse(name, "invalid", Text::new("要写名称，用逗号隔开。", "It must be names, apart by commas."));
        }
        Some(words)
    }

    /// Nothing else may have been given.
    pub fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.given) {
            let message = text!("没有参数 {}。", "There is no parameter {}.", name);
            self.refuse(&name, "unknown", message);
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors).into()) }
    }
}

#[cfg(test)]
mod tests;
