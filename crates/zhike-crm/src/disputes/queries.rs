//! Disputes read for the home page and for who decides.

use zhike_model::SortKey;
use zhike_records::{Actor, Dispute, DisputeQuery, Engine, ListQuery, Record, WhichDisputes};
use zhike_types::{Error, Result, Uuid, boxed};

/// How long an ended one is news, in milliseconds: a week.
const NEWS: i64 = 7 * 24 * 60 * 60 * 1000;
const WAITING: usize = 20;
const FOLLOW_UPS: usize = 5;
const OTHERS: usize = 20;

/// What waits for somebody.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    pub to_decide: Vec<Dispute>,
    /// About one's own customers, not decided and not answered.
    pub to_answer: Vec<Dispute>,
    /// Ended within a week, by somebody else: what one claimed or what was claimed of one.
    pub news: Vec<Dispute>,
}

impl Waiting {
    pub fn is_empty(&self) -> bool {
        self.to_decide.is_empty() && self.to_answer.is_empty() && self.news.is_empty()
    }
}

#[boxed]
pub async fn waiting(engine: &Engine, actor: &Actor) -> Result<Waiting> {
    if actor.user_id.is_none() || !engine.may(actor, "account").read {
        return Ok(Waiting::default());
    }
    let since = Some(engine.now() - NEWS);
    let mut news = list(engine, actor, WhichDisputes::Claimed, since).await?;
    news.extend(list(engine, actor, WhichDisputes::Held, since).await?);
    news.retain(|dispute| dispute.end.as_ref().is_some_and(|end| end.by_id != actor.user_id));
    news.sort_by_key(|dispute| std::cmp::Reverse(dispute.end.as_ref().map(|end| end.at)));
    Ok(Waiting {
        to_decide: list(engine, actor, WhichDisputes::ToDecide, None).await?,
        to_answer: list(engine, actor, WhichDisputes::ToAnswer, None).await?,
        news,
    })
}

async fn list(engine: &Engine, actor: &Actor, which: WhichDisputes, ended_since: Option<i64>) -> Result<Vec<Dispute>> {
    let query = DisputeQuery { which, ended_since, limit: WAITING, ..DisputeQuery::default() };
    Ok(engine.disputes(actor, &query).await?.disputes)
}

/// What one side did with the customer.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// The latest follow-ups, the newest first.
    pub follow_ups: Vec<Record>,
    /// How many there are.
    pub count: i64,
    /// The first one, ms since 1970.
    pub since: Option<i64>,
}

/// What stands beside a claim, for who sees the customer.
#[derive(Debug, Clone)]
pub struct CaseFile {
    pub account: Record,
    pub claimant: Side,
    pub owner: Side,
    /// Other claims to the customer, the newest first.
    pub others: Vec<Dispute>,
}

/// None for who may not see the customer.
#[boxed]
pub async fn case_file(engine: &Engine, actor: &Actor, dispute: &Dispute) -> Result<Option<CaseFile>> {
    let Some(disputed) = &dispute.account else { return Ok(None) };
    let account = match engine.read(actor, "account", disputed.id).await {
        Ok(account) => account,
        Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let owner = disputed.owner.or(dispute.holder.as_ref().map(|holder| holder.id));
    let query = DisputeQuery { account: Some(disputed.id), limit: OTHERS, ..DisputeQuery::default() };
    let mut others = engine.disputes(actor, &query).await?.disputes;
    others.retain(|other| other.id != dispute.id);
    Ok(Some(CaseFile {
        account,
        claimant: side(engine, actor, disputed.id, dispute.claimant.id).await?,
        owner: match owner.filter(|owner| *owner != dispute.claimant.id) {
            Some(owner) => side(engine, actor, disputed.id, owner).await?,
            None => Side::default(),
        },
        others,
    }))
}

async fn side(engine: &Engine, actor: &Actor, account: Uuid, user: Uuid) -> Result<Side> {
    if !engine.may(actor, "interaction").read {
        return Ok(Side::default());
    }
    let filter = format!("account == \"{account}\" && (created_by == \"{user}\" || owner == \"{user}\")");
    let query = |descending, limit| ListQuery {
        object: "interaction".to_owned(),
        filter: filter.clone(),
        sort: vec![SortKey { field: "at".to_owned(), descending }],
        limit,
        lenient: true,
        ..ListQuery::default()
    };
    let (latest, first) = (query(true, FOLLOW_UPS), query(false, 1));
    let count = match engine.count(actor, "interaction", &filter, false).await {
        // whoever may not ask about a field has no number
        Err(Error::Forbidden(_) | Error::Invalid(_)) => 0,
        count => count?,
    };
    let first = engine.list(actor, &first).await?.records;
    Ok(Side {
        follow_ups: engine.list(actor, &latest).await?.records,
        count,
        since: first.first().and_then(|record| record.value("at").as_int()),
    })
}
