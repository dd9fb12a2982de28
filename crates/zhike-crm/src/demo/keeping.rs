//! How the made company keeps its customers: schemes of tiers worked out, some set by hand, and rules by which new leads are given out.

use zhike_records::{Actor, Engine, Input, ListQuery, Record};
use zhike_types::Result;

use super::{Filled, World};

/// More customers than these have their tiers worked out by the night, and lie in no pool.
pub(super) const AT_MOST: u64 = 20_000;
/// Tiers set by hand.
const BY_HAND: usize = 4;
/// Tiers by value: name, what was asked for at first and is now, what it means.
const VALUE: [(&str, &str, &str, &str); 4] = [
    ("战略客户", "paid_amount >= 800000", "paid_amount >= 500000", "总监牵头，每季度拜访高层"),
    ("重点客户", "paid_amount >= 300000", "paid_amount >= 200000", "专人维护，每月联系"),
    ("普通客户", "paid_amount > 0", "paid_amount > 0", "按产品和服务的节点联系"),
    ("待开发", "", "", "有线索再跟进"),
];
/// Name, condition, way.
const RULES: [(&str, &str, &str); 2] = [
    ("官网和广告来的轮流接", "source in [\"website\", \"advertising\"]", "round"),
    ("来电给手上最少的人", "source == \"phone\"", "fewest"),
];
/// Leads that came by themselves today.
const CAME: [(&str, &str, &str); 6] = [
    ("青岛澄海测控技术有限公司", "website", "想了解标准版系统的价格"),
    ("烟台北辰冷链物流有限公司", "advertising", "看到广告，想约演示"),
    ("潍坊泽丰农业装备有限公司", "website", "现有系统到期，想比较方案"),
    ("济南齐川医疗器械有限公司", "phone", "来电咨询维保服务"),
    ("淄博瀚宇新材料有限公司", "website", "三个厂区要上智能终端"),
    ("临沂云桥商贸有限公司", "phone", "来电想看数据看板"),
];

pub(super) async fn fill(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    give_out(engine, actor, world, filled).await?;
    if world.customers > AT_MOST || !all(engine, actor, "tier_scheme", "name == \"客户价值\"", 1).await?.is_empty()
    {
        return Ok(());
    }
    for scheme in all(engine, actor, "tier_scheme", "", 1).await? {
        engine.work_out_tiers(actor, scheme.id, false).await?;
    }
    let remark = "按回款金额分，年中下调过门槛。";
    let value = make(engine, actor, "tier_scheme", &[("name", "客户价值"), ("remark", remark)]).await?;
    let mut tiers = Vec::new();
    for (rank, (name, first, _, meaning)) in VALUE.into_iter().enumerate() {
        let (rank, of) = (rank.to_string(), value.id.to_string());
        let fields = [("scheme", &*of), ("name", name), ("rank", &*rank), ("condition", first), ("meaning", meaning)];
        tiers.push(make(engine, actor, "tier", &fields).await?.id);
    }
    engine.work_out_tiers(actor, value.id, false).await?;
    for (tier, (_, _, now, _)) in tiers.iter().zip(VALUE) {
        engine.change(actor, "tier", *tier, None, Input::default().set("condition", now)).await?;
    }
    engine.work_out_tiers(actor, value.id, false).await?;
    let below = format!("scheme == \"{}\" && tier.rank == 2", value.id);
    for one in all(engine, actor, "account_tier", &below, BY_HAND).await? {
        let input = Input::default().set("tier", tiers[1].to_string());
        let input = input.set("override_reason", "集团客户，其他子公司采购量大");
        engine.change(actor, "account_tier", one.id, None, input).await?;
    }
    Ok(())
}

/// Rules with the salespeople on their lists, and some leads that went by them.
async fn give_out(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    if !all(engine, actor, "assignment_rule", "", 1).await?.is_empty() {
        return Ok(());
    }
    for (rank, (name, condition, way)) in RULES.into_iter().enumerate() {
        let rank = (rank + 1).to_string();
        let fields = [("name", name), ("condition", condition), ("way", way), ("rank", &*rank), ("object", "lead")];
        let rule = make(engine, actor, "assignment_rule", &fields).await?.id.to_string();
        for (at, &seller) in world.staff.sellers.iter().take(5).enumerate() {
            let (user, rank) = (world.staff.users[seller].id.to_string(), (at + 1).to_string());
            let weight = if at == 0 { "2" } else { "1" };
            let fields = [("rule", &*rule), ("user", &*user), ("weight", weight), ("most", "60"), ("rank", &*rank)];
            make(engine, actor, "assignment_member", &fields).await?;
            filled.add("assignment_member", 1);
        }
        filled.add("assignment_rule", 1);
    }
    for (name, source, need) in CAME {
        make(engine, actor, "lead", &[("name", name), ("source", source), ("need", need)]).await?;
    }
    filled.add("lead", CAME.len() as u64);
    Ok(())
}

pub(super) async fn make(engine: &Engine, actor: &Actor, object: &str, fields: &[(&str, &str)]) -> Result<Record> {
    let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    engine.create(actor, object, input).await
}

pub(super) async fn all(
    engine: &Engine,
    actor: &Actor,
    object: &str,
    filter: &str,
    limit: usize,
) -> Result<Vec<Record>> {
    let query = ListQuery { object: object.to_owned(), filter: filter.to_owned(), limit, ..ListQuery::default() };
    Ok(engine.list(actor, &query).await?.records)
}
