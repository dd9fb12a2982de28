//! The recycle bin: what was deleted, brought back or purged.

use askama::Template;
use axum::extract::Query;
use zhike_model::{Role, SortKey};
use zhike_records::{ListQuery, Record};
use zhike_types::Lang;

use crate::{
    fault::Answer,
    frame::{Frame, html},
    link::Pairs,
    session::Signed,
    ui,
    value::{iso, stamp, subtitle_of, title_of},
    words::Say,
};

#[derive(Template)]
#[template(path = "bin/bin.html")]
struct BinPage {
    frame: Frame,
    lang: Lang,
    tabs: Vec<(String, String, bool)>,
    object: String,
    lines: Vec<Gone>,
    more: Option<String>,
    /// What others deleted is shown too.
    all: bool,
}

struct Gone {
    id: String,
    name: String,
    hint: String,
    by: String,
    iso: String,
    stamp: String,
    may_restore: bool,
    may_purge: bool,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let model = engine.model();
    let objects: Vec<_> =
        model.objects().iter().filter(|object| engine.may(&signed.actor, &object.name).read).collect();
    let asked = pairs.get("object").unwrap_or("account");
    let Some(object) = objects.iter().find(|object| object.name == asked).or(objects.first()) else {
        return Err(zhike_types::Error::NotFound.into());
    };
    let deleted = object.role_index(Role::DeletedAt).map(|index| object.fields[index].name.clone()).unwrap_or_default();
    let query = ListQuery {
        object: object.name.clone(),
        sort: vec![SortKey { field: deleted, descending: true }],
        after: pairs.get("after").map(str::to_owned),
        bin: true,
        lenient: true,
        ..ListQuery::default()
    };
    let page = engine.list(&signed.actor, &query).await?;
    html(&BinPage {
        frame: Frame::new(&signed, lang.t("回收站", "Recycle bin"), "/bin"),
        lang,
        tabs: objects
            .iter()
            .map(|other| {
                (other.plural.get(lang).to_owned(), format!("/bin?object={}", other.name), other.name == object.name)
            })
            .collect(),
        object: object.name.clone(),
        lines: page.records.iter().map(|record| gone(&signed, record)).collect(),
        all: signed.actor.rights.may("bin"),
        more: page.next.map(|cursor| pairs.with("after", cursor).on("/bin")),
    })
}

fn gone(signed: &Signed, record: &Record) -> Gone {
    let engine = &signed.app.engine;
    let at = record.deleted_at().unwrap_or_default();
    let by = record
        .object
        .role_index(Role::DeletedBy)
        .map(|index| engine.show(record, &record.object.fields[index].name, signed.lang()))
        .unwrap_or_default();
    Gone {
        id: record.id.to_string(),
        name: title_of(engine, record, signed.lang()),
        hint: subtitle_of(engine, record, signed.lang()),
        by,
        iso: iso(engine.zone(), at),
        stamp: stamp(engine.zone(), at),
        may_restore: record.may_restore,
        may_purge: record.may_purge,
    }
}
