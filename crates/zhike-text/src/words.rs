//! What a column holds, told from its values.

use crate::date::{self, Moment};
use crate::phone::{self, PhoneKind};
use crate::{credit_code, email, fold, id_number, legal_form, number, region, surname, url};

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    Phone,
    Mobile,
    Email,
    CreditCode,
    IdNumber,
    Date,
    DateTime,
    Number,
    Percent,
    Money,
    Url,
    Region,
    PersonName,
    CompanyName,
    Boolean,
}

/// So large a share of the values that are not blank must fit.
const SHARE: f64 = 0.7;

/// A test of one value.
type Fits = fn(&str) -> bool;

/// The narrower kinds first: a mobile number is also a phone and, to the letter, a number.
const TESTS: &[(Content, Fits)] = &[
    (Content::Email, |text| listed(text).all(|one| email::parse(one).is_ok())),
    (Content::Url, is_url),
    (Content::CreditCode, is_credit_code),
    (Content::IdNumber, |text| id_number::parse(text).is_ok()),
    (Content::Mobile, |text| is_phone(text, |kind| kind == PhoneKind::Mobile)),
    (Content::Phone, |text| is_phone(text, |_| true)),
    (Content::DateTime, is_datetime),
    (Content::Date, |text| !is_serial(text) && date::parse_date(text).is_ok()),
    (Content::Percent, |text| fold(text).ends_with('%') && number::parse_percent(text, 6).is_ok()),
    (Content::Money, is_money),
    (Content::Boolean, |text| number::parse_bool(text).is_some()),
    (Content::Number, |text| number::parse_decimal(text, 6).is_ok()),
    (Content::Region, |text| region::parse_whole(text).is_some()),
    (Content::CompanyName, legal_form::is_organisation),
    (Content::PersonName, is_person),
];

/// What at least seven in ten of the values are; `None` when they are nothing of the kind, or all blank. A few
/// hundred values are enough.
pub fn guess(samples: &[&str]) -> Option<Content> {
    let values: Vec<&str> = samples.iter().map(|sample| sample.trim()).filter(|sample| !is_blank(sample)).collect();
    if values.is_empty() {
        return None;
    }
    let enough = |fits: &Fits| {
        let fitting = values.iter().filter(|value| fits(value)).count();
        fitting as f64 >= SHARE * values.len() as f64
    };
    TESTS.iter().find(|(_, fits)| enough(fits)).map(|(content, _)| *content)
}

/// What people write into a cell that has no value.
fn is_blank(text: &str) -> bool {
    matches!(text, "" | "-" | "--" | "—" | "/" | "\\" | "暂无" | "NULL" | "null" | "N/A" | "n/a" | "#N/A")
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', '、', ',', '，']).map(str::trim).filter(|one| !one.is_empty())
}

fn is_url(text: &str) -> bool {
    let written = fold(text);
    let looks = written.starts_with("http") || written.starts_with("www.") || written.contains('.');
    looks
        && !written.contains('@')
        && number::parse_decimal(text, 6).is_err()
        && url::parse(text).is_ok_and(|_| written.contains(|c: char| c.is_ascii_alphabetic()))
}

/// The check digit of a code in an old list is often wrong; its form alone tells the column.
fn is_credit_code(text: &str) -> bool {
    match credit_code::parse(text) {
        Ok(_) => true,
        Err(credit_code::CreditCodeError::CheckDigit(_)) => {
            id_number::parse(text).is_err() && fold(text).starts_with('9')
        }
        Err(_) => false,
    }
}

fn is_phone(text: &str, of: fn(PhoneKind) -> bool) -> bool {
    let numbers = phone::split(text);
    let signs = text.contains(['-', '+', '(', '（', '转', '—']);
    !numbers.is_empty()
        && !is_day(text)
        && numbers.iter().all(|one| {
            phone::parse(one).is_ok_and(|phone| {
                // Seven digits could be anything; a sign, an area code or eleven digits make it a number to call.
                let told = match phone.kind {
                    PhoneKind::Mobile | PhoneKind::Abroad => true,
                    PhoneKind::Landline => phone.national.starts_with('0') && (signs || one.starts_with('0')),
                    PhoneKind::Service => phone.national.len() == 10,
                };
                told && of(phone.kind)
            })
        })
}

fn is_day(text: &str) -> bool {
    date::parse_date(text).is_ok()
}

fn is_serial(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && text.split('.').next().is_some_and(|whole| whole.len() == 5)
}

fn is_datetime(text: &str) -> bool {
    let has_clock = text.contains([':', '：', '点', '时']);
    has_clock && matches!(date::parse_datetime(text), Ok(Moment::Local(_) | Moment::Instant(_)))
}

fn is_money(text: &str) -> bool {
    let folded = fold(text);
    let sign =
        folded.contains(['¥', '$', '€', '£', '元', '万', '亿']) || folded.contains("rmb") || folded.contains("cny");
    sign && number::parse_decimal(text, 6).is_ok()
}

/// A full name, or a surname with a form of address (王总, 李女士, 陈经理).
fn is_person(text: &str) -> bool {
    const ADDRESS: &[&str] = &[
        "总", "先生", "女士", "小姐", "经理", "老师", "主任", "工", "老板", "董", "处", "科长", "局长", "院长", "校长",
        "律师", "医生",
    ];
    let name: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    surname::is_person_name(&name)
        || ADDRESS.iter().any(|word| {
            name.strip_suffix(word)
                .is_some_and(|bare| surname::surname(bare).is_some_and(|surname| bare.len() - surname.len() <= 6))
        })
}

#[cfg(test)]
mod tests;
