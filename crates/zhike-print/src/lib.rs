//! Documents on paper: a quote, a contract, a statement. Values in, a PDF out.
//!
//! - `face`: which glyph a character is, and how wide
//! - `lines`: texts broken into lines
//! - `compose`, `table`: what stands where on which page
//! - `write`: the pages as PDF/A-2u (ISO 19005-2: fonts inside, every character readable by machines), which archives take

mod compose;
mod face;
mod lines;
mod page;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use face::Fonts;
use zhike_types::{Lang, Result};

/// A document on A4.
#[derive(Debug, Clone)]
pub struct Document {
    pub title: String,
    pub lang: Lang,
    /// At the top of every page, left and right.
    pub head: [String; 2],
    pub blocks: Vec<Block>,
    pub made_at: jiff::civil::DateTime,
}

/// What stands below each other.
#[derive(Debug, Clone)]
pub enum Block {
    /// In the middle, large.
    Title(String),
    Heading(String),
    /// A line break begins a paragraph.
    Text(String),
    /// Labels and values in two columns.
    Facts(Vec<(String, String)>),
    Table(Table),
    /// Labels and values at the right-hand edge, the last one heavier.
    Sums(Vec<(String, String)>),
    /// Side by side, with room for seals; never torn apart.
    Parties(Vec<Party>),
}

#[derive(Debug, Clone)]
pub struct Table {
    pub columns: Vec<Column>,
    /// A text for each column.
    pub rows: Vec<Vec<String>>,
    /// What stands there when there are no rows.
    pub empty: String,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub label: String,
    /// Its share of the width.
    pub share: f32,
    pub right: bool,
}

/// One who seals and signs.
#[derive(Debug, Clone)]
pub struct Party {
    /// 甲方（盖章）
    pub role: String,
    pub facts: Vec<(String, String)>,
    /// Labels of what is filled in by hand.
    pub by_hand: Vec<String>,
}

impl Document {
    /// The document as a PDF.
    ///
    /// # Errors
    /// `Internal` when the fonts are not fit for it.
    pub fn pdf(&self, fonts: &Fonts) -> Result<Vec<u8>> {
        write::pdf(self, fonts, &compose::pages(self, fonts))
    }
}
