//! Words of place, company and trade names in which a character has another than its usual reading.

/// Sorted by the word, so that the words at a place are found by search.
const PHRASES: &[(&str, &str)] = &[
    ("东阿", "dong1 e1"),
    ("乐亭", "lao4 ting2"),
    ("乐清", "yue4 qing1"),
    ("会稽", "kuai4 ji1"),
    ("会计", "kuai4 ji4"),
    ("便宜", "pian2 yi5"),
    ("六安", "lu4 an1"),
    ("出行", "chu1 xing2"),
    ("单县", "shan4 xian4"),
    ("参茸", "shen1 rong2"),
    ("发行", "fa1 xing2"),
    ("可行", "ke3 xing2"),
    ("台州", "tai1 zhou1"),
    ("吐蕃", "tu3 bo1"),
    ("器乐", "qi4 yue4"),
    ("声乐", "sheng1 yue4"),
    ("大厦", "da4 sha4"),
    ("大夫", "dai4 fu5"),
    ("天台", "tian1 tai1"),
    ("宿舍", "su4 she4"),
    ("尉犁", "yu4 li2"),
    ("广厦", "guang3 sha4"),
    ("旅行", "lv3 xing2"),
    ("朝阳", "chao2 yang2"),
    ("歙县", "she4 xian4"),
    ("步行", "bu4 xing2"),
    ("浚县", "xun4 xian4"),
    ("番禺", "pan1 yu2"),
    ("社长", "she4 zhang3"),
    ("自行车", "zi4 xing2 che1"),
    ("船长", "chuan2 zhang3"),
    ("荥阳", "xing2 yang2"),
    ("蔚县", "yu4 xian4"),
    ("蚌埠", "beng4 bu4"),
    ("行动", "xing2 dong4"),
    ("行政", "xing2 zheng4"),
    ("行星", "xing2 xing1"),
    ("行知", "xing2 zhi1"),
    ("行者", "xing2 zhe3"),
    ("行走", "xing2 zou3"),
    ("西藏", "xi1 zang4"),
    ("调剂", "tiao2 ji4"),
    ("调味", "tiao2 wei4"),
    ("调节", "tiao2 jie2"),
    ("调解", "tiao2 jie3"),
    ("车行", "che1 hang2"),
    ("运行", "yun4 xing2"),
    ("进行", "jin4 xing2"),
    ("通行", "tong1 xing2"),
    ("重叠", "chong2 die2"),
    ("重庆", "chong2 qing4"),
    ("重组", "chong2 zu3"),
    ("重阳", "chong2 yang2"),
    ("铅山", "yan2 shan1"),
    ("院长", "yuan4 zhang3"),
    ("音乐", "yin1 yue4"),
    ("飞行", "fei1 xing2"),
    ("驾校", "jia4 xiao4"),
];

/// The word that `text` starts with, and its syllables.
pub(super) fn at(text: &str) -> Option<(&'static str, &'static str)> {
    let first = text.chars().next().filter(|c| crate::han::is_han(*c))?;
    let from = PHRASES.partition_point(|(word, _)| word.chars().next() < Some(first));
    let mut same = PHRASES[from..].iter().take_while(|(word, _)| word.starts_with(first));
    same.find(|(word, _)| text.starts_with(word)).copied()
}

#[cfg(test)]
mod tests {
    use super::PHRASES;

    #[test]
    fn sorted_and_one_syllable_a_character() {
        assert!(PHRASES.is_sorted_by_key(|(word, _)| word));
        for (word, syllables) in PHRASES {
            assert_eq!(word.chars().count(), syllables.split(' ').count(), "{word}");
        }
    }
}
