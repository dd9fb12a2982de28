//! Notes about a customer, its relations to others, and colleagues who work on it as well.

use zhike_records::NewRow;
use zhike_types::Value;

use super::{
    account::Customer,
    calendar::WORKDAY,
    codes::{self, Sort},
    identity::{Kind, identity},
    interaction::who,
    text,
    words::phrases::NOTES,
    world::World,
};

pub(super) fn notes(world: &World, customer: &mut Customer, rows: &mut Vec<NewRow>) {
    let mut chance = customer.chance.clone();
    if chance.hit(world.told.notes) {
        let who = who(customer, customer.people.first(), &mut chance);
        let minute = chance.between(customer.identity.minute, world.calendar.now() - 1);
        let created_at = world.calendar.instant(minute) + 180_000;
        let values = vec![
            ("about", Value::Any("account".to_owned(), customer.identity.id)),
            ("body", text::text(chance.word(NOTES), &who, &mut chance).into()),
            ("pinned", chance.hit(0.15).into()),
        ];
        let by = customer.owner.unwrap_or_else(|| world.staff.colleague(None, &mut chance));
        let id = codes::id(world.seed, Sort::Note, customer.identity.index, 0, created_at);
        rows.push(customer.row(world, id, created_at, Some(by), values));
    }
    customer.chance = chance;
}

/// To an earlier customer: business with one another. Who belongs to whose group stands in `account.parent`.
pub(super) fn relations(world: &World, customer: &mut Customer, rows: &mut Vec<NewRow>) {
    let mut chance = customer.chance.clone();
    let index = customer.identity.index;
    if customer.identity.kind == Kind::Enterprise && index > 0 && chance.hit(world.told.relations) {
        let other = identity(world, index - 1 - chance.below(index.min(2_000)));
        let kinds: &[&str] = if matches!(other.kind, Kind::Enterprise) {
            &["supplier", "customer", "partner", "affiliate", "competitor", "guarantor"]
        } else {
            &["customer"]
        };
        let kind = *chance.early(kinds);
        let created_at = world.calendar.instant(customer.identity.minute) + 240_000;
        let mut values: Vec<(&'static str, Value)> =
            vec![("from_account", customer.identity.id.into()), ("to_account", other.id.into()), ("kind", kind.into())];
        let remark = match kind {
            "supplier" => "长期供货，每年框架协议",
            "partner" => "联合投标过项目",
            "affiliate" => "实际控制人相同",
            _ => "",
        };
        if !remark.is_empty() {
            values.push(("remark", remark.into()));
        }
        let id = codes::id(world.seed, Sort::Relation, index, 0, created_at);
        rows.push(customer.row(world, id, created_at, customer.owner, values));
    }
    customer.chance = chance;
}

pub(super) fn team(world: &World, customer: &mut Customer, rows: &mut Vec<NewRow>) {
    let mut chance = customer.chance.clone();
    let important = if customer.level == 'A' { 4.0 } else { 1.0 };
    if customer.owner.is_some() && chance.hit(world.told.team * important) {
        let member = world.staff.colleague(customer.owner, &mut chance);
        let minute = (customer.identity.minute + chance.between(0, 20) * WORKDAY).min(world.calendar.now() - 1);
        let created_at = world.calendar.instant(minute) + 300_000;
        let (level, part) = if chance.hit(0.6) { ("write", "协助商务") } else { ("read", "售后支持") };
        let values = vec![
            ("account", customer.identity.id.into()),
            ("user", world.staff.users[member].id.into()),
            ("level", level.into()),
            ("remark", part.into()),
        ];
        let id = codes::id(world.seed, Sort::TeamMember, customer.identity.index, 0, created_at);
        rows.push(customer.row(world, id, created_at, customer.owner, values));
    }
    customer.chance = chance;
}
