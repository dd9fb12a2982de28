//! 公海: the pools that one may claim from, and what is left of each limit. What lies in one is in `lying`,
//! through the lens of `looking`.

mod claim;
mod give;
mod looking;
mod lying;
mod record;
mod rule;
mod warnings;

use askama::Template;
use axum::extract::Path;
use zhike_records::PoolInfo;
use zhike_types::Lang;

pub use claim::{assign_lying, assign_lying_form, claim, claim_lying, claim_many};
pub use give::{assign, assign_form, assign_many, assign_many_form, give_back, give_back_form, give_back_many};
pub use lying::{count, show};
pub use record::show as record;
pub use rule::{save as save_rule, show as rule, try_out};
pub use warnings::{Line as WarningLine, dismiss, lines as warning_lines};

use crate::{
    fault::Answer,
    frame::{Frame, html},
    session::Signed,
    ui,
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/pools";
/// The duty of those who set pools up.
const DUTY: &str = "pools";

/// Whether somebody may have records that can lie in a pool: the rail shows pools to them.
pub fn offered(signed: &Signed) -> bool {
    let engine = &signed.app.engine;
    engine.model().objects().iter().any(|object| object.pool && engine.may(&signed.actor, &object.name).change)
}

/// A pool in the list.
struct Card {
    href: String,
    settings: Option<String>,
    rule: Option<String>,
    name: String,
    about: String,
    active: bool,
    manager: bool,
    records: String,
    /// Label, value, note.
    numbers: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "pool/index.html")]
struct IndexPage {
    frame: Frame,
    lang: Lang,
    cards: Vec<Card>,
    may_set_up: bool,
}

pub async fn index(signed: Signed) -> Answer {
    let lang = signed.lang();
    let pools = signed.app.engine.pools(&signed.actor).await?;
    let may_set_up = signed.actor.rights.may(DUTY);
    html(&IndexPage {
        frame: Frame::new(&signed, lang.t("公海", "Pools"), PLACE),
        lang,
        cards: pools.iter().map(|info| card(&signed, info, may_set_up)).collect(),
        may_set_up,
    })
}

fn card(signed: &Signed, info: &PoolInfo, may_set_up: bool) -> Card {
    let lang = signed.lang();
    let pool = &info.pool;
    let model = signed.app.engine.model();
    let about = model.object(&pool.object).map(|object| object.plural.get(lang).to_owned()).unwrap_or_default();
    let left = |left: Option<i64>| match left {
        Some(left) => t!(lang, "还可 {left}", "{left} left"),
        None => lang.t("不限", "no limit").to_owned(),
    };
    let mut numbers = vec![
        (lang.t("今天领取", "Claimed today"), ui::count(info.claimed), left(info.claims_left)),
        (lang.t("我持有", "I hold"), ui::count(info.held), left(info.holds_left)),
    ];
    if info.views_left.is_some() {
        numbers.push((lang.t("今天查看", "Seen today"), ui::count(info.seen), left(info.views_left)));
    }
    Card {
        href: format!("{PLACE}/{}", pool.id),
        settings: may_set_up.then(|| format!("/pool/{}", pool.id)),
        rule: may_set_up.then(|| format!("{PLACE}/{}/rule", pool.id)),
        name: pool.name.clone(),
        about,
        active: pool.active,
        manager: info.manager,
        records: ui::count(info.records),
        numbers,
    }
}

/// A pool's id from an address.
fn id_of(Path(id): Path<String>) -> Result<zhike_types::Uuid, crate::fault::Fault> {
    super::id(&id)
}
