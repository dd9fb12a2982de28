//! The people at a customer.

use zhike_records::NewRow;
use zhike_types::{Uuid, Value};

use super::{
    account::Customer,
    calendar::WORKDAY,
    chance::Chance,
    codes::{self, Sort},
    identity::Kind,
    words::{
        institution::Body,
        people::{BUREAU_POSTS, COMPANY_POSTS, HOSPITAL_POSTS, Person, Post, SCHOOL_POSTS, SHOP_POSTS},
    },
    world::World,
};

/// What others need to know of a contact.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub id: Uuid,
    /// 王建国
    pub name: String,
    /// 王总
    pub call: String,
    /// Minute of work from which one knows them.
    pub since: i64,
}

pub(super) fn make(world: &World, customer: &mut Customer, rows: &mut Vec<NewRow>) {
    let identity = &customer.identity;
    let mut chance = customer.chance.clone();
    let posts = match identity.kind {
        Kind::Enterprise => COMPANY_POSTS,
        Kind::SoleTrader => SHOP_POSTS,
        Kind::Institution(Body::School | Body::Venue) => SCHOOL_POSTS,
        Kind::Institution(Body::Hospital | Body::Clinic) => HOSPITAL_POSTS,
        Kind::Institution(Body::Bureau) => BUREAU_POSTS,
        Kind::Person { .. } => &[],
    };
    let wanted = match identity.kind {
        Kind::Person { .. } => 0,
        Kind::SoleTrader => u64::from(chance.hit(0.6)),
        _ => 1 + chance.weighted(&world.told.contacts) as u64,
    };
    let mut head: Option<Uuid> = None;
    let mut since = identity.minute;
    for number in 0..wanted {
        let person = world.names.draw(&mut chance);
        let post = post(posts, &mut chance);
        if number > 0 {
            // one gets to know the next one some days later, up to yesterday
            since = (since + chance.between(1, 60) * WORKDAY / 2).min(world.calendar.now() - 5).max(since);
        }
        let created_at = world.calendar.instant(since) + 60_000;
        let id = codes::id(world.seed, Sort::Contact, identity.index, number, created_at);
        let mut values = facts(customer, &person, post, number == 0, &mut chance);
        if let Some(head) = head
            && post.role != "decision"
            && chance.hit(0.6)
        {
            values.push(("reports_to", head.into()));
        }
        if post.role == "decision" {
            head = Some(id);
        }
        rows.push(customer.row(world, id, created_at, customer.owner, values));
        customer.people.push(Contact { id, call: call(&person, post), name: person.name, since });
    }
    customer.chance = chance;
}

fn post(posts: &'static [Post], chance: &mut Chance) -> &'static Post {
    let total: u32 = posts.iter().map(|post| post.weight).sum();
    let mut left = chance.below(u64::from(total)) as u32;
    posts
        .iter()
        .find(|post| {
            let found = left < post.weight;
            left = left.saturating_sub(post.weight);
            found
        })
        .unwrap_or(&posts[0])
}

fn facts(
    customer: &Customer,
    person: &Person,
    post: &Post,
    primary: bool,
    chance: &mut Chance,
) -> Vec<(&'static str, Value)> {
    let identity = &customer.identity;
    let mut values: Vec<(&'static str, Value)> = Vec::with_capacity(16);
    values.push(("name", person.name.as_str().into()));
    values.push(("account", identity.id.into()));
    values.push(("title", post.title.into()));
    if !post.division.is_empty() && chance.hit(0.7) {
        values.push(("division", post.division.into()));
    }
    if chance.hit(0.85) {
        values.push(("decision_role", post.role.into()));
    }
    values.push(("is_primary", primary.into()));
    if chance.hit(0.93) {
        values.push(("mobile", codes::mobile(chance).into()));
    }
    if let Some(phone) = &customer.phone
        && chance.hit(0.3)
    {
        values.push(("phone", format!("{phone}-{}", chance.between(801, 899)).into()));
    }
    if identity.kind != Kind::SoleTrader && chance.hit(0.6) {
        values.push(("email", format!("{}@{}.example", person.spelling, identity.domain).into()));
    }
    if chance.hit(0.45) {
        values.push(("wechat", format!("{}{}", person.spelling, chance.between(10, 9999)).into()));
    }
    values.push(("sex", if person.male { "male" } else { "female" }.into()));
    if chance.hit(0.2) {
        // 1962 to 2001
        values.push(("birthday", Value::Int(chance.between(-2_900, 11_500))));
    }
    if chance.hit(0.015) {
        values.push(("do_not_contact", true.into()));
    }
    // by a chance of its own: what came before stays as it was
    let mut stance = Chance::of(71, identity.index, values.len() as u64);
    if stance.hit(0.6) {
        let attitude = ["friendly", "neutral", "champion", "against"][stance.weighted(&[38, 36, 16, 10])];
        values.push(("attitude", attitude.into()));
        let weights = if post.role == "decision" { [80, 15, 5] } else { [20, 45, 35] };
        values.push(("influence", ["high", "middle", "low"][stance.weighted(&weights)].into()));
    }
    values
}

/// 王总, 李主任, 刘工, 赵女士
fn call(person: &Person, post: &Post) -> String {
    let call = match post.call {
        "" if person.male => "先生",
        "" => "女士",
        call => call,
    };
    format!("{}{call}", person.surname)
}
