//! The board of any object with stages: the list's views and filters, a column for each stage, cards that move.

pub mod card;
mod moving;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Json, Redirect},
};
use serde_json::{Map, Value as Any, json};
use zhike_crm::board::{self, Stage};
use zhike_model::{AggregateOp, Field, Object};
use zhike_records::ObjectAbilities;
use zhike_types::{Error, Lang};

pub use moving::{stage, take_back};

use crate::{
    fault::{Answer, Fault},
    filter,
    frame::{Frame, html_as},
    link::Pairs,
    pages::{
        figures::figure_text,
        list::{ListState, Unread, ViewTab, chips},
    },
    session::{Asked, Signed, cookie},
    ui::{self, Markup},
    words::{Say, t},
};
use card::Card;

/// Cards of a column at first, and each time that its end is reached.
const CARDS: usize = 20;
/// So many cards are read again at once.
const AGAIN_MAX: usize = 100;
/// Names the objects whose board one looked at last, not their list; the page's script writes it.
const COOKIE: &str = "zk-boards";

#[derive(Template)]
#[template(path = "board/board.html")]
struct BoardPage {
    frame: Frame,
    lang: Lang,
    state: ListState,
    object: String,
    label: String,
    plural: String,
    tabs: Vec<ViewTab>,
    chips: Vec<chips::Chip>,
    quick: Vec<chips::Quick>,
    fields: Markup,
    /// Said in the menu of orders.
    order: Option<String>,
    orders: Vec<Choice>,
    parts: Vec<Choice>,
    columns: Vec<Column>,
    /// No card stands in any column.
    bare: bool,
    problem: Option<Unread>,
    may: ObjectAbilities,
    /// The field that says where a card stands, for a new record made in a column.
    field: String,
    /// What is summed above the columns.
    sum: String,
    movable: bool,
}

/// Something to choose by a link.
struct Choice {
    label: String,
    href: String,
    chosen: bool,
}

struct Column {
    key: String,
    /// For the element's id: a key, or `none`.
    name: String,
    label: String,
    tone: String,
    /// `50%`
    probability: String,
    /// Keys of the stages that a card may go to from here; empty means all.
    to: String,
    cards: Vec<Card>,
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "board/more.html")]
struct MoreCards {
    lang: Lang,
    object: String,
    cards: Vec<Card>,
    more: Option<String>,
}

pub async fn show(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    if !board::may_use(&signed.app.engine, &signed.actor, &object) {
        return Err(Error::NotFound.into());
    }
    let state = ListState::read(&signed, &object, pairs).await?.on_board(&object);
    if state.pairs.get("ids").is_some() {
        return again(&signed, &object, &state).await;
    }
    let read = match state.found(&signed, &object).await {
        Ok(filter) => board::read(&signed.app.engine, &signed.actor, &object, &query(&state, filter)).await,
        Err(error) => Err(error),
    };
    let (found, problem) = match read {
        Ok(found) => (found, None),
        // An expression that cannot be read, or asks about what is not theirs to see, goes back to who asked.
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_))) => (
            board::Board { columns: Vec::new(), parts: Vec::new(), part: None },
            Some(Unread::of(&error, signed.lang())),
        ),
        Err(error) => return Err(error.into()),
    };
    if state.pairs.get("after").is_some() {
        let column = found.columns.into_iter().next().ok_or(Error::NotFound)?;
        let more = more(&state, &column);
        let cards = card::cards(&signed, &object, &column);
        return html_as(StatusCode::OK, &MoreCards { lang: signed.lang(), object: object.name.clone(), cards, more });
    }
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    html_as(status, &page(&signed, &object, state, found, problem).await?)
}

fn query(state: &ListState, filter: String) -> board::Query {
    let behind = state.pairs.any("column").zip(state.pairs.get("after"));
    board::Query {
        filter,
        sort: state.sort.clone(),
        limit: CARDS,
        part: state.pairs.get("part").and_then(|part| part.parse().ok()),
        behind: behind.map(|(column, after)| (column.to_owned(), after.to_owned())),
        fields: Some(Vec::new()),
    }
}

/// The cards that an open board reads again (`ids=…,…`), each saying the column it stands in; those that are not on it any more
/// are not in the answer.
async fn again(signed: &Signed, object: &Object, state: &ListState) -> Answer {
    let ids: Vec<&str> = state.pairs.get("ids").unwrap_or_default().split(',').take(AGAIN_MAX).collect();
    let mut among = filter::conditions(&state.found(signed, object).await?);
    among.extend(filter::one_of("id", &ids));
    let query = board::Query { limit: AGAIN_MAX, ..query(state, filter::all_of(&among)) };
    let found = board::read(&signed.app.engine, &signed.actor, object, &query).await?;
    let cards = found.columns.iter().flat_map(|column| card::cards(signed, object, column)).collect();
    html_as(StatusCode::OK, &MoreCards { lang: signed.lang(), object: object.name.clone(), cards, more: None })
}

fn more(state: &ListState, column: &board::Column) -> Option<String> {
    let after = column.page.next.as_ref()?;
    Some(state.base().with("column", column.stage.key.as_str()).with("after", after).on(&state.path))
}

