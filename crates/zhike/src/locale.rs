//! The language of help and messages, from the environment.

use zhike_types::Lang;

/// The process's variables: read here and nowhere else. (Options read their own `ZHIKE_…` through clap.)
pub struct Environment(fn(&str) -> Option<String>);

impl Environment {
    pub fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one home of the environment")]
        Self(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.0(name)
    }

    pub fn lang(&self) -> Lang {
        lang(|name| self.get(name))
    }
}

/// By the rules of POSIX (8.2): `LC_ALL` before `LC_MESSAGES` before `LANG`. Chinese when it begins with `zh`, else English.
fn lang(get: impl Fn(&str) -> Option<String>) -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(get);
    Lang::from_tag(locale.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use zhike_types::Lang;

    use super::lang;

    fn of(variables: &[(&str, &str)]) -> Lang {
        lang(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn chinese_locales_are_chinese_and_all_others_english() {
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(of(&[("LANG", "zh_TW")]), Lang::Zh);
        assert_eq!(of(&[("LANG", "en_US.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LANG", "C")]), Lang::En);
        assert_eq!(of(&[]), Lang::En);
    }

    #[test]
    fn the_more_particular_variable_decides() {
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_GB.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "en_GB.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")]), Lang::Zh);
    }
}
