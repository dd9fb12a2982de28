//! What a comparison of two records ends in, and how it is told.

use zhike_types::Text;

use crate::level::Level;

/// What two records are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// One and the same.
    Same,
    /// Somebody should look.
    Review,
    /// Parent and branch, or two branches of one company: customers of their own.
    Related(Relation),
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// One is a branch of the other.
    Branch,
    /// Both are branches of one company.
    Branches,
}

impl Band {
    pub fn text(self) -> Text {
        match self {
            Self::Same => Text::new("同一客户", "the same"),
            Self::Review => Text::new("疑似重复", "to review"),
            Self::Related(Relation::Branch) => Text::new("总公司与分支机构", "company and branch"),
            Self::Related(Relation::Branches) => Text::new("同一公司的不同分支机构", "branches of one company"),
            Self::None => Text::new("不同", "different"),
        }
    }
}

/// The outcome for a pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// The sum of all weights with the prior, in bits.
    pub bits: f32,
    pub band: Band,
}

impl Score {
    /// The probability that both are one entity.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-f64::from(self.bits)).exp2())
    }
}

/// One line of the waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The comparison's number in the schema.
    pub comparison: usize,
    pub level: Level,
    /// In bits; 0 where there is no evidence.
    pub bits: f32,
    /// The values that were set against each other, as they are compared: `海尔`, `青岛市`, `13812346138`.
    pub left: String,
    pub right: String,
}

/// A pair explained.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub score: Score,
    /// The weight that every pair starts with.
    pub prior: f32,
    pub lines: Vec<Line>,
    /// What the rules of the field took from the sum: two registered names of two cities are two companies.
    pub held_back: f32,
}
