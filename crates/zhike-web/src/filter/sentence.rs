//! A condition as a sentence: the field, the question, the answer.

use zhike_model::{Field, FieldKind, Object};
use zhike_types::Lang;

use super::tokens::{tokens, unquote};
use crate::words::{Say, t};

/// `城市` `是` `青岛`; what cannot be said so stands in `answer` as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub field: String,
    pub verb: String,
    pub answer: String,
}

/// Finds the names of records that a filter mentions by id.
pub trait Names {
    fn name(&self, id: &str) -> Option<String>;
}

impl Names for () {
    fn name(&self, _: &str) -> Option<String> {
        None
    }
}

pub fn sentence(condition: &str, object: &Object, lang: Lang, names: &dyn Names) -> Sentence {
    let list = tokens(condition);
    let words: Vec<&str> = strip_brackets(list.iter().map(|token| token.text).collect());
    let field = words.iter().find_map(|word| object.field(word));
    field.and_then(|field| Reader { field, lang, names }.read(&words)).unwrap_or_else(|| Sentence {
        field: String::new(),
        verb: String::new(),
        answer: condition.to_owned(),
    })
}

/// Whether two neighbouring conditions bound one date field from below and above.
pub fn is_range(low: &str, high: &str) -> bool {
    let (low, high) = (tokens(low), tokens(high));
    match (low.as_slice(), high.as_slice()) {
        ([year, _, a, ..], [month, _, b, ..]) if year.text == "year" && month.text == "month" => a.text == b.text,
        ([a, above, low @ ..], [b, below, ..]) => {
            a.text == b.text
                && above.text == ">="
                && matches!(below.text, "<" | "<=")
                && low.first().is_some_and(|word| matches!(word.text, "today" | "now" | "date") || is_number(word.text))
        }
        _ => false,
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn strip_brackets(mut words: Vec<&str>) -> Vec<&str> {
    while words.len() > 2 && words[0] == "(" && words[words.len() - 1] == ")" {
        let mut depth = 0;
        let closes_early = words[..words.len() - 1].iter().any(|word| {
            depth += i32::from(*word == "(") - i32::from(*word == ")");
            depth == 0
        });
        if closes_early {
            break;
        }
        words = words[1..words.len() - 1].to_vec();
    }
    words
}

struct Reader<'a> {
    field: &'a Field,
    lang: Lang,
    names: &'a dyn Names,
}

impl Reader<'_> {
    fn read(&self, words: &[&str]) -> Option<Sentence> {
        let name = self.field.name.as_str();
        let lang = self.lang;
        match words {
            [f] if *f == name => self.say(lang.t("是", "is"), lang.t("是", "yes")),
            ["!", f] if *f == name => self.say(lang.t("是", "is"), lang.t("否", "no")),
            [f, "==", "null"] if *f == name => self.say(lang.t("为空", "is empty"), ""),
            [f, "!=", "null"] if *f == name => self.say(lang.t("不为空", "is filled"), ""),
            ["year", ..] if words.contains(&"month") => self.say(lang.t("在", "in"), lang.t("本月", "this month")),
            _ if words.contains(&"weekday") && words.contains(&"||") => {
                self.say(lang.t("在", "in"), lang.t("本周", "this week"))
            }
            ["within", "(", f, ",", code, ")"] if *f == name => self.within(&unquote(code)?),
            [first, "in", f, sign @ ("||" | "&&"), ..] if *f == name && unquote(first).is_some() => self.say(
                if *sign == "||" {
                    lang.t("包含任一", "includes any of")
                } else {
                    lang.t("同时包含", "includes all of")
                },
                &self.keys(words)?,
            ),
            ["!", "(", _, "in", f, "||", ..] if *f == name => {
                self.say(lang.t("都不包含", "includes none of"), &self.keys(words)?)
            }
            [f, ">=", low @ ..] if *f == name && low.contains(&"&&") => self.range(low),
            [f, "in", "[", values @ .., "]"] if *f == name => self.say(lang.t("是", "is"), &self.values(values)?),
            ["!", "(", f, "in", "[", values @ .., "]", ")"] if *f == name => {
                self.say(lang.t("不是", "is not"), &self.values(values)?)
            }
            [value, "in", f] if *f == name => self.say(lang.t("包含", "includes"), &self.value(&[value])?),
            ["!", "(", value, "in", f, ")"] if *f == name => {
                self.say(lang.t("不包含", "lacks"), &self.value(&[value])?)
            }
            [f, ".", "contains", "(", value, ")"] if *f == name => {
                self.say(lang.t("含有", "contains"), &unquote(value)?)
            }
            ["!", f, ".", "contains", "(", value, ")"] if *f == name => {
                self.say(lang.t("不含", "does not contain"), &unquote(value)?)
            }
            [f, ".", "startsWith", "(", value, ")"] if *f == name => self.begins(&unquote(value)?),
            ["currency", "(", f, ")", verb @ ("==" | "!="), code] if *f == name => {
                self.say(&self.of_currency(self.verb(verb)), &unquote(code)?)
            }
            ["currency", "(", f, ")", "in", "[", code, ",", "null", "]"] if *f == name => {
                self.say(&self.of_currency(self.verb("==")), &unquote(code)?)
            }
            [f, verb @ ("==" | "!=" | "<" | "<=" | ">" | ">="), value @ ..] if *f == name => {
                self.say(self.verb(verb), &self.value(value)?)
            }
            _ => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it ends every arm of readers that may find nothing to say")]
    fn say(&self, verb: &str, answer: &str) -> Option<Sentence> {
        Some(Sentence {
            field: self.field.label.get(self.lang).to_owned(),
            verb: verb.to_owned(),
            answer: answer.to_owned(),
        })
    }

    fn is_time(&self) -> bool {
        matches!(self.field.kind.value_kind(), FieldKind::Date | FieldKind::DateTime)
    }

    fn verb(&self, sign: &str) -> &'static str {
        let time = self.is_time();
        match sign {
            "==" => self.lang.t("是", "is"),
            "!=" => self.lang.t("不是", "is not"),
            "<" if time => self.lang.t("早于", "before"),
            "<" => self.lang.t("小于", "below"),
            "<=" if time => self.lang.t("不晚于", "by"),
            "<=" => self.lang.t("不超过", "at most"),
            ">" if time => self.lang.t("晚于", "after"),
            ">" => self.lang.t("大于", "above"),
            _ if time => self.lang.t("自", "since"),
            _ => self.lang.t("至少", "at least"),
        }
    }

    fn begins(&self, prefix: &str) -> Option<Sentence> {
        if matches!(self.field.kind, FieldKind::Region) {
            return self.within(&format!("{prefix:0<6}"));
        }
        self.say(self.lang.t("开头是", "begins with"), prefix)
    }

    fn of_currency(&self, verb: &str) -> String {
        format!("{}{verb}", self.lang.t("的币种 ", "’s currency "))
    }

    fn within(&self, code: &str) -> Option<Sentence> {
        self.say(self.lang.t("在", "in"), &zhike_text::region::full_name(code).unwrap_or_else(|| code.to_owned()))
    }

    /// All text literals of the words, as what they stand for.
    fn keys(&self, words: &[&str]) -> Option<String> {
        let shown: Vec<String> = words.iter().filter_map(|word| unquote(word)).map(|key| self.literal(key)).collect();
        (!shown.is_empty()).then(|| shown.join(self.lang.t("、", ", ")))
    }

    fn range(&self, words: &[&str]) -> Option<Sentence> {
        let cut = words.iter().position(|word| *word == "&&")?;
        let (low, high) = (&words[..cut], words.get(cut + 3..)?);
        let lang = self.lang;
        match (low, high) {
            (["today"], ["today", "+", "days", "(", "1", ")"]) => self.say(lang.t("是", "is"), lang.t("今天", "today")),
            (["today", "-", "days", "(", days, ")"], ["now" | "today"]) => {
                self.say(lang.t("在", "in"), &t!(lang, "最近 {days} 天", "the last {days} days"))
            }
            (["today" | "now"], ["today", "+", "days", "(", days, ")"]) => {
                self.say(lang.t("在", "in"), &t!(lang, "未来 {days} 天", "the next {days} days"))
            }
            (["date", "(", day, ")"], ["date", "(", last, ")", ..]) if day == last => {
                self.say(lang.t("是", "is"), &unquote(day)?)
            }
            (["date", "(", day, ")"], ["date", "(", last, ")", ..]) => {
                self.say(lang.t("在", "in"), &t!(lang, "{} 至 {}", "{} to {}", unquote(day)?, unquote(last)?))
            }
            ([low], [high]) if is_number(low) && is_number(high) => {
                self.say(lang.t("在", "in"), &t!(lang, "{low} 至 {high}", "{low} to {high}"))
            }
            _ => None,
        }
    }

    fn values(&self, words: &[&str]) -> Option<String> {
        let shown: Option<Vec<String>> =
            words.iter().filter(|word| **word != ",").map(|word| self.value(&[word])).collect();
        shown.map(|values| values.join(self.lang.t("、", ", ")))
    }

    fn value(&self, words: &[&str]) -> Option<String> {
        let lang = self.lang;
        match words {
            ["me"] => Some(lang.t("我", "me").to_owned()),
            ["now"] => Some(lang.t("现在", "now").to_owned()),
            ["today"] => Some(lang.t("今天", "today").to_owned()),
            ["true"] => Some(lang.t("是", "yes").to_owned()),
            ["false"] => Some(lang.t("否", "no").to_owned()),
            ["date" | "timestamp", "(", literal, ")"] | ["date", "(", literal, ")", "+", ..] => unquote(literal),
            [base @ ("now" | "today"), sign @ ("+" | "-"), "days", "(", days, ")"] => {
                Some(self.moved(base, sign, days.parse().ok()?))
            }
            [base @ ("now" | "today"), sign @ ("+" | "-"), "duration", "(", literal, ")"] => {
                let text = unquote(literal)?;
                let hours: i64 = text.strip_suffix('h')?.parse().ok()?;
                if hours % 24 != 0 {
                    return Some(if *sign == "-" {
                        t!(lang, "{hours} 小时前", "{hours} hours ago")
                    } else {
                        t!(lang, "{hours} 小时后", "{hours} hours from now")
                    });
                }
                Some(self.moved(base, sign, hours / 24))
            }
            ["-", number] => Some(format!("-{number}")),
            [literal] => match unquote(literal) {
                Some(text) => Some(self.literal(text)),
                None => literal.chars().all(|c| c.is_ascii_digit() || c == '.').then(|| (*literal).to_owned()),
            },
            _ => None,
        }
    }

    fn moved(&self, base: &str, sign: &str, days: i64) -> String {
        let lang = self.lang;
        match (base, sign, days) {
            ("today", "+", 1) => lang.t("明天", "tomorrow").to_owned(),
            ("today", "-", 1) => lang.t("昨天", "yesterday").to_owned(),
            ("now", "+", 1) => t!(lang, "24 小时后", "24 hours from now"),
            (_, "-", _) => t!(lang, "{days} 天前", "{days} days ago"),
            _ => t!(lang, "{days} 天后", "{days} days from now"),
        }
    }

    fn literal(&self, text: String) -> String {
        if let Some(option) = self.field.option(&text) {
            return option.label.get(self.lang).to_owned();
        }
        if self.field.kind.is_reference() {
            return self.names.name(&text).unwrap_or(text);
        }
        if matches!(self.field.kind, FieldKind::Region) {
            return zhike_text::region::full_name(&text).unwrap_or(text);
        }
        text
    }
}
