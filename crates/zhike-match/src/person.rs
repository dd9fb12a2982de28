//! Names of people: 张三, 张总, 李经理, Zhang San.

use std::sync::LazyLock;

use zhike_text::{fold, surname};

use crate::letters::{Letter, all_same_sound, is_han, letter, sound_hash, word};
use crate::level::Level;
use crate::similar::{distance, same_letters};

/// Forms of address and posts behind a surname or a name, longest first.
const TITLES: &[&str] = &[
    "副总经理",
    "总经理助理",
    "董事长",
    "总经理",
    "副经理",
    "副主任",
    "副科长",
    "副处长",
    "副局长",
    "副院长",
    "副校长",
    "工程师",
    "业务员",
    "采购员",
    "负责人",
    "老板娘",
    "联系人",
    "经理",
    "先生",
    "女士",
    "小姐",
    "同志",
    "老师",
    "主任",
    "主管",
    "总监",
    "老板",
    "董事",
    "科长",
    "处长",
    "局长",
    "部长",
    "厂长",
    "院长",
    "校长",
    "店长",
    "所长",
    "站长",
    "会计",
    "律师",
    "医生",
    "教授",
    "博士",
    "师傅",
    "助理",
    "秘书",
    "书记",
    "村长",
    "社长",
    "行长",
    "队长",
    "班长",
    "总",
    "工",
    "董",
    "哥",
    "姐",
    "叔",
    "姨",
    "处",
    "科",
    "局",
];

struct Lists {
    titles: Vec<Vec<Letter>>,
    /// The letters that titles end with.
    ends: Vec<Letter>,
    /// Which letters are surnames, and which two.
    single: Box<[bool]>,
    doubles: Vec<(Letter, Letter)>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let titles: Vec<Vec<Letter>> = TITLES.iter().map(|title| word(title)).collect();
    let mut ends: Vec<Letter> = titles.iter().filter_map(|title| title.last().copied()).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut single = vec![false; 1 << 16];
    for (at, known) in single.iter_mut().enumerate().skip(0x4e00).take(0x5200) {
        *known = char::from_u32(at as u32).is_some_and(|c| surname::surname(c.encode_utf8(&mut [0; 4])).is_some());
    }
    let doubles = surname::doubles().iter().map(|name| word(name)).map(|name| (name[0], name[1])).collect();
    Lists { titles, ends, single: single.into(), doubles }
});

const TITLE: u16 = 1;
const LATIN: u16 = 2;

/// Flags, length of the surname, letters. Nothing when the text is no name.
pub(crate) fn store(text: &str, out: &mut Vec<u16>) -> bool {
    let folded = fold(text);
    let bare = folded.split(['(', '/', '、', ',', ';']).next().unwrap_or_default();
    let mut letters: Vec<Letter> = bare.chars().filter(|c| c.is_alphabetic()).map(letter).collect();
    let han = letters.iter().filter(|letter| is_han(**letter)).count();
    if letters.is_empty() {
        return false;
    }
    if han == 0 {
        // Zhang San and San Zhang: the words in order of the alphabet, so that neither order counts.
        let mut words: Vec<&str> = bare.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        words.retain(|word| !matches!(*word, "mr" | "mrs" | "ms" | "miss" | "dr" | "prof"));
        letters = word(&words.concat());
        out.extend([LATIN, letters.len().min(30) as u16]);
        out.extend_from_slice(&letters[..letters.len().min(30)]);
        return !letters.is_empty();
    }
    // 老王, 小李: an address before the surname.
    if letters.len() == 2 && [0x8001, 0x5c0f].contains(&letters[0]) && surname_length(&letters[1..]) > 0 {
        letters.remove(0);
        out.extend([TITLE, 1, letters[0]]);
        return true;
    }
    let mut title = false;
    let lists = &*LISTS;
    let titled = letters.last().is_some_and(|last| lists.ends.binary_search(last).is_ok());
    let longest = || lists.titles.iter().find(|title| letters.len() > title.len() && letters.ends_with(title));
    if let Some(found) = titled.then(longest).flatten() {
        let bare = &letters[..letters.len() - found.len()];
        let surname = surname_length(bare);
        // 陈董 is a form of address, 刘科 and 李工 are too; 王文工 is a name.
        if surname == bare.len() && surname > 0 {
            title = true;
            letters.truncate(bare.len());
        } else if found.len() >= 2 && surname > 0 && bare.len() <= surname + 2 {
            letters.truncate(bare.len());
        }
    }
    let letters = &letters[..letters.len().min(16)];
    title |= letters.len() == 1 && surname_length(letters) == 1;
    out.extend([if title { TITLE } else { 0 }, surname_length(letters).min(letters.len()) as u16]);
    out.extend_from_slice(letters);
    true
}

