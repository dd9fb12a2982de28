//! What salespeople write down after a call, a visit, a message.
//!
//! `{who}` is the person, `{product}` what we offer, `{n}` an amount in ten thousand yuan, `{p}` per cent, `{k}` a small
//! number, `{m}` a month, `{rival}` another supplier, `{pain}` what troubles them, `{why}` why they say no.

/// A way of contact and how its record begins: by us, by them.
pub(in crate::demo) struct Channel {
    pub key: &'static str,
    pub ours: &'static [&'static str],
    pub theirs: &'static [&'static str],
    /// Minutes it takes, from and to; none where time is not counted.
    pub minutes: Option<(i64, i64)>,
    pub weight: u32,
}

pub(in crate::demo) const CHANNELS: &[Channel] = &[
    Channel {
        key: "phone",
        ours: &["电话联系{who}，", "给{who}去电，", "与{who}通话，", "回访{who}，", "按约定时间致电{who}，"],
        theirs: &["{who}来电，", "接到{who}电话，", "{who}主动打来电话，"],
        minutes: Some((1, 18)),
        weight: 40,
    },
    Channel {
        key: "wechat",
        ours: &["微信联系{who}，", "微信给{who}发了资料，", "在微信上问候{who}，", "企业微信与{who}沟通，"],
        theirs: &["{who}微信留言，", "{who}在微信群里提出，", "{who}发来微信，"],
        minutes: None,
        weight: 26,
    },
    Channel {
        key: "visit",
        ours: &["上门拜访{who}，", "到现场拜访{who}，", "登门拜访{who}并看了现场，", "与技术同事一起拜访{who}，"],
        theirs: &["应{who}邀请上门，", "{who}来我司参观，", "{who}到公司面谈，"],
        minutes: Some((30, 150)),
        weight: 14,
    },
    Channel {
        key: "email",
        ours: &["给{who}发送邮件，", "邮件发送{product}资料给{who}，", "按{who}要求邮件补充材料，"],
        theirs: &["收到{who}邮件，", "{who}邮件回复，"],
        minutes: None,
        weight: 7,
    },
    Channel {
        key: "meeting",
        ours: &["与{who}及项目组开会，", "参加{who}组织的沟通会，", "和{who}当面开会，"],
        theirs: &["{who}召集协调会，", "受{who}邀请参加项目例会，"],
        minutes: Some((40, 180)),
        weight: 5,
    },
    Channel {
        key: "video",
        ours: &["与{who}视频会议，", "线上给{who}演示{product}，", "远程会议与{who}沟通，"],
        theirs: &["{who}约线上会议，", "{who}发起视频会议，"],
        minutes: Some((20, 90)),
        weight: 5,
    },
    Channel {
        key: "message", ours: &["短信联系{who}，"], theirs: &["{who}短信回复，"], minutes: None, weight: 2
    },
    Channel {
        key: "exhibition",
        ours: &["在行业展会拜访{who}的展位，", "展会现场约见{who}，"],
        theirs: &["{who}到我司展台咨询，", "展会上{who}留下名片，"],
        minutes: Some((5, 30)),
        weight: 1,
    },
];

/// A sentence and the result that goes with it.
pub(in crate::demo) type Body = (&'static str, &'static str);

pub(in crate::demo) const FIRST: &[Body] = &[
    ("介绍了公司情况和{product}，对方表示有兴趣，让先发资料看看。", "interested"),
    ("了解到对方正在用{rival}，合同 {m} 月到期，届时可以比较。", "considering"),
    ("对方近期有新项目，预算约 {n} 万元，正在收集供应商资料。", "interested"),
    ("目前{pain}，想找一家能长期配合的供应商，约好下周再细谈。", "interested"),
    ("对方说暂时没有需求，可以先加微信保持联系。", "considering"),
    ("初步了解了组织架构和采购流程，{n} 万元以上需要公司层面审批。", "considering"),
    ("对方比较关心售后响应时间和本地服务人员，已说明我们的服务网点。", "interested"),
    ("对方索要了产品目录和同行业案例，已发送。", "interested"),
    ("主要痛点是{pain}，对{product}很感兴趣，希望看演示。", "interested"),
    ("先简单说明来意，约好下周再详细沟通。", "considering"),
    ("客户由老客户介绍而来，对我们有一定了解，直接询问价格和交期。", "interested"),
];

