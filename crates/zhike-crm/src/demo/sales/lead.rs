//! Leads: companies that are no customers yet, at every state of the way; and those that became the customers there are.

use zhike_records::{Actor, Engine, NewRow};
use zhike_types::{Result, Value};

use super::{
    super::{
        Filled,
        account::Customer,
        calendar::WORKDAY,
        chance::Chance,
        codes::{self, Sort},
        identity::{Kind, identity},
        world::World,
    },
    catalogue::{BOOKS, PRODUCTS, book, web_form},
    money::yuan,
};

/// Leads a customer, and the most there are.
const A_CUSTOMER: f64 = 0.4;
const AT_MOST: u64 = 8_000;
/// Written together.
const BATCH: u64 = 1_000;

/// How many of the customers of these months began as a lead.
const BECAME: f64 = 0.35;
const MONTHS: i64 = 14;

const SOURCES: &[&str] = &["exhibition", "website", "phone", "referral", "advertising", "cold_call", "partner"];
const REASONS: &[&str] = &["no_need", "no_budget", "unreachable", "competitor", "out_of_reach", "refused"];

pub(in crate::demo) async fn load(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    let count = ((world.customers as f64 * A_CUSTOMER) as u64).min(AT_MOST);
    let mut from = 0;
    while from < count {
        let to = (from + BATCH).min(count);
        let rows: Vec<NewRow> = (from..to).map(|index| one(world, index)).collect();
        filled.add("lead", rows.len() as u64);
        engine.load(actor, "lead", rows).await?;
        from = to;
    }
    Ok(())
}

fn one(world: &World, index: u64) -> NewRow {
    // names that no customer of this world has: those that would come next
    let company = identity(world, world.customers + index);
    let mut chance = Chance::of(world.seed, Sort::Lead as u64, index);
    let now = world.calendar.now() - 1;
    let begin = now - chance.between(0, 14 * 21 * WORKDAY).min(now - world.founded);
    let old = now - begin > 90 * WORKDAY;
    let state = if chance.weighted(if old { &[35, 65] } else { &[82, 18] }) == 1 {
        "disqualified"
    } else {
        ["potential", "expected"][chance.weighted(&[68, 32])]
    };
    let expected = state == "expected";
    let tick = |share: f64, chance: &mut Chance| chance.hit(share);
    let person = world.names.draw(&mut chance);
    let created_at = world.calendar.instant(begin) + 60_000;
    let source = chance.word(SOURCES);
    let mut values: Vec<(&'static str, Value)> = vec![
        ("name", company.name.as_str().into()),
        ("state", state.into()),
        ("region", company.county.code.into()),
        ("source", source.into()),
        ("has_need", (expected || tick(0.35, &mut chance)).into()),
        ("has_budget", (expected || tick(0.12, &mut chance)).into()),
        ("has_authority", tick(0.4, &mut chance).into()),
        ("has_timing", tick(0.2, &mut chance).into()),
    ];
    if source == "website" {
        values.extend([("web_form", web_form(world).into()), ("agreed_at", created_at.into())]);
    }
    if !company.industry.is_empty() {
        values.push(("industry", company.industry.into()));
    }
    if !matches!(company.kind, Kind::Person { .. }) {
        values.push(("contact_name", person.name.into()));
    }
    if chance.hit(0.86) {
        values.push(("mobile", codes::mobile(&mut chance).into()));
    }
    if chance.hit(0.55) {
        values.push(("list_book", book(world, chance.below(BOOKS.len() as u64) as usize).into()));
    }
    if chance.hit(0.5) {
        let product = chance.pick(PRODUCTS);
        values.push(("need", format!("想了解{}，希望先看演示。", product.1).into()));
        if chance.hit(0.4) {
            values.push(("budget", yuan(product.4 * 100 * chance.between(1, 10))));
        }
    }
    match state {
        "disqualified" => values.push(("disqualified_reason", chance.word(REASONS).into())),
        _ if chance.hit(0.5) => {
            let next = world.calendar.now() + chance.between(-4, 12) * WORKDAY;
            values.push(("next_follow_up_at", world.calendar.appointment(next).into()));
        }
        _ => {}
    }
    let seller = (!chance.hit(0.12)).then(|| world.staff.seller(company.city, &mut chance));
    let users = &world.staff.users;
    if let Some(seller) = seller.filter(|_| expected) {
        let department = &world.staff.departments[users[seller].department];
        values.push(("checked_by", users[department.manager.unwrap_or(seller)].id.into()));
        values.push(("checked_at", (created_at + 3_600_000).into()));
    }
    NewRow {
        id: Some(codes::id(world.seed, Sort::Lead, index, 0, created_at)),
        created_at: Some(created_at),
        created_by: Some(users[seller.unwrap_or_else(|| world.staff.colleague(None, &mut chance))].id),
        owner: seller.map(|seller| users[seller].id),
        department: seller.map(|seller| world.staff.departments[users[seller].department].id),
        values,
    }
}

/// The lead that a customer was before it came; none for one that came by itself. `deals` are the customer's own.
pub(in crate::demo) fn before(world: &World, customer: &Customer, deals: &[NewRow]) -> Option<NewRow> {
    let came = &customer.identity;
    // another stream than that of the leads that are open
    let mut chance = Chance::of(world.seed, Sort::Lead as u64 | 0x100, came.index);
    let share = BECAME.min(AT_MOST as f64 / world.customers.max(1) as f64);
    let owner = customer.owner?;
    if came.minute < world.calendar.now() - MONTHS * 21 * WORKDAY || !chance.hit(share) {
        return None;
    }
    let begin = (came.minute - chance.between(2, 40) * WORKDAY).max(world.founded).min(came.minute);
    let created_at = world.calendar.instant(begin) + 30_000;
    let users = &world.staff.users;
    let department = &world.staff.departments[users[owner].department];
    let mut values: Vec<(&'static str, Value)> = vec![
        ("name", came.name.as_str().into()),
        ("state", "converted".into()),
        ("region", came.county.code.into()),
        ("source", chance.word(SOURCES).into()),
        ("has_need", true.into()),
        ("has_budget", true.into()),
        ("has_authority", chance.hit(0.5).into()),
        ("has_timing", chance.hit(0.5).into()),
        ("checked_by", users[department.manager.unwrap_or(owner)].id.into()),
        ("checked_at", (created_at + 3_600_000).into()),
        ("converted_account", came.id.into()),
    ];
    if !came.industry.is_empty() {
        values.push(("industry", came.industry.into()));
    }
    if let Some(person) = customer.people.first() {
        values.push(("contact_name", person.name.as_str().into()));
        values.push(("converted_contact", person.id.into()));
    }
    if let Some(phone) = &customer.phone {
        values.push(("phone", phone.as_str().into()));
    }
    if let Some(deal) = deals.first().and_then(|deal| deal.id) {
        values.push(("converted_opportunity", deal.into()));
    }
    if chance.hit(0.7) {
        values.push(("list_book", book(world, chance.below(BOOKS.len() as u64) as usize).into()));
    }
    let id = codes::id(world.seed, Sort::Lead, came.index, 1, created_at);
    Some(customer.row(world, id, created_at, Some(owner), values))
}
