//! What companies and shops do: the word in the name, the industry in the field.

use super::super::chance::Chance;

/// One line of business.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Trade {
    /// As it stands in a company's name.
    pub word: &'static str,
    /// As it stands in an internet name.
    pub spelling: &'static str,
    pub industry: &'static str,
    pub weight: u32,
    /// Doublings of revenue over the middle company.
    pub size: f64,
}

const fn trade(word: &'static str, spelling: &'static str, industry: &'static str, weight: u32, size: f64) -> Trade {
    Trade { word, spelling, industry, weight, size }
}

/// Of companies; industries are named after GB/T 4754's divisions, shortened as clerks shorten them.
pub(in crate::demo) const TRADES: &[Trade] = &[
    trade("科技", "keji", "软件和信息技术服务", 90, -0.5),
    trade("信息技术", "xinxi", "软件和信息技术服务", 34, -0.3),
    trade("网络科技", "wangluo", "互联网服务", 36, -0.8),
    trade("智能科技", "zhineng", "智能装备制造", 30, 0.3),
    trade("软件", "soft", "软件和信息技术服务", 16, -0.4),
    trade("数据技术", "shuju", "软件和信息技术服务", 12, -0.2),
    trade("电子", "dianzi", "电子设备制造", 30, 0.7),
    trade("电子科技", "dzkj", "电子设备制造", 26, 0.4),
    trade("光电科技", "guangdian", "电子设备制造", 12, 0.8),
    trade("半导体", "bdt", "电子设备制造", 8, 1.4),
    trade("电器", "dianqi", "电气机械制造", 24, 0.8),
    trade("电气", "electric", "电气机械制造", 22, 0.6),
    trade("机械", "jixie", "通用设备制造", 34, 0.5),
    trade("机械制造", "jxzz", "通用设备制造", 16, 0.7),
    trade("自动化设备", "zdh", "专用设备制造", 22, 0.3),
    trade("精密模具", "moju", "专用设备制造", 14, 0.2),
    trade("仪器仪表", "yiqi", "仪器仪表制造", 14, 0.2),
    trade("五金制品", "wujin", "金属制品", 22, 0.1),
    trade("钢结构", "ganggou", "金属制品", 10, 1.0),
    trade("汽车零部件", "qipei", "汽车制造", 20, 1.3),
    trade("新能源", "xny", "新能源", 24, 1.1),
    trade("环保科技", "huanbao", "生态保护和环境治理", 24, 0.1),
    trade("新材料", "xincailiao", "新材料", 18, 0.8),
    trade("化工", "huagong", "化学原料和化学制品", 18, 1.2),
    trade("塑胶制品", "sujiao", "橡胶和塑料制品", 18, 0.3),
    trade("包装", "baozhuang", "造纸和包装印刷", 18, 0.2),
    trade("印务", "yinwu", "造纸和包装印刷", 10, -0.3),
    trade("纺织", "fangzhi", "纺织", 18, 0.6),
    trade("服饰", "fushi", "纺织服装", 24, 0.3),
    trade("家居", "jiaju", "家具制造", 20, 0.2),
    trade("食品", "shipin", "食品制造", 28, 0.8),
    trade("酒业", "jiuye", "酒和饮料制造", 12, 1.0),
    trade("茶业", "chaye", "酒和饮料制造", 8, -0.6),
    trade("生物科技", "bio", "医药制造", 24, 0.3),
    trade("医药", "yiyao", "医药制造", 14, 1.6),
    trade("医疗器械", "med", "医疗器械", 24, 0.5),
    trade("贸易", "maoyi", "批发", 60, 0.4),
    trade("进出口", "jck", "批发", 26, 0.9),
    trade("商贸", "shangmao", "批发", 50, 0.0),
    trade("供应链管理", "scm", "商务服务", 22, 1.2),
    trade("电子商务", "ec", "零售", 28, 0.0),
    trade("物流", "wuliu", "道路运输和仓储", 34, 0.7),
    trade("国际货运代理", "huodai", "道路运输和仓储", 16, 0.6),
    trade("建设工程", "jianshe", "房屋和土木建筑", 34, 1.3),
    trade("建筑装饰", "zhuangshi", "建筑装饰", 32, 0.2),
    trade("建材", "jiancai", "批发", 26, 0.3),
    trade("园林景观", "yuanlin", "建筑装饰", 10, -0.1),
    trade("房地产开发", "dichan", "房地产", 10, 2.4),
    trade("物业管理", "wuye", "物业管理", 18, 0.0),
    trade("餐饮管理", "canyin", "餐饮", 26, -0.2),
    trade("酒店管理", "jiudian", "住宿", 14, 0.2),
    trade("旅行社", "lvxing", "旅游", 10, -0.5),
    trade("文化传媒", "chuanmei", "文化传媒", 34, -0.9),
    trade("广告", "guanggao", "广告", 22, -0.9),
    trade("会展服务", "huizhan", "会展", 10, -0.8),
    trade("教育咨询", "jiaoyu", "教育培训", 22, -1.1),
    trade("企业管理咨询", "zixun", "商务服务", 30, -1.2),
    trade("人力资源", "hr", "人力资源服务", 18, 0.2),
    trade("检测技术", "jiance", "专业技术服务", 12, -0.2),
    trade("工程设计", "sheji", "专业技术服务", 14, 0.0),
    trade("农业发展", "nongye", "农业", 18, -0.2),
    trade("种业", "zhongye", "农业", 5, 0.1),
    trade("水产", "shuichan", "渔业", 8, 0.2),
    trade("矿业", "kuangye", "采矿", 5, 1.6),
    trade("安防工程", "anfang", "安防", 12, -0.2),
    trade("通信工程", "tongxin", "通信", 14, 0.4),
    trade("融资租赁", "zulin", "金融服务", 5, 1.8),
    trade("保险代理", "baoxian", "金融服务", 6, -0.4),
];

