//! A customer and its facts.

use zhike_records::NewRow;
use zhike_types::{Currency, Uuid, Value, date_of};

use super::{
    calendar::WORKDAY,
    chance::{Chance, exp2, leading},
    codes,
    contact::Contact,
    identity::{Identity, Kind, identity},
    places::CITIES,
    words::{
        people::{BUILDINGS, STREETS},
        phrases::{TAGS, WHYS},
    },
    world::World,
};

/// How far one has come with a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Potential,
    Expected,
    Active,
    Dormant,
    Lost,
}

impl Status {
    pub fn key(self) -> &'static str {
        match self {
            Self::Potential => "potential",
            Self::Expected => "expected",
            Self::Active => "active",
            Self::Dormant => "dormant",
            Self::Lost => "lost",
        }
    }

    /// Whether one still works on it.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Dormant | Self::Lost)
    }

    /// New customers are potential; with the months they are won, fall silent or go.
    fn draw(age: i64, chance: &mut Chance) -> Self {
        let weights: &[u32; 5] = match age / (21 * WORKDAY) {
            0 => &[70, 24, 6, 0, 0],
            1..=5 => &[46, 30, 20, 2, 2],
            6..=17 => &[34, 20, 33, 7, 6],
            _ => &[26, 12, 40, 13, 9],
        };
        [Self::Potential, Self::Expected, Self::Active, Self::Dormant, Self::Lost][chance.weighted(weights)]
    }
}

/// A customer on its way through the generator: what its contacts, interactions and tasks need to know.
pub(super) struct Customer {
    pub identity: Identity,
    pub status: Status,
    pub level: char,
    /// Index into the staff's users; none is the open sea (公海).
    pub owner: Option<usize>,
    /// Minute of work of the planned next follow-up.
    pub next: Option<i64>,
    pub phone: Option<String>,
    pub people: Vec<Contact>,
    pub chance: Chance,
}