async fn page(
    signed: &Signed,
    object: &Object,
    state: ListState,
    found: board::Board,
    problem: Option<Unread>,
) -> Result<BoardPage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let names = chips::names(signed, object, &state.filter).await;
    let states = engine.field_states(&signed.actor, object);
    let field = object.layout.board.as_ref().map(|board| board.field.clone()).unwrap_or_default();
    let writable = object.index_of(&field).is_some_and(|index| states[index] == zhike_records::FieldState::Writable);
    let may = engine.may(&signed.actor, &object.name);
    let columns: Vec<Column> = found
        .columns
        .iter()
        .map(|column| Column {
            more: more(&state, column),
            cards: card::cards(signed, object, column),
            ..of(&column.stage, lang)
        })
        .collect();
    let part = |(id, label): &(zhike_types::Uuid, String)| Choice {
        label: label.clone(),
        href: state.link("part", &id.to_string()),
        chosen: found.part == Some(*id),
    };
    Ok(BoardPage {
        frame: Frame::new(signed, object.plural.get(lang), &format!("/{}", object.name)),
        lang,
        tabs: chips::tabs(signed, &state),
        chips: chips::chips(object, &state, lang, &names),
        quick: chips::quick(object, &state, lang, &states),
        fields: chips::builder(object, lang, &states, &names),
        order: None,
        orders: orders(signed, object, &state),
        parts: found.parts.iter().map(part).collect(),
        bare: columns.iter().all(|column| column.cards.is_empty()),
        columns,
        problem,
        movable: writable && may.change,
        may,
        field,
        sum: summed(object).map(|field| t!(lang, "{}合计", "Sum of {}", field.label.get(lang))).unwrap_or_default(),
        object: object.name.clone(),
        label: object.label.get(lang).to_owned(),
        plural: object.plural.get(lang).to_owned(),
        state,
    })
}

fn of(stage: &Stage, lang: Lang) -> Column {
    Column {
        name: if stage.key.is_empty() { "none".to_owned() } else { stage.key.clone() },
        key: stage.key.clone(),
        label: stage.label.get(lang).to_owned(),
        tone: stage.tone.clone().unwrap_or_else(|| "gray".to_owned()),
        probability: stage.probability.map(|percent| format!("{percent}%")).unwrap_or_default(),
        to: stage.to.join(" "),
        cards: Vec::new(),
        more: None,
    }
}

/// By what the cards of a column can be ordered: as the board is, then by the number above the columns and the facts on the cards.
fn orders(signed: &Signed, object: &Object, state: &ListState) -> Vec<Choice> {
    let lang = signed.lang();
    let Some(board) = &object.layout.board else { return Vec::new() };
    let now = state.pairs.get("sort").unwrap_or_default();
    let mut choices = vec![Choice {
        label: lang.t("默认顺序", "The board's own order").to_owned(),
        href: state.base().without("sort").on(&state.path),
        chosen: now.is_empty(),
    }];
    let mut names: Vec<&str> = board.sum.iter().chain(&board.card).map(String::as_str).collect();
    names.extend([object.title.as_str(), "created_at", "updated_at"]);
    let mut known: Vec<&str> = Vec::new();
    for name in names {
        let Some(field) = object.field(name).filter(|_| !known.contains(&name)) else { continue };
        known.push(name);
        if !signed.app.engine.may_sort(&signed.actor, object, name) {
            continue;
        }
        let label = field.label.get(lang);
        for (sort, way) in [(name.to_owned(), "↑"), (format!("-{name}"), "↓")] {
            let chosen = now == sort;
            choices.push(Choice { label: format!("{label} {way}"), href: state.link("sort", &sort), chosen });
        }
    }
    choices
}

/// Count and sum of each column, by its key: `{"active": {"count": "1,204", "sum": "¥3,400.00"}}`. Fetched after the page.
pub async fn figures(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let lang = signed.lang();
    let state = ListState::read(&signed, &object, pairs).await?.on_board(&object);
    let filter = state.found(&signed, &object).await?;
    let found = match board::figures(&signed.app.engine, &signed.actor, &object, &filter).await {
        // the board itself says what is wrong with the filter
        Err(Error::Invalid(_) | Error::Forbidden(_)) => return Ok(Json(json!({})).into_response()),
        found => found?,
    };
    let summed = summed(&object);
    let said: Map<String, Any> = found
        .iter()
        .map(|(key, figures)| {
            let sum = summed.zip(figures.sum.as_ref()).filter(|(_, sum)| !sum.is_null());
            let sum = sum.map(|(field, sum)| figure_text(field, AggregateOp::Sum, sum, lang)).unwrap_or_default();
            (key.clone(), json!({ "count": ui::count(figures.count), "sum": sum }))
        })
        .collect();
    Ok(Json(Any::Object(said)).into_response())
}

/// The number whose sum stands above a column.
fn summed(object: &Object) -> Option<&Field> {
    object.field(object.layout.board.as_ref()?.sum.as_ref()?)
}

/// A list asked for by its bare address is shown as the board, if that is how one looked at it last.
pub fn preferred(
    signed: &Signed,
    object: &Object,
    pairs: &Pairs,
    headers: &HeaderMap,
) -> Option<axum::response::Response> {
    let bare = pairs.0.is_empty() && signed.asked == Asked::Page;
    let boards = cookie(headers, COOKIE).filter(|_| bare)?;
    let wanted = boards.split('.').any(|name| name == object.name);
    (wanted && board::may_use(&signed.app.engine, &signed.actor, object))
        .then(|| Redirect::to(&format!("/{}/board", object.name)).into_response())
}
