//! Read side by side: each part is a question of its own, and the page is as slow as the slowest.

use zhike_model::{AggregateOp, SortKey};
use zhike_records::{
    Actor, AggregateQuery, Engine, Forecast, ForecastQuery, Group, ListQuery, Period, Record, Span, Warning,
};
use zhike_types::{Error, Result, Uuid, Value, boxed};

use super::rules::{Active, active};

/// What there is to see.
#[derive(Debug, Clone)]
pub struct Team {
    /// Open deals by stage, in the order of the stages.
    pub stages: Vec<StageSum>,
    /// Of the quarter.
    pub forecast: Option<Forecast>,
    pub activity: Vec<Active>,
    pub overdue: Overdue,
    /// Customers that will go back to a pool soon.
    pub leaving: Vec<Warning>,
}

#[derive(Debug, Clone)]
pub struct StageSum {
    pub id: Uuid,
    pub name: String,
    pub deals: i64,
    /// In fen: deals in other currencies are counted and not summed.
    pub amount: i64,
}

/// Instalments whose day has passed.
#[derive(Debug, Clone, Default)]
pub struct Overdue {
    pub count: i64,
    pub unpaid: i64,
    /// The oldest first.
    pub oldest: Vec<Record>,
}

const OVERDUE: &str = "is_settled == false && due_on < today";
const SHOWN: usize = 6;

/// How those below the actor are doing.
#[boxed]
pub async fn team(engine: &Engine, actor: &Actor) -> Result<Team> {
    let (stages, forecast, activity, overdue, leaving) = tokio::try_join!(
        stages(engine, actor),
        forecast(engine, actor),
        activity(engine, actor),
        overdue(engine, actor),
        engine.team_warnings(actor, SHOWN),
    )?;
    Ok(Team { stages, forecast, activity, overdue, leaving })
}

/// Nothing where the actor may not ask.
fn allowed<T: Default>(found: Result<T>) -> Result<T> {
    match found {
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(T::default()),
        found => found,
    }
}

async fn sums(engine: &Engine, actor: &Actor, query: AggregateQuery) -> Result<Vec<Group>> {
    allowed(engine.aggregate(actor, &query).await)
}

fn int(group: &Group, place: usize) -> i64 {
    group.figures.get(place).and_then(Value::as_int).unwrap_or(0)
}

async fn stages(engine: &Engine, actor: &Actor) -> Result<Vec<StageSum>> {
    let query = AggregateQuery {
        object: "opportunity".to_owned(),
        filter: "result == \"open\"".to_owned(),
        group: Some("stage".to_owned()),
        figures: vec![(AggregateOp::Count, "*".to_owned()), (AggregateOp::Sum, "amount".to_owned())],
        limit: 100,
    };
    let groups = sums(engine, actor, query).await?;
    let list = ListQuery {
        object: "pipeline_stage".to_owned(),
        filter: "kind == \"open\"".to_owned(),
        sort: vec![SortKey { field: "rank".to_owned(), descending: false }],
        fields: Some(vec!["name".to_owned()]),
        limit: 100,
        lenient: true,
        ..ListQuery::default()
    };
    let order = allowed(engine.list(actor, &list).await.map(|page| page.records))?;
    let place = |id: Uuid| order.iter().position(|stage| stage.id == id).unwrap_or(usize::MAX);
    let mut stages: Vec<StageSum> = groups
        .iter()
        .filter_map(|group| {
            let name = group.title.clone().unwrap_or_default();
            Some(StageSum { id: group.key.as_id()?, name, deals: int(group, 0), amount: int(group, 1) })
        })
        .collect();
    stages.sort_by_key(|stage| place(stage.id));
    Ok(stages)
}

async fn forecast(engine: &Engine, actor: &Actor) -> Result<Option<Forecast>> {
    if !engine.forecasts(actor) {
        return Ok(None);
    }
    let today = engine.zone().day_of(engine.now());
    let quarter = Period::holding(Span::Quarter, today);
    let query = ForecastQuery {
        from: Period::holding(Span::Month, quarter.days().0),
        months: 3,
        department: None,
        by_department: false,
        currency: None,
    };
    engine.forecast(actor, &query).await.map(Some)
}

async fn activity(engine: &Engine, actor: &Actor) -> Result<Vec<Active>> {
    let count = |filter: &str| AggregateQuery {
        object: "interaction".to_owned(),
        filter: filter.to_owned(),
        group: Some("owner".to_owned()),
        figures: vec![(AggregateOp::Count, "*".to_owned())],
        limit: 500,
    };
    let week = sums(engine, actor, count("at >= today - days(6) && at < today + days(1)")).await?;
    let before = sums(engine, actor, count("at >= today - days(13) && at < today - days(6)")).await?;
    let people = match actor.departments.as_ref() {
        // whoever sees all knows those who do something; the idle of a whole company are no glance
        departments if departments.is_empty() || departments.len() > 400 => Vec::new(),
        departments => {
            let ids: Vec<String> = departments.iter().map(|id| format!("\"{id}\"")).collect();
            let list = ListQuery {
                object: "user".to_owned(),
                filter: format!("active && department in [{}]", ids.join(", ")),
                fields: Some(vec!["name".to_owned()]),
                limit: 200,
                lenient: true,
                ..ListQuery::default()
            };
            allowed(engine.list(actor, &list).await.map(|page| page.records))?
        }
    };
    // who leads one team knows it by name; of a large one those count who do anything
    let team = people
        .iter()
        .filter(|_| people.len() <= 30)
        .map(|person| (person.id, person.value("name").as_text().unwrap_or_default().to_owned()));
    let counted = |groups: &[Group]| -> Vec<(Uuid, String, i64)> {
        groups
            .iter()
            .filter_map(|group| Some((group.key.as_id()?, group.title.clone().unwrap_or_default(), int(group, 0))))
            .collect()
    };
    Ok(active(team, counted(&week), counted(&before)))
}

async fn overdue(engine: &Engine, actor: &Actor) -> Result<Overdue> {
    let query = AggregateQuery {
        object: "payment_plan".to_owned(),
        filter: OVERDUE.to_owned(),
        group: None,
        figures: vec![(AggregateOp::Count, "*".to_owned()), (AggregateOp::Sum, "unpaid".to_owned())],
        limit: 1,
    };
    let figures = sums(engine, actor, query).await?;
    let list = ListQuery {
        object: "payment_plan".to_owned(),
        filter: OVERDUE.to_owned(),
        sort: vec![SortKey { field: "due_on".to_owned(), descending: false }],
        limit: SHOWN,
        lenient: true,
        ..ListQuery::default()
    };
    let oldest = allowed(engine.list(actor, &list).await.map(|page| page.records))?;
    let sum = |place| figures.first().map_or(0, |group| int(group, place));
    Ok(Overdue { count: sum(0), unpaid: sum(1), oldest })
}
