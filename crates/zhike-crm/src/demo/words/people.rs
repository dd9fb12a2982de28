//! People's names, titles and divisions. Every name is put together by chance.

use super::{Spelt, spelt};
use crate::demo::chance::{Chance, Weighted};

/// Surnames with their spelling, in the order of how many bear them, and the share (per thousand) of each.
const SURNAMES: &str = "\
王wang李li张zhang刘liu陈chen杨yang黄huang赵zhao周zhou吴wu徐xu孙sun马ma朱zhu胡hu郭guo何he林lin高gao罗luo郑zheng梁liang\
谢xie宋song唐tang许xu韩han邓deng冯feng曹cao彭peng曾zeng肖xiao田tian董dong潘pan袁yuan蔡cai蒋jiang余yu于yu杜du叶ye程cheng\
魏wei苏su吕lv丁ding任ren卢lu姚yao沈shen钟zhong姜jiang崔cui谭tan陆lu范fan汪wang廖liao石shi金jin韦wei贾jia夏xia付fu方fang\
邹zou熊xiong白bai孟meng秦qin邱qiu侯hou江jiang尹yin薛xue闫yan段duan雷lei龙long黎li史shi陶tao贺he毛mao郝hao顾gu龚gong邵shao\
万wan覃qin武wu钱qian戴dai严yan莫mo孔kong向xiang常chang汤tang温wen康kang施shi文wen牛niu樊fan葛ge邢xing安an齐qi易yi乔qiao\
伍wu庞pang颜yan倪ni庄zhuang聂nie章zhang鲁lu岳yue翟zhai欧阳ouyang殷yin詹zhan申shen欧ou耿geng关guan兰lan焦jiao俞yu左zuo柳liu\
甘gan祝zhu包bao宁ning尚shang符fu舒shu阮ruan柯ke纪ji梅mei童tong凌ling毕bi单shan季ji成cheng霍huo涂tu司马sima诸葛zhuge上官shangguan";
const SHARES: &[u64] = &[
    72, 72, 68, 54, 45, 31, 22, 20, 20, 19, 17, 15, 13, 13, 12, 11, 11, 10, 10, 9, 9, 9, 8, 8, 7, 7, 7, 7, 6, 6, 5, 5,
    5, 5,
];

const MALE: &str = "\
伟wei强qiang磊lei军jun勇yong杰jie涛tao明ming超chao刚gang平ping辉hui鹏peng华hua飞fei鑫xin波bo斌bin宇yu浩hao凯kai健jian俊jun\
帆fan帅shuai旭xu宁ning龙long林lin亮liang成cheng建jian国guo志zhi文wen武wu海hai峰feng山shan庆qing立li振zhen东dong民min新xin\
少shao云yun子zi博bo轩xuan泽ze睿rui晨chen阳yang昊hao天tian铭ming翔xiang恒heng彬bin毅yi楠nan康kang诚cheng思si远yuan家jia豪hao\
正zheng义yi德de仁ren永yong胜sheng广guang利li世shi荣rong晓xiao松song洪hong卫wei兴xing培pei元yuan启qi景jing维wei良liang培pei";
const FEMALE: &str = "\
芳fang娜na敏min静jing丽li艳yan娟juan霞xia秀xiu英ying燕yan玲ling桂gui慧hui红hong梅mei琳lin洁jie莉li婷ting雪xue倩qian颖ying\
丹dan萍ping玉yu兰lan珍zhen淑shu云yun莹ying欣xin怡yi佳jia琪qi梦meng瑶yao雨yu桐tong涵han诗shi思si妍yan晓xiao菲fei璐lu蕾lei\
文wen春chun雅ya楠nan晶jing月yue悦yue嘉jia宁ning馨xin彤tong凤feng爱ai美mei素su惠hui菊ju荣rong香xiang青qing翠cui丹dan薇wei\
子zi可ke心xin语yu紫zi若ruo曦xi柔rou依yi宜yi彩cai冬dong秋qiu金jin亚ya小xiao海hai芬fen巧qiao瑾jin岚lan君jun";

#[derive(Debug, Clone)]
pub(in crate::demo) struct Names {
    surnames: Vec<Spelt>,
    shares: Weighted,
    male: Vec<Spelt>,
    female: Vec<Spelt>,
}

/// A person's name.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Person {
    pub surname: &'static str,
    pub name: String,
    /// 王敏 is `wangmin`.
    pub spelling: String,
    pub male: bool,
}

impl Names {
    pub fn new() -> Self {
        let surnames = spelt(SURNAMES);
        let rare = SHARES.len() as u64;
        let shares = Weighted::new((0..surnames.len()).map(|i| {
            // behind the common ones the shares fall off slowly, in thousandths of what the list gives
            SHARES.get(i).map_or_else(|| 1000 * 5 * rare / (rare + 3 * (i as u64 - rare)), |share| share * 1000)
        }));
        Self { surnames, shares, male: spelt(MALE), female: spelt(FEMALE) }
    }

    pub fn draw(&self, chance: &mut Chance) -> Person {
        let male = chance.hit(0.58);
        self.draw_as(male, chance)
    }

    pub fn draw_as(&self, male: bool, chance: &mut Chance) -> Person {
        let (surname, mut spelling) = {
            let (surname, spelling) = self.surnames[self.shares.draw(chance)];
            (surname, spelling.to_owned())
        };
        let given = if male { &self.male } else { &self.female };
        let mut name = surname.to_owned();
        let first = chance.pick(given);
        name.push_str(first.0);
        spelling.push_str(first.1);
        if chance.hit(0.78) {
            let second = chance.pick(given);
            name.push_str(second.0);
            spelling.push_str(second.1);
        }
        Person { surname, name, spelling, male }
    }
}