fn surname_length(letters: &[Letter]) -> usize {
    let lists = &*LISTS;
    match letters {
        [first, second, ..] if lists.doubles.contains(&(*first, *second)) => 2,
        [first, ..] => usize::from(lists.single[usize::from(*first)]),
        [] => 0,
    }
}

pub(crate) fn compare(a: &[u16], b: &[u16]) -> Level {
    let ([flags_a, surname_a, a @ ..], [flags_b, surname_b, b @ ..]) = (a, b) else { return Level::Missing };
    let (surname_a, surname_b) = (&a[..usize::from(*surname_a)], &b[..usize::from(*surname_b)]);
    if (flags_a | flags_b) & TITLE != 0 {
        if (flags_a ^ flags_b) & LATIN != 0 {
            return Level::Missing;
        }
        return if all_same_sound(surname_a, surname_b) { Level::Surname } else { Level::Different };
    }
    if a == b {
        return Level::Same;
    }
    if flags_a & LATIN != flags_b & LATIN {
        let (latin, han, surname) = if flags_a & LATIN != 0 { (a, b, surname_b) } else { (b, a, surname_a) };
        let swapped = [&han[surname.len()..], surname].concat();
        let heard = sound_hash(latin);
        return if heard == sound_hash(han) || heard == sound_hash(&swapped) { Level::Sound } else { Level::Missing };
    }
    if flags_a & LATIN != 0 {
        return if same_letters(a, b) {
            Level::Swapped
        } else if a.len().min(b.len()) >= 5 && distance(a, b, 2).is_some() {
            Level::Near
        } else {
            Level::Different
        };
    }
    if all_same_sound(a, b) {
        return Level::Sound;
    }
    let given = |name: &[Letter], surname: &[Letter]| name.len() - surname.len();
    // 明华 for 张明华; 张明 for 张明华; one of three characters wrong.
    let long = a.len().max(b.len());
    if long >= 3 && distance(a, b, 1).is_some() && (given(a, surname_a) + given(b, surname_b) >= 3) {
        return Level::Near;
    }
    if !surname_a.is_empty() && all_same_sound(surname_a, surname_b) { Level::Alike } else { Level::Different }
}

#[cfg(test)]
mod tests {
    use super::{compare, store};
    use crate::level::Level;

    fn level(a: &str, b: &str) -> Level {
        let [a, b] = [a, b].map(|text| {
            let mut out = Vec::new();
            store(text, &mut out);
            out
        });
        compare(&a, &b)
    }

    #[test]
    fn levels() {
        for (a, b, wanted) in [
            ("张三丰", "張三豐", Level::Same),
            ("张三丰先生", "张三丰", Level::Same),
            ("张 三", "张三", Level::Same),
            ("张总", "张三丰", Level::Surname),
            ("李经理", "张三丰", Level::Different),
            ("小李", "李四", Level::Surname),
            ("章三丰", "张三丰", Level::Sound),
            ("Zhang Sanfeng", "张三丰", Level::Sound),
            ("Sanfeng Zhang", "张三丰", Level::Sound),
            ("张三丰", "张三元", Level::Near),
            ("张三丰", "张伟", Level::Alike),
            ("张三丰", "李伟", Level::Different),
            ("John Smith", "Smith John", Level::Swapped),
        ] {
            assert_eq!(level(a, b), wanted, "{a} {b}");
        }
    }
}
