//! Documents that a record is printed as: a quote, a contract.

use zhike_types::Text;

/// A document (`[[print]]` of a pack). A *path* is a field of the record, or a field of the record that a reference names
/// (`account.credit_code`).
#[derive(Debug, Clone, PartialEq)]
pub struct Print {
    pub name: String,
    pub label: Text,
    /// Paths of what stands at the top of every page, left and right.
    pub head: Vec<String>,
    pub blocks: Vec<PrintBlock>,
}

/// What stands below each other.
#[derive(Debug, Clone, PartialEq)]
pub enum PrintBlock {
    Title(Text),
    Heading(Text),
    /// A text with paths in braces: `有效期至 {valid_until}`.
    Text(Text),
    /// A field's text, under a heading with the field's label; nothing when it is empty.
    Field(String),
    /// Paths: labels and values in two columns.
    Facts(Vec<String>),
    /// Records that refer to this one, or to the one that a reference names (`quote.lines`): the inverse name, and their fields.
    Table {
        relation: String,
        columns: Vec<String>,
    },
    /// Paths of amounts, the last one the heaviest.
    Sums(Vec<String>),
    /// A path of an amount, in capitals.
    Capitals(String),
    Parties(Vec<PrintParty>),
}

/// One who seals and signs.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintParty {
    pub role: Text,
    /// Paths.
    pub facts: Vec<String>,
    /// Labels of what is filled in by hand.
    pub by_hand: Vec<Text>,
}

impl PrintBlock {
    /// The paths in it.
    pub fn paths(&self) -> Vec<&str> {
        match self {
            Self::Title(text) | Self::Heading(text) | Self::Text(text) => {
                paths_in(&text.zh).chain(paths_in(&text.en)).collect()
            }
            Self::Field(path) | Self::Capitals(path) => vec![path],
            Self::Facts(paths) | Self::Sums(paths) => paths.iter().map(String::as_str).collect(),
            Self::Parties(parties) => parties.iter().flat_map(|party| &party.facts).map(String::as_str).collect(),
            Self::Table { .. } => Vec::new(),
        }
    }
}

/// The paths in braces of a text.
pub fn paths_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(path, _)| path))
}
