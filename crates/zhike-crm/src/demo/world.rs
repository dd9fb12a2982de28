//! The made world: everything that a seed, a number of customers and a date give.

use zhike_records::NewRow;
use zhike_text::region::{self, Region};
use zhike_types::Zone;

use super::{
    Plan, account,
    calendar::{Calendar, WORKDAY},
    chance::{Chance, Weighted},
    interaction, links,
    places::{CITIES, City},
    sales,
    staff::Staff,
    task,
    words::{brand::Brands, institution::Body, people::Names},
};

/// The objects that customers are made of, in the order in which they must be written.
pub const OBJECTS: [&str; 7] = ["account", "contact", "interaction", "task", "note", "account_relation", "team_member"];

/// Records of some customers, by object.
#[derive(Debug, Default)]
pub struct Batch {
    pub rows: [Vec<NewRow>; OBJECTS.len()],
    /// Deals, where there is a shop to make them in.
    pub sales: sales::Rows,
}

#[derive(Debug, Clone)]
pub struct World {
    pub(super) seed: u64,
    pub(super) customers: u64,
    pub(super) calendar: Calendar,
    pub(super) staff: Staff,
    pub(super) brands: Brands,
    pub(super) names: Names,
    pub(super) counties: Vec<Vec<&'static Region>>,
    cities: Weighted,
    /// Share of brands with three characters: more where more names are needed.
    pub(super) three: f64,
    /// Weights of the sorts of public bodies.
    pub(super) bodies: &'static [u32],
    /// How much is told of a customer on average: interactions each, and the shares of the rest.
    pub(super) told: Told,
    /// The first minute of work there is.
    pub(super) founded: i64,
    pub(super) shop: Option<sales::Shop>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub interactions: f64,
    /// Weights of 1, 2 and 3 contacts.
    pub contacts: [u32; 3],
    /// Share of open customers with a planned next follow-up.
    pub planned: f64,
    pub open_tasks: f64,
    pub done_tasks: f64,
    pub notes: f64,
    pub relations: f64,
    pub team: f64,
}

/// Working days of six years and of three.
const LONG: i64 = 1_560;
const SHORT: i64 = 780;
/// Departments and users are there a week before the first customer.
const WEEK: i64 = 5 * WORKDAY;

impl World {
    /// `now` in ms: its date in the zone counts, not its hour.
    pub fn new(plan: &Plan, now: i64, zone: &Zone) -> Self {
        Self::beside(plan, 0, now, zone)
    }

    /// The same staff, other customers: those made beside so many that are there.
    pub(super) fn beside(plan: &Plan, present: u64, now: i64, zone: &Zone) -> Self {
        let calendar = Calendar::new(now, zone);
        let days = if plan.customers < 5_000 { SHORT } else { LONG };
        let founded = calendar.now() - days * WORKDAY;
        let staff = Staff::new(plan.seed, plan.customers, calendar.instant(founded - WEEK));
        // a small demo lives where its branches are; a large one is everywhere
        let cities =
            Weighted::new(CITIES.iter().enumerate().map(|(i, city)| city.weight * if staff.covers(i) { 6 } else { 1 }));
        let counties = CITIES.iter().map(City::counties).map(|counties| {
            if counties.is_empty() { region::by_code("110000").into_iter().collect() } else { counties }
        });
        let many = plan.customers >= 20_000;
        let each = plan.customers as f64 / staff.sellers.len() as f64;
        let told = Told {
            interactions: plan.interactions(),
            contacts: if many { [86, 11, 3] } else { [46, 34, 20] },
            // somebody who has five thousand customers plans for two hundred of them
            planned: (200.0 / each).clamp(0.02, 0.62),
            open_tasks: (40.0 / each).clamp(0.006, 0.30),
            done_tasks: if many { 0.05 } else { 0.35 },
            notes: if many { 0.02 } else { 0.12 },
            relations: if many { 0.01 } else { 0.05 },
            team: if many { 0.02 } else { 0.10 },
        };
        Self {
            seed: super::staff::another(plan.seed, present),
            customers: plan.customers,
            calendar,
            brands: Brands::new(),
            names: Names::new(),
            counties: counties.collect(),
            cities,
            three: if many { 0.55 } else { 0.15 },
            bodies: if many { Body::WEIGHTS_OF_MANY } else { Body::WEIGHTS },
            told,
            founded,
            shop: None,
            staff,
        }
    }

    /// The minute of work at which customer `index` came: in order, more of them each year.
    pub(super) fn made_at(&self, index: u64, chance: &mut Chance) -> i64 {
        let share = (index as f64 + chance.unit()) / self.customers.max(1) as f64;
        let elapsed = share * (1.6 - 0.6 * share);
        let whole = (self.calendar.now() - 1 - self.founded) as f64;
        self.founded + (elapsed * whole) as i64
    }

    /// The instant (ms) at which departments, users and tags were made.
    pub(super) fn founded_at(&self) -> i64 {
        self.calendar.instant(self.founded - WEEK)
    }

    pub(super) fn city(&self, chance: &mut Chance) -> usize {
        self.cities.draw(chance)
    }

    /// Customers `from` to `to` (excluded) with all that belongs to them. Batches may be made in any order; written in
    /// order, every reference points at something that is there.
    pub fn batch(&self, from: u64, to: u64) -> Batch {
        let mut batch = Batch::default();
        for index in from..to.min(self.customers) {
            let mut customer = account::make(self, index, &mut batch.rows[0]);
            super::contact::make(self, &mut customer, &mut batch.rows[1]);
            // the account's next follow-up is the one that was agreed last
            interaction::make(self, &mut customer, &mut batch.rows[2]);
            task::make(self, &mut customer, &mut batch.rows[3]);
            links::notes(self, &mut customer, &mut batch.rows[4]);
            links::relations(self, &mut customer, &mut batch.rows[5]);
            links::team(self, &mut customer, &mut batch.rows[6]);
            if let Some(shop) = &self.shop {
                let deals = batch.sales.0[0].len();
                sales::deals(self, shop, &customer, &mut batch.sales);
                sales::demands(self, &customer, &mut batch.sales);
                sales::visits(self, &customer, &mut batch.sales);
                let lead = sales::lead_of(self, &customer, &batch.sales.0[0][deals..]);
                batch.sales.0[9].extend(lead);
            }
        }
        batch
    }
}
