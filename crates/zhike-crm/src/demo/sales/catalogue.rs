//! What the made company sells, and the lists its leads come from.

use zhike_records::{Actor, Engine, NewRow};
use zhike_types::{Result, Uuid, Value};

use super::{
    super::{
        Filled, World,
        codes::{self, Sort},
        load::all,
    },
    Shop,
    money::yuan,
};

/// Code, name, category, unit, list price in yuan, cost in per cent of it, tax rate.
type Product = (&'static str, &'static str, usize, &'static str, i64, i64, i64);

const CATEGORIES: &[&str] = &["软件系统", "智能设备", "服务"];

pub(super) const PRODUCTS: &[Product] = &[
    ("RJ-100", "标准版系统", 0, "套", 16_800, 22, 13),
    ("RJ-200", "云平台专业版", 0, "年", 36_000, 25, 6),
    ("RJ-300", "旗舰版系统", 0, "套", 98_000, 24, 13),
    ("RJ-310", "扩展模块", 0, "个", 6_800, 15, 13),
    ("RJ-320", "数据看板", 0, "个", 12_000, 18, 13),
    ("RJ-330", "移动端套件", 0, "套", 9_600, 16, 13),
    ("SB-110", "智能终端", 1, "台", 2_980, 58, 13),
    ("SB-120", "边缘网关", 1, "台", 4_600, 61, 13),
    ("SB-200", "自助设备", 1, "台", 28_500, 64, 13),
    ("FW-010", "实施服务", 2, "人天", 1_800, 55, 6),
    ("FW-020", "年度服务包", 2, "年", 15_000, 38, 6),
    ("FW-030", "维保服务", 2, "年", 8_800, 42, 6),
    ("FW-040", "现场培训", 2, "次", 6_000, 45, 6),
];

/// Name, kind, what it is.
pub(super) const BOOKS: &[(&str, &str, &str)] = &[
    ("去年秋季展会名片", "past_exhibitions", "展台收到的名片，按展区整理。"),
    ("行业协会会员名单", "groups", "协会秘书处提供，每年更新。"),
    ("老客户转介绍", "friends", "老客户和朋友介绍的单位。"),
    ("流失客户回访名单", "lost_customers", "两年内停止合作的客户。"),
    ("竞争对手在用客户", "competitors", "拜访和招标公告里了解到的。"),
    ("合作单位推荐", "partners", "渠道伙伴推荐的潜在单位。"),
    ("行业黄页摘录", "periodicals", "行业黄页和报刊上摘录的单位。"),
];

/// Puts products and list books where they are not yet; what deals refer to.
pub(in crate::demo) async fn open_shop(
    engine: &Engine,
    actor: &Actor,
    world: &World,
    filled: &mut Filled,
) -> Result<Option<Shop>> {
    if engine.model().object("opportunity").is_none() {
        return Ok(None);
    }
    let founded_at = world.founded_at();
    let id = |sort, index: usize| codes::id(world.seed, sort, index as u64, 0, founded_at);
    let row = |id, values| NewRow { id: Some(id), created_at: Some(founded_at), values, ..NewRow::default() };
    let known = all(engine, actor, "product", "code").await?;
    let product = |code: &str| known.iter().find(|record| record.value("code").as_text() == Some(code));
    if known.is_empty() {
        let categories = CATEGORIES.iter().enumerate().map(|(i, name)| {
            row(id(Sort::Category, i), vec![("name", (*name).into()), ("rank", (i as i64 * 10).into())])
        });
        load(engine, actor, "product_category", categories.collect(), filled).await?;
        load(engine, actor, "seller", vec![row(id(Sort::Seller, 0), seller())], filled).await?;
        let products = PRODUCTS.iter().enumerate().map(|(i, &(code, name, category, unit, price, cost, tax))| {
            let values = vec![
                ("code", code.into()),
                ("name", name.into()),
                ("category", id(Sort::Category, category).into()),
                ("unit", unit.into()),
                ("list_price", yuan(price * 100)),
                ("cost", yuan(price * cost)),
                ("tax_rate", (tax * 10).into()),
            ];
            row(id(Sort::Product, i), values)
        });
        load(engine, actor, "product", products.collect(), filled).await?;
        let books = BOOKS.iter().enumerate().map(|(i, (name, kind, description))| NewRow {
            owner: world.staff.sellers.first().map(|&seller| world.staff.users[seller].id),
            ..row(
                book(world, i),
                vec![("name", (*name).into()), ("kind", (*kind).into()), ("description", (*description).into())],
            )
        });
        load(engine, actor, "list_book", books.collect(), filled).await?;
        load(engine, actor, "web_form", vec![row(web_form(world), website(world))], filled).await?;
    }
    let products = PRODUCTS.iter().enumerate();
    let products = products.map(|(i, (code, ..))| product(code).map_or_else(|| id(Sort::Product, i), |known| known.id));
    let products: Vec<Uuid> = if known.is_empty() || PRODUCTS.iter().all(|(code, ..)| product(code).is_some()) {
        products.collect()
    } else {
        Vec::new()
    };
    Shop::of(engine, actor, products).await
}

/// The made company, as it stands on quotes and contracts.
fn seller() -> Vec<(&'static str, Value)> {
    vec![
        ("name", "知行智能科技（青岛）有限公司".into()),
        ("is_default", true.into()),
        ("credit_code", "91370202MA3C0DE01A".into()),
        ("address", "山东省青岛市市南区香港中路 100 号 18 层".into()),
        ("phone", "0532-80001000".into()),
        ("bank", "中国工商银行青岛香港中路支行".into()),
        ("bank_account", "3803 0266 0920 0100 218".into()),
        ("signatory", "周立新".into()),
    ]
}

/// The form on the company's website.
fn website(world: &World) -> Vec<(&'static str, Value)> {
    let mut values: Vec<(&'static str, Value)> = vec![
        ("name", "免费试用与报价申请".into()),
        ("active", true.into()),
        ("intro", "留下联系方式，我们的客户经理会在一个工作日内联系您。".into()),
        ("asks", Value::List(["contact_name", "mobile", "email", "region", "need"].map(str::to_owned).into())),
        (
            "notice",
            "知行智能科技（青岛）有限公司收集您填写的单位、姓名和联系方式，用于回复咨询和报价，保存至咨询结束后一年。您可以随时拨打 0532-80001000 查询、更正、删除或撤回同意。"
                .into(),
        ),
        ("thanks", "已收到，谢谢！客户经理会在一个工作日内与您联系。".into()),
        ("lead_source", "website".into()),
    ];
    if let Some(&seller) = world.staff.sellers.first() {
        values.push(("responsible", world.staff.users[seller].id.into()));
    }
    values
}

pub(super) fn web_form(world: &World) -> Uuid {
    codes::id(world.seed, Sort::WebForm, 0, 0, world.founded_at())
}

pub(super) fn book(world: &World, index: usize) -> Uuid {
    codes::id(world.seed, Sort::ListBook, index as u64, 0, world.founded_at())
}

async fn load(
    engine: &Engine,
    actor: &Actor,
    object: &'static str,
    rows: Vec<NewRow>,
    filled: &mut Filled,
) -> Result<()> {
    filled.add(object, rows.len() as u64);
    engine.load(actor, object, rows).await
}
