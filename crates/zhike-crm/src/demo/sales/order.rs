//! What a contract's goods are delivered by: an order with the lines of the deal, most in time, the newest still to be sent.

use zhike_records::NewRow;
use zhike_types::{Uuid, Value};

use super::{
    super::{
        account::Customer,
        calendar::WORKDAY,
        chance::Chance,
        codes::{self, Sort},
        world::World,
    },
    OBJECTS, Rows,
    catalogue::PRODUCTS,
    money::{Line, yuan},
};

/// The papers that an order comes from.
pub(super) struct Sold<'a> {
    pub opportunity: Uuid,
    pub quote: Uuid,
    pub contract: Uuid,
    /// Which of the customer's deals.
    pub number: u64,
    /// The minute it was signed.
    pub since: i64,
    pub lines: &'a [Line],
    pub products: &'a [Uuid],
}

/// One deal in eight is of services alone and has none. Dice of its own: what else is made does not hang on it.
pub(super) fn make(world: &World, customer: &Customer, sold: &Sold<'_>, rows: &mut Rows) {
    let mut chance = Chance::of(world.seed, Sort::SalesOrder as u64, customer.identity.index * 8 + sold.number);
    if chance.hit(0.125) {
        return;
    }
    let (now, calendar) = (world.calendar.now(), &world.calendar);
    let deliver = sold.since + chance.between(15, 50) * WORKDAY;
    // one in ten is late by some days
    let done = deliver + if chance.hit(0.1) { chance.between(1, 8) } else { -chance.between(0, 6) } * WORKDAY;
    let status = match (now - sold.since, done < now) {
        (_, true) => "delivered",
        (age, _) if age < 4 * WORKDAY => "draft",
        (age, _) if age < 12 * WORKDAY => "confirmed",
        _ => "delivering",
    };
    let created_at = calendar.instant(sold.since) + 180_000;
    let id = |sort, part: u64| codes::id(world.seed, sort, customer.identity.index, sold.number * 8 + part, created_at);
    let row = |id, values| customer.row(world, id, created_at, customer.owner, values);
    let place = |object: &str| OBJECTS.iter().position(|name| *name == object).unwrap_or_default();
    let order = id(Sort::SalesOrder, 0);
    let values: Vec<(&'static str, Value)> = vec![
        ("account", customer.identity.id.into()),
        ("contract", sold.contract.into()),
        ("opportunity", sold.opportunity.into()),
        ("quote", sold.quote.into()),
        ("status", status.into()),
        ("ordered_on", calendar.day(sold.since).into()),
        ("deliver_by", calendar.day(deliver).into()),
    ];
    rows.0[place("sales_order")].push(row(order, values));
    let lines = sold.lines.iter().enumerate().map(|(part, line)| -> NewRow {
        let values: Vec<(&'static str, Value)> = vec![
            ("sales_order", order.into()),
            ("product", sold.products[line.product].into()),
            ("quantity", (line.quantity * 1_000).into()),
            ("price", yuan(line.price)),
            ("discount", line.discount.into()),
            ("tax_rate", (PRODUCTS[line.product].6 * 10).into()),
        ];
        row(id(Sort::SalesOrderLine, part as u64), values)
    });
    rows.0[place("sales_order_line")].extend(lines);
}