pub(in crate::demo) const TALKS: &[Body] = &[
    ("就{product}的报价做了沟通，对方认为偏高，希望再让 {p} 个点。", "considering"),
    ("方案和报价单已经提交，对方 {m} 月上会讨论，目前看我们排在前两位。", "considering"),
    ("使用部门看过{product}演示后提了 {k} 条意见，多数可以直接满足。", "interested"),
    ("对方拿{rival}的报价做比较，我们贵 {p}%，重点讲了服务和稳定性。", "considering"),
    ("确认试用名额 {k} 个，试用期一个月，安排技术同事对接。", "agreed"),
    ("试用反馈总体不错，{pain}的问题有明显改善，还希望增加导出报表。", "interested"),
    ("预算已经批下来，约 {n} 万元，要求 {m} 月底前完成上线。", "interested"),
    ("沟通了付款方式，对方希望 3-6-1，我们建议 5-4-1，需要请示领导。", "considering"),
    ("对方内部意见不统一，技术倾向我们，采购更看重价格，需要再做工作。", "considering"),
    ("补充了资质文件和 {k} 个同行业案例，对方表示够用了。", "interested"),
    ("领导出差，评审会推迟到下周，让我们耐心等通知。", "considering"),
    ("对方要求到已上线的客户现场看一看，正在协调参观时间。", "interested"),
    ("商务条款基本谈妥，剩下质保期限还要再商量。", "agreed"),
    ("项目今年先做一期，约 {n} 万元，二期看效果再定。", "interested"),
];

pub(in crate::demo) const DEALS: &[Body] = &[
    ("合同已双方盖章，金额 {n} 万元，安排 {m} 月进场实施。", "agreed"),
    ("首付款已到账，交付团队本周对接，对方指定了项目负责人。", "agreed"),
    ("回访{product}使用情况，整体满意，提了 {k} 个小建议，已转产品部门。", "interested"),
    ("验收顺利通过，对方对响应速度很认可，约好尽快开票。", "agreed"),
    ("沟通续约，对方希望价格不变并赠送培训，争取本月签下来。", "considering"),
    ("新开分支机构，打算增购 {k} 套{product}，预算约 {n} 万元。", "interested"),
    ("反映{pain}，技术同事当天远程处理好了，客户表示满意。", "agreed"),
    ("核对了对账单，尾款 {n} 万元预计 {m} 月安排。", "agreed"),
    ("对方介绍了一位同行朋友，近期也有类似需求，约好一起吃饭。", "interested"),
    ("季度回访，使用人数稳定，高层希望看到更多数据分析。", "interested"),
    ("确认了现场培训的安排，{k} 人参加，时间定在 {m} 月。", "agreed"),
    ("客户人员有调整，新负责人刚接手，重新介绍了合作情况。", "considering"),
];

pub(in crate::demo) const SILENCE: &[Body] = &[
    ("对方表示项目暂缓，预算推到明年，有消息会通知我们。", "considering"),
    ("多次沟通没有明确答复，感觉优先级不高。", "considering"),
    ("对方已调岗，新的负责人还没有到位，先保持联系。", "considering"),
    ("目前业务收缩，暂时没有采购计划。", "refused"),
    ("介绍了新品，对方礼貌回应，没有进一步需求。", "considering"),
];

pub(in crate::demo) const LOSSES: &[Body] = &[
    ("对方确认已经选了{rival}，主要原因是{why}。", "refused"),
    ("明确表示不再合作，原因是{why}，已经做好交接。", "refused"),
    ("项目取消，{why}，短期内不会再启动。", "refused"),
    ("合同到期没有续签，{why}，后续转为节日问候。", "refused"),
];

