//! What lies in a pool: a list through the pool's lens, one record of it, and claiming.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_model::{Object, SortKey};
use zhike_records::{FieldState, ListQuery, PoolView, Record, Selection};
use zhike_types::{Error, Lang, Uuid};

use super::{PLACE, give, id_of};
use crate::{
    fault::{Answer, Fault},
    filter::{self, Sentence, sentence},
    frame::{Frame, html, html_as},
    link::Pairs,
    pages::list::{
        Column,
        chips::{builder, names},
        fragment,
        rows::{self, Row},
        usual_width,
    },
    session::{Flash, Signed},
    ui,
    value::{Shower, title_of},
    words::{Say, t},
};

/// A search in the list finds so many at most.
const FOUND_MAX: usize = 100;
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

/// Somebody who looks through the lens.
struct Looking {
    view: PoolView,
    /// The one who is signed in, bounded by the lens.
    inner: Signed,
    object: std::sync::Arc<Object>,
    place: String,
}

impl Looking {
    async fn into_pool(signed: &Signed, pool: Uuid) -> Result<Self, Fault> {
        let engine = &signed.app.engine;
        let view = engine.pool_view(&signed.actor, pool).await?;
        let object = engine.model().object(&view.pool.object).cloned().ok_or(Error::NotFound)?;
        let inner = Signed { actor: view.actor.clone(), ..signed.clone() };
        Ok(Self { place: format!("{PLACE}/{pool}"), view, inner, object })
    }

    fn columns(&self) -> Vec<Column> {
        let states = self.inner.app.engine.field_states(&self.inner.actor, &self.object);
        let shown = |name: &String| {
            self.object.index_of(name).is_some_and(|i| states[i] != FieldState::Hidden) && *name != self.object.title
        };
        let since = "pool_since".to_owned();
        let of_view = &self.object.default_view().columns;
        let wanted: Vec<&String> = if self.view.manager {
            let own = ["owner", "created_at"];
            of_view.iter().filter(|name| !own.contains(&name.as_str())).collect()
        } else {
            self.view.pool.fields.iter().collect()
        };
        let mut columns: Vec<Column> = Vec::new();
        let all = std::iter::once(&self.object.title).chain(wanted.into_iter().filter(|name| shown(name)));
        for name in all.chain(std::iter::once(&since)) {
            let Some(field) = self.object.field(name) else { continue };
            if columns.iter().all(|column| column.field != *name) {
                columns.push(Column { field: name.clone(), width: usual_width(field, &self.object) });
            }
        }
        columns
    }

    fn sort(&self, pairs: &Pairs) -> Vec<SortKey> {
        let asked = pairs.get("sort").unwrap_or("-pool_since");
        let (field, descending) = asked.strip_prefix('-').map_or((asked, false), |field| (field, true));
        let may = self.inner.app.engine.may_sort(&self.inner.actor, &self.object, field);
        if may { vec![SortKey { field: field.to_owned(), descending }] } else { Vec::new() }
    }

    /// The filter, and what a search found.
    async fn found(&self, pairs: &Pairs) -> Result<String, Error> {
        let filter = pairs.get("filter").unwrap_or_default().trim().to_owned();
        let Some(text) = pairs.get("q") else { return Ok(filter) };
        let among = std::slice::from_ref(&self.object.name);
        let groups = self.inner.app.engine.search(&self.inner.actor, text, among, FOUND_MAX).await?;
        let mut ids: Vec<String> =
            groups.into_iter().flat_map(|group| group.hits).map(|hit| hit.record.id.to_string()).collect();
        if ids.is_empty() {
            ids.push(Uuid::nil().to_string());
        }
        let mut all = filter::conditions(&filter);
        all.extend(filter::one_of("id", &ids.iter().map(String::as_str).collect::<Vec<_>>()));
        Ok(filter::all_of(&all))
    }

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

struct Fact {
    label: String,
    html: ui::Markup,
}

#[derive(Template)]
#[template(path = "pool/record.html")]
struct RecordPage {
    frame: Frame,
    lang: Lang,
    place: String,
    id: String,
    name: String,
    pool: String,
    facts: Vec<Fact>,
    may_claim: bool,
    manager: bool,
}

/// One record, as the pool shows it.
pub async fn record(signed: Signed, Path((pool, id)): Path<(String, String)>) -> Answer {
    let lang = signed.lang();
    let looking = Looking::into_pool(&signed, crate::pages::id(&pool)?).await?;
    let record = signed.app.engine.pool_read(&looking.view, crate::pages::id(&id)?).await?;
    let name = title_of(&signed.app.engine, &record, lang);
    let pool = looking.view.pool.name.clone();
    html(&RecordPage {
        frame: Frame::new(&signed, name.clone(), PLACE)
            .crumb(lang.t("公海", "Pools"), PLACE)
            .crumb(pool.clone(), looking.place.clone()),
        lang,
        id: record.id.to_string(),
        facts: facts(&looking, &record),
        may_claim: looking.view.pool.active && signed.actor.user_id.is_some(),
        manager: looking.view.manager,
        place: looking.place,
        name,
        pool,
    })
}

fn facts(looking: &Looking, record: &Record) -> Vec<Fact> {
    let lang = looking.inner.lang();
    let shower = Shower::fact(&looking.inner.app.engine, lang);
    looking
        .object
        .fields
        .iter()
        .filter(|field| field.name != looking.object.title)
        .filter(|field| !field.system || field.name == "pool_since" || field.name == "created_at")
        .filter(|field| !matches!(record.state(&field.name), FieldState::Hidden | FieldState::Unread))
        .filter(|field| field.name == "pool_since" || !record.value(&field.name).is_null())
        .map(|field| Fact { label: field.label.get(lang).to_owned(), html: shower.show(record, &field.name) })
        .collect()
}

/// Claims a record out of the pool's list; then it is one's own, with all that belongs to it.
pub async fn claim_lying(signed: Signed, Path((pool, id)): Path<(String, String)>) -> Answer {
    let looking = Looking::into_pool(&signed, crate::pages::id(&pool)?).await?;
    take(&signed, &looking.object.name, crate::pages::id(&id)?, &looking.place).await
}

/// The same from the record's own page.
pub async fn claim(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let id = crate::pages::id(&id)?;
    take(&signed, &object.name, id, &format!("/{}/{id}", object.name)).await
}

async fn take(signed: &Signed, object: &str, id: Uuid, back: &str) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    match engine.claim(&signed.actor, object, id).await {
        Ok(record) => {
            let name = title_of(engine, &record, lang);
            let said = t!(lang, "{name} 归您了，历史和联系人都在", "{name} is yours, with its history and people");
            Ok(Flash::new(said).redirect(&format!("/{object}/{id}")))
        }
        Err(error @ (Error::Conflict(_) | Error::TooMany(_) | Error::Forbidden(_))) => {
            let text = error.message().get(lang).to_owned();
            Ok(Flash { tone: "amber".to_owned(), ..Flash::new(text) }.redirect(back))
        }
        Err(error) => Err(error.into()),
    }
}

