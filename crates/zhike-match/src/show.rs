//! Values in words, as they are compared: for the waterfall.

use crate::letters::text_of;
use crate::organisation::Name;
use crate::schema::Kind;
use crate::{address, phone, place};

pub(crate) fn value(kind: Kind, words: &[u16]) -> String {
    match kind {
        Kind::Organisation => {
            let name = Name::of(words);
            let label = name.branch().map(|label| format!(" [{}]", text_of(label))).unwrap_or_default();
            format!("{}{label}", text_of(if name.brand.is_empty() { name.core } else { name.brand }))
        }
        Kind::Trade => text_of(&words[1..]),
        Kind::Region => place::name(words[1]).to_owned(),
        Kind::Person => text_of(&words[2..]),
        Kind::Mobile => phone::number(words).to_string(),
        Kind::Landline => match words[0] {
            0 => phone::number(words).to_string(),
            area => format!("0{area}-{}", phone::number(words)),
        },
        // The domain is kept as a hash alone.
        Kind::Email => format!("{}@…", text_of(&words[3..])),
        Kind::CreditCode => text_of(&words[1..]),
        Kind::Address => {
            let (road, numbers) = address::split(words);
            let numbers: Vec<String> =
                numbers.split(|word| *word == 0).filter(|part| !part.is_empty()).map(text_of).collect();
            format!("{}{}", text_of(road), numbers.join("-"))
        }
        Kind::Date => words.iter().map(u16::to_string).collect(),
        Kind::Text | Kind::Code => text_of(words),
    }
}
