//! Letters cut into syllables: `qingdaoh` → `qing dao h`.

/// All syllables without tone, ü as v.
const SYLLABLES: &[&str] = &[
    "a", "ai", "an", "ang", "ao", "ba", "bai", "ban", "bang", "bao", "bei", "ben", "beng", "bi", "bian", "biao", "bie",
    "bin", "bing", "bo", "bu", "ca", "cai", "can", "cang", "cao", "ce", "cen", "ceng", "cha", "chai", "chan", "chang",
    "chao", "che", "chen", "cheng", "chi", "chong", "chou", "chu", "chuai", "chuan", "chuang", "chui", "chun", "chuo",
    "ci", "cong", "cou", "cu", "cuan", "cui", "cun", "cuo", "da", "dai", "dan", "dang", "dao", "de", "deng", "di",
    "dia", "dian", "diao", "die", "ding", "diu", "dong", "dou", "du", "duan", "dui", "dun", "duo", "e", "ei", "en",
    "er", "fa", "fan", "fang", "fei", "fen", "feng", "fo", "fou", "fu", "ga", "gai", "gan", "gang", "gao", "ge", "gei",
    "gen", "geng", "gong", "gou", "gu", "gua", "guai", "guan", "guang", "gui", "gun", "guo", "ha", "hai", "han",
    "hang", "hao", "he", "hei", "hen", "heng", "hong", "hou", "hu", "hua", "huai", "huan", "huang", "hui", "hun",
    "huo", "ji", "jia", "jian", "jiang", "jiao", "jie", "jin", "jing", "jiong", "jiu", "ju", "juan", "jue", "jun",
    "ka", "kai", "kan", "kang", "kao", "ke", "kei", "ken", "keng", "kong", "kou", "ku", "kua", "kuai", "kuan", "kuang",
    "kui", "kun", "kuo", "la", "lai", "lan", "lang", "lao", "le", "lei", "leng", "li", "lia", "lian", "liang", "liao",
    "lie", "lin", "ling", "liu", "long", "lou", "lu", "luan", "lun", "luo", "lv", "lve", "ma", "mai", "man", "mang",
    "mao", "me", "mei", "men", "meng", "mi", "mian", "miao", "mie", "min", "ming", "miu", "mo", "mou", "mu", "na",
    "nai", "nan", "nang", "nao", "ne", "nei", "nen", "neng", "ni", "nian", "niang", "niao", "nie", "nin", "ning",
    "niu", "nong", "nou", "nu", "nuan", "nuo", "nv", "nve", "o", "ou", "pa", "pai", "pan", "pang", "pao", "pei", "pen",
    "peng", "pi", "pian", "piao", "pie", "pin", "ping", "po", "pou", "pu", "qi", "qia", "qian", "qiang", "qiao", "qie",
    "qin", "qing", "qiong", "qiu", "qu", "quan", "que", "qun", "ran", "rang", "rao", "re", "ren", "reng", "ri", "rong",
    "rou", "ru", "ruan", "rui", "run", "ruo", "sa", "sai", "san", "sang", "sao", "se", "sen", "seng", "sha", "shai",
    "shan", "shang", "shao", "she", "shei", "shen", "sheng", "shi", "shou", "shu", "shua", "shuai", "shuan", "shuang",
    "shui", "shun", "shuo", "si", "song", "sou", "su", "suan", "sui", "sun", "suo", "ta", "tai", "tan", "tang", "tao",
    "te", "teng", "ti", "tian", "tiao", "tie", "ting", "tong", "tou", "tu", "tuan", "tui", "tun", "tuo", "wa", "wai",
    "wan", "wang", "wei", "wen", "weng", "wo", "wu", "xi", "xia", "xian", "xiang", "xiao", "xie", "xin", "xing",
    "xiong", "xiu", "xu", "xuan", "xue", "xun", "ya", "yan", "yang", "yao", "ye", "yi", "yin", "ying", "yo", "yong",
    "you", "yu", "yuan", "yue", "yun", "za", "zai", "zan", "zang", "zao", "ze", "zei", "zen", "zeng", "zha", "zhai",
    "zhan", "zhang", "zhao", "zhe", "zhei", "zhen", "zheng", "zhi", "zhong", "zhou", "zhu", "zhua", "zhuai", "zhuan",
    "zhuang", "zhui", "zhun", "zhuo", "zi", "zong", "zou", "zu", "zuan", "zui", "zun", "zuo",
];

