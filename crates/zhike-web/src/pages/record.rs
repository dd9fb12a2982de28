//! A record's page: head, fields, timeline, related lists, files, history. What it shows follows from the object's layout.

mod head;
mod related;
mod side;
mod story;
mod tabs;

use askama::Template;
use axum::extract::{Path, Query};
use zhike_model::TabKind;
use zhike_records::{PoolActions, Record, converted_into};
use zhike_types::{Error, Lang};

use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html},
    link::Pairs,
    pages::{
        approvals,
        convert::{self, Conversion},
        follow_up::{Composer, composer},
        merge::{self, Made},
    },
    session::Signed,
    ui,
    value::{shortened, stamp, title_of},
    words::Say,
};
use head::{Head, Section};
use related::Related;
use side::Side;
use story::{Entry, Kinds};
use tabs::TabLink;

#[derive(Template)]
#[template(path = "record/record.html")]
struct RecordPage {
    frame: Frame,
    lang: Lang,
    object: String,
    label: String,
    id: String,
    head: Head,
    tabs: Vec<TabLink>,
    /// The fields at the left; on the details tab they stand in the middle.
    sections: Vec<Section>,
    main: Main,
    side: Side,
    may_change: bool,
    may_delete: bool,
    may_restore: bool,
    may_merge: bool,
    /// It is a colleague's customer.
    may_claim: bool,
    /// Claims to it can be looked at.
    disputed: bool,
    /// What was merged into it.
    merged: Option<Made>,
    /// Address, label and icon of what else there is to do with it; whether it opens in a dialog.
    deeds: Vec<(String, &'static str, &'static str, bool)>,
    /// A notice that stands can be taken back: a form's address and label.
    withdraw: Option<(String, &'static str)>,
    /// Address and label of the documents it is printed as.
    prints: Vec<(String, String)>,
    /// Address and label of what is made of it.
    copies: Vec<(String, String)>,
    /// What was asked about it, the newest first; what is open or sent back.
    approvals: Vec<approvals::Line>,
    asked: Vec<approvals::Line>,
    /// It lies in a pool, or can go into one.
    pool: PoolActions,
    /// One can say that one is there; and the stages it can go to: key, label, and its own key.
    check_in: bool,
    steps: Vec<(String, String, String)>,
    /// It can become something else, or did.
    conversion: Conversion,
    /// When it went into the recycle bin.
    gone: Option<String>,
}

/// What the chosen tab shows.
enum Main {
    Timeline {
        composer: Option<Composer>,
        kinds: Kinds,
        entries: Vec<Entry>,
        more: Option<String>,
        adds: Vec<(String, String, String)>,
    },
    Details,
    Related(Vec<Related>),
    Files {
        files: Related,
        upload: Option<String>,
    },
    History {
        entries: Vec<Entry>,
        more: Option<String>,
    },
}

pub async fn show(signed: Signed, Path((object, id)): Path<(String, String)>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let engine = &signed.app.engine;
    let id = super::id(&id)?;
    let record = match engine.read(&signed.actor, &object.name, id).await {
        Err(Error::NotFound) => return merge::follow(&signed, &object, id).await,
        read => read?,
    };
    engine.remember(&signed.actor, &object.name, record.id);
    html(&page(&signed, &record, &pairs).await?)
}

/// The head's picture of a record.
pub fn portrait(signed: &Signed, record: &Record) -> ui::Markup {
    head::portrait(signed, record, &title_of(&signed.app.engine, record, signed.lang()))
}

async fn page(signed: &Signed, record: &Record, pairs: &Pairs) -> Result<RecordPage, Fault> {
    let lang = signed.lang();
    let object = &record.object;
    let tabs = tabs::of(signed, object);
    let chosen = tabs::chosen(&tabs, pairs.get("tab"));
    let sections = head::sections(signed, record);
    // side by side: each part waits for its own statements
    let engine = &signed.app.engine;
    let pool = async { engine.pool_actions(&signed.actor, record).await.map_err(Fault::from) };
    let (main, side, merged, pool, (asked, approvals)) = tokio::try_join!(
        main(signed, record, &tabs[chosen].kind, pairs),
        side::of(signed, record),
        merge::made_of(signed, record),
        pool,
        approvals::about(signed, record)
    )?;
    let name = title_of(&signed.app.engine, record, lang);
    let conversion = convert::of(signed, record);
    Ok(RecordPage {
        frame: Frame::new(signed, shortened(&name, 40), &format!("/{}", object.name))
            .crumb(object.plural.get(lang), format!("/{}", object.name)),
        lang,
        object: object.name.clone(),
        label: object.label.get(lang).to_owned(),
        id: record.id.to_string(),
        head: head::head(signed, record, name),
        tabs: tabs::links(&tabs, chosen, object, record.id, lang),
        sections,
        main,
        side,
        may_change: record.may_change && record.deleted_at().is_none(),
        may_delete: record.may_delete && record.deleted_at().is_none(),
        may_restore: record.may_restore,
        may_merge: signed.app.engine.may(&signed.actor, &object.name).merge && record.deleted_at().is_none(),
        may_claim: object.name == "account"
            && record.deleted_at().is_none()
            && signed.app.engine.may(&signed.actor, "account").create
            && record.value("owner").as_id() != signed.actor.user_id,
        disputed: object.name == "account",
        merged,
        approvals,
        asked,
        deeds: deeds(signed, record),
        withdraw: withdraw(record, lang),
        prints: object
            .prints
            .iter()
            .map(|print| {
                let address = format!("/{}/{}/print/{}.pdf", object.name, record.id, print.name);
                (address, print.label.get(lang).to_owned())
            })
            .collect(),
        copies: copies(signed, record),
        pool,
        check_in: signed.app.engine.may_check_in(&signed.actor, record),
        steps: head::steps(record, lang),
        conversion,
        gone: record.deleted_at().map(|at| stamp(signed.app.engine.zone(), at)),
    })
}

fn copies(signed: &Signed, record: &Record) -> Vec<(String, String)> {
    if record.deleted_at().is_some() {
        return Vec::new();
    }
    let object = &record.object;
    let copies = zhike_records::copies_for(&signed.app.engine, &signed.actor, object).into_iter();
    copies
        .map(|copying| {
            let address = format!("/{}/{}/copies/{}", object.name, record.id, copying.name);
            (address, copying.label.get(signed.lang()).to_owned())
        })
        .collect()
}

/// What is done with a customer beside its fields.
fn deeds(signed: &Signed, record: &Record) -> Vec<(String, &'static str, &'static str, bool)> {
    let (lang, engine, id) = (signed.lang(), &signed.app.engine, record.id);
    if record.deleted_at().is_some() {
        return Vec::new();
    }
    let mut deeds = Vec::new();
    match record.object.name.as_str() {
        "account" => {
            deeds.push((format!("/account/{id}/influence"), lang.t("影响力图", "Influence map"), "network", false));
            if engine.may(&signed.actor, "statement").create {
                let label = lang.t("季度告知书…", "Quarterly statement…");
                deeds.push((format!("/account/{id}/statement"), label, "file-text", true));
            }
        }
        "roster" => {
            let label = lang.t("名单一览", "The roster's customers");
            deeds.push((format!("/rosters/{id}"), label, "clipboard-list", false));
        }
        "web_form" => deeds.push((format!("/f/{id}"), lang.t("打开公开页面", "Open the public page"), "globe", false)),
        _ => {}
    }
    deeds
}

fn withdraw(record: &Record, lang: Lang) -> Option<(String, &'static str)> {
    let stands = record.object.name == "product_notice"
        && record.deleted_at().is_none()
        && record.may_change
        && record.value("state").as_text() == Some("given");
    stands.then(|| (format!("/product_notice/{}/withdraw", record.id), lang.t("撤回告知", "Take the notice back")))
}

async fn main(signed: &Signed, record: &Record, kind: &TabKind, pairs: &Pairs) -> Result<Main, Fault> {
    Ok(match kind {
        TabKind::Timeline => {
            let kinds = story::kinds(signed, record, pairs);
            let (entries, more) = story::timeline(signed, record, pairs).await?;
            let live = record.deleted_at().is_none();
            // what became a customer is followed up there; notes may still be written
            let over = !converted_into(record).is_empty();
            let composer = composer(signed, record).filter(|_| live && !over);
            let mut adds = if live { story::adds(signed, record) } else { Vec::new() };
            adds.retain(|(_, _, address)| !over || address.starts_with("/note/"));
            Main::Timeline { composer, kinds, entries, more, adds }
        }
        TabKind::Details => Main::Details,
        TabKind::Related(relations) => Main::Related(related::lists(signed, record, relations).await?),
        TabKind::Files => Main::Files {
            files: related::files(signed, record).await?,
            upload: signed
                .app
                .engine
                .may(&signed.actor, "attachment")
                .create
                .then(|| format!("/{}/{}/files", record.object.name, record.id)),
        },
        TabKind::History => {
            let (entries, more) = story::history(signed, record, pairs).await?;
            Main::History { entries, more }
        }
    })
}
