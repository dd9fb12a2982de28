//! `[[print]]` again.

use std::fmt::Write as _;

use super::{Writer, labels, list};
use crate::{Print, PrintBlock, PrintParty};

impl Writer {
    pub(super) fn print(&mut self, print: &Print) {
        self.section("[[print]]");
        self.text("name", &print.name);
        self.label("label", &print.label);
        self.words("head", &print.head);
        for block in &print.blocks {
            self.section("[[print.block]]");
            match block {
                PrintBlock::Title(text) => self.label("title", text),
                PrintBlock::Heading(text) => self.label("heading", text),
                PrintBlock::Text(text) => self.label("text", text),
                PrintBlock::Field(path) => self.text("field", path),
                PrintBlock::Facts(paths) => self.words("facts", paths),
                PrintBlock::Table { relation, columns } => {
                    self.text("table", relation);
                    self.words("columns", columns);
                }
                PrintBlock::Sums(paths) => self.words("sums", paths),
                PrintBlock::Capitals(path) => self.text("capitals", path),
                PrintBlock::Parties(parties) => {
                    let parties: Vec<String> = parties.iter().map(party).collect();
                    self.key("parties", &format!("[{}]", parties.join(", ")));
                }
            }
        }
    }
}

fn party(party: &PrintParty) -> String {
    let mut out = format!("{{ role = {}", labels(&party.role));
    if !party.facts.is_empty() {
        let _ = write!(out, ", facts = {}", list(&party.facts));
    }
    if !party.by_hand.is_empty() {
        let by_hand: Vec<String> = party.by_hand.iter().map(labels).collect();
        let _ = write!(out, ", by_hand = [{}]", by_hand.join(", "));
    }
    format!("{out} }}")
}
