//! Names of people for those who may not see them.

use crate::surname::surname;

/// The surname, and a star for each further character: `王*`, `王**`, `欧阳**`; of a foreign name the first letter.
pub fn mask(name: &str) -> String {
    let name = crate::tidy(name);
    match surname(&name) {
        Some(surname) if surname.len() < name.len() => {
            let given = name[surname.len()..].chars().filter(|c| !c.is_whitespace()).count();
            format!("{surname}{}", "*".repeat(given.max(1)))
        }
        _ => {
            let mut chars = name.chars();
            match (chars.next(), chars.as_str()) {
                (None, _) => String::new(),
                (Some(first), rest) if crate::han::is_han(first) => {
                    format!("{first}{}", "*".repeat(rest.chars().filter(|c| !c.is_whitespace()).count()))
                }
                // The length of a foreign name would tell too much of it.
                (Some(first), _) => format!("{first}***"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn masked() {
        for (name, wanted) in [
            ("王五", "王*"),
            ("王小五", "王**"),
            ("欧阳娜娜", "欧阳**"),
            ("王 五", "王*"),
            ("张", "张"),
            ("阿依古丽", "阿***"),
            ("John Smith", "J***"),
            ("", ""),
        ] {
            assert_eq!(mask(name), wanted, "{name}");
        }
    }
}
