//! How far two words are apart.

use crate::letters::{Letter, same_sound};

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment); `None`
/// when more than `most`.
pub(crate) fn distance(a: &[Letter], b: &[Letter], most: usize) -> Option<usize> {
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if b.len() - a.len() > most {
        return None;
    }
    if a.is_empty() {
        return Some(b.len());
    }
    if most <= 1 {
        let swapped = a.len() == 2 && b.len() == 2 && a[0] == b[1] && a[1] == b[0];
        return (most == 1 && (b.len() == 1 || swapped)).then_some(1);
    }
    // Longer words are cut before: 64 letters are more than any name that is compared here.
    if b.len() >= ROW {
        return None;
    }
    let mut rows = [[0_u8; ROW]; 3];
    for (at, cell) in rows[0].iter_mut().enumerate().take(b.len() + 1) {
        *cell = at as u8;
    }
    for (i, letter) in a.iter().enumerate() {
        let (now, before, earlier) = ((i + 1) % 3, i % 3, (i + 2) % 3);
        rows[now][0] = i as u8 + 1;
        let mut least = rows[now][0];
        for (j, other) in b.iter().enumerate() {
            let mut cell = rows[before][j] + u8::from(letter != other);
            cell = cell.min(rows[before][j + 1] + 1).min(rows[now][j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                cell = cell.min(rows[earlier][j - 1] + 1);
            }
            rows[now][j + 1] = cell;
            least = least.min(cell);
        }
        if usize::from(least) > most {
            return None;
        }
    }
    Some(usize::from(rows[a.len() % 3][b.len()])).filter(|found| *found <= most)
}

const ROW: usize = 64;

/// Jaro–Winkler similarity from 0 to 1 (Winkler 1990), for words of up to 64 letters.
pub(crate) fn jaro_winkler(a: &[Letter], b: &[Letter]) -> f64 {
    let (a, b) = (&a[..a.len().min(64)], &b[..b.len().min(64)]);
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut of_a, mut of_b) = (0_u64, 0_u64);
    for (i, letter) in a.iter().enumerate() {
        let from = i.saturating_sub(reach);
        let to = (i + reach + 1).min(b.len());
        if let Some(j) = (from..to).find(|j| of_b & (1 << j) == 0 && b[*j] == *letter) {
            of_a |= 1 << i;
            of_b |= 1 << j;
        }
    }
    let common = f64::from(of_a.count_ones());
    if common == 0.0 {
        return 0.0;
    }
    let marked = |word: &[Letter], mask: u64| -> Vec<Letter> {
        word.iter().enumerate().filter(|(at, _)| mask & (1 << at) != 0).map(|(_, letter)| *letter).collect()
    };
    let moved = marked(a, of_a).iter().zip(marked(b, of_b)).filter(|(a, b)| **a != *b).count() as f64 / 2.0;
    let jaro = (common / a.len() as f64 + common / b.len() as f64 + (common - moved) / common) / 3.0;
    let start = a.iter().zip(b).take(4).take_while(|(a, b)| a == b).count() as f64;
    jaro + start * 0.1 * (1.0 - jaro)
}

/// Whether all letters of `short` stand in `long` in this order, the first one in front: 工行 in 工商银行.
pub(crate) fn abbreviates(short: &[Letter], long: &[Letter]) -> bool {
    let mut rest = long.iter();
    short.first() == long.first() && short.iter().all(|letter| rest.any(|other| other == letter))
}

/// Whether both have the same letters in any order.
pub(crate) fn same_letters(a: &[Letter], b: &[Letter]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let sum =
        |word: &[Letter]| word.iter().fold((0_u32, 0_u32), |(sum, or), l| (sum + u32::from(*l), or ^ u32::from(*l)));
    if sum(a) != sum(b) {
        return false;
    }
    let sorted = |word: &[Letter]| {
        let mut word = word.to_vec();
        word.sort_unstable();
        word
    };
    sorted(a) == sorted(b)
}

/// Where `part` stands in `whole`.
pub(crate) fn find(whole: &[Letter], part: &[Letter]) -> Option<usize> {
    if part.is_empty() || part.len() > whole.len() {
        return None;
    }
    whole.windows(part.len()).position(|window| window == part)
}

/// How many letters of the shorter word differ in sound, place by place, when the lengths are the same.
pub(crate) fn heard_apart(a: &[Letter], b: &[Letter]) -> Option<usize> {
    (a.len() == b.len()).then(|| a.iter().zip(b).filter(|(a, b)| !same_sound(**a, **b)).count())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{abbreviates, distance, find, jaro_winkler, same_letters};
    use crate::letters::word;

    #[test]
    fn distances() {
        let of = |a: &str, b: &str, most| distance(&word(a), &word(b), most);
        assert_eq!(of("海尔电器", "海尔电器", 2), Some(0));
        assert_eq!(of("海尔电器", "海尔电气", 2), Some(1));
        assert_eq!(of("海尔电器", "海电尔器", 2), Some(1));
        assert_eq!(of("海尔电器", "海尔器", 2), Some(1));
        assert_eq!(of("海尔电器", "联想电脑", 2), None);
        assert_eq!(of("", "ab", 2), Some(2));
        assert_eq!(of("pridhamstreet", "pridham street", 2), Some(1));
    }

    #[test]
    fn winklers_own_examples() {
        // Winkler (1990), table 1.
        for (a, b, wanted) in [("martha", "marhta", 0.961), ("dixon", "dicksonx", 0.813), ("dwayne", "duane", 0.840)] {
            assert!((jaro_winkler(&word(a), &word(b)) - wanted).abs() < 0.001, "{a} {b}");
        }
        assert!(jaro_winkler(&word("abc"), &word("xyz")) < 0.001);
    }

    #[test]
    fn short_forms() {
        assert!(abbreviates(&word("工行"), &word("工商银行")));
        assert!(!abbreviates(&word("商行"), &word("工商银行")));
        assert!(same_letters(&word("电器海尔"), &word("海尔电器")));
        assert_eq!(find(&word("青岛海尔"), &word("海尔")), Some(2));
    }

    proptest! {
        #[test]
        fn a_distance_is_symmetric(a in "[abc]{0,6}", b in "[abc]{0,6}") {
            let (a, b) = (word(&a), word(&b));
            prop_assert_eq!(distance(&a, &b, 6), distance(&b, &a, 6));
            prop_assert_eq!(distance(&a, &b, 0).is_some(), a == b);
            let similarity = jaro_winkler(&a, &b);
            prop_assert!((0.0..=1.0).contains(&similarity));
            prop_assert!((similarity - jaro_winkler(&b, &a)).abs() < 0.21);
        }
    }
}
