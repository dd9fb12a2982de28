//! Calls on customers: those of the last weeks were made, those of the next are planned.

use super::{
    super::{
        account::Customer,
        calendar::WORKDAY,
        chance::Chance,
        codes::{self, Sort},
        world::World,
    },
    Rows, share,
};
use zhike_types::Value;

const WHY: &[(&str, &str)] = &[
    ("拜访采购负责人，了解年度计划", "年度预算已批，下半年还有一批采购，约定两周后报价。"),
    ("送样品并现场讲解", "样品满意，技术部要再做一轮测试。"),
    ("回访使用情况", "整体满意，提出两处改进，已记录。"),
    ("商谈合同条款", "付款方式基本谈妥，等法务意见。"),
    ("节前走访", "对方换了负责人，已加联系方式。"),
];
const HOUR: i64 = 3_600_000;

pub(in crate::demo) fn make(world: &World, customer: &Customer, rows: &mut Rows) {
    let mut chance = Chance::of(world.seed, Sort::Visit as u64, customer.identity.index);
    if customer.owner.is_none() || !chance.hit(share(world.customers) / 2.0) {
        return;
    }
    let now = world.calendar.now();
    let at = chance.between(-12, 14) * WORKDAY + now;
    let made = (at - chance.between(1, 6) * WORKDAY).clamp(customer.identity.minute, now - 1);
    let created_at = world.calendar.instant(made) + 90_000;
    let start = world.calendar.appointment(at);
    let (why, outcome) = *chance.pick(WHY);
    let mut values: Vec<(&'static str, Value)> = vec![
        ("purpose", why.into()),
        ("account", customer.identity.id.into()),
        ("planned_start", start.into()),
        ("planned_end", (start + chance.between(1, 3) * HOUR).into()),
        ("status", "planned".into()),
    ];
    if let Some(contact) = customer.people.first() {
        values.push(("contact", contact.id.into()));
    }
    if at < now - WORKDAY && made + WORKDAY < at && chance.hit(0.8) {
        let owner = customer.owner.map(|owner| world.staff.users[owner].id);
        values[4] = ("status", "done".into());
        values.push(("outcome", outcome.into()));
        values.push(("checked_in_at", (start + chance.between(-10, 15) * 60_000).into()));
        values.push(("checked_in_by", owner.map_or(Value::Null, Value::Id)));
        values.push(("place", format!("{}门口", customer.identity.name).into()));
    }
    let id = codes::id(world.seed, Sort::Visit, customer.identity.index, 0, created_at);
    rows.0[11].push(customer.row(world, id, created_at, customer.owner, values));
}
