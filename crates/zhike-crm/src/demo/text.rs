//! Fills the slots of a phrase.

use super::{
    chance::Chance,
    words::phrases::{PAINS, PRODUCTS, RIVALS, WHYS},
};

/// Writes `template` behind `out`; `who` is how the person is called. A slot is the same word wherever it stands in one text
/// only by chance: phrases use each once.
pub(super) fn write(out: &mut String, template: &str, who: &str, chance: &mut Chance) {
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(length) = rest[open..].find('}') else { break };
        match &rest[open + 1..open + length] {
            "who" => out.push_str(who),
            "product" => out.push_str(chance.word(PRODUCTS)),
            "rival" => out.push_str(chance.word(RIVALS)),
            "pain" => out.push_str(chance.word(PAINS)),
            "why" => out.push_str(chance.word(WHYS)),
            "n" => number(
                out,
                *chance.pick(&[3, 5, 8, 10, 12, 15, 18, 20, 25, 30, 36, 45, 50, 60, 80, 100, 120, 150, 200]),
            ),
            "p" => number(out, chance.between(3, 15)),
            "k" => number(out, chance.between(2, 9)),
            _ => number(out, chance.between(1, 12)),
        }
        rest = &rest[open + length + 1..];
    }
    out.push_str(rest);
}

/// A phrase by itself.
pub(super) fn text(template: &str, who: &str, chance: &mut Chance) -> String {
    let mut out = String::with_capacity(template.len() + 24);
    write(&mut out, template, who, chance);
    out
}

fn number(out: &mut String, number: i64) {
    use std::fmt::Write as _;
    write!(out, "{number}").expect("a string takes what is written");
}
