//! What a company does, as its name says: the words between its brand and its legal form.

use std::sync::LazyLock;

use crate::letters::{Letter, QuickSet, word};

/// Words of trades and of what companies call themselves. A trade that is not here costs little: the comparison then sees
/// one name as the beginning of the other.
const WORDS: &str = "\
科技 技术 信息 网络 电子 软件 数据 智能 智慧 数字 数码 计算机 电脑 互联网 物联网 云计算 大数据 人工智能 区块链 系统 集成 通信 通讯 电信 \
微电子 半导体 芯片 集成电路 光电 光学 光电子 激光 传感 传感器 仪器 仪表 仪器仪表 测控 测量 检测 检验 监测 认证 计量 自动化 机器人 无人机 \
机械 机电 机床 机械设备 设备 装备 制造 重工 轻工 工业 实业 产业 工程 工程机械 模具 五金 工具 刀具 量具 轴承 阀门 水泵 泵业 管业 管道 管件 \
紧固件 标准件 零部件 配件 液压 气动 传动 电机 电气 电器 电力 电缆 线缆 电线 开关 变压器 输配电 照明 灯饰 灯具 电工 电池 电源 储能 充电 锂电 \
新能源 能源 光伏 太阳能 风电 风能 氢能 水电 热力 燃气 天然气 石油 石化 油田 化工 化学 精细化工 涂料 油漆 颜料 染料 助剂 树脂 塑料 塑胶 塑业 橡胶 \
橡塑 轮胎 高分子 复合材料 新材料 材料 化纤 纤维 纺织 纺织品 针织 印染 服装 服饰 制衣 鞋业 鞋服 鞋帽 皮革 皮具 箱包 家纺 布艺 窗帘 羽绒 内衣 \
建筑 建设 建工 建材 建筑材料 建筑装饰 装饰 装潢 装修 装饰工程 装饰设计 幕墙 门窗 门业 地板 木业 木制品 家具 家居 家饰 家电 厨具 厨卫 卫浴 洁具 陶瓷 石材 \
玻璃 水泥 混凝土 钢铁 钢材 钢构 钢结构 金属 金属材料 金属制品 有色金属 铝业 铜业 不锈钢 铸造 锻造 冶金 矿业 矿产 煤炭 煤业 地质 勘探 勘察 测绘 \
市政 园林 绿化 景观 园艺 苗木 花卉 农业 农业科技 农业发展 农产品 农资 农机 农牧 牧业 畜牧 养殖 种植 种业 种苗 饲料 兽药 化肥 肥业 肥料 农药 渔业 水产 海产 \
林业 生态 生态农业 环保 环保科技 环境 环境工程 节能 水务 水处理 污水处理 危废处置 处置 回收利用 运营 发电 充电桩 发行 出版发行 制作 影视制作 地理信息 翻译 露营 标识 标牌 会所 劳务 肉联 净化 净水 固废 再生资源 再生 回收 废品 物资 \
食品 食品饮料 饮料 饮品 酒业 酒类 白酒 啤酒 葡萄酒 茶业 茶叶 乳业 乳制品 粮油 粮食 面粉 米业 油脂 调味品 调味 糖业 糖果 烘焙 糕点 肉类 肉制品 冷冻 \
冷链 生鲜 果业 果蔬 蔬菜 水果 餐饮 餐饮管理 餐饮服务 饮食 酒店 酒店管理 酒店用品 宾馆 饭店 旅馆 民宿 火锅 咖啡 快餐 \
医药 制药 药业 中药 药材 中药材 药房 大药房 医疗 医疗器械 医疗科技 医疗设备 医学 医院 诊所 门诊 口腔 健康 健康管理 健康科技 大健康 养老 养生 康养 护理 家政 生物 生物科技 \
生物技术 生物医药 生物工程 基因 保健 保健品 美容 美发 美业 化妆品 日化 日用品 日用百货 百货 用品 母婴 妇幼 玩具 文具 礼品 工艺品 工艺 珠宝 首饰 钟表 眼镜 \
体育 体育用品 健身 户外 户外用品 运动 乐器 器材 办公 办公用品 办公设备 图书 书店 出版 印刷 印务 包装 包装材料 包装制品 纸业 纸品 造纸 \
广告 广告传媒 传媒 传播 文化 文化传媒 文化传播 文化创意 文化发展 文化艺术 艺术 影视 影业 影视文化 娱乐 游戏 动漫 动画 演艺 音乐 摄影 会展 会展服务 会议 会务 展览 展示 策划 营销 营销策划 品牌 品牌管理 品牌策划 公关 设计 创意 \
教育 教育科技 教育咨询 培训 学校 幼儿园 学院 研究院 研究所 设计院 科学 科研 科教 咨询 管理 管理咨询 企业管理 企业服务 信息咨询 商务 商务服务 商务咨询 财务 财税 税务 会计 会计师 审计 评估 律师 法律 知识产权 专利 \
代理 服务 技术服务 技术开发 技术咨询 信息技术 信息科技 网络科技 网络技术 电子科技 电子商务 电子技术 科技发展 科技开发 开发 发展 推广 应用 人力资源 人力 人才 劳务 劳务派遣 猎头 外包 \
贸易 商贸 商业 商行 商社 商城 工贸 经贸 进出口 进出口贸易 国际贸易 外贸 国际 跨境 供应链 供应链管理 采购 批发 零售 销售 经销 超市 便利店 连锁 购物 市场 \
物流 快递 速递 运输 货运 货运代理 国际货运 航运 船务 海运 船舶 港口 港务 码头 仓储 仓库 配送 搬家 客运 公交 出租 出租汽车 租赁 汽车租赁 航空 机场 铁路 轨道 轨道交通 交通 交通设施 公路 高速 路桥 桥梁 隧道 \
汽车 汽车销售 汽车服务 汽车配件 汽车零部件 汽配 汽修 汽车维修 车业 车辆 摩托车 电动车 自行车 加油站 石化 维修 安装 机电工程 机电设备 消防 消防工程 消防设备 安防 安全 保安 保安服务 保洁 清洁 物业 物业管理 物业服务 \
房地产 地产 房产 置业 置地 房地产开发 房地产经纪 投资 投资管理 投资咨询 资产 资产管理 资本 基金 基金管理 私募 股权投资 创业投资 金融 金融服务 银行 信托 证券 期货 保险 保险经纪 担保 典当 融资租赁 小额贷款 控股 集团 股份 联合 企业 \
旅游 旅行 旅行社 旅游开发 旅游发展 景区 度假村 文旅 宠物 宠物用品 动物 兽医 殡葬 殡葬服务 礼仪 婚庆 婚纱 婚介 花艺 花店 手工 手工艺 古玩 收藏 拍卖 \
空调 制冷 暖通 暖通设备 采暖 锅炉 电梯 起重 起重机械 压缩机 风机 除尘 干燥 过滤 过滤设备 密封 密封件 弹簧 链条 齿轮 焊接 焊材 磨具 磨料 耐火材料 保温 防水 防腐 防水材料 防火 胶粘 胶粘剂 油墨 香精 香料 \
医用 试剂 耗材 诊断 影像 假肢 眼科 中医 中医药 针灸 推拿 足浴 沐浴 洗浴 洗涤 洗染 干洗 餐具 厨房设备 制品 塑料制品 橡胶制品 玻璃制品 竹木 竹业 藤艺 编织 绳网 渔具 雨具 伞业 帽业 袜业 毛纺 棉纺 丝绸 麻业 \
厂 店 行 铺 馆 院 所 站 坊 中心 经营部 门市部 服务部 工作室 事务所 律师事务所 会计师事务所 税务师事务所 合作社 专业合作社 农民专业合作社 农场 家庭农场 商店 商场 加工厂 制造厂 养殖场 个体户 \
屠宰 气体 特种气体 工业气体 焦化 运销 快运 报关 报检 二手车 电动车行 洗车 驾校 驾驶员 驾驶员培训 保理 商业保理 俱乐部 健身俱乐部 体检 体检中心 月子 月子会所 月子中心 \
托育 早教 托管 琴行 舞蹈 书画 培训学校 中学 小学 高级中学 高中 门诊部 口腔门诊部 卫生室 卫生所 药店 药业连锁 宠物医院 面馆 牛肉面 牛肉面馆 拉面 小吃 早餐 包子 烧烤 \
麻辣烫 烤肉 烤鱼 奶茶 烟酒 烟酒店 副食 干货 炒货 海鲜 理发 理发店 造型 美甲 养生馆 推拿馆 棋牌 棋牌室 网吧 网咖 茶楼 茶馆 手机店 电脑店 灯具城 家电经营部 经营 种子 \
苗圃 果园 茶园 林场 农庄 庄园 粮库 粮食购销 购销 农机服务 种植专业合作社 养殖专业合作社 果蔬专业合作社 生态农场 采摘园 渔场 猪场 养猪场 养鸡场 砂石 砖厂 预拌混凝土";

