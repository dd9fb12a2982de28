//! A TOML table being read: each key is asked for by name and type; what nobody asked for is a mistake.

use std::{cell::RefCell, fmt::Write as _};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use zhike_types::{Text, text};

use super::place::{Place, Problems};
use crate::nearest::nearest;

pub(super) struct Table<'a> {
    problems: &'a Problems<'a>,
    source: usize,
    map: &'a DeTable<'a>,
    offset: usize,
    /// Where what is read is remembered: `account/field/status`.
    pub path: String,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    pub(super) fn new(problems: &'a Problems<'a>, source: usize, map: &'a DeTable<'a>, offset: usize) -> Self {
        Self { problems, source, map, offset, path: String::new(), asked: RefCell::default() }
    }

    /// From here on the table is known by this path.
    pub(super) fn named(mut self, path: String) -> Self {
        self.problems.remember(&path, self.place(self.offset));
        for (key, value) in self.map {
            self.problems.remember(&format!("{path}/{}", key.get_ref()), self.place(value.span().start));
        }
        self.path = path;
        self
    }

    fn place(&self, offset: usize) -> Place {
        Place { source: self.source, offset }
    }

    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.map.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn problem(&self, message: Text) {
        self.problems.at(self.place(self.offset), message);
    }

    pub(super) fn problem_at(&self, key: &'static str, message: Text) {
        let offset = self.get(key).map_or(self.offset, |value| value.span().start);
        self.problems.at(self.place(offset), message);
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, zh: &str, en: &str) {
        self.problems.at(self.place(value.span().start), text!("“{key}”应当是{zh}。", "`{key}` must be {en}."));
    }

    fn missing(&self, key: &str, example: &str) {
        self.problem(text!("缺少“{key}”。请加上一行：{example}", "`{key}` is missing. Add a line: {example}"));
    }

    pub(super) fn string(&self, key: &'static str) -> Option<String> {
        let value = self.get(key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(key, value, "引号里的文字", "text in quotes");
        }
        text
    }

    pub(super) fn required_string(&self, key: &'static str, example: &str) -> String {
        if !self.has(key) {
            self.missing(key, example);
        }
        self.string(key).unwrap_or_default()
    }

    pub(super) fn boolean(&self, key: &'static str) -> bool {
        let Some(value) = self.get(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(key, value, "true 或 false", "true or false");
            false
        })
    }

    pub(super) fn integer(&self, key: &'static str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let value = self.get(key)?;
        let number = integer_of(value.get_ref()).filter(|number| range.contains(number));
        if number.is_none() {
            let (low, high) = (range.start(), range.end());
            self.wrong_type(
                key,
                value,
                &format!("{low} 到 {high} 的整数"),
                &format!("a whole number from {low} to {high}"),
            );
        }
        number
    }

    /// The raw value, for defaults, whose type depends on the field's.
    pub(super) fn raw(&self, key: &'static str) -> Option<&'a DeValue<'a>> {
        self.get(key).map(Spanned::get_ref)
    }

    pub(super) fn strings(&self, key: &'static str) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, "方括号里的列表，如 [\"a\", \"b\"]", "a list, such as [\"a\", \"b\"]");
            return Vec::new();
        };
        let mut words = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            match item.get_ref().as_str() {
                Some(word) => {
                    self.problems.remember(&format!("{}/{key}/{i}", self.path), self.place(item.span().start));
                    words.push(word.to_owned());
                }
                None => self.wrong_type(key, item, "一列带引号的文字", "a list of texts in quotes"),
            }
        }
        words
    }

    /// One text, or a list of them.
    pub(super) fn words(&self, key: &'static str) -> Vec<String> {
        match self.raw(key) {
            Some(DeValue::String(word)) => vec![word.to_string()],
            _ => self.strings(key),
        }
    }

    /// The keys of a table within, whatever they are, with their values.
    pub(super) fn entries(&self, key: &'static str) -> Vec<(String, &'a DeValue<'a>)> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Table(map)) => {
                map.iter().map(|(name, value)| (name.get_ref().to_string(), value.get_ref())).collect()
            }
            Some(_) => {
                self.problem_at(key, text!("“{key}”应当是 {{ 字段 = 值 }}。", "`{key}` must be {{ field = value }}."));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// All keys of the table itself, whatever they are, with their texts, by name.
    pub(super) fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for (name, value) in self.map {
            let name = name.get_ref();
            match value.get_ref().as_str() {
                Some(text) => texts.push((name.to_string(), text.to_owned())),
                None => self.wrong_type(name, value, "引号里的文字", "text in quotes"),
            }
        }
        texts.sort();
        texts
    }

    /// `{ zh = "…", en = "…" }`, both of them.
    pub(super) fn label(&self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        let DeValue::Table(map) = value.get_ref() else {
            self.wrong_type(
                key,
                value,
                "两种语言：{ zh = \"…\", en = \"…\" }",
                "in both languages: { zh = \"…\", en = \"…\" }",
            );
            return None;
        };
        let table = Table::new(self.problems, self.source, map, value.span().start);
        let zh = table.required_string("zh", "zh = \"…\"");
        let en = table.required_string("en", "en = \"…\"");
        table.finish();
        Some(Text::new(zh, en))
    }

    pub(super) fn required_label(&self, key: &'static str) -> Text {
        if !self.has(key) {
            self.missing(key, &format!("{key} = {{ zh = \"…\", en = \"…\" }}"));
        }
        self.label(key).unwrap_or_default()
    }

    /// One of the words of `choices`; a problem names them all and the nearest.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let word = self.string(key)?;
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == word) {
            return Some(*choice);
        }
        self.problem_at(key, unknown_word(&word, choices.iter().map(|(name, _)| *name)));
        None
    }

    pub(super) fn table(&self, key: &'static str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        let DeValue::Table(map) = value.get_ref() else {
            self.wrong_type(key, value, &format!("一节：[{key}]"), &format!("a section: [{key}]"));
            return None;
        };
        Some(Table::new(self.problems, self.source, map, value.span().start))
    }

    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(
                key,
                value,
                &format!("若干节：[[{key}]]"),
                &format!("sections in double brackets: [[{key}]]"),
            );
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(items.len());
        for item in items {
            match item.get_ref() {
                DeValue::Table(map) => tables.push(Table::new(self.problems, self.source, map, item.span().start)),
                _ => self.wrong_type(key, item, "{ … } 的列表", "a list of { … }"),
            }
        }
        tables
    }

    /// Refuses every key nobody asked for, with the nearest that exists.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.map {
            let name = key.get_ref().as_ref();
            if !asked.contains(&name) {
                let place = self.place(key.span().start);
                self.problems.at(place, unknown_key(name, &asked));
            }
        }
    }
}

pub(super) fn integer_of(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn unknown_key(name: &str, known: &[&'static str]) -> Text {
    let mut known: Vec<&str> = known.to_vec();
    known.sort_unstable();
    known.dedup();
    if let Some(near) = nearest(name, known.iter().copied()) {
        return text!(
            "这里没有“{name}”这一项。是不是想写“{near}”？",
            "There is no key `{name}` here. Did you mean `{near}`?"
        );
    }
    let known = known.join(", ");
    text!("这里没有“{name}”这一项。可以用：{known}。", "There is no key `{name}` here. There are: {known}.")
}

/// "There is no `x`; did you mean `y`; there are a, b, c."
pub(super) fn unknown_word<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Text {
    let known: Vec<&str> = known.into_iter().collect();
    let (mut zh, mut en) = (format!("没有“{word}”。"), format!("There is no `{word}`."));
    if let Some(near) = nearest(word, known.iter().copied()) {
        let _ = write!(zh, "是不是想写“{near}”？");
        let _ = write!(en, " Did you mean `{near}`?");
    }
    if known.len() <= 40 {
        let _ = write!(zh, "可以用：{}。", known.join("、"));
        let _ = write!(en, " There are: {}.", known.join(", "));
    }
    Text::new(zh, en)
}