pub(in crate::demo) const PUBLIC_FIRST: &[Body] = &[
    ("了解到项目已列入今年采购计划，预算 {n} 万元，等财政批复。", "interested"),
    ("对方说明采购必须走政府采购平台，招标公告预计 {m} 月发布。", "considering"),
    ("介绍了{product}和同类单位案例，对方要求先报技术参数。", "interested"),
    ("目前{pain}，上级有考核要求，希望年内解决。", "interested"),
    ("对方建议先参加 {m} 月的产品推介会，再单独汇报。", "considering"),
];

pub(in crate::demo) const PUBLIC_TALKS: &[Body] = &[
    ("提交了技术参数建议，对方组织专家论证，意见 {k} 条。", "considering"),
    ("招标公告已发布，预算 {n} 万元，{m} 月开标，准备投标文件。", "interested"),
    ("得知预算论证会已通过，{product}符合要求，等待分管领导签字。", "considering"),
    ("项目需要报上级审批，流程大约一个月，先做好前期调研。", "considering"),
    ("中标公示期已过，准备签合同，对方要求提供履约保函。", "agreed"),
    ("梳理了 {k} 个科室的需求，约好下周到现场调研。", "interested"),
];

pub(in crate::demo) const SHOP_FIRST: &[Body] = &[
    ("店里生意不错，想换一套更省事的{product}，问了价格。", "interested"),
    ("老板比较忙，先要一份价目表看看，晚上再联系。", "considering"),
    ("目前{pain}，老板说隔壁店用得不错，想试一试。", "interested"),
    ("老板觉得一次付清有压力，问能不能按月付。", "considering"),
    ("店面下个月装修，装修完再定。", "considering"),
];

pub(in crate::demo) const SHOP_TALKS: &[Body] = &[
    ("{product}试用了一周，老板说操作简单，店员一教就会。", "interested"),
    ("谈好价格，先装一台，用得好再给分店装 {k} 台。", "agreed"),
    ("老板要再和家里商量，周末前给答复。", "considering"),
    ("设备已装好调好，收银员会用了，货款已付清。", "agreed"),
    ("{rival}的业务员也来过，价格低 {p}%，老板更看重售后。", "considering"),
];

/// A text message says little.
pub(in crate::demo) const MESSAGES: &[Body] = &[
    ("提醒 {m} 月到期续约，对方回复收到。", "considering"),
    ("确认上门时间，对方回复可以。", "interested"),
    ("送上节日问候，对方回复感谢。", "considering"),
    ("告知报价单已发邮箱，对方说看后回复。", "considering"),
];

/// Nobody answered: the record is short.
pub(in crate::demo) const NO_ANSWER: &[Body] = &[
    ("拨打{who}电话无人接听，稍后再试。", "no_answer"),
    ("{who}电话关机，改发短信说明来意。", "no_answer"),
    ("{who}挂断电话，可能在开会，下午再打。", "no_answer"),
    ("前台转接{who}无人接听，留言请回电。", "no_answer"),
    ("联系{who}，号码提示为空号，需要重新核实联系方式。", "wrong_number"),
];

pub(in crate::demo) const NEXT: &[&str] = &[
    "发送正式报价单",
    "约{who}做产品演示",
    "跟进方案评审结果",
    "确认合同条款",
    "电话回访{who}",
    "安排技术同事上门",
    "补充同行业案例",
    "催办尾款",
    "再次拜访{who}",
    "确认试用情况",
    "提交投标资料",
    "跟进预算审批进度",
    "沟通续约事宜",
    "邀请{who}参加新品发布会",
    "寄送样品并确认收到",
    "核实采购时间表",
];

