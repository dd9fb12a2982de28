//! A customer's deals: from the first talk to the last payment.

use zhike_records::NewRow;
use zhike_types::{Uuid, Value};

use super::{
    super::{
        account::{Customer, Status},
        calendar::WORKDAY,
        chance::Chance,
        codes::{self, Sort},
        world::World,
    },
    OBJECTS, Rows, Shop,
    catalogue::PRODUCTS,
    money::{Line, parts, yuan},
    order::{self, Sold},
    share,
};

const MONTH: i64 = 21 * WORKDAY;
/// How far back deals go.
const MONTHS: i64 = 14;
const SOURCES: &[&str] = &["lead", "existing", "upsell", "cross_sell", "referral", "exhibition", "tender", "partner"];
const SOURCE_WEIGHTS: &[u32] = &[30, 22, 12, 6, 10, 8, 7, 5];
const STEPS: &[&str] =
    &["发方案初稿", "约技术交流", "报价更新后回访", "请对方高层参观", "确认合同条款", "催招标文件", "安排试用"];
const OCCASIONS: &[&str] = &["采购", "升级", "扩容", "新项目", "年度续约", "试点"];

/// How contracts are paid, in per cent.
const PARTS: &[&[i64]] = &[&[30, 60, 10], &[50, 50], &[100], &[30, 70]];

/// How one stands with a deal.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// In the open stage of this number.
    Open(usize),
    Won,
    Lost,
}

/// A deal while its papers are made.
struct Deal<'a> {
    world: &'a World,
    shop: &'a Shop,
    customer: &'a Customer,
    number: u64,
    id: Uuid,
    name: String,
    begin: i64,
    since: i64,
    end: End,
    lines: Vec<Line>,
}

pub(in crate::demo) fn make(world: &World, shop: &Shop, customer: &Customer, rows: &mut Rows) {
    let mut chance = Chance::of(world.seed, Sort::Opportunity as u64, customer.identity.index);
    let often = match customer.status {
        Status::Potential => 0.45,
        Status::Expected => 1.3,
        Status::Active => 1.8,
        Status::Dormant => 0.4,
        Status::Lost => 0.35,
    };
    if customer.owner.is_none() {
        return;
    }
    for number in 0..chance.count(share(world.customers) * often).min(4) {
        deal(world, shop, customer, number, rows, &mut chance);
    }
}

fn deal(world: &World, shop: &Shop, customer: &Customer, number: u64, rows: &mut Rows, chance: &mut Chance) {
    let now = world.calendar.now() - 1;
    let begin =
        chance.between(customer.identity.minute.max(now - MONTHS * MONTH), now - 10).max(customer.identity.minute);
    let age = now - begin;
    let end = end(customer.status, age, shop.open.len(), chance);
    // a deal takes some weeks, and is over before today
    let since = match end {
        End::Open(0) => begin,
        End::Open(_) => chance.between(begin.max(now - 45 * WORKDAY), now),
        End::Won | End::Lost => begin + chance.between(age / 5, age * 9 / 10),
    };
    let lines = lines(customer, chance);
    let created_at = world.calendar.instant(begin) + 60_000;
    let brand =
        if customer.identity.brand.is_empty() { customer.identity.name.as_str() } else { &customer.identity.brand };
    let name = format!("{brand}{}{}", PRODUCTS[lines[0].product].1, chance.word(OCCASIONS));
    let id = codes::id(world.seed, Sort::Opportunity, customer.identity.index, number, created_at);
    let deal = Deal { world, shop, customer, number, id, name, begin, since, end, lines };
    rows.0[0].push(deal.opportunity(created_at, chance));
    for (part, line) in deal.lines.iter().enumerate() {
        rows.0[1].push(deal.line(Sort::OpportunityLine, "opportunity", id, part, line, created_at));
    }
    if end == End::Won {
        deal.share_out(rows);
    }
    let offered = match end {
        End::Open(stage) => stage >= 2,
        End::Won => true,
        End::Lost => chance.hit(0.6),
    };
    if offered {
        let quote = deal.quote(rows, chance);
        if end == End::Won {
            deal.contract(quote, rows, chance);
        }
    }
}

fn end(status: Status, age: i64, stages: usize, chance: &mut Chance) -> End {
    let old = age > 4 * MONTH;
    let weights: [u32; 3] = match (status, old) {
        // who has bought nothing has won us nothing
        (Status::Potential | Status::Expected, false) => [90, 0, 10],
        (Status::Potential | Status::Expected, true) => [30, 0, 70],
        (Status::Active, false) => [60, 34, 6],
        (Status::Active, true) => [8, 68, 24],
        (Status::Dormant, _) => [0, 55, 45],
        (Status::Lost, _) => [0, 35, 65],
    };
    match chance.weighted(&weights) {
        0 => End::Open(chance.weighted(&[34, 30, 22, 14]).min(stages - 1)),
        1 => End::Won,
        _ => End::Lost,
    }
}

