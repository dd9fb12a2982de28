//! The readings of one character: the one that names use first, and a second where it is common.

use std::sync::LazyLock;

use pinyin::ToPinyin;

use super::Reading;

/// No more than two: every further one doubles what the search index keeps for a name and is hardly ever typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Readings {
    pub first: Option<Reading>,
    pub second: Option<Reading>,
}

/// Characters whose usual reading in names is not the dictionary's first, or that have two common ones.
const SEVERAL: &str = "\
重zhong4,chong2 行hang2,xing2 长chang2,zhang3 乐le4,yue4 厦xia4,sha4 都du1,dou1 曾zeng1,ceng2 单dan1,shan4 \
柏bai3,bo2 朝chao2,zhao1 传chuan2,zhuan4 车che1,ju1 莞guan3,wan3 蚌bang4,beng4 六liu4,lu4 番fan1,pan1 \
阿a1,e1 会hui4,kuai4 调diao4,tiao2 参can1,shen1 省sheng3,xing3 石shi2,dan4 种zhong3,chong2 盛sheng4,cheng2 \
藏cang2,zang4 仇chou2,qiu2 区qu1,ou1 翟zhai2,di2 解jie3,xie4 查cha2,zha1 覃qin2,tan2 尉wei4,yu4 洗xi3,xian3 \
繁fan2,po2 朴pu3,piao2 盖gai4,ge3 薄bo2,bao2 便bian4,pian2 校xiao4,jiao4 弹dan4,tan2 降jiang4,xiang2 \
还huan2,hai2 地di4,de5 落luo4,la4 露lu4,lou4 率lv4,shuai4 绿lv4,lu4 强qiang2,jiang4 塞sai4,se4 什shi2,shen2 \
宿su4,xiu3 畜xu4,chu4 削xue1,xiao1 血xue4,xie3 拓tuo4,ta4 约yue1,yao1 粘zhan1,nian2 琢zhuo2,zuo2 佛fo2,fu2 \
贾jia3,gu3 角jiao3,jue2 觉jue2,jiao4 卡ka3,qia3 壳ke2,qiao4 勒le4,lei1 陆lu4,liu4 模mo2,mu2 泊bo2,po1 \
珲hui1,hun2 涡guo1,wo1 浚jun4,xun4 荥xing2,ying2 铅qian1,yan2 蔚wei4,yu4 莘xin1,shen1 犍jian1,qian2 \
筠yun2,jun1 牟mou2,mu4 堡bao3,pu4 乘cheng2,sheng4 氏shi4,zhi1 龟gui1,qiu1 茜qian4,xi1 娜na4,nuo2 \
晟sheng4,cheng2 颉jie2,xie2 靓liang4,jing4 说shuo1,yue4 缪miao4,mou2 应ying4 大da4,dai4 郗xi1,chi1 \
隗wei3,kui2 员yuan2,yun4 召zhao4,shao4 折zhe2,she2 秘mi4,bi4 黑hei1,he4 奇qi2,ji1 适shi4,kuo4 炅jiong3,gui4 \
的de5,di4 着zhe5,zhuo2 了le5,liao3 和he2,huo4 舍she4 扎zha1,za1 仆pu2 曝pu4,bao4 茄qie2,jia1 曲qu3 \
圈quan1,juan4 埔pu3,bu4 系xi4,ji4 给gei3,ji3 称cheng1,chen4 没mei2,mo4 渑mian3,sheng2 歙she4,xi1 济ji3 \
洞dong4,tong2 谷gu3,yu4 峙zhi4,shi4 祭ji4,zhai4 匙shi5,chi2 差cha4,chai1 弄nong4,long4 提ti2,di1 椎zhui1 \
槛kan3,jian4 爪zhua3,zhao3 稽ji1,qi3 纤xian1,qian4 肖xiao1 脉mai4,mo4 臭chou4,xiu4 芥jie4,gai4 蔓man4,wan4 \
蕃fan1,bo1 虾xia1,ha2 虹hong2,jiang4 裳shang5,chang2 见jian4,xian4 识shi2,zhi4 谁shui2,shei2 轧zha2,ya4 \
钥yao4,yue4 钻zuan4 阙que4 雀que4,qiao1 颈jing3,geng3 鹄hu2,gu3 吁yu4,xu1 屏ping2,bing3 巷xiang4,hang4 \
恶e4,wu4 扁bian3,pian1 拗ao4,niu4 择ze2,zhai2 掖ye4 柜gui4,ju3 栅zha4,shan1 桔jie2,ju2 殷yin1,yan1 沓ta4,da2 \
澄cheng2,deng4 炔que1 煞sha4 熨yun4,yu4 葛ge3";

static TABLE: LazyLock<Vec<(char, Readings)>> = LazyLock::new(|| {
    let mut table: Vec<_> = SEVERAL
        .split(' ')
        .filter_map(|entry| {
            let c = entry.chars().next()?;
            let mut syllables = entry[c.len_utf8()..].split(',').map(Reading::numbered);
            let first = syllables.next();
            // Two readings that differ in tone alone are one to whoever types.
            let second = syllables.next().filter(|second| first.is_some_and(|first| first.plain != second.plain));
            Some((c, Readings { first, second }))
        })
        .collect();
    table.sort_by_key(|(c, _)| *c);
    table.dedup_by_key(|(c, _)| *c);
    table
});

pub(crate) fn readings(c: char) -> Readings {
    let table = &*TABLE;
    if let Ok(at) = table.binary_search_by_key(&c, |(c, _)| *c) {
        return table[at].1;
    }
    if c == '〇' {
        return Readings { first: Some(Reading { plain: "ling", tone: 2 }), second: None };
    }
    Readings { first: c.to_pinyin().map(|found| Reading::numbered(found.with_tone_num_end())), second: None }
}
