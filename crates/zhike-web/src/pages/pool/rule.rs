//! 试算: what a pool's rule would take back if it ran now, before it is saved.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode};
use zhike_records::{DryRun, Input, Pool};
use zhike_types::{Error, FieldError, Lang, Uuid};

use super::{DUTY, PLACE, id_of};
use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html_as},
    link::Pairs,
    pages::list::{
        Column,
        rows::{self, Row},
    },
    session::{Flash, Signed},
    ui,
    words::{Say, t},
};

/// What a run would do.
struct Tried {
    records: String,
    protected: String,
    fresh: String,
    owners: Vec<(String, String)>,
    heads: Vec<String>,
    rows: Vec<Row>,
    object: String,
}

#[derive(Template)]
#[template(path = "pool/rule.html")]
struct RulePage {
    frame: Frame,
    lang: Lang,
    place: String,
    name: String,
    reclaim: String,
    protected: String,
    grace: String,
    errors: Vec<FieldError>,
    tried: Option<Tried>,
}

impl RulePage {
    fn error(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message.get(self.lang).to_owned())
    }
}

/// The rule's own page: as it is saved.
pub async fn show(signed: Signed, path: Path<String>) -> Answer {
    let pool = known(&signed, id_of(path)?).await?;
    page(&signed, StatusCode::OK, &pool, None, Vec::new())
}

async fn known(signed: &Signed, id: Uuid) -> Result<Pool, Fault> {
    if !signed.actor.rights.may(DUTY) {
        return Err(Error::NotFound.into());
    }
    Ok(signed.app.engine.pool_view(&signed.actor, id).await?.pool)
}

/// The pool with what the form says.
async fn wished(signed: &Signed, id: Uuid, pairs: &Pairs) -> Result<(Pool, Vec<FieldError>), Fault> {
    let mut pool = known(signed, id).await?;
    let text = |name: &str| pairs.get(name).unwrap_or_default().trim().to_owned();
    pool.reclaim = text("reclaim");
    pool.protected = text("protected");
    let mut errors = Vec::new();
    match text("grace_days").parse::<i64>() {
        Ok(days) if (0..=3650).contains(&days) => pool.grace_days = days,
        _ => errors.push(FieldError {
            field: "grace_days".to_owned(),
            code: "invalid",
            message: zhike_types::Text::new("请写 0 到 3650 的天数。", "Give days from 0 to 3650."),
        }),
    }
    Ok((pool, errors))
}

pub async fn try_out(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let (pool, errors) = wished(&signed, id_of(path)?, &pairs).await?;
    if !errors.is_empty() {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &pool, None, errors);
    }
    match signed.app.engine.reclaim_dry_run(&signed.actor, &pool).await {
        Ok(dry) => page(&signed, StatusCode::OK, &pool, Some(&dry), Vec::new()),
        Err(Error::Invalid(errors)) => page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &pool, None, errors),
        Err(error) => Err(error.into()),
    }
}

pub async fn save(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let id = id_of(path)?;
    let (pool, errors) = wished(&signed, id, &pairs).await?;
    if !errors.is_empty() {
        return page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &pool, None, errors);
    }
    let input = Input::default()
        .set("reclaim", pool.reclaim.clone())
        .set("protected", pool.protected.clone())
        .set("grace_days", pool.grace_days.to_string());
    match signed.app.engine.change(&signed.actor, "pool", id, None, input).await {
        Ok(_) => {
            let name = &pool.name;
            let said = t!(lang, "已保存「{name}」的收回规则", "The rule of {name} is saved");
            Ok(Flash::new(said).redirect(PLACE))
        }
        Err(Error::Invalid(errors)) => page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &pool, None, errors),
        Err(error) => Err(error.into()),
    }
}

fn page(signed: &Signed, status: StatusCode, pool: &Pool, dry: Option<&DryRun>, errors: Vec<FieldError>) -> Answer {
    let lang = signed.lang();
    html_as(
        status,
        &RulePage {
            frame: Frame::new(signed, lang.t("收回规则试算", "Try a rule"), PLACE)
                .crumb(lang.t("公海", "Pools"), PLACE)
                .crumb(pool.name.clone(), format!("{PLACE}/{}", pool.id)),
            lang,
            place: format!("{PLACE}/{}", pool.id),
            name: pool.name.clone(),
            reclaim: pool.reclaim.clone(),
            protected: pool.protected.clone(),
            grace: pool.grace_days.to_string(),
            errors,
            tried: dry.map(|dry| tried(signed, pool, dry)),
        },
    )
}

fn tried(signed: &Signed, pool: &Pool, dry: &DryRun) -> Tried {
    let lang = signed.lang();
    let model = signed.app.engine.model();
    let columns: Vec<Column> = model
        .object(&pool.object)
        .map(|object| {
            let shown = ["owner", "owner_since"];
            let badges = object.layout.badges.iter().map(String::as_str);
            let names = std::iter::once(object.title.as_str()).chain(badges.take(2)).chain(shown);
            names.map(|name| Column { field: name.to_owned(), width: 0 }).collect()
        })
        .unwrap_or_default();
    let heads = columns
        .iter()
        .filter_map(|column| Some(model.object(&pool.object)?.field(&column.field)?.label.get(lang).to_owned()))
        .collect();
    Tried {
        records: ui::count(dry.records),
        protected: ui::count(dry.protected),
        fresh: ui::count(dry.fresh),
        owners: dry.owners.iter().map(|(name, count)| (name.clone(), ui::count(*count))).collect(),
        heads,
        rows: rows::rows(signed, &dry.page.records, &columns),
        object: pool.object.clone(),
    }
}
