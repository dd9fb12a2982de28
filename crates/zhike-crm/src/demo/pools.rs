//! The made company's pools: customers and leads that nobody owns, or that their owners gave up or let lie, and what was claimed and assigned since.

use zhike_records::{Actor, Engine, Return, Selection, Source};
use zhike_types::{Error, Result, Uuid};

use super::{
    Filled, World,
    keeping::{AT_MOST, all, make},
};

/// A company of fewer customers than these gives them out by word of mouth.
const AT_LEAST: u64 = 100;
/// Customers given back by their owners; claimed by each of some salespeople; assigned by the manager.
const GIVEN: usize = 12;
const CLAIMED: usize = 2;
const CLAIMING: usize = 4;
const ASSIGNED: usize = 3;
/// Who was not spoken to for so long goes back by itself.
const SILENT: &str = r#"status == "potential" && last_follow_up_at < now - days(120)"#;
const CUSTOMERS: [(&str, &str); 9] = [
    ("name", "客户公海"),
    ("object", "account"),
    ("fields", "name, region, industry, level"),
    ("claims_a_day", "5"),
    ("held_most", "40"),
    ("cool_down_days", "30"),
    ("reclaim", SILENT),
    ("grace_days", "30"),
    ("remark", "潜在客户四个月没有跟进就收回；退回或收回的，原负责人 30 天内不能再领。"),
];
const LEADS: [(&str, &str); 5] = [
    ("name", "线索公海"),
    ("object", "lead"),
    ("fields", "name, region, industry, source, need"),
    ("claims_a_day", "10"),
    ("remark", "还没有人负责的线索，谁先联系归谁。"),
];
const WHY: [(&str, &str); 4] = [
    ("没有意向", "客户没有意向"),
    ("三次电话没人接", "联系不上"),
    ("业务已转到外地", "不在服务范围"),
    ("手上大客户要交付，顾不过来", "精力不够，让给同事"),
];

pub(super) async fn fill(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    if !(AT_LEAST..=AT_MOST).contains(&world.customers) || !all(engine, actor, "pool", "", 1).await?.is_empty() {
        return Ok(());
    }
    let pool = open(engine, actor, world, &CUSTOMERS, filled).await?;
    let leads = open(engine, actor, world, &LEADS, filled).await?;
    put(engine, actor, "account", pool, "owner == null").await?;
    put(engine, actor, "lead", leads, r#"owner == null && state != "disqualified""#).await?;
    give_back(engine, pool).await?;
    engine.reclaim().await?;
    claim(engine, actor, world, pool).await
}

/// Everybody may claim; the managers of areas and branches manage it.
async fn open(
    engine: &Engine,
    actor: &Actor,
    world: &World,
    fields: &[(&str, &str)],
    filled: &mut Filled,
) -> Result<Uuid> {
    let pool = make(engine, actor, "pool", fields).await?.id;
    filled.add("pool", 1);
    for user in world.staff.users.iter().filter(|user| matches!(user.role, "director" | "manager")) {
        let (pool, user) = (pool.to_string(), user.id.to_string());
        make(engine, actor, "pool_member", &[("pool", &pool), ("user", &user), ("level", "manager")]).await?;
        filled.add("pool_member", 1);
    }
    Ok(pool)
}

/// What nobody ever owned.
async fn put(engine: &Engine, actor: &Actor, object: &str, pool: Uuid, filter: &str) -> Result<()> {
    let wish = Return { pool: Some(pool), reason: "其他".to_owned(), note: "还没有人负责".to_owned() };
    engine.give_back_many(actor, object, &Selection::Filter(filter.to_owned()), &wish).await.map(drop)
}

/// In the owners' names, each for a reason.
async fn give_back(engine: &Engine, pool: Uuid) -> Result<()> {
    let system = Actor::system(Source::Command);
    let filter = r#"owner != null && status in ["lost", "dormant"]"#;
    for (turn, record) in all(engine, &system, "account", filter, GIVEN).await?.into_iter().enumerate() {
        let Some(owner) = record.value("owner").as_id() else { continue };
        let (note, reason) = WHY[turn % WHY.len()];
        let wish = Return { pool: Some(pool), reason: reason.to_owned(), note: note.to_owned() };
        let owner = engine.actor_of_user(owner, Source::System).await?;
        engine.give_back(&owner, "account", record.id, &wish).await?;
    }
    Ok(())
}

/// Some are claimed, by who never had them, and some assigned.
async fn claim(engine: &Engine, actor: &Actor, world: &World, pool: Uuid) -> Result<()> {
    let mut lying = all(engine, actor, "account", &format!("pool == \"{pool}\""), 60).await?.into_iter();
    let sellers: Vec<Uuid> =
        world.staff.sellers.iter().take(CLAIMING).map(|seller| world.staff.users[*seller].id).collect();
    for seller in &sellers {
        let claimer = engine.actor_of_user(*seller, Source::System).await?;
        for record in lying.by_ref().take(CLAIMED) {
            match engine.claim(&claimer, "account", record.id).await {
                // given back by the same one
                Ok(_) | Err(Error::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let ids: Vec<Uuid> = lying.take(ASSIGNED).map(|record| record.id).collect();
    let manager = world.staff.users.iter().find(|user| user.role == "manager");
    if let (Some(manager), false) = (manager, ids.is_empty() || sellers.is_empty()) {
        let manager = engine.actor_of_user(manager.id, Source::System).await?;
        engine.assign_from_pool(&manager, pool, &Selection::Ids(ids), &sellers, "按区域分给离得近的同事").await?;
    }
    Ok(())
}
