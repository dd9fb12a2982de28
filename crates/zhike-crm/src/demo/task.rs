//! What somebody has to do for a customer, and what was done.

use zhike_records::NewRow;
use zhike_types::Value;

use super::{
    account::{Customer, due},
    calendar::WORKDAY,
    chance::Chance,
    codes::{self, Sort},
    interaction::who,
    text,
    words::phrases::TASKS,
    world::World,
};

pub(super) fn make(world: &World, customer: &mut Customer, rows: &mut Vec<NewRow>) {
    let mut chance = customer.chance.clone();
    let owned = customer.owner.is_some();
    if owned && customer.status.is_open() && chance.hit(world.told.open_tasks) {
        let at = due(world, customer.identity.minute, &mut chance);
        rows.push(one(world, customer, 0, at, false, &mut chance));
    }
    let (begin, end) = (customer.identity.minute + WORKDAY, world.calendar.now() - 2 * WORKDAY);
    if owned && end > begin && chance.hit(world.told.done_tasks) {
        let at = chance.between(begin, end);
        rows.push(one(world, customer, 1, at, true, &mut chance));
    }
    customer.chance = chance;
}

fn one(world: &World, customer: &Customer, number: u64, at: i64, done: bool, chance: &mut Chance) -> NewRow {
    let contact = customer.people.first();
    let (kind, words) = *chance.pick(TASKS);
    let who = who(customer, contact, chance);
    let made = (at - chance.between(1, 12) * WORKDAY).clamp(customer.identity.minute, world.calendar.now() - 1);
    let created_at = world.calendar.instant(made) + 120_000;
    let due_at = world.calendar.appointment(at);
    let mut values: Vec<(&'static str, Value)> = vec![
        ("subject", text::text(words, &who, chance).into()),
        ("account", customer.identity.id.into()),
        ("kind", kind.into()),
        ("due_at", due_at.into()),
        ("priority", ["normal", "high", "low"][chance.weighted(&[70, 20, 10])].into()),
        ("done", done.into()),
    ];
    if let Some(contact) = contact {
        values.push(("contact", contact.id.into()));
    }
    if done {
        // most in time, some late; never after today began
        let done_at = world
            .calendar
            .instant((at + chance.between(-WORKDAY, WORKDAY / 2)).clamp(made + 1, world.calendar.now() - 1));
        values.push(("done_at", done_at.max(created_at).into()));
    }
    let by = if chance.hit(0.15) { Some(world.staff.colleague(customer.owner, chance)) } else { customer.owner };
    let id = codes::id(world.seed, Sort::Task, customer.identity.index, number, created_at);
    customer.row(world, id, created_at, by, values)
}