/// A post: what stands on the card, the division, the role in a decision, what one calls the person (`总`: 王总).
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Post {
    pub title: &'static str,
    pub division: &'static str,
    pub role: &'static str,
    /// Behind the surname; empty for 先生 and 女士.
    pub call: &'static str,
    pub weight: u32,
}

const fn post(
    title: &'static str,
    division: &'static str,
    role: &'static str,
    call: &'static str,
    weight: u32,
) -> Post {
    Post { title, division, role, call, weight }
}

pub(in crate::demo) const COMPANY_POSTS: &[Post] = &[
    post("总经理", "总经办", "decision", "总", 22),
    post("董事长", "董事会", "decision", "董", 7),
    post("副总经理", "总经办", "decision", "总", 14),
    post("采购经理", "采购部", "purchasing", "经理", 20),
    post("采购专员", "采购部", "purchasing", "", 10),
    post("采购总监", "采购部", "decision", "总", 5),
    post("技术总监", "技术部", "influencer", "总", 9),
    post("信息部经理", "信息部", "influencer", "经理", 9),
    post("工程师", "技术部", "user", "工", 9),
    post("生产部经理", "生产部", "user", "经理", 8),
    post("设备主管", "设备部", "user", "主管", 6),
    post("行政经理", "行政部", "gatekeeper", "经理", 9),
    post("行政主管", "行政部", "gatekeeper", "主管", 6),
    post("总经理助理", "总经办", "gatekeeper", "助理", 6),
    post("财务经理", "财务部", "finance", "经理", 9),
    post("会计", "财务部", "finance", "会计", 5),
    post("市场总监", "市场部", "influencer", "总", 6),
    post("项目经理", "项目部", "influencer", "经理", 10),
    post("运营总监", "运营部", "influencer", "总", 5),
    post("业务主管", "业务部", "user", "主管", 6),
];

pub(in crate::demo) const SCHOOL_POSTS: &[Post] = &[
    post("校长", "校办", "decision", "校长", 10),
    post("副校长", "校办", "decision", "校长", 12),
    post("总务主任", "总务处", "purchasing", "主任", 18),
    post("信息中心主任", "信息中心", "influencer", "主任", 14),
    post("教务主任", "教务处", "user", "主任", 10),
    post("财务主管", "财务科", "finance", "老师", 8),
    post("办公室主任", "办公室", "gatekeeper", "主任", 10),
];

pub(in crate::demo) const HOSPITAL_POSTS: &[Post] = &[
    post("院长", "院办", "decision", "院长", 8),
    post("副院长", "院办", "decision", "院长", 12),
    post("设备科科长", "设备科", "purchasing", "科长", 18),
    post("信息科科长", "信息科", "influencer", "科长", 16),
    post("护士长", "护理部", "user", "护士长", 8),
    post("科主任", "临床科室", "user", "主任", 10),
    post("财务科科长", "财务科", "finance", "科长", 8),
    post("院办主任", "院办", "gatekeeper", "主任", 8),
];

pub(in crate::demo) const BUREAU_POSTS: &[Post] = &[
    post("局长", "局办公室", "decision", "局长", 4),
    post("副局长", "局办公室", "decision", "局长", 10),
    post("办公室主任", "办公室", "gatekeeper", "主任", 16),
    post("信息中心主任", "信息中心", "influencer", "主任", 14),
    post("科长", "综合科", "influencer", "科长", 20),
    post("科员", "综合科", "user", "", 12),
    post("采购专员", "机关财务科", "purchasing", "", 10),
];

pub(in crate::demo) const SHOP_POSTS: &[Post] = &[
    post("店主", "", "decision", "老板", 70),
    post("店长", "", "influencer", "店长", 20),
    post("合伙人", "", "decision", "老板", 10),
];

/// Streets that every larger city has.
pub(in crate::demo) const STREETS: &[&str] = &[
    "人民路",
    "解放路",
    "中山路",
    "建设路",
    "和平路",
    "长江路",
    "黄河路",
    "世纪大道",
    "科技园路",
    "创业路",
    "工业大道",
    "迎宾大道",
    "文化路",
    "新华路",
    "北京路",
    "南京路",
    "青年路",
    "胜利路",
    "团结路",
    "振兴路",
    "光明路",
    "滨河路",
    "湖滨路",
    "学府路",
    "体育路",
    "花园路",
    "朝阳路",
    "东风路",
    "兴业路",
    "金融街",
    "高新一路",
    "高新三路",
    "软件园路",
    "开发区大道",
    "产业园路",
    "物流园路",
    "商务大道",
    "天府路",
    "锦绣路",
    "海港路",
    "经四路",
    "纬二路",
];

pub(in crate::demo) const BUILDINGS: &[&str] = &[
    "创业大厦",
    "国际中心",
    "金融广场",
    "科技大厦",
    "商务中心",
    "软件园",
    "世贸大厦",
    "财富中心",
    "电商产业园",
    "总部基地",
    "环球广场",
    "写字楼",
    "孵化器",
];

#[cfg(test)]
mod tests {
    use super::{Chance, Names};

    #[test]
    fn names_are_names_and_spellings_are_letters() {
        let names = Names::new();
        let mut chance = Chance::of(1, 2, 3);
        for _ in 0..2_000 {
            let person = names.draw(&mut chance);
            assert!(zhike_text::surname::is_person_name(&person.name), "{}", person.name);
            assert!(person.spelling.bytes().all(|b| b.is_ascii_lowercase()), "{}", person.spelling);
        }
    }
}