/// A way to cut typed letters into syllables; the last one may be unfinished.
pub(crate) type Spelling = Vec<Box<str>>;

/// More ways than these do not make a search better.
const WAYS: usize = 6;
/// Nobody types longer names than this by sound.
const LONGEST: usize = 48;

pub(crate) fn is_syllable(text: &str) -> bool {
    SYLLABLES.binary_search(&text).is_ok()
}

fn starts_syllable(text: &str) -> bool {
    let at = SYLLABLES.partition_point(|syllable| *syllable < text);
    SYLLABLES.get(at).is_some_and(|syllable| syllable.starts_with(text))
}

/// The ways to cut `letters` into syllables, those with fewest syllables first. An apostrophe parts syllables (`xi'an`).
/// Empty when there is none.
pub(crate) fn spellings(letters: &str) -> Vec<Spelling> {
    if letters.is_empty() || letters.len() > LONGEST || !letters.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'') {
        return Vec::new();
    }
    let cuts = Cuts::of(letters);
    let mut found = Vec::new();
    cuts.walk(0, &mut Vec::new(), &mut found);
    found.sort_by_key(|spelling| (spelling.len(), !spelling.last().is_some_and(|last| is_syllable(last))));
    found.truncate(WAYS);
    found
}

struct Cuts<'a> {
    letters: &'a str,
    /// Whether the letters from here to the end can be cut at all: no dead ends on the way.
    finishes: Vec<bool>,
}

impl<'a> Cuts<'a> {
    fn of(letters: &'a str) -> Self {
        let mut finishes = vec![false; letters.len() + 1];
        finishes[letters.len()] = true;
        let mut cuts = Self { letters, finishes };
        for at in (0..letters.len()).rev() {
            let finishes = cuts.next(at).next().is_some();
            cuts.finishes[at] = finishes;
        }
        cuts
    }

    /// The ends of syllables that may start at `at`, longest first.
    fn next(&self, at: usize) -> impl Iterator<Item = (&'a str, usize)> {
        let at = if self.letters.as_bytes().get(at) == Some(&b'\'') { at + 1 } else { at };
        let longest = (self.letters.len() - at).min(6);
        (1..=longest).rev().filter_map(move |length| {
            let (piece, end) = (&self.letters[at..at + length], at + length);
            let last = end == self.letters.len();
            let fits = is_syllable(piece) || (last && starts_syllable(piece));
            (fits && self.finishes[end]).then_some((piece, end))
        })
    }

    fn walk(&self, at: usize, so_far: &mut Spelling, found: &mut Vec<Spelling>) {
        if at == self.letters.len() {
            found.push(so_far.clone());
            return;
        }
        for (piece, end) in self.next(at) {
            if found.len() >= 4 * WAYS {
                return;
            }
            so_far.push(piece.into());
            self.walk(end, so_far, found);
            so_far.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SYLLABLES, spellings};

    fn all(letters: &str) -> Vec<String> {
        spellings(letters).into_iter().map(|spelling| spelling.join(" ")).collect()
    }

    #[test]
    fn syllables_are_sorted() {
        assert!(SYLLABLES.is_sorted());
    }

    #[test]
    fn whole_and_unfinished_spellings() {
        assert_eq!(all("qingdao"), ["qing dao", "qing da o"]);
        assert!(all("qingdaoh").contains(&"qing dao h".to_owned()));
        assert_eq!(all("xian")[0], "xian");
        assert!(all("xian").contains(&"xi an".to_owned()));
        assert_eq!(all("xi'an"), ["xi an", "xi a n"]);
        assert!(all("lvyou").contains(&"lv you".to_owned()));
    }

    #[test]
    fn initials_and_english_words_are_no_spelling() {
        assert!(all("qdhe").is_empty());
        assert_eq!(all("zh"), ["zh"]);
        assert!(all("microsoft").is_empty());
        assert!(all("").is_empty());
        assert!(all("青").is_empty());
    }

    #[test]
    fn never_more_than_six_ways() {
        assert!(all("xianxianxianxianxian").len() <= 6);
    }
}