/// Claims what is ticked, one after the other, as far as the limits go.
pub async fn claim_many(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let looking = Looking::into_pool(&signed, id_of(path)?).await?;
    let engine = &signed.app.engine;
    let (mut done, mut refused) = (0, None);
    let mut failed = 0;
    for id in pairs.all("id").take(ROWS * 2) {
        match engine.claim(&signed.actor, &looking.object.name, crate::pages::id(id)?).await {
            Ok(_) => done += 1,
            Err(error @ (Error::Conflict(_) | Error::TooMany(_) | Error::Forbidden(_) | Error::NotFound)) => {
                failed += 1;
                refused = Some(error.message());
            }
            Err(error) => return Err(error.into()),
        }
    }
    let back = back(&looking.place, &pairs);
    let said = match &refused {
        None => t!(lang, "领取了 {done} 条", "Claimed {done}"),
        Some(why) => {
            let why = why.get(lang);
            t!(lang, "领取了 {done} 条，{failed} 条没有成功：{why}", "Claimed {done}; {failed} failed: {why}")
        }
    };
    let tone = if refused.is_some() { "amber" } else { "green" };
    Ok(Flash { tone: tone.to_owned(), ..Flash::new(said) }.redirect(&back))
}

fn back(place: &str, pairs: &Pairs) -> String {
    let kept = pairs.0.iter().filter(|(name, _)| matches!(name.as_str(), "filter" | "sort" | "q"));
    Pairs(kept.cloned().collect()).on(place)
}

/// Whom to give what is ticked in the pool's list.
pub async fn assign_lying_form(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let looking = Looking::into_pool(&signed, id_of(path)?).await?;
    if !looking.view.manager {
        return Err(Error::NotFound.into());
    }
    let count = match selection(&looking, &pairs).await? {
        Selection::Ids(ids) => ids.len() as i64,
        Selection::Filter(filter) => {
            signed.app.engine.count(&looking.inner.actor, &looking.object.name, &filter, false).await?
        }
    };
    let action = format!("{}/assign", looking.place);
    give::assign_sheet(&signed, StatusCode::OK, &action, PLACE, count, &pairs, None)
}

pub async fn assign_lying(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let pool = id_of(path)?;
    let looking = Looking::into_pool(&signed, pool).await?;
    let selection = selection(&looking, &pairs).await?;
    let people = give::people(&pairs)?;
    let reason = pairs.get("reason").unwrap_or_default();
    let outcome = signed.app.engine.assign_from_pool(&signed.actor, pool, &selection, &people, reason).await;
    match outcome {
        Ok(outcome) => Ok(give::assigned(&signed, &back(&looking.place, &pairs), &outcome)),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let action = format!("{}/assign", looking.place);
            give::assign_sheet(&signed, StatusCode::UNPROCESSABLE_ENTITY, &action, PLACE, 0, &pairs, Some(&error))
        }
        Err(error) => Err(error.into()),
    }
}

async fn selection(looking: &Looking, pairs: &Pairs) -> Result<Selection, Fault> {
    if pairs.get("all") == Some("1") {
        return Ok(Selection::Filter(looking.found(pairs).await?));
    }
    let ids: Result<Vec<Uuid>, Fault> = pairs.all("id").map(crate::pages::id).collect();
    Ok(Selection::Ids(ids?))
}
