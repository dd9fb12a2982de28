//! What customers need, and how far one is with it.

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

const NEEDS: &[(&str, &str)] = &[
    ("希望系统能对接财务软件，自动生成凭证", "product"),
    ("要求现场培训两次，覆盖新员工", "service"),
    ("希望批量采购有阶梯价", "price"),
    ("旺季前一周内到货", "delivery"),
    ("希望每季度有专人回访", "relationship"),
    ("移动端要支持离线填报", "product"),
    ("售后响应缩短到两小时", "service"),
    ("数据看板增加区域对比", "product"),
    ("付款周期延长到六十天", "price"),
];

pub(in crate::demo) fn make(world: &World, customer: &Customer, rows: &mut Rows) {
    let mut chance = Chance::of(world.seed, Sort::Demand as u64, customer.identity.index);
    if customer.owner.is_none() || !chance.hit(share(world.customers) / 4.0) {
        return;
    }
    let now = world.calendar.now() - 1;
    let begin = chance.between(customer.identity.minute.max(now - 250 * WORKDAY), now).max(customer.identity.minute);
    let (subject, class) = *chance.pick(NEEDS);
    let state = if now - begin > 60 * WORKDAY {
        ["delivered", "watched", "dropped"][chance.weighted(&[60, 25, 15])]
    } else {
        ["identified", "analysed", "planned", "in_delivery"][chance.weighted(&[35, 25, 20, 20])]
    };
    let created_at = world.calendar.instant(begin) + 60_000;
    let due = begin + chance.between(20, 60) * WORKDAY;
    let mut values: Vec<(&'static str, Value)> = vec![
        ("subject", subject.into()),
        ("account", customer.identity.id.into()),
        ("class", class.into()),
        ("level", ["general", "high_end", "special"][chance.weighted(&[70, 18, 12])].into()),
        ("method", ["talk", "questionnaire", "data"][chance.weighted(&[74, 18, 8])].into()),
        ("importance", ["normal", "high", "low"][chance.weighted(&[60, 25, 15])].into()),
        ("state", state.into()),
        ("due_on", world.calendar.day(due).into()),
    ];
    if let Some(contact) = customer.people.first() {
        values.push(("contact", contact.id.into()));
    }
    if matches!(state, "planned" | "in_delivery" | "delivered" | "watched") {
        values.push(("plan", "由交付部评估工作量，排入下个迭代，销售负责同步进展。".into()));
        values.push(("resources", "产品经理一人、实施顾问一人，约十个工作日。".into()));
    }
    if matches!(state, "delivered" | "watched") {
        values.push(("delivered_on", world.calendar.day(due.min(now)).into()));
        values.push(("feedback", "客户试用后认可，希望继续跟踪使用情况。".into()));
        values.push(("satisfied", ["yes", "partly", "no"][chance.weighted(&[70, 22, 8])].into()));
    }
    let id = codes::id(world.seed, Sort::Demand, customer.identity.index, 0, created_at);
    rows.0[8].push(customer.row(world, id, created_at, customer.owner, values));
}
