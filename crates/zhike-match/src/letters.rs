//! Text as comparable letters: folded, simplified, without blanks and signs, two bytes each; and how they sound.

use std::sync::LazyLock;

use zhike_text::{fold, han, pinyin_of};

/// A letter, digit or Han character. Characters beyond the basic plane are mapped into its private area: names hardly use
/// them, and two of them that fall together are still told apart by the rest of the name.
pub(crate) type Letter = u16;

const FIRST: u16 = 0x4e00;
const LAST: u16 = 0x9fff;

pub(crate) fn is_han(letter: Letter) -> bool {
    (FIRST..=LAST).contains(&letter) || (0x3400..0x4dc0).contains(&letter) || (0xe000..0xf900).contains(&letter)
}

pub(crate) fn is_digit(letter: Letter) -> bool {
    (u16::from(b'0')..=u16::from(b'9')).contains(&letter)
}

pub(crate) fn letter(c: char) -> Letter {
    let c = han::simplified(c);
    u16::try_from(u32::from(c)).unwrap_or(0xe000 + (u32::from(c) % 0x1900) as u16)
}

/// The letters of `text`, nothing else.
pub(crate) fn letters(text: &str) -> Vec<Letter> {
    fold(text).chars().filter(|c| c.is_alphanumeric()).map(letter).collect()
}

pub(crate) fn text_of(letters: &[Letter]) -> String {
    letters.iter().map(|letter| char::from_u32(u32::from(*letter)).unwrap_or('□')).collect()
}

/// The Chinese numerals that stand for digits in road and street names are left alone; this is the constant form of a word.
pub(crate) fn word(text: &str) -> Vec<Letter> {
    text.chars().map(letter).collect()
}

/// What a character sounds like: the number of its syllable, and of a second one where it has two.
struct Sounds {
    of: Box<[[u16; 2]]>,
    /// Syllables by number; the first is that of no sound.
    syllables: Vec<&'static str>,
}

static SOUNDS: LazyLock<Sounds> = LazyLock::new(|| {
    let mut syllables = vec![""];
    let mut numbers = std::collections::HashMap::new();
    let mut of = vec![[0_u16; 2]; usize::from(LAST - FIRST) + 1];
    for (at, slots) in of.iter_mut().enumerate() {
        let Some(c) = char::from_u32(u32::from(FIRST) + at as u32) else { continue };
        for (slot, syllable) in slots.iter_mut().zip(pinyin_of::sounds(c)) {
            *slot = *numbers.entry(syllable).or_insert_with(|| {
                syllables.push(syllable);
                syllables.len() as u16 - 1
            });
        }
    }
    Sounds { of: of.into_boxed_slice(), syllables }
});

fn sounds(letter: Letter) -> [u16; 2] {
    if (FIRST..=LAST).contains(&letter) { SOUNDS.of[usize::from(letter - FIRST)] } else { [0; 2] }
}

/// Whether both are the same letter, or two characters that share a reading, tones aside.
pub(crate) fn same_sound(a: Letter, b: Letter) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (sounds(a), sounds(b));
    let meets = |sound: u16| sound != 0 && (sound == b[0] || sound == b[1]);
    meets(a[0]) || meets(a[1])
}

/// [`same_sound`] letter by letter.
pub(crate) fn all_same_sound(a: &[Letter], b: &[Letter]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_sound(*a, *b))
}

/// The letters as spelled: Han characters in pinyin, others as they are; `海尔A` → `haiera`.
pub(crate) fn spelled(letters: &[Letter], out: &mut Vec<u8>) {
    for letter in letters {
        match sounds(*letter)[0] {
            0 => out.extend(letter.to_le_bytes().into_iter().filter(|byte| *byte != 0)),
            sound => out.extend_from_slice(SOUNDS.syllables[usize::from(sound)].as_bytes()),
        }
    }
}

/// A hash of how the letters sound, deaf to what speakers confuse: zh and z, ch and c, sh and s, n and l, -ng and -n.
/// Han characters and their pinyin in Latin letters have the same.
pub(crate) fn sound_hash(letters: &[Letter]) -> u64 {
    let mut hash = SEED;
    let mut before = 0;
    let mut hear = |byte: u8| {
        let heard = match (before, byte) {
            (b'z' | b'c' | b's', b'h') | (b'n', b'g') => None,
            (_, b'l') => Some(b'n'),
            (_, other) => Some(other),
        };
        before = byte;
        if let Some(heard) = heard {
            hash = step(hash, u64::from(heard));
        }
    };
    let table = &*SOUNDS;
    for letter in letters {
        match sounds(*letter)[0] {
            0 => letter.to_le_bytes().into_iter().filter(|byte| *byte != 0).for_each(&mut hear),
            sound => table.syllables[usize::from(sound)].bytes().for_each(&mut hear),
        }
    }
    finish(hash)
}

/// A map with a hash of its own: look-ups of letters and places are most of the work of reading names.
pub(crate) type Quick<K, V> = std::collections::HashMap<K, V, std::hash::BuildHasherDefault<Hasher>>;

pub(crate) type QuickSet<K> = std::collections::HashSet<K, std::hash::BuildHasherDefault<Hasher>>;

#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Hasher(u64);

impl std::hash::Hasher for Hasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for eight in bytes.chunks(8) {
            let mut value = [0; 8];
            value[..eight.len()].copy_from_slice(eight);
            self.0 = step(self.0, u64::from_le_bytes(value));
        }
    }

    fn write_u16(&mut self, value: u16) {
        self.0 = step(self.0, u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = step(self.0, u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = step(self.0, value);
    }

    fn write_usize(&mut self, value: usize) {
        self.0 = step(self.0, value as u64);
    }
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

fn step(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
pub(crate) fn finish(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// A hash that never changes: keys made with it stand in databases.
pub(crate) fn hash(letters: &[Letter]) -> u64 {
    finish(letters.iter().fold(SEED, |hash, letter| step(hash, u64::from(*letter))))
}

pub(crate) fn join(one: u64, other: u64) -> u64 {
    finish(step(step(SEED, one), other))
}

#[cfg(test)]
mod tests {
    use super::{all_same_sound, hash, letters, same_sound, sound_hash, text_of, word};

    #[test]
    fn only_letters_stay() {
        assert_eq!(text_of(&letters("ＡＢＣ　科技（北京）·有限公司")), "abc科技北京有限公司");
        assert_eq!(letters("華為"), word("华为"));
    }

    #[test]
    fn homophones() {
        assert!(all_same_sound(&word("海尔"), &word("害而")));
        assert!(!all_same_sound(&word("海尔"), &word("海信")));
        assert!(same_sound(word("重")[0], word("虫")[0]) && same_sound(word("重")[0], word("中")[0]));
        assert_eq!(sound_hash(&word("张三")), sound_hash(&word("zhangsan")));
        assert_eq!(sound_hash(&word("兰山")), sound_hash(&word("南三")));
        assert_ne!(sound_hash(&word("海尔")), sound_hash(&word("海信")));
    }

    /// Keys stand in databases: this number may change only with a migration that makes them anew.
    #[test]
    fn hashes_never_change() {
        assert_eq!(hash(&word("海尔")), 13_637_848_926_952_511_716);
        assert_eq!(sound_hash(&word("海尔")), 14_762_577_012_122_637_872);
        assert_eq!(hash(&word("海尔")), hash(&word("海爾")));
        assert_eq!(sound_hash(&word("haier")), sound_hash(&word("海尔")));
    }
}
