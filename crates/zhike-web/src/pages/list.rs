//! The list of any object: views, filter, order, columns, endless rows, totals.

pub mod chips;
mod columns;
mod heads;
pub mod rows;
mod state;
mod totals;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};
use std::collections::HashMap;
use zhike_model::Object;
use zhike_records::{FieldState, ListQuery, Record, Selection};
use zhike_types::{Error, Lang};

pub use columns::{Column, save as save_columns, usual_width};
pub use state::ListState;
pub use totals::{count, totals};

use crate::{
    fault::Answer,
    filter,
    frame::{Frame, html_as},
    link::Pairs,
    session::Signed,
    ui,
    words::{Say, t},
};
pub use chips::ViewTab;
use chips::{Chip, Quick};
use heads::Head;
use rows::Row;

#[derive(Template)]
#[template(path = "list/list.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    state: ListState,
    object: String,
    label: String,
    plural: String,
    help: String,
    icon: String,
    tabs: Vec<ViewTab>,
    chips: Vec<Chip>,
    quick: Vec<Quick>,
    /// The filter builder's fields, as JSON that is safe inside `<script>`.
    fields: ui::Markup,
    heads: Vec<Head>,
    width: usize,
    rows: Vec<Row>,
    more: Option<String>,
    /// By what it is ordered, where no head says so: that column is not shown.
    order: Option<String>,
    /// Why there are no rows.
    problem: Option<Unread>,
    offered: Vec<(String, String, bool)>,
    may: zhike_records::ObjectAbilities,
    /// The records can be shown as a board too.
    boards: bool,
    /// Its records can lie in a public pool, and one may put them there.
    pooled: bool,
    /// There are rules of assignment for them.
    ruled: bool,
}

/// A filter that was not followed.
pub struct Unread {
    pub title: &'static str,
    pub text: String,
}

impl Unread {
    pub fn of(error: &Error, lang: Lang) -> Self {
        let title = match error {
            Error::Forbidden(_) => {
                lang.t("这个筛选条件用到了您看不到的内容", "This filter asks about what you may not see")
            }
            _ => lang.t("这个筛选条件看不懂", "This filter cannot be read"),
        };
        Self { title, text: error.message().get(lang).to_owned() }
    }
}

#[derive(Template)]
#[template(path = "list/more.html")]
struct MoreRows {
    lang: Lang,
    object: String,
    width: usize,
    rows: Vec<Row>,
    more: Option<String>,
}

pub async fn show(
    signed: Signed,
    Path(object): Path<String>,
    Query(pairs): Query<Pairs>,
    headers: HeaderMap,
) -> Answer {
    let object = signed.object(&object)?;
    if let Some(board) = super::board::preferred(&signed, &object, &pairs, &headers) {
        return Ok(board);
    }
    let state = ListState::read(&signed, &object, pairs).await?;
    let (records, next, problem) = match found(&signed, &object, &state).await {
        Ok((records, next)) => (records, next, None),
        // An expression that cannot be read, or asks about what is not theirs to see, goes back to who asked.
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_))) => {
            (Vec::new(), None, Some(Unread::of(&error, signed.lang())))
        }
        Err(error) => return Err(error.into()),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let more = next.map(|cursor| state.pairs.clone().with("after", cursor).on(&format!("/{}", object.name)));
    let rows = rows::rows(&signed, &records, &state.columns);
    if state.pairs.get("after").or(state.pairs.get("ids")).is_some() {
        let width = state.columns.len() + 2;
        return html_as(status, &MoreRows { lang: signed.lang(), object: object.name.clone(), width, rows, more });
    }
    html_as(status, &ListPage { problem, ..page(&signed, &object, state, rows, more).await? })
}

/// So many rows are read again at once.
const ROWS_MAX: usize = 100;

