//! 即将收回: what one is about to lose, on my day.

use axum::{Form, extract::Path};
use zhike_types::Error;

use crate::{
    fault::Answer,
    link::Pairs,
    session::{Flash, Signed},
    value::title_of,
    words::{Say, t},
};

/// So many are named.
const SHOWN: usize = 20;

/// A record about to be taken back.
pub struct Line {
    pub href: String,
    pub dismiss: String,
    pub name: String,
    pub pool: String,
    pub days: i64,
    pub when: String,
    pub tone: &'static str,
}

pub async fn lines(signed: &Signed) -> Result<Vec<Line>, Error> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let warnings = engine.pool_warnings(&signed.actor, SHOWN).await?;
    Ok(warnings
        .iter()
        .map(|warning| Line {
            href: format!("/{}/{}", warning.record.object.name, warning.record.id),
            dismiss: format!("{}/warnings/{}", super::PLACE, warning.record.id),
            name: title_of(engine, &warning.record, lang),
            pool: warning.pool.clone(),
            days: warning.days,
            when: t!(lang, "{} 天内", "within {} days", warning.days),
            tone: if warning.days <= 1 { "red" } else { "amber" },
        })
        .collect())
}

/// Puts a warning aside until the next one.
pub async fn dismiss(signed: Signed, Path(record): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let days = pairs.get("days").and_then(|text| text.parse().ok()).unwrap_or(1);
    signed.app.engine.dismiss_pool_warning(&signed.actor, crate::pages::id(&record)?, days).await?;
    let said = signed.lang().t("知道了；到下一个提醒日会再出现", "Put aside until the next warning");
    Ok(Flash::new(said).redirect("/"))
}
