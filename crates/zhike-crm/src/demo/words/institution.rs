//! Schools, hospitals, authorities and other public bodies.

/// What sort of public body: decides how its name is built, the first two characters of its code, its industry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Body {
    /// A school with a name of its own: 青岛市崂山区育才小学.
    School,
    /// A hospital of a city or district.
    Hospital,
    /// A community clinic named after its neighbourhood.
    Clinic,
    /// An authority.
    Bureau,
    /// A museum, library or stadium and the like.
    Venue,
}

impl Body {
    pub const ALL: &[Self] = &[Self::School, Self::Hospital, Self::Clinic, Self::Bureau, Self::Venue];
    pub const WEIGHTS: &[u32] = &[46, 16, 16, 14, 8];
    /// Of a hundred thousand, most have names of their own: there are only so many districts with an authority each.
    pub const WEIGHTS_OF_MANY: &[u32] = &[62, 13, 20, 4, 1];
    /// Private hospitals, which have names of their own.
    pub const CLINICS: &[&str] =
        &["口腔医院", "眼科医院", "骨科医院", "康复医院", "妇产医院", "儿童医院", "中医门诊部", "综合门诊部"];

    /// 登记管理部门 and 机构类别 of GB 32100: 11 an authority, 12 a public institution, 52 a private one.
    pub fn code_prefix(self) -> &'static str {
        if self == Self::Bureau { "11" } else { "12" }
    }

    pub fn industry(self) -> &'static str {
        match self {
            Self::School => "教育",
            Self::Hospital | Self::Clinic => "卫生",
            Self::Bureau => "公共管理",
            Self::Venue => "文化体育",
        }
    }

    /// What its name ends with.
    pub fn ends(self) -> &'static [&'static str] {
        match self {
            Self::School => &[
                "小学",
                "中学",
                "实验小学",
                "实验学校",
                "幼儿园",
                "高级中学",
                "外国语学校",
                "职业技术学校",
                "特殊教育学校",
            ],
            Self::Hospital => &[
                "人民医院",
                "中医医院",
                "妇幼保健院",
                "第二人民医院",
                "中心医院",
                "第三人民医院",
                "口腔医院",
                "眼科医院",
                "康复医院",
                "精神卫生中心",
                "骨科医院",
                "肿瘤医院",
                "儿童医院",
                "疾病预防控制中心",
                "中西医结合医院",
            ],
            Self::Clinic => &["街道社区卫生服务中心", "镇卫生院", "社区卫生服务站"],
            Self::Bureau => &[
                "教育局",
                "财政局",
                "民政局",
                "司法局",
                "自然资源局",
                "生态环境局",
                "住房和城乡建设局",
                "交通运输局",
                "水利局",
                "农业农村局",
                "商务局",
                "文化和旅游局",
                "卫生健康局",
                "退役军人事务局",
                "应急管理局",
                "审计局",
                "市场监督管理局",
                "统计局",
                "医疗保障局",
                "信访局",
                "行政审批服务局",
                "城市管理局",
                "科学技术局",
                "工业和信息化局",
                "人力资源和社会保障局",
                "体育局",
                "林业局",
                "大数据管理局",
                "机关事务管理局",
                "公共资源交易中心",
                "政务服务中心",
                "投资促进中心",
                "住房公积金管理中心",
                "社会保险服务中心",
                "公安局交通警察大队",
                "消防救援大队",
                "税务局",
                "总工会",
                "档案馆",
                "供销合作社联合社",
            ],
            Self::Venue => &[
                "图书馆",
                "博物馆",
                "文化馆",
                "体育中心",
                "青少年宫",
                "美术馆",
                "科技馆",
                "会展中心",
                "大剧院",
                "老年大学",
            ],
        }
    }
}
