//! A year of a sales team's life: list books, leads, products, opportunities, quotes, contracts, orders, payments, demands.

mod catalogue;
mod deal;
mod demand;
mod lead;
mod money;
mod order;
mod target;
mod visit;

use zhike_records::{Actor, Engine, ListQuery, NewRow};
use zhike_types::{Result, Uuid};

pub(super) use catalogue::open_shop;
pub(super) use deal::make as deals;
pub(super) use demand::make as demands;
pub(super) use lead::{before as lead_of, load as leads};
pub(super) use target::set as targets;
pub(super) use visit::make as visits;

/// What customers' deals are made of, in the order in which it must be written.
pub(super) const OBJECTS: [&str; 14] = [
    "opportunity",
    "opportunity_line",
    "quote",
    "quote_line",
    "contract",
    "payment_plan",
    "payment",
    "invoice",
    "demand",
    "lead",
    "opportunity_split",
    "visit",
    "sales_order",
    "sales_order_line",
];

/// Deals of some customers, by object.
#[derive(Debug, Default)]
pub struct Rows(pub [Vec<NewRow>; OBJECTS.len()]);

/// Opportunities a customer on average, and the most there are in all.
const A_CUSTOMER: f64 = 0.3;
const AT_MOST: f64 = 20_000.0;

/// What the installation has that deals refer to. Its stages and reasons are its own; everything else follows from the seed.
#[derive(Debug, Clone)]
pub(super) struct Shop {
    pub pipeline: Uuid,
    /// Open stages in their order, with their rank among them.
    pub open: Vec<Uuid>,
    pub won: Uuid,
    pub lost: Uuid,
    pub why_won: Vec<Uuid>,
    pub why_lost: Vec<Uuid>,
    pub products: Vec<Uuid>,
}

impl Shop {
    /// None where the stages are others than those the demo knows how to tell of: there are no deals then.
    pub async fn of(engine: &Engine, actor: &Actor, products: Vec<Uuid>) -> Result<Option<Self>> {
        let ids = async |object: &str, filter: &str, sort: &str| {
            let query = ListQuery {
                object: object.to_owned(),
                filter: filter.to_owned(),
                sort: vec![zhike_model::SortKey { field: sort.to_owned(), descending: false }],
                fields: Some(vec!["name".to_owned()]),
                limit: 100,
                ..ListQuery::default()
            };
            let page = engine.list(actor, &query).await?;
            Ok::<Vec<Uuid>, zhike_types::Error>(page.records.into_iter().map(|record| record.id).collect())
        };
        let Some(&pipeline) = ids("pipeline", "is_default && active", "name").await?.first() else { return Ok(None) };
        let stages = async |kind: &str| {
            ids("pipeline_stage", &format!("pipeline == \"{pipeline}\" && kind == \"{kind}\""), "rank").await
        };
        let reasons = async |kind: &str| ids("deal_reason", &format!("kind == \"{kind}\""), "name").await;
        let (open, won, lost) = (stages("open").await?, stages("won").await?, stages("lost").await?);
        let (why_won, why_lost) = (reasons("won").await?, reasons("lost").await?);
        let whole = !open.is_empty() && !why_won.is_empty() && !why_lost.is_empty() && !products.is_empty();
        let ends = won.first().zip(lost.first());
        Ok(ends.filter(|_| whole).map(|(&won, &lost)| Self { pipeline, open, won, lost, why_won, why_lost, products }))
    }
}

/// Opportunities a customer on average.
pub(super) fn share(customers: u64) -> f64 {
    A_CUSTOMER.min(AT_MOST / customers.max(1) as f64)
}
