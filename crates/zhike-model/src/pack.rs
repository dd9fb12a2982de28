//! Packs: what the CRM knows, as TOML. Reading them gives a checked [`Model`], or every problem found, each with file, line and
//! what to do. `docs/adding-an-object.md` is the format's reference.
//!
//! A source declares one object (`[object]`), extends one declared before (`[extend]`), or describes the pack (`[pack]`,
//! `[[group]]`). Order matters only for `[extend]`. Sources whose path begins with `custom/` come from the database: what
//! an administrator added at run time. Names they add begin with `x_`, names of packs never do, so that a later version of
//! a pack cannot meet a customer's own field.

mod amend;
mod approval;
mod board;
mod calendar;
mod check;
mod convert;
mod copying;
mod export;
mod field;
mod layout;
mod measure;
mod object;
mod place;
mod print;
mod rule;
mod shipped;
mod system;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use zhike_types::{Lang, Text};

pub use self::{
    export::{export, export_model},
    shipped::{core_pack, shipped_packs},
};
use crate::Model;
use place::Problems;

/// The text of one file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackSource {
    /// As people know it: `packs/core/account.toml`; begins with `custom/` for what stands in the database.
    pub path: String,
    pub text: String,
}

impl PackSource {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// Declared at run time by an administrator.
    pub fn is_custom(&self) -> bool {
        self.path.starts_with("custom/")
    }
}

/// What is wrong with a pack, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: Text,
}

impl Problem {
    /// `packs/core/account.toml:12:8: …`, as editors and terminals link it.
    pub fn render(&self, lang: Lang) -> String {
        format!("{}:{}:{}: {}", self.file, self.line, self.column, self.message.get(lang))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Lang::En))
    }
}

/// The model that the sources declare together, or all that is wrong with them.
pub fn read(sources: &[PackSource]) -> Result<Model, Vec<Problem>> {
    let problems = Problems::new(sources);
    let declared = object::read_all(sources, &problems);
    if problems.any() {
        // Cross checks on half-read objects would only repeat what is known.
        return Err(problems.into_sorted());
    }
    match check::check(declared, &problems) {
        Some(model) if !problems.any() => Ok(model),
        _ => Err(problems.into_sorted()),
    }
}