/// Of sole traders: what stands at the end of their names, and the industry.
pub(in crate::demo) const SHOPS: &[(&str, &str, u32)] = &[
    ("便利店", "零售", 30),
    ("百货商行", "零售", 20),
    ("超市", "零售", 24),
    ("五金店", "零售", 22),
    ("建材经营部", "批发", 20),
    ("水产经营部", "批发", 10),
    ("粮油店", "零售", 12),
    ("果蔬店", "零售", 14),
    ("服装店", "零售", 22),
    ("烟酒商行", "零售", 18),
    ("文具店", "零售", 10),
    ("手机店", "零售", 14),
    ("家电经营部", "零售", 12),
    ("餐厅", "餐饮", 26),
    ("面馆", "餐饮", 18),
    ("火锅店", "餐饮", 14),
    ("烘焙坊", "餐饮", 10),
    ("茶楼", "餐饮", 8),
    ("美容院", "居民服务", 16),
    ("理发店", "居民服务", 14),
    ("洗车行", "居民服务", 10),
    ("汽车维修部", "居民服务", 14),
    ("广告制作部", "广告", 10),
    ("图文打印店", "居民服务", 12),
    ("民宿", "住宿", 8),
    ("花店", "零售", 8),
    ("药店", "零售", 12),
    ("装饰材料店", "零售", 14),
    ("物流服务部", "道路运输和仓储", 8),
    ("家政服务部", "居民服务", 8),
];

/// Draws one, by weight.
pub(in crate::demo) fn draw(chance: &mut Chance) -> &'static Trade {
    let total: u32 = TRADES.iter().map(|trade| trade.weight).sum();
    let mut left = chance.below(u64::from(total)) as u32;
    for trade in TRADES {
        if left < trade.weight {
            return trade;
        }
        left -= trade.weight;
    }
    &TRADES[0]
}