/// The longest word.
const LONGEST: usize = 8;

struct Trades {
    words: QuickSet<Box<[Letter]>>,
    /// The lengths of the words that end with a letter, as bits.
    ends: Box<[u16]>,
}

static TRADES: LazyLock<Trades> = LazyLock::new(|| {
    let words: QuickSet<Box<[Letter]>> =
        WORDS.split(' ').filter(|word| !word.is_empty()).map(|text| word(text).into()).collect();
    let mut ends = vec![0; 1 << 16];
    for word in &words {
        ends[usize::from(word[word.len() - 1])] |= 1 << word.len();
    }
    Trades { words, ends: ends.into() }
});

/// Where the trade begins in a name without region and legal form: `海尔电器` → 2. The length when there is none; at least
/// two letters are left to be the brand.
pub(crate) fn start(core: &[Letter]) -> usize {
    let mut end = core.len();
    loop {
        let longest = LONGEST.min(end.saturating_sub(2));
        let Some(last) = end.checked_sub(1) else { return end };
        let lengths = TRADES.ends[usize::from(core[last])];
        let found = (1..=longest)
            .rev()
            .find(|length| lengths & (1 << length) != 0 && TRADES.words.contains(&core[end - length..end]));
        let Some(length) = found else { return end };
        // 工行, 老店: one letter alone is a word only behind a trade or a longer brand.
        if length == 1 && end < 4 {
            return end;
        }
        end -= length;
    }
}

