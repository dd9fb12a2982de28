//! Chinese surnames: which are common, which have two characters, and which are read unlike the character elsewhere.

use crate::han::{is_han, simplified};
use crate::pinyin_of::Reading;

/// The surnames of well over 99 in 100 people (one character each).
const SINGLE: &str = "\
王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟\
汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严\
牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫\
查屈鲍覃霍翁隋甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄盖符奚木穆\
党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠桑荆\
谌银扬明沙伏岑习胥保和蔺水云昌凤酆皮平元湛禹狄贝闻麻支昝经裘缪干宣贲杭诸钮嵇滑荣羊於惠芮羿储汲邴松富乌巴弓牧隗山\
宓蓬郗班仰秋伊暴钭厉戎祖束幸韶蓟印宿怀蒲鄂索咸籍双胶谯贡劳逄扶堵宰郦雍璩濮寿通扈郏浦尚农别晁勾融步耘满弘国寇广禄\
阙东沃利蔚越夔隆师厍库訾阚那毋乜养须丰巢蒯相红权逯盍桓公楼粟闫肖付丑仝代战朴呼帅揣撒操朗亓麦区候门腾矫尧么";

/// Surnames of two characters.
const DOUBLE: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "长孙", "宇文", "夏侯",
    "轩辕", "端木", "南宫", "独孤", "西门", "百里", "闻人", "澹台", "太史", "申屠", "公冶", "宗政", "濮阳", "淳于",
    "单于", "太叔", "仲孙", "钟离", "鲜于", "闾丘", "司空", "司寇", "呼延", "东郭", "赫连", "拓跋", "万俟", "第五",
    "左丘", "公羊", "完颜", "纳兰", "耶律",
];

/// Surnames whose reading is not that of the character in other words.
const READ: &[(&str, &str)] = &[
    ("万俟", "mo4 qi2"),
    ("乐", "yue4"),
    ("乜", "nie4"),
    ("仇", "qiu2"),
    ("任", "ren2"),
    ("俞", "yu2"),
    ("六", "lu4"),
    ("冼", "xian3"),
    ("匡", "kuang1"),
    ("区", "ou1"),
    ("华", "hua4"),
    ("单", "shan4"),
    ("单于", "chan2 yu2"),
    ("召", "shao4"),
    ("员", "yun4"),
    ("宁", "ning4"),
    ("宓", "mi4"),
    ("尉迟", "yu4 chi2"),
    ("尹", "yin3"),
    ("应", "ying1"),
    ("折", "she2"),
    ("晁", "chao2"),
    ("曲", "qu1"),
    ("曾", "zeng1"),
    ("朴", "piao2"),
    ("柏", "bai3"),
    ("查", "zha1"),
    ("汤", "tang1"),
    ("洗", "xian3"),
    ("澹台", "tan2 tai2"),
    ("燕", "yan1"),
    ("牟", "mu4"),
    ("盖", "ge3"),
    ("盛", "sheng4"),
    ("祭", "zhai4"),
    ("秘", "bi4"),
    ("种", "chong2"),
    ("繁", "po2"),
    ("纪", "ji3"),
    ("缪", "miao4"),
    ("翟", "zhai2"),
    ("葛", "ge3"),
    ("薄", "bo2"),
    ("褚", "chu3"),
    ("解", "xie4"),
    ("覃", "qin2"),
    ("谌", "chen2"),
    ("谷", "gu3"),
    ("贾", "jia3"),
    ("逄", "pang2"),
    ("那", "na1"),
    ("郗", "chi1"),
    ("都", "du1"),
    ("重", "chong2"),
    ("长孙", "zhang3 sun1"),
    ("阚", "kan4"),
    ("隗", "wei3"),
    ("黑", "he4"),
];

/// The surname that the name starts with; traditional characters count as well.
pub fn surname(name: &str) -> Option<&str> {
    let mut ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    let (first, second) = (ends.next()?, ends.next());
    let simple: String = name.chars().take(2).map(simplified).collect();
    if let Some(second) = second
        && DOUBLE.contains(&simple.as_str())
    {
        return Some(&name[..second]);
    }
    SINGLE.contains(simple.chars().next()?).then(|| &name[..first])
}

/// The surnames of two characters.
pub fn doubles() -> &'static [&'static str] {
    DOUBLE
}

/// Whether this looks like the full name of a person: a common surname and one or two more characters, three or four
/// with a surname of two.
pub fn is_person_name(name: &str) -> bool {
    let length = name.chars().count();
    let Some(surname) = surname(name) else { return false };
    let given = length - surname.chars().count();
    (1..=2).contains(&given) && name.chars().all(is_han)
}

/// The readings of the surname's characters where they are special; of a name of one character, none.
pub(crate) fn readings(name: &str) -> impl Iterator<Item = Reading> {
    let simple: String = name.chars().take(2).map(simplified).collect();
    let first = simple.chars().next().map_or(0, char::len_utf8);
    let find = |key: &str| READ.iter().find(|(surname, _)| *surname == key).map(|(_, syllables)| *syllables);
    let two_or_more = simple.len() > first;
    let found = if two_or_more { find(&simple).or_else(|| find(&simple[..first])) } else { None };
    found.into_iter().flat_map(|syllables| syllables.split(' ').map(Reading::numbered))
}

#[cfg(test)]
mod tests {
    use super::{DOUBLE, READ, SINGLE, is_person_name, surname};

    #[test]
    fn finds_one_and_two_character_surnames() {
        assert_eq!(surname("张三"), Some("张"));
        assert_eq!(surname("欧阳娜娜"), Some("欧阳"));
        assert_eq!(surname("張三"), Some("張"));
        assert_eq!(surname("歐陽修"), Some("歐陽"));
        assert_eq!(surname("海尔"), None);
        assert_eq!(surname(""), None);
    }

    #[test]
    fn full_names() {
        for name in ["张三", "李小龙", "欧阳修", "欧阳娜娜", "劉德華"] {
            assert!(is_person_name(name), "{name}");
        }
        for name in ["张", "李小龙先生", "青岛", "Zhang", "王a", ""] {
            assert!(!is_person_name(name), "{name}");
        }
    }

    #[test]
    fn tables_are_well_formed() {
        assert!(SINGLE.chars().all(crate::han::is_han));
        assert!(DOUBLE.iter().all(|surname| surname.chars().count() == 2));
        for (surname, syllables) in READ {
            assert_eq!(surname.chars().count(), syllables.split(' ').count(), "{surname}");
        }
    }
}
