//! Brand names (字号): two or three characters of good meaning, the way Chinese companies are called.

use super::{Spelt, spelt};
use crate::demo::chance::Chance;

const FIRST: &str = "\
海hai云yun青qing蓝lan金jin银yin华hua中zhong天tian东dong南nan西xi北bei新xin安an宏hong鸿hong恒heng瑞rui祥xiang\
盛sheng泰tai康kang嘉jia佳jia美mei乐le智zhi慧hui博bo远yuan宇yu航hang星xing辰chen明ming光guang亿yi万wan千qian百bai\
三san双shuang和he合he同tong众zhong联lian通tong达da顺shun利li富fu贵gui福fu禄lu丰feng庆qing荣rong昌chang隆long旺wang\
兴xing业ye创chuang科ke诚cheng信xin德de仁ren义yi礼li志zhi立li正zheng方fang元yuan源yuan润run泽ze清qing洁jie绿lv森sen\
林lin木mu松song柏bai竹zhu梅mei兰lan菊ju荷he莲lian凤feng龙long虎hu鹏peng鹰ying鹤he骏jun麒qi麟lin玉yu珠zhu宝bao珍zhen\
晶jing钻zuan锦jin绣xiu雅ya致zhi尚shang品pin思si源yuan启qi迪di领ling卓zhuo越yue超chao凡fan奇qi优you伟wei建jian\
永yong长chang久jiu常chang大da巨ju高gao山shan川chuan江jiang河he湖hu洋yang浪lang帆fan舟zhou桥qiao路lu晨chen晓xiao\
春chun夏xia秋qiu阳yang暖nuan悦yue欣xin怡yi凯kai景jing冠guan君jun名ming朗lang睿rui翰han腾teng飞fei驰chi迅xun捷jie维wei";

const SECOND: &str = "\
达da通tong源yuan泰tai丰feng盛sheng兴xing隆long昌chang荣rong瑞rui祥xiang和he顺shun利li安an康kang宁ning泽ze润run海hai\
洋yang江jiang川chuan山shan峰feng岳yue林lin森sen木mu华hua光guang辉hui明ming星xing辰chen宇yu航hang天tian云yun风feng雷lei\
电dian科ke技ji创chuang新xin智zhi慧hui博bo文wen雅ya韵yun美mei佳jia嘉jia颖ying秀xiu锦jin绣xiu程cheng途tu路lu桥qiao\
舟zhou帆fan远yuan景jing观guan方fang圆yuan正zheng立li信xin诚cheng德de仁ren义yi恒heng久jiu长chang青qing春chun晖hui阳yang\
鑫xin钰yu铭ming铠kai钢gang石shi岩yan基ji业ye邦bang国guo都du城cheng港gang湾wan洲zhou域yu界jie元yuan亨heng贞zhen\
宝bao珍zhen珠zhu玉yu晶jing翔xiang飞fei腾teng跃yue鹏peng鸿hong骏jun驰chi捷jie联lian合he众zhong力li成cheng功gong胜sheng\
凯kai旋xuan冠guan杰jie豪hao富fu贵gui裕yu福fu旺wang发fa展zhan升sheng越yue卓zhuo尚shang品pin优you格ge调diao维wei思si\
洁jie净jing然ran亚ya欧ou特te尔er斯si迪di尼ni罗luo曼man莱lai蒂di诺nuo威wei力li斐fei克ke伦lun";

const THIRD: &str = "\
达da源yuan丰feng盛sheng兴xing隆long泰tai通tong瑞rui和he安an康kang尔er斯si特te威wei诺nuo迪di邦bang德de信xin成cheng\
华hua宇yu海hai云yun航hang天tian辰chen阳yang明ming森sen林lin川chuan江jiang洋yang亚ya莱lai曼man克ke格ge维wei思si优you";

/// The three lists, read once.
#[derive(Debug, Clone)]
pub(in crate::demo) struct Brands {
    first: Vec<Spelt>,
    second: Vec<Spelt>,
    third: Vec<Spelt>,
}

impl Brands {
    pub fn new() -> Self {
        Self { first: spelt(FIRST), second: spelt(SECOND), third: spelt(THIRD) }
    }

    /// Different brands there are.
    #[cfg(test)]
    pub fn combinations(&self) -> usize {
        self.first.len() * self.second.len() * (1 + self.third.len())
    }

    /// A name and its spelling: 海瑞, hairui.
    pub fn draw(&self, chance: &mut Chance, three: f64) -> (String, String) {
        let a = chance.pick(&self.first);
        let mut b = chance.pick(&self.second);
        while a.0 == b.0 {
            b = chance.pick(&self.second);
        }
        let (mut name, mut spelling) = (format!("{}{}", a.0, b.0), format!("{}{}", a.1, b.1));
        if chance.hit(three) {
            let c = chance.pick(&self.third);
            if c.0 != b.0 {
                name.push_str(c.0);
                spelling.push_str(c.1);
            }
        }
        (name, spelling)
    }
}