/// A trade without the words in front that every large company has: 集团陶瓷 says 陶瓷, 国际 alone says nothing.
pub(crate) fn told(trade: &[Letter]) -> &[Letter] {
    let mut rest = trade;
    while let Some(behind) = SAYING_NOTHING.iter().find_map(|word| rest.strip_prefix(word.as_slice())) {
        rest = behind;
    }
    rest
}

/// 集团, 控股, 股份, 企业, 国际.
const SAYING_NOTHING: &[[Letter; 2]] =
    &[[0x96c6, 0x56e2], [0x63a7, 0x80a1], [0x80a1, 0x4efd], [0x4f01, 0x4e1a], [0x56fd, 0x9645]];

/// English words of trades, in Chinese; names on letterheads and in e-mail are made of these.
const ENGLISH: &[(&str, &str)] = &[
    ("technology", "科技"),
    ("technologies", "科技"),
    ("tech", "科技"),
    ("sci", "科技"),
    ("science", "科技"),
    ("trading", "贸易"),
    ("trade", "贸易"),
    ("commerce", "商务"),
    ("commercial", "商业"),
    ("import", "进出口"),
    ("export", "进出口"),
    ("imp", "进出口"),
    ("exp", "进出口"),
    ("electric", "电器"),
    ("electrical", "电气"),
    ("electronic", "电子"),
    ("electronics", "电子"),
    ("machinery", "机械"),
    ("machine", "机械"),
    ("mechanical", "机械"),
    ("equipment", "设备"),
    ("information", "信息"),
    ("network", "网络"),
    ("internet", "网络"),
    ("software", "软件"),
    ("digital", "数码"),
    ("data", "数据"),
    ("intelligent", "智能"),
    ("logistics", "物流"),
    ("transport", "运输"),
    ("shipping", "航运"),
    ("freight", "货运"),
    ("food", "食品"),
    ("foods", "食品"),
    ("beverage", "饮料"),
    ("wine", "酒业"),
    ("liquor", "酒业"),
    ("chemical", "化工"),
    ("chemicals", "化工"),
    ("plastic", "塑料"),
    ("plastics", "塑料"),
    ("rubber", "橡胶"),
    ("textile", "纺织"),
    ("textiles", "纺织"),
    ("garment", "服装"),
    ("garments", "服装"),
    ("clothing", "服装"),
    ("apparel", "服饰"),
    ("shoes", "鞋业"),
    ("furniture", "家具"),
    ("home", "家居"),
    ("building", "建筑"),
    ("construction", "建设"),
    ("materials", "材料"),
    ("material", "材料"),
    ("decoration", "装饰"),
    ("design", "设计"),
    ("engineering", "工程"),
    ("energy", "能源"),
    ("power", "电力"),
    ("environmental", "环保"),
    ("environment", "环境"),
    ("protection", "环保"),
    ("medical", "医疗"),
    ("pharmaceutical", "医药"),
    ("pharmaceuticals", "医药"),
    ("pharma", "医药"),
    ("biotech", "生物"),
    ("biotechnology", "生物"),
    ("bio", "生物"),
    ("biological", "生物"),
    ("health", "健康"),
    ("education", "教育"),
    ("consulting", "咨询"),
    ("culture", "文化"),
    ("media", "传媒"),
    ("advertising", "广告"),
    ("exhibition", "会展"),
    ("travel", "旅游"),
    ("tourism", "旅游"),
    ("hotel", "酒店"),
    ("catering", "餐饮"),
    ("restaurant", "餐饮"),
    ("management", "管理"),
    ("investment", "投资"),
    ("financial", "金融"),
    ("finance", "金融"),
    ("insurance", "保险"),
    ("bank", "银行"),
    ("real", "房地产"),
    ("estate", "房地产"),
    ("property", "物业"),
    ("agriculture", "农业"),
    ("agricultural", "农业"),
    ("development", "发展"),
    ("industry", "实业"),
    ("industrial", "工业"),
    ("industries", "实业"),
    ("manufacturing", "制造"),
    ("products", "制品"),
    ("metal", "金属"),
    ("steel", "钢铁"),
    ("hardware", "五金"),
    ("tools", "工具"),
    ("auto", "汽车"),
    ("automobile", "汽车"),
    ("automotive", "汽车"),
    ("parts", "配件"),
    ("vehicle", "车辆"),
    ("paper", "纸业"),
    ("packaging", "包装"),
    ("printing", "印刷"),
    ("service", "服务"),
    ("services", "服务"),
    ("international", "国际"),
    ("supply", "供应链"),
    ("chain", "供应链"),
    ("lighting", "照明"),
    ("optical", "光学"),
    ("optoelectronics", "光电"),
    ("automation", "自动化"),
    ("instrument", "仪器"),
    ("instruments", "仪器"),
    ("communication", "通信"),
    ("communications", "通信"),
    ("telecom", "电信"),
    ("e-commerce", "电子商务"),
    ("solar", "太阳能"),
    ("new", "新能源"),
];

/// The Chinese word for an English one.
pub(crate) fn english(token: &str) -> Option<Vec<Letter>> {
    ENGLISH.iter().find(|(english, _)| *english == token).map(|(_, chinese)| word(chinese))
}

#[cfg(test)]
mod tests {
    use super::start;
    use crate::letters::{text_of, word};

    #[test]
    fn brands() {
        for (name, brand) in [
            ("海尔电器", "海尔"),
            ("海尔生物科技", "海尔"),
            ("老王五金店", "老王"),
            ("科技世家", "科技世家"),
            ("文化传媒", "文化"),
            ("艾诚", "艾诚"),
            ("人在草木间餐饮管理", "人在草木间"),
            ("工商银行", "工商"),
        ] {
            let core = word(name);
            assert_eq!(text_of(&core[..start(&core)]), brand, "{name}");
        }
    }
}
