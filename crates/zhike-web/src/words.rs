//! Two languages at the call site: what a page says stands where it is said, in Chinese and English.

use zhike_types::Lang;

/// Chooses between two words.
pub trait Say: Copy {
    fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str;
}

impl Say for Lang {
    fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// `t!(lang, "还有 {n} 条", "{n} left")`: a sentence with values in it.
macro_rules! t {
    ($lang:expr, $zh:literal, $en:literal $(, $arg:expr)* $(,)?) => {
        match $lang {
            zhike_types::Lang::Zh => format!($zh $(, $arg)*),
            zhike_types::Lang::En => format!($en $(, $arg)*),
        }
    };
}
pub(crate) use t;