/// One to four products: of a large customer more of each.
fn lines(customer: &Customer, chance: &mut Chance) -> Vec<Line> {
    let most = match customer.level {
        'A' => 20,
        'B' => 10,
        'C' => 4,
        _ => 2,
    };
    let mut lines: Vec<Line> = Vec::new();
    for _ in 0..=chance.weighted(&[38, 34, 20, 8]) {
        let product = chance.below(PRODUCTS.len() as u64) as usize;
        if lines.iter().all(|line| line.product != product) {
            let (price, discount) = (PRODUCTS[product].4 * 100, *chance.pick(&[0, 0, 0, 50, 80, 100]));
            lines.push(Line { product, price, quantity: chance.between(1, most), discount });
        }
    }
    lines
}

impl Deal<'_> {
    fn amount(&self) -> i64 {
        self.lines.iter().map(Line::amount).sum()
    }

    fn row(&self, id: Uuid, created_at: i64, values: Vec<(&'static str, Value)>) -> NewRow {
        self.customer.row(self.world, id, created_at, self.customer.owner, values)
    }

    /// An id for the `part`-th paper of the deal.
    fn id(&self, sort: Sort, part: u64, created_at: i64) -> Uuid {
        codes::id(self.world.seed, sort, self.customer.identity.index, self.number * 8 + part, created_at)
    }

    fn opportunity(&self, created_at: i64, chance: &mut Chance) -> NewRow {
        let (world, shop) = (self.world, self.shop);
        let stage = match self.end {
            End::Open(stage) => shop.open[stage],
            End::Won => shop.won,
            End::Lost => shop.lost,
        };
        let close = match self.end {
            // some are past the day that was hoped for
            End::Open(_) => world.calendar.now() + chance.between(-15, 75) * WORKDAY,
            End::Won | End::Lost => self.since + chance.between(-20, 10) * WORKDAY,
        };
        let mut values: Vec<(&'static str, Value)> = vec![
            ("name", self.name.as_str().into()),
            ("account", self.customer.identity.id.into()),
            ("pipeline", shop.pipeline.into()),
            ("stage", stage.into()),
            ("stage_since", (world.calendar.instant(self.since) + 90_000).into()),
            ("amount", yuan(self.amount())),
            ("expected_close", world.calendar.day(close).into()),
            ("source", SOURCES[chance.weighted(SOURCE_WEIGHTS)].into()),
        ];
        if let Some(contact) = self.customer.people.iter().find(|contact| contact.since <= self.begin) {
            values.push(("contact", contact.id.into()));
        }
        match self.end {
            End::Open(stage) => {
                let category = ["pipeline", "pipeline", "best_case", "commit"][stage.min(3)];
                values.push(("forecast_category", if chance.hit(0.1) { "omitted" } else { category }.into()));
                values.push(("next_step", chance.word(STEPS).into()));
                if chance.hit(0.5) {
                    let next = world.calendar.now() + chance.between(-3, 12) * WORKDAY;
                    values.push(("next_follow_up_at", world.calendar.appointment(next).into()));
                }
            }
            End::Won => {
                values.push(("forecast_category", "closed".into()));
                values.push(("reason", (*chance.pick(&shop.why_won)).into()));
            }
            End::Lost => {
                values.push(("forecast_category", "omitted".into()));
                values.push(("reason", (*chance.pick(&shop.why_lost)).into()));
            }
        }
        self.row(self.id, created_at, values)
    }

    /// One deal in eight was won with a colleague's help. Dice of its own: what else is made does not hang on it.
    fn share_out(&self, rows: &mut Rows) {
        let staff = &self.world.staff;
        let mut chance =
            Chance::of(self.world.seed, Sort::Split as u64, self.customer.identity.index * 8 + self.number);
        let helper = *chance.pick(&staff.sellers);
        let place = OBJECTS.iter().position(|name| *name == "opportunity_split").unwrap_or_default();
        let Some(owner) = self.customer.owner.filter(|owner| *owner != helper && chance.hit(0.125)) else { return };
        let share = chance.between(2, 8) * 50;
        for (part, (user, share)) in [(owner, 1_000 - share), (helper, share)].into_iter().enumerate() {
            let at = self.world.calendar.instant(self.since) + 95_000;
            let values =
                vec![("opportunity", self.id.into()), ("user", staff.users[user].id.into()), ("share", share.into())];
            rows.0[place].push(self.row(self.id(Sort::Split, part as u64, at), at, values));
        }
    }

    fn line(&self, sort: Sort, parent: &'static str, of: Uuid, part: usize, line: &Line, created_at: i64) -> NewRow {
        let mut values: Vec<(&'static str, Value)> = vec![
            (parent, of.into()),
            ("product", self.shop.products[line.product].into()),
            ("quantity", (line.quantity * 1_000).into()),
            ("price", yuan(line.price)),
            ("discount", line.discount.into()),
        ];
        if parent == "quote" {
            values.push(("tax_rate", (PRODUCTS[line.product].6 * 10).into()));
        }
        self.row(self.id(sort, part as u64, created_at), created_at, values)
    }

    fn quote(&self, rows: &mut Rows, chance: &mut Chance) -> Uuid {
        let at = match self.end {
            End::Open(_) => self.since,
            End::Won | End::Lost => i64::midpoint(self.begin, self.since),
        };
        let created_at = self.world.calendar.instant(at) + 120_000;
        let id = self.id(Sort::Quote, 0, created_at);
        let valid = at + 22 * WORKDAY;
        let status = match self.end {
            End::Won => "accepted",
            End::Lost => "refused",
            End::Open(_) if valid < self.world.calendar.now() => "expired",
            End::Open(_) => ["sent", "draft", "in_approval"][chance.weighted(&[70, 20, 10])],
        };
        let values = vec![
            ("account", self.customer.identity.id.into()),
            ("opportunity", self.id.into()),
            ("status", status.into()),
            ("valid_until", self.world.calendar.day(valid).into()),
            ("terms", "合同签订后 7 日内付 30%，到货验收后付 60%，质保期满付 10%。含税，含运费。".into()),
        ];
        rows.0[2].push(self.row(id, created_at, values));
        for (part, line) in self.lines.iter().enumerate() {
            rows.0[3].push(self.line(Sort::QuoteLine, "quote", id, part, line, created_at));
        }
        id
    }

    /// The contract, what is to be paid of it and what was: most in time, some late, some not yet.
    fn contract(&self, quote: Uuid, rows: &mut Rows, chance: &mut Chance) {
        let calendar = &self.world.calendar;
        let created_at = calendar.instant(self.since) + 150_000;
        let id = self.id(Sort::Contract, 0, created_at);
        let percents = *chance.pick(PARTS);
        let (mut open, mut papers) = (false, Vec::new());
        for (term, amount) in parts(self.amount(), percents).into_iter().enumerate() {
            let due = self.since + [5, 45, 130][term] * WORKDAY;
            let paid = due + chance.between(-4, 18) * WORKDAY;
            let paid = (paid < calendar.now() && paid > self.since && chance.hit(0.86)).then_some(paid);
            // one in ten pays half of it
            let received = if chance.hit(0.1) { amount / 2 } else { amount };
            open |= paid.is_none() || received < amount;
            papers.push((term, amount, due, paid, received));
        }
        let status = if open { "active" } else { "finished" };
        let signed = calendar.day(self.since);
        let contract = vec![
            ("name", format!("{}合同", self.name).into()),
            ("account", self.customer.identity.id.into()),
            ("opportunity", self.id.into()),
            ("quote", quote.into()),
            ("kind", if chance.hit(0.2) { "service" } else { "sale" }.into()),
            ("status", status.into()),
            ("amount", yuan(self.amount())),
            ("signed_on", signed.into()),
            ("starts_on", signed.into()),
            ("ends_on", (signed + 365).into()),
        ];
        rows.0[4].push(self.row(id, created_at, contract));
        let sold = Sold {
            opportunity: self.id,
            quote,
            contract: id,
            number: self.number,
            since: self.since,
            lines: &self.lines,
            products: &self.shop.products,
        };
        order::make(self.world, self.customer, &sold, rows);
        let names: &[&str] = if percents.len() == 1 { &["全款"] } else { &["首付款", "到货款", "质保金"] };
        for (term, amount, due, paid, received) in papers {
            let part = term as u64;
            let plan = self.id(Sort::PaymentPlan, part, created_at);
            let values = vec![
                ("contract", id.into()),
                ("term", (term as i64 + 1).into()),
                ("name", names[term].into()),
                ("due_on", calendar.day(due).into()),
                ("amount", yuan(amount)),
            ];
            rows.0[5].push(self.row(plan, created_at, values));
            let Some(paid) = paid else { continue };
            let at = calendar.instant(paid) + 60_000;
            let values = vec![
                ("account", self.customer.identity.id.into()),
                ("contract", id.into()),
                ("plan", plan.into()),
                ("received_on", calendar.day(paid).into()),
                ("amount", yuan(received)),
                ("method", ["transfer", "acceptance", "cheque"][chance.weighted(&[82, 14, 4])].into()),
            ];
            rows.0[6].push(self.row(self.id(Sort::Payment, part, at), at, values));
            if chance.hit(0.8) {
                self.invoice(id, amount, paid, part, rows);
            }
        }
    }

    fn invoice(&self, contract: Uuid, amount: i64, paid: i64, part: u64, rows: &mut Rows) {
        let at = self.world.calendar.instant(paid) + 120_000;
        let id = self.id(Sort::Invoice, part, at);
        // twenty digits, as electronic invoices have; from the id, so that no two are alike
        let number = id.as_u128() % 10_000_000_000_000_000;
        let values = vec![
            ("number", format!("2537{number:016}").into()),
            ("account", self.customer.identity.id.into()),
            ("contract", contract.into()),
            ("issued_on", self.world.calendar.day(paid).into()),
            ("amount", yuan(amount)),
        ];
        rows.0[7].push(self.row(id, at, values));
    }
}