/// Subjects of tasks: the kind and the words.
pub(in crate::demo) const TASKS: &[(&str, &str)] = &[
    ("call", "给{who}打电话确认方案意见"),
    ("call", "电话回访{who}使用情况"),
    ("visit", "上门拜访{who}"),
    ("visit", "带技术同事到现场勘察"),
    ("quote", "给{who}报{product}的价格"),
    ("quote", "更新报价单并发送"),
    ("paperwork", "准备合同初稿"),
    ("paperwork", "寄送盖章合同和发票"),
    ("paperwork", "整理资质文件发给{who}"),
    ("follow_up", "跟进{who}的预算审批"),
    ("follow_up", "确认{product}试用反馈"),
    ("follow_up", "约{who}下一次会议"),
    ("follow_up", "了解竞争对手{rival}的报价"),
    ("care", "给{who}送上节日问候"),
    ("care", "邀请{who}参加客户答谢会"),
    ("other", "核实开票信息"),
    ("follow_up", "催收尾款 {n} 万元"),
    ("other", "更新客户资料和组织架构"),
];

pub(in crate::demo) const NOTES: &[&str] = &[
    "客户对价格敏感，报价前先请示经理。",
    "开票要专用发票，抬头和税号以营业执照为准。",
    "门卫登记需要提前报车牌号。",
    "每月 25 日前对账，逾期顺延到下月。",
    "主要竞争对手是{rival}，合作约 {k} 年。",
    "{who}喜欢微信沟通，尽量不要上午打电话。",
    "采购流程：使用部门申请，采购部比价，总经理审批，约两周。",
    "年底有扩产计划，可提前介绍{product}。",
    "该客户由老客户推荐，注意维护双方关系。",
    "收货地址与注册地址不同，发货前务必确认。",
    "内部决策人是{who}，技术部门有否决权。",
    "付款信用良好，历史上没有逾期。",
    "合同模板用对方的，法务审核约 {k} 天。",
];

pub(in crate::demo) const PRODUCTS: &[&str] = &[
    "一体化方案",
    "云平台专业版",
    "智能终端",
    "年度服务包",
    "数据看板",
    "移动端套件",
    "维保服务",
    "旗舰版系统",
    "标准版系统",
    "扩展模块",
    "边缘网关",
    "自助设备",
];

pub(in crate::demo) const RIVALS: &[&str] = &[
    "原供应商",
    "本地一家小公司",
    "一家上市公司的产品",
    "总部指定的供应商",
    "一家外资品牌",
    "同城的代理商",
    "自己开发的系统",
    "朋友介绍的厂家",
];

pub(in crate::demo) const PAINS: &[&str] = &[
    "数据分散在各部门的表格里",
    "旧系统经常卡顿",
    "人工统计费时又容易出错",
    "各门店库存对不上",
    "售后响应太慢",
    "设备老化故障多",
    "月底对账要加班好几天",
    "分公司之间信息不通",
    "维护成本逐年上涨",
    "客户投诉处理不及时",
];

pub(in crate::demo) const WHYS: &[&str] = &[
    "价格没有优势",
    "集团统一采购",
    "预算被砍",
    "负责人更换",
    "交期赶不上",
    "业务方向调整",
    "对方有股权关系的供应商中标",
    "公司搬迁到外地",
];

/// The vocabulary of tags: name, tone, what it is for.
pub(in crate::demo) const TAGS: &[(&str, &str, &str)] = &[
    ("重点跟进", "red", "近期有成交机会"),
    ("老客户", "green", "合作一年以上"),
    ("价格敏感", "amber", "报价前先请示"),
    ("决策快", "green", "一周内能定"),
    ("账期客户", "amber", "月结或季结"),
    ("上市公司", "purple", "信息披露完整"),
    ("专精特新", "purple", "省级以上认定"),
    ("高新技术企业", "blue", "可关注政策资金"),
    ("出口企业", "teal", "有外贸业务"),
    ("连锁门店", "blue", "多门店统一管理"),
    ("政府采购", "gray", "走招投标流程"),
    ("展会获客", "teal", "来自行业展会"),
    ("需要回访", "amber", "服务后应回访"),
    ("可做案例", "green", "同意对外宣传"),
    ("年底采购", "gray", "预算多在四季度"),
    ("转介绍", "blue", "由客户介绍而来"),
];
