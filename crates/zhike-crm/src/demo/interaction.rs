//! Follow-ups: from the first call to where things stand today.

use zhike_records::NewRow;
use zhike_types::Value;

use super::{
    account::{Customer, Status},
    calendar::WORKDAY,
    chance::Chance,
    codes::{self, Sort},
    contact::Contact,
    identity::Kind,
    text,
    words::phrases::{self, Body, CHANNELS, Channel},
    world::World,
};

/// How much more one talks with some than with others; the mean over all customers is one.
fn share(status: Status) -> f64 {
    match status {
        Status::Potential => 0.62,
        Status::Expected => 1.1,
        Status::Active => 1.6,
        Status::Dormant => 0.8,
        Status::Lost => 0.7,
    }
}

pub(super) fn make(world: &World, customer: &mut Customer, rows: &mut Vec<NewRow>) {
    let mut chance = customer.chance.clone();
    let liked = if matches!(customer.level, 'A' | 'B') { 1.5 } else { 0.87 };
    let count = chance.count(world.told.interactions * share(customer.status) * liked).min(200);
    let times = times(world, customer, count, &mut chance);
    for (number, at) in times.iter().enumerate() {
        let last = number + 1 == times.len();
        let next = match times.get(number + 1) {
            // nobody makes an appointment for next year
            Some(next) if next - at < 45 * WORKDAY && chance.hit(0.7) => Some(*next),
            None => customer.next,
            _ => None,
        };
        rows.push(one(world, customer, number, last, *at, next, &mut chance));
    }
    customer.chance = chance;
}

/// When one talked, oldest first: soon after the customer came, and until lately where one still works on it.
fn times(world: &World, customer: &Customer, count: u64, chance: &mut Chance) -> Vec<i64> {
    // minutes need an end before today, and before what was agreed for next time
    let end = (world.calendar.now() - 1)
        .min(customer.next.map_or(i64::MAX, |next| next - WORKDAY))
        .max(customer.identity.minute + 1);
    let silent = match customer.status {
        Status::Dormant | Status::Lost => chance.between(90, 400),
        Status::Active | Status::Expected => chance.between(0, 70) * chance.between(0, 70) / 70,
        Status::Potential => chance.between(0, 160) * chance.between(0, 100) / 100,
    };
    let begin = customer.identity.minute;
    let latest = (end - silent * WORKDAY - chance.between(0, WORKDAY)).max(begin + 1).min(end);
    let mut times: Vec<i64> = (0..count)
        .map(|number| match number {
            0 => latest,
            1 => (begin + chance.between(0, 3 * WORKDAY)).min(latest),
            _ => chance.between(begin, latest),
        })
        .collect();
    times.sort_unstable();
    times
}

fn one(
    world: &World,
    customer: &Customer,
    number: usize,
    last: bool,
    at: i64,
    next: Option<i64>,
    chance: &mut Chance,
) -> NewRow {
    let channel = channel(customer.identity.kind, chance);
    let inbound = chance.hit(0.22);
    let contact = customer.people.iter().filter(|contact| contact.since <= at).collect::<Vec<&Contact>>();
    let contact = if contact.is_empty() { None } else { Some(*chance.early(&contact)) };
    let who = who(customer, contact, chance);
    let missed = channel.key == "phone" && !inbound && chance.hit(0.14);
    let mut content = String::with_capacity(240);
    let (body, result) = if missed {
        *chance.pick(phrases::NO_ANSWER)
    } else if channel.key == "message" {
        *chance.pick(phrases::MESSAGES)
    } else {
        *chance.pick(bodies(customer, number, last))
    };
    if !missed {
        let openings = if inbound { channel.theirs } else { channel.ours };
        text::write(&mut content, chance.word(openings), &who, chance);
    }
    text::write(&mut content, body, &who, chance);

    let instant = world.calendar.instant(at);
    let mut values: Vec<(&'static str, Value)> = Vec::with_capacity(11);
    values.push(("account", customer.identity.id.into()));
    if let Some(contact) = contact {
        values.push(("contact", contact.id.into()));
    }
    values.push(("channel", channel.key.into()));
    values.push(("direction", if inbound { "in" } else { "out" }.into()));
    values.push(("at", instant.into()));
    values.push(("content", content.into()));
    values.push(("result", result.into()));
    if let Some(next) = next {
        values.push(("next_step", text::text(chance.word(phrases::NEXT), &who, chance).into()));
        values.push(("next_at", world.calendar.appointment(next).into()));
    }
    if let Some((from, to)) = channel.minutes {
        let seconds =
            if missed { chance.between(10, 40) } else { chance.between(from, to) * 60 + chance.between(0, 59) };
        values.push(("duration", seconds.into()));
    }
    // one writes it down within the hour
    let created_at = instant + chance.between(1, 45) * 60_000;
    let by = if customer.owner.is_none() || chance.hit(0.08) {
        Some(world.staff.colleague(customer.owner, chance))
    } else {
        customer.owner
    };
    let id = codes::id(world.seed, Sort::Interaction, customer.identity.index, number as u64, created_at);
    customer.row(world, id, created_at, by, values)
}

/// How the text calls the person: by full name, by title, or not by name where nobody is known.
pub(super) fn who(customer: &Customer, contact: Option<&Contact>, chance: &mut Chance) -> String {
    match (contact, customer.identity.kind) {
        (Some(contact), _) if chance.hit(0.4) => contact.name.clone(),
        (Some(contact), _) => contact.call.clone(),
        (None, Kind::Person { .. }) => customer.identity.name.clone(),
        (None, Kind::SoleTrader) => "老板".to_owned(),
        (None, _) => (chance.word(&["前台", "值班人员", "办公室"])).to_owned(),
    }
}

fn channel(kind: Kind, chance: &mut Chance) -> &'static Channel {
    let weights: [u32; 8] = std::array::from_fn(|i| match (kind, CHANNELS[i].key) {
        // nobody holds a meeting with a shop
        (Kind::SoleTrader | Kind::Person { .. }, "meeting" | "video" | "email") => 0,
        _ => CHANNELS[i].weight,
    });
    &CHANNELS[chance.weighted(&weights)]
}

/// What was said: by kind of customer, and by how far one had come.
fn bodies(customer: &Customer, number: usize, last: bool) -> &'static [Body] {
    let public = matches!(customer.identity.kind, Kind::Institution(_));
    let shop = matches!(customer.identity.kind, Kind::SoleTrader | Kind::Person { .. });
    let (first, talks) = match (public, shop) {
        (true, _) => (phrases::PUBLIC_FIRST, phrases::PUBLIC_TALKS),
        (_, true) => (phrases::SHOP_FIRST, phrases::SHOP_TALKS),
        _ => (phrases::FIRST, phrases::TALKS),
    };
    match customer.status {
        Status::Lost if last => phrases::LOSSES,
        Status::Dormant if last => phrases::SILENCE,
        Status::Potential if number < 2 => first,
        _ if number == 0 => first,
        Status::Active if number > 1 || last => phrases::DEALS,
        _ => talks,
    }
}