impl Customer {
    /// A row that belongs to this customer: its owner's, made by somebody at an instant.
    pub fn row(
        &self,
        world: &World,
        id: Uuid,
        created_at: i64,
        by: Option<usize>,
        values: Vec<(&'static str, Value)>,
    ) -> NewRow {
        let users = &world.staff.users;
        let department = self.owner.map(|owner| world.staff.departments[users[owner].department].id);
        NewRow {
            id: Some(id),
            created_at: Some(created_at),
            created_by: by.map(|user| users[user].id),
            owner: self.owner.map(|owner| users[owner].id),
            department,
            values,
        }
    }
}

const SOURCES: &[&str] =
    &["exhibition", "website", "phone", "referral", "existing", "advertising", "cold_call", "partner", "other"];
const SOURCE_WEIGHTS: &[u32] = &[15, 20, 14, 18, 6, 12, 8, 6, 1];
/// Between the middle company and one at the 84th per cent lie two doublings of revenue: a long tail, as in life.
const SPREAD: f64 = 2.0;
/// The middle company's revenue a year in yuan.
const MIDDLE: f64 = 12_000_000.0;
const MIDDLE_SHOP: f64 = 480_000.0;

pub(super) fn make(world: &World, index: u64, rows: &mut Vec<NewRow>) -> Customer {
    let identity = identity(world, index);
    let mut chance = identity.chance.clone();
    let city = &CITIES[identity.city];
    let created_at = world.calendar.instant(identity.minute);
    let status = Status::draw(world.calendar.now() - identity.minute, &mut chance);
    let deviation = chance.normal();
    let level = level(deviation * 0.75 + chance.normal() * 0.66);
    let owner = (!chance.hit(0.03)).then(|| world.staff.seller(identity.city, &mut chance));
    let next = (status.is_open() && chance.hit(world.told.planned)).then(|| due(world, identity.minute, &mut chance));
    let mut customer =
        Customer { status, level, owner, next, phone: None, people: Vec::new(), chance: chance.clone(), identity };
    let id = &customer.identity;

    let mut values: Vec<(&'static str, Value)> = Vec::with_capacity(22);
    let (kind, prefix) = match id.kind {
        Kind::Enterprise => ("enterprise", "91"),
        Kind::SoleTrader => ("sole_trader", "92"),
        Kind::Institution(body) => ("institution", body.code_prefix()),
        Kind::Person { .. } => ("person", ""),
    };
    values.push(("name", id.name.as_str().into()));
    values.push(("kind", kind.into()));
    values.push(("roles", roles(id.kind, &mut chance)));
    values.push(("status", status.key().into()));
    values.push(("level", level.to_string().into()));
    if status == Status::Lost {
        values.push(("lost_reason", chance.word(WHYS).into()));
    }
    values.push(("region", id.county.code.into()));
    values.push(("source", SOURCES[chance.weighted(SOURCE_WEIGHTS)].into()));
    if chance.hit(0.82) {
        values.push(("address", address(id, &mut chance).into()));
    }
    if let Kind::Person { male } = id.kind {
        let born =
            date_of(world.calendar.today - chance.between(22 * 365, 68 * 365)).unwrap_or(jiff::civil::date(1985, 6, 1));
        values.push(("mobile", codes::mobile(&mut chance).into()));
        if chance.hit(0.35) {
            values.push(("id_number", codes::id_number(id.county.code, born, male, &mut chance).into()));
        }
        if chance.hit(0.5) {
            values.push(("birthday", Value::Int(zhike_types::days_of(born))));
        }
        if chance.hit(0.3) {
            values.push(("email", format!("{}{}@mail.example", id.domain, chance.below(1000)).into()));
        }
    } else {
        let (small, public) = (id.kind == Kind::SoleTrader, matches!(id.kind, Kind::Institution(_)));
        values.push(("industry", id.industry.into()));
        if chance.hit(if small { 0.45 } else { 0.72 }) {
            values.push(("credit_code", codes::credit_code(prefix, id.county.code, world.seed, id.index).into()));
        }
        if chance.hit(if small { 0.3 } else { 0.85 }) {
            customer.phone = Some(codes::landline(city.dial, city.local, &mut chance));
            values.push(("phone", customer.phone.clone().into()));
        }
        if small && chance.hit(0.9) {
            values.push(("mobile", codes::mobile(&mut chance).into()));
        }
        if chance.hit(if small { 0.08 } else { 0.55 }) {
            let box_name = chance.word(&["info", "sales", "office", "contact", "service", "hr"]);
            values.push(("email", format!("{box_name}@{}.example", id.domain).into()));
        }
        if !small && chance.hit(0.5) {
            values.push(("website", format!("https://www.{}.example", id.domain).into()));
        }
        let yuan =
            if small { MIDDLE_SHOP * exp2(deviation * 1.1) } else { MIDDLE * exp2(id.size + deviation * SPREAD) };
        if !public && chance.hit(0.66) {
            let digits = if chance.hit(0.7) { 2 } else { 3 };
            values.push(("annual_revenue", Value::money(leading(yuan as i64, digits) * 100, Currency::CNY)));
        }
        if chance.hit(0.7) {
            let employees = if small {
                1.0 + 4.0 * chance.unit()
            } else {
                (yuan / 900_000.0).max(2.0) * exp2(chance.normal() * 0.6)
            };
            values.push(("employees", leading(employees.max(1.0) as i64, 2).into()));
        }
    }
    if let Some(group) = id.group {
        values.push(("parent", self::identity(world, group).id.into()));
    }
    if chance.hit(0.3) {
        values.push(("tags", tags(&mut chance)));
    }
    if let Some(next) = next {
        values.push(("next_follow_up_at", world.calendar.appointment(next).into()));
    }
    customer.chance = chance;
    let row = customer.row(world, customer.identity.id, created_at, owner, values);
    rows.push(row);
    customer
}

/// Few A, some B, most C and D.
fn level(score: f64) -> char {
    match score {
        s if s > 1.75 => 'A',
        s if s > 0.85 => 'B',
        s if s > -0.4 => 'C',
        _ => 'D',
    }
}

/// Some of what is planned is late, some is today's, most lies ahead; nothing before the customer was there.
pub(super) fn due(world: &World, made: i64, chance: &mut Chance) -> i64 {
    let days = match chance.below(100) {
        0..12 => -chance.between(1, 12),
        12..24 => 0,
        24..58 => chance.between(1, 5),
        58..88 => chance.between(6, 20),
        _ => chance.between(21, 60),
    };
    let minute = world.calendar.now() + days * WORKDAY + chance.between(1, 18) * 30;
    if minute > made + WORKDAY { minute } else { world.calendar.now() + chance.between(1, 5) * WORKDAY }
}

fn roles(kind: Kind, chance: &mut Chance) -> Value {
    let mut roles = vec!["customer".to_owned()];
    if kind == Kind::Enterprise {
        match chance.below(100) {
            0..5 => roles = vec!["distributor".to_owned()],
            5..8 => roles.push("partner".to_owned()),
            8..12 => roles.push("supplier".to_owned()),
            12..14 => roles = vec!["competitor".to_owned()],
            _ => {}
        }
    }
    Value::List(roles)
}

fn tags(chance: &mut Chance) -> Value {
    let mut picked: Vec<usize> = (0..=chance.below(3)).map(|_| chance.below(TAGS.len() as u64) as usize).collect();
    picked.sort_unstable();
    picked.dedup();
    Value::List(picked.into_iter().map(|i| TAGS[i].0.to_owned()).collect())
}

fn address(id: &Identity, chance: &mut Chance) -> String {
    let mut address = format!("{}{}{}号", id.place(), chance.word(STREETS), chance.between(1, 899));
    if matches!(id.kind, Kind::Person { .. }) {
        use std::fmt::Write as _;
        write!(
            address,
            "{}号楼{}单元{}室",
            chance.between(1, 30),
            chance.between(1, 4),
            chance.between(1, 24) * 100 + chance.between(1, 4)
        )
        .expect("a string takes what is written");
    } else if id.kind == Kind::Enterprise && chance.hit(0.55) {
        use std::fmt::Write as _;
        let brand = if chance.hit(0.3) { id.brand.as_str() } else { "" };
        write!(
            address,
            "{brand}{}{}座{}室",
            chance.word(BUILDINGS),
            chance.word(&["A", "B", "C", "1", "2", "东", "西"]),
            chance.between(2, 28) * 100 + chance.between(1, 20)
        )
        .expect("a string takes what is written");
    }
    address
}
