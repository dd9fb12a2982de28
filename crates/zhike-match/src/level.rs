//! How two values compare: the levels of agreement that a comparison may reach.

use serde::{Deserialize, Serialize};
use zhike_types::Text;

/// A level of agreement. Each kind of comparison uses some of them, the better ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Level {
    /// The same value.
    Same,
    /// The same brand, one of them with 集团.
    Group,
    /// The same to the ear: homophones, or characters and their pinyin.
    Sound,
    /// The values of two fields in each other's place.
    Swapped,
    /// A slip apart: a letter or digit wrong, missing, doubled or swapped.
    Near,
    /// One is the beginning of the other, or is contained in it: a brand without its trade, a number without area code, a
    /// city and its district, a road without a number.
    Within,
    /// Some likeness: an abbreviation, several slips, the same mail domain, the same province.
    Alike,
    /// The surname is the same and nothing else is known.
    Surname,
    /// Nothing in common.
    Different,
    /// Both are stated in a way that rules agreement out: two cities in two registered names.
    Contrary,
    /// One side has no value, or the two cannot be compared: no evidence.
    Missing,
}

/// How many levels there are.
pub(crate) const LEVELS: usize = 11;

impl Level {
    pub const ALL: [Self; LEVELS] = [
        Self::Same,
        Self::Group,
        Self::Sound,
        Self::Swapped,
        Self::Near,
        Self::Within,
        Self::Alike,
        Self::Surname,
        Self::Different,
        Self::Contrary,
        Self::Missing,
    ];

    /// In words for the waterfall.
    pub fn text(self) -> Text {
        match self {
            Self::Same => Text::new("相同", "same"),
            Self::Group => Text::new("相同，一方带“集团”", "same, one with 集团"),
            Self::Sound => Text::new("同音", "sounds the same"),
            Self::Swapped => Text::new("两项互换", "swapped"),
            Self::Near => Text::new("一字之差", "a slip apart"),
            Self::Within => Text::new("一方包含另一方", "one within the other"),
            Self::Alike => Text::new("相近", "alike"),
            Self::Surname => Text::new("同姓", "same surname"),
            Self::Different => Text::new("不同", "different"),
            Self::Contrary => Text::new("明确不同", "clearly different"),
            Self::Missing => Text::new("缺少，不计", "missing, no evidence"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level;

    #[test]
    fn all_levels_in_order() {
        assert!(Level::ALL.is_sorted());
        assert!(Level::ALL.iter().enumerate().all(|(at, level)| *level as usize == at));
        assert!(Level::ALL.iter().all(|level| !level.text().zh.is_empty()));
    }
}
