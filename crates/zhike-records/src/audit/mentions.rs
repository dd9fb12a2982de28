//! What the records are called that the audit mentions: read at the time of reading, as far as the reader may see them.

use std::collections::{BTreeMap, BTreeSet};

use zhike_db::{Sql, Tx};
use zhike_model::{Field, FieldKind, Model};
use zhike_types::{Lang, Result, Uuid, Value};

use crate::{
    Actor, Mention, Mentioned,
    access::{self, Need, Reach},
    load::{self, TitleCache},
};

/// The record that a reference's value names; not yet looked up, so that it is nobody's to see.
pub(super) fn of_value(field: &Field, value: &Value) -> Option<Mention> {
    let (object, id) = match (&field.kind, value) {
        (FieldKind::Reference { object, .. }, Value::Id(id)) => (object.as_str(), *id),
        (FieldKind::File | FieldKind::Image, Value::Id(id)) => ("attachment", *id),
        (FieldKind::AnyReference { .. }, Value::Any(object, id)) => (object.as_str(), *id),
        _ => return None,
    };
    Some(Mention::closed(object, id))
}

/// Looks all of them up, with one query an object.
pub(super) async fn look_up(
    tx: &mut Tx,
    cache: &TitleCache,
    model: &Model,
    actor: &Actor,
    mut mentions: Vec<&mut Mention>,
) -> Result<()> {
    let mut wanted: BTreeMap<String, BTreeSet<Uuid>> = BTreeMap::new();
    for mention in &mut mentions {
        match load::kept_title(cache, model, actor, &mention.object, mention.id) {
            Some(title) => mention.what = Mentioned::Seen(title.text),
            None => {
                wanted.entry(mention.object.clone()).or_default().insert(mention.id);
            }
        }
    }
    let mut found: BTreeMap<(String, Uuid), Mentioned> = BTreeMap::new();
    for (name, ids) in wanted {
        let known = match name.as_str() {
            "role" | "view" if model.object(&name).is_none() => settings(tx, actor, &name, &ids).await?,
            _ => records(tx, cache, model, actor, &name, &ids).await?,
        };
        found.extend(known.into_iter().map(|(id, what)| ((name.clone(), id), what)));
    }
    for mention in mentions {
        if let Some(what) = found.get(&(mention.object.clone(), mention.id)) {
            mention.what = what.clone();
        }
    }
    Ok(())
}

/// Of an object that the reader may not use nothing is told, not even which records are gone.
async fn records(
    tx: &mut Tx,
    cache: &TitleCache,
    model: &Model,
    actor: &Actor,
    object: &str,
    ids: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, Mentioned>> {
    let Some(target) = model.object(object).filter(|it| access::reach(it, actor, Need::Read) != Reach::Nothing) else {
        return Ok(BTreeMap::new());
    };
    let mut known: BTreeMap<Uuid, Mentioned> = ids.iter().map(|id| (*id, Mentioned::Gone)).collect();
    for row in tx.rows(load::select_all_titles(model, actor, target, ids.iter().copied())).await? {
        let (id, text) = (row.must_id(0)?, row.text(1)?.unwrap_or_default());
        let seen = row.bool(2)?.unwrap_or(false);
        if seen {
            load::keep_title(cache, target, id, &text);
        }
        let title = seen.then(|| load::shown_title(model, actor, target, text)).flatten();
        known.insert(id, title.map_or(Mentioned::Closed, Mentioned::Seen));
    }
    Ok(known)
}

/// Roles and saved views are no records: their names are no secret to whom the audit is open.
async fn settings(tx: &mut Tx, actor: &Actor, kind: &str, ids: &BTreeSet<Uuid>) -> Result<BTreeMap<Uuid, Mentioned>> {
    let mut sql = Sql::new(match (kind, actor.lang) {
        ("role", Lang::Zh) => "SELECT id, label_zh FROM role WHERE id IN (",
        ("role", Lang::En) => "SELECT id, label_en FROM role WHERE id IN (",
        _ => "SELECT id, name FROM saved_view WHERE id IN (",
    });
    sql.list(ids.iter().copied()).push(")");
    let mut known: BTreeMap<Uuid, Mentioned> = ids.iter().map(|id| (*id, Mentioned::Gone)).collect();
    for row in tx.rows(sql).await? {
        known.insert(row.must_id(0)?, Mentioned::Seen(row.must_text(1)?));
    }
    Ok(known)
}
