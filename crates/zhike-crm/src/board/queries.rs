//! A board read as a list is: rights, scope and masks are the engine's.

use std::collections::HashMap;

use zhike_model::{AggregateOp, Object, SortKey};
use zhike_records::{Actor, AggregateQuery, Engine, ListQuery, Page};
use zhike_types::{Error, Result, Uuid, Value, boxed};

use super::{
    rules::key_of,
    stages::{Stage, Stages, since_of, stages},
};

/// Which part of the records, in what order.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// CEL; empty takes all.
    pub filter: String,
    /// Empty: the board's own order.
    pub sort: Vec<SortKey>,
    /// Cards a column.
    pub limit: usize,
    /// The pipeline, where there are several.
    pub part: Option<Uuid>,
    /// One column alone, by its stage's key, from behind a cursor: further cards.
    pub behind: Option<(String, String)>,
    /// More fields than the cards need; all of them where it is none.
    pub fields: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
pub struct Board {
    pub columns: Vec<Column>,
    pub parts: Vec<(Uuid, String)>,
    pub part: Option<Uuid>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub stage: Stage,
    pub page: Page,
}

/// The columns with their first cards, in one statement (and one for the stages, where they are records).
#[boxed]
pub async fn read(engine: &Engine, actor: &Actor, object: &Object, query: &Query) -> Result<Board> {
    let board = object.layout.board.as_ref().ok_or(Error::NotFound)?;
    let Stages { mut stages, parts, part } = stages(engine, actor, object, query.part).await?;
    if let Some((key, _)) = &query.behind {
        stages.retain(|stage| stage.key == *key);
    }
    let mut sort = if query.sort.is_empty() { board.sort.clone() } else { query.sort.clone() };
    sort.retain(|key| engine.may_sort(actor, object, &key.field));
    let list = ListQuery {
        object: object.name.clone(),
        filter: query.filter.clone(),
        sort,
        fields: query.fields.as_ref().map(|more| needed(object, more)),
        limit: query.limit,
        after: query.behind.as_ref().map(|(_, after)| after.clone()),
        ..ListQuery::default()
    };
    let values: Vec<Value> = stages.iter().map(|stage| stage.value.clone()).collect();
    let pages = engine.columns(actor, &list, &board.field, &values).await?;
    let columns = stages.into_iter().zip(pages).map(|(stage, page)| Column { stage, page });
    let columns = columns.filter(|column| !column.stage.when_filled || !column.page.records.is_empty()).collect();
    Ok(Board { columns, parts, part })
}

/// What a card shows, and what moving it needs.
fn needed(object: &Object, more: &[String]) -> Vec<String> {
    let board = object.layout.board.iter();
    let own = board.flat_map(|board| board.card.iter().chain(std::iter::once(&board.field)).chain(&board.sum));
    let own = own.chain(&object.layout.badges).chain(more).cloned();
    own.chain(since_of(object).map(str::to_owned)).collect()
}

/// What stands above a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    pub count: i64,
    /// Of the board's number, as it is stored; none when the actor may not see it, or the board has none.
    pub sum: Option<Value>,
}

/// Counts and sums of all stages that have records, by the stages' keys, in one statement.
#[boxed]
pub async fn figures(
    engine: &Engine,
    actor: &Actor,
    object: &Object,
    filter: &str,
) -> Result<HashMap<String, Figures>> {
    let board = object.layout.board.as_ref().ok_or(Error::NotFound)?;
    let sum = board.sum.as_ref().filter(|name| engine.may_ask(actor, object, name));
    let mut figures = vec![(AggregateOp::Count, "*".to_owned())];
    figures.extend(sum.map(|name| (AggregateOp::Sum, name.clone())));
    let query = AggregateQuery {
        object: object.name.clone(),
        filter: filter.to_owned(),
        group: Some(board.field.clone()),
        figures,
        limit: 1000,
    };
    let groups = engine.aggregate(actor, &query).await?;
    let of_group = |group: zhike_records::Group| {
        let mut values = group.figures.into_iter();
        let count = values.next().and_then(|count| count.as_int()).unwrap_or_default();
        (key_of(&group.key), Figures { count, sum: values.next() })
    };
    Ok(groups.into_iter().map(of_group).collect())
}
