//! What lies in a pool: a list through the pool's lens.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_model::SortKey;
use zhike_records::ListQuery;
use zhike_types::{Error, Lang};

use super::{PLACE, id_of, looking::Looking};
use crate::{
    fault::{Answer, Fault},
    filter::{self, Sentence, sentence},
    frame::{Frame, html_as},
    link::Pairs,
    pages::list::{
        Column,
        chips::{builder, names},
        fragment,
        rows::{self, Row},
    },
    session::Signed,
    ui,
    value::title_of,
    words::{Say, t},
};

const ROWS: usize = 50;

struct Head {
    field: String,
    label: String,
    width: u32,
    number: bool,
    sorted: Option<&'static str>,
    href: Option<String>,
}

struct Chip {
    said: Sentence,
    without: String,
}

#[derive(Template)]
#[template(path = "pool/list.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    place: String,
    name: String,
    plural: String,
    manager: bool,
    active: bool,
    /// The address's words.
    query: String,
    kept: Vec<(String, String)>,
    filter: String,
    q: String,
    clear: String,
    chips: Vec<Chip>,
    fields: ui::Markup,
    heads: Vec<Head>,
    width: usize,
    rows: Vec<Row>,
    more: Option<String>,
    /// The day's views are used up.
    cut: bool,
    problem: Option<String>,
    may_claim: bool,
    moves: Vec<MoveLine>,
}

#[derive(Template)]
#[template(path = "pool/more.html")]
struct MoreRows {
    lang: Lang,
    place: String,
    width: usize,
    rows: Vec<Row>,
    more: Option<String>,
    cut: bool,
    may_claim: bool,
}

/// A line of the pool's book.
struct MoveLine {
    iso: String,
    stamp: String,
    what: String,
    about: String,
    reason: String,
}

impl Looking {
    fn heads(&self, columns: &[Column], sort: &[SortKey], pairs: &Pairs) -> Vec<Head> {
        let lang = self.inner.lang();
        let engine = &self.inner.app.engine;
        columns
            .iter()
            .filter_map(|column| {
                let field = self.object.field(&column.field)?;
                let key = sort.first().filter(|key| key.field == field.name);
                let next = match key {
                    Some(key) if !key.descending => format!("-{}", field.name),
                    _ => field.name.clone(),
                };
                let may = engine.may_sort(&self.inner.actor, &self.object, &field.name);
                Some(Head {
                    field: field.name.clone(),
                    label: field.label.get(lang).to_owned(),
                    width: column.width,
                    number: field.kind.is_number(),
                    sorted: key.map(|key| if key.descending { "descending" } else { "ascending" }),
                    href: may.then(|| pairs.clone().without("after").with("sort", next).on(&self.place)),
                })
            })
            .collect()
    }
}

pub async fn show(signed: Signed, path: Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let pool = id_of(path)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let looking = Looking::into_pool(&signed, pool).await?;
    let columns = looking.columns();
    let sort = looking.sort(&pairs);
    let query = ListQuery {
        object: looking.object.name.clone(),
        filter: looking.found(&pairs).await?,
        sort: sort.clone(),
        fields: Some(columns.iter().map(|column| column.field.clone()).collect()),
        limit: ROWS,
        after: pairs.get("after").map(str::to_owned),
        ..ListQuery::default()
    };
    let (records, next, cut, problem) = match engine.pool_list(&looking.view, &query).await {
        Ok(shown) => (shown.page.records, shown.page.next, shown.cut, None),
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_))) => {
            (Vec::new(), None, false, Some(error.message().get(lang).to_owned()))
        }
        Err(error) => return Err(error.into()),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let rows = rows::rows(&looking.inner, &records, &columns);
    let more = next.map(|cursor| pairs.clone().with("after", cursor).on(&looking.place));
    let width = columns.len() + 3;
    let may_claim = looking.view.pool.active && signed.actor.user_id.is_some();
    let place = looking.place.clone();
    if pairs.get("after").is_some() {
        return html_as(status, &MoreRows { lang, place, width, rows, more, cut, may_claim });
    }
    let base = pairs.clone().without("after");
    let filter = pairs.get("filter").unwrap_or_default().to_owned();
    let titles = names(&looking.inner, &looking.object, &filter).await;
    let states = engine.field_states(&looking.inner.actor, &looking.object);
    let conditions = filter::conditions(&filter);
    let chips = conditions
        .iter()
        .enumerate()
        .map(|(at, condition)| {
            let rest: Vec<&String> =
                conditions.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, text)| text).collect();
            Chip {
                said: sentence(condition, &looking.object, lang, &titles),
                without: base.clone().with("filter", filter::all_of(&rest)).on(&place),
            }
        })
        .collect();
    let plural = looking.object.plural.get(lang).to_owned();
    let name = looking.view.pool.name.clone();
    html_as(
        status,
        &ListPage {
            frame: Frame::new(&signed, name.clone(), PLACE).crumb(lang.t("公海", "Pools"), PLACE),
            lang,
            name,
            plural,
            manager: looking.view.manager,
            active: looking.view.pool.active,
            query: base.query(),
            kept: base.clone().without("filter").without("q").0,
            q: pairs.get("q").unwrap_or_default().to_owned(),
            clear: base.clone().without("filter").without("q").on(&place),
            chips,
            fields: builder(&looking.object, lang, &states, &titles),
            heads: looking.heads(&columns, &sort, &pairs),
            width,
            rows,
            more,
            cut,
            problem,
            may_claim,
            moves: if looking.view.manager { moves(&signed, &looking).await? } else { Vec::new() },
            filter,
            place,
        },
    )
}

const MOVES: i64 = 12;

async fn moves(signed: &Signed, looking: &Looking) -> Result<Vec<MoveLine>, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let moves = engine.pool_moves(&signed.actor, looking.view.pool.id, MOVES).await?;
    let mut lines = Vec::new();
    for one in moves {
        let about = match engine.read(&signed.actor, &looking.object.name, one.record).await {
            Ok(record) => title_of(engine, &record, lang),
            Err(Error::NotFound) => lang.t("（无权查看）", "(not yours to see)").to_owned(),
            Err(error) => return Err(error.into()),
        };
        let who = one.user.unwrap_or_default();
        let by = one.by.filter(|by| *by != who);
        let kind = one.kind.label();
        let kind = kind.get(lang);
        lines.push(MoveLine {
            iso: crate::value::iso(engine.zone(), one.at),
            stamp: crate::value::stamp(engine.zone(), one.at),
            what: match by {
                Some(by) => t!(lang, "{kind} {who}（{by}）", "{kind} {who} (by {by})"),
                None => format!("{kind} {who}"),
            },
            about,
            reason: one.reason.unwrap_or_default(),
        });
    }
    Ok(lines)
}

/// `<span class="count">12,408</span>`
pub async fn count(signed: Signed, path: Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let looking = Looking::into_pool(&signed, id_of(path)?).await?;
    let filter = looking.found(&pairs).await?;
    let text = match signed.app.engine.count(&looking.inner.actor, &looking.object.name, &filter, false).await {
        Ok(number) => ui::count(number),
        Err(Error::Invalid(_) | Error::Forbidden(_)) => String::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(fragment(format!(r#"<span class="count">{text}</span>"#)))
}