/// The records of a page: a filtered list, what a search finds in it, or those rows (`ids=…,…`) that an open page reads again.
async fn found(
    signed: &Signed,
    object: &Object,
    state: &ListState,
) -> zhike_types::Result<(Vec<Record>, Option<String>)> {
    let engine = &signed.app.engine;
    if let Some(ids) = state.pairs.get("ids") {
        let ids: Vec<&str> = ids.split(',').take(ROWS_MAX).collect();
        let mut among = filter::conditions(&state.filter);
        among.extend(filter::one_of("id", &ids));
        let query = ListQuery { filter: filter::all_of(&among), limit: ROWS_MAX, ..state.query(object) };
        return Ok((engine.list(&signed.actor, &query).await?.records, None));
    }
    let query = ListQuery { filter: state.found(signed, object).await?, ..state.query(object) };
    let page = engine.list(&signed.actor, &query).await?;
    Ok((page.records, page.next))
}

async fn page(
    signed: &Signed,
    object: &Object,
    state: ListState,
    rows: Vec<Row>,
    more: Option<String>,
) -> Result<ListPage, crate::fault::Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let names = chips::names(signed, object, &state.filter).await;
    let states = engine.field_states(&signed.actor, object);
    Ok(ListPage {
        frame: Frame::new(signed, object.plural.get(lang), &format!("/{}", object.name)),
        lang,
        tabs: chips::tabs(signed, &state),
        chips: chips::chips(object, &state, lang, &names),
        quick: chips::quick(object, &state, lang, &states),
        fields: chips::builder(object, lang, &states, &names),
        heads: heads::heads(signed, object, &state),
        width: state.columns.len() + 2,
        offered: offered(object, &state, lang, &states),
        rows,
        more,
        order: order(object, &state, lang),
        problem: None,
        may: engine.may(&signed.actor, &object.name),
        boards: zhike_crm::board::may_use(engine, &signed.actor, object),
        pooled: object.pool && engine.may(&signed.actor, &object.name).change,
        ruled: object.pool
            && engine.may(&signed.actor, &object.name).change
            && engine.has_assignment_rules(&object.name).await?,
        object: object.name.clone(),
        label: object.label.get(lang).to_owned(),
        plural: object.plural.get(lang).to_owned(),
        help: object.help.as_ref().map(|help| help.get(lang).to_owned()).unwrap_or_default(),
        icon: object.icon.clone(),
        state,
    })
}

fn order(object: &Object, state: &ListState, lang: Lang) -> Option<String> {
    let key = state.sort.first()?;
    let field = object.field(&key.field)?;
    let shown = state.columns.iter().any(|column| column.field == key.field);
    let way = if key.descending { lang.t("降序", "descending") } else { lang.t("升序", "ascending") };
    (!shown).then(|| t!(lang, "按{}{way}", "by {}, {way}", field.label.get(lang)))
}

/// Columns to choose from: those shown first, in their order, then the others.
fn offered(object: &Object, state: &ListState, lang: Lang, states: &[FieldState]) -> Vec<(String, String, bool)> {
    let shown: HashMap<&str, usize> =
        state.columns.iter().enumerate().map(|(place, column)| (column.field.as_str(), place)).collect();
    let mut offered: Vec<(String, String, bool)> = chips::offered(object, states)
        .map(|field| (field.name.clone(), field.label.get(lang).to_owned(), shown.contains_key(field.name.as_str())))
        .collect();
    offered.sort_by_key(|(name, ..)| shown.get(name.as_str()).copied().unwrap_or(usize::MAX));
    offered
}

/// The records that a list's form means: those ticked, or all that the list finds.
pub async fn selection(signed: &Signed, object: &Object, pairs: &Pairs) -> Result<Selection, crate::fault::Fault> {
    if pairs.get("all") == Some("1") {
        let state = ListState::read(signed, object, pairs.clone()).await?;
        return Ok(Selection::Filter(state.found(signed, object).await?));
    }
    let ids: Result<Vec<_>, _> = pairs.all("id").map(super::id).collect();
    Ok(Selection::Ids(ids?))
}

/// Stores the chosen columns, their order or one's width.
pub async fn columns(
    signed: Signed,
    Path(object): Path<String>,
    Query(view): Query<Pairs>,
    axum::Form(form): axum::Form<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let state = ListState::read(&signed, &object, view).await?;
    save_columns(&signed, &object, &state, &form).await?;
    if form.get("width").is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let back = state.pairs.clone().without("cols").on(&format!("/{}", object.name));
    Ok(axum::response::Redirect::to(&back).into_response())
}

/// A fragment, as it is.
pub fn fragment(text: String) -> Response {
    Html(text).into_response()
}
