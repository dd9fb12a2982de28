//! From rows to records: which columns to read, what to mask, what references are called.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use zhike_db::{Row, Sql, Tx};
use zhike_model::{Access, Field, FieldKind, MaskRule, Model, Object, Role};
use zhike_types::{Result, Uuid, Value};

use crate::{
    Actor, DataScope, FieldRight, FieldState, Record, Title,
    access::{self, Need, Reach},
    bin,
    columns::{read_value, width},
    convert,
};

/// A record as it is stored: nothing masked. Never leaves the engine.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub id: Uuid,
    pub seq: i64,
    pub values: Vec<Value>,
    pub in_team: bool,
}

impl Stored {
    pub fn value<'a>(&'a self, object: &Object, field: &str) -> &'a Value {
        static NULL: Value = Value::Null;
        object.index_of(field).map_or(&NULL, |i| &self.values[i])
    }

    pub fn version(&self, object: &Object) -> i64 {
        self.value(object, "version").as_int().unwrap_or(0)
    }

    pub fn is_deleted(&self, object: &Object) -> bool {
        !self.value(object, "deleted_at").is_null()
    }
}

/// Which fields to read: indexes into the object's fields, ascending.
pub(crate) struct Columns<'a> {
    pub object: &'a Arc<Object>,
    pub fields: Vec<usize>,
    pub team: bool,
}

impl<'a> Columns<'a> {
    pub fn all(object: &'a Arc<Object>) -> Self {
        Self { object, fields: (0..object.fields.len()).collect(), team: false }
    }

    /// The named fields, and those that rights, versions and display need.
    pub fn named(object: &'a Arc<Object>, names: &[String]) -> Self {
        let always =
            ["version", "owner", "department", "deleted_at", "deleted_by", "created_at", "updated_at", &object.title];
        let fields = object
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| always.contains(&field.name.as_str()) || names.contains(&field.name))
            .map(|(i, _)| i)
            .collect();
        Self { object, fields, team: false }
    }

    /// `t."seq", t."id", t."name", …`
    pub fn select(&self, model: &Model, actor: &Actor, alias: &str, sql: &mut Sql) {
        sql.column(alias, "seq").push(", ").column(alias, "id");
        for &i in &self.fields {
            let field = &self.object.fields[i];
            sql.push(", ").column(alias, &field.column());
            if let Some(second) = field.second_column() {
                sql.push(", ").column(alias, &second);
            }
        }
        if self.team
            && let Some((team, me)) = self.object.team.as_ref().and_then(|team| model.object(team)).zip(actor.user_id)
        {
            sql.push(", ").column(alias, "id").push(" IN (SELECT ").column("tm", &format!("{}_id", self.object.name));
            sql.push(" FROM ").name(&team.name).push(" tm WHERE tm.user_id = ").bind(me);
            sql.push(" AND tm.level = 'write' AND tm.deleted_at IS NULL)");
        }
    }

    pub fn read(&self, row: &Row) -> Result<Stored> {
        let mut values = vec![Value::Null; self.object.fields.len()];
        let mut at = 2;
        for &i in &self.fields {
            let field = &self.object.fields[i];
            values[i] = read_value(row, at, field)?;
            at += width(field);
        }
        let in_team = self.team && row.bool(at)?.unwrap_or(false);
        Ok(Stored { seq: row.must_int(0)?, id: row.must_id(1)?, values, in_team })
    }
}

/// Whether lists must ask the database if the actor is in a record's team.
pub(crate) fn needs_team(object: &Object, actor: &Actor) -> bool {
    object.team.is_some()
        && actor.user_id.is_some()
        && actor
            .rights
            .object(&object.name)
            .is_some_and(|rights| rights.change > DataScope::None && rights.change < DataScope::All)
}

/// What the actor may do with each field of the object.
pub(crate) fn field_states(object: &Object, actor: &Actor) -> Vec<FieldState> {
    object
        .fields
        .iter()
        .map(|field| match actor.rights.field(&object.name, field) {
            FieldRight::Hidden => FieldState::Hidden,
            FieldRight::Masked => FieldState::Masked,
            FieldRight::Read => FieldState::ReadOnly,
            FieldRight::Write if field.read_only => FieldState::ReadOnly,
            FieldRight::Write => FieldState::Writable,
        })
        .collect()
}

/// A value's masked text.
pub(crate) fn mask(field: &Field, value: &Value) -> Value {
    let Some(text) = value.as_text() else {
        return if value.is_null() { Value::Null } else { Value::Text("***".to_owned()) };
    };
    let masked = match (field.mask, field.kind.value_kind()) {
        (MaskRule::Name, _) => zhike_text::name::mask(text),
        (MaskRule::Whole, _) => "***".to_owned(),
        (MaskRule::LastFour, _) => {
            let count = text.chars().count();
            let tail: String = text.chars().skip(count.saturating_sub(4)).collect();
            if count > 4 { format!("****{tail}") } else { "****".to_owned() }
        }
        (MaskRule::Auto, FieldKind::Phone) => zhike_text::phone::mask(text),
        (MaskRule::Auto, FieldKind::Email) => zhike_text::email::mask(text),
        (MaskRule::Auto, FieldKind::IdNumber) => zhike_text::id_number::mask(text),
        (MaskRule::Auto, FieldKind::CreditCode) => zhike_text::credit_code::mask(text),
        (MaskRule::Auto, _) => "***".to_owned(),
    };
    Value::Text(masked)
}

/// Titles of records that everybody may see (users, departments): asked for on every page.
#[derive(Debug, Default)]
pub(crate) struct TitleCache(RwLock<HashMap<Uuid, Arc<str>>>);

/// More than this many are not worth the memory.
const TITLES_KEPT: usize = 20_000;

impl TitleCache {
    fn get(&self, id: Uuid) -> Option<Arc<str>> {
        self.0.read().expect("no holder panics").get(&id).cloned()
    }

    fn put(&self, id: Uuid, title: &str) {
        let mut kept = self.0.write().expect("no holder panics");
        if kept.len() >= TITLES_KEPT {
            kept.clear();
        }
        kept.insert(id, title.into());
    }

    pub fn forget(&self, id: Uuid) {
        self.0.write().expect("no holder panics").remove(&id);
    }
}

/// Masks stored records for the actor and names what they refer to.
pub(crate) async fn present(
    tx: &mut Tx,
    cache: &TitleCache,
    model: &Model,
    actor: &Actor,
    columns: &Columns<'_>,
    stored: Vec<Stored>,
) -> Result<Vec<Record>> {
    let object = columns.object;
    let mut states = field_states(object, actor);
    for (i, state) in states.iter_mut().enumerate() {
        if *state != FieldState::Hidden && !columns.fields.contains(&i) {
            *state = FieldState::Unread;
        }
    }
    let titles = Arc::new(titles_of(tx, cache, model, actor, object, &states, &stored).await?);
    let states = Arc::new(states);
    let records = stored
        .into_iter()
        .map(|mut stored| {
            let version = stored.version(object);
            let deleted_at = stored.value(object, "deleted_at").as_int();
            let own_states = convert::states_of(object, &stored.values, &states);
            let mut record = Record {
                object: Arc::clone(object),
                id: stored.id,
                seq: stored.seq,
                version,
                values: std::mem::take(&mut stored.values),
                states: own_states.unwrap_or_else(|| Arc::clone(&states)),
                titles: Arc::clone(&titles),
                may_change: false,
                may_delete: false,
                may_restore: false,
                may_purge: false,
                deleted_at,
            };
            record.may_change = access::may(actor, &record, Need::Change, stored.in_team);
            record.may_delete = access::may(actor, &record, Need::Delete, stored.in_team);
            if deleted_at.is_some() && record.may_delete {
                record.may_restore = bin::may_handle(actor, record.role_value(Role::DeletedBy).as_id());
                record.may_purge = bin::may_purge(actor);
            }
            for (i, state) in states.iter().enumerate() {
                match state {
                    FieldState::Hidden => record.values[i] = Value::Null,
                    FieldState::Masked => record.values[i] = mask(&object.fields[i], &record.values[i]),
                    _ => {}
                }
            }
            record
        })
        .collect();
    Ok(records)
}

async fn titles_of(
    tx: &mut Tx,
    cache: &TitleCache,
    model: &Model,
    actor: &Actor,
    object: &Object,
    states: &[FieldState],
    stored: &[Stored],
) -> Result<HashMap<Uuid, Title>> {
    let mut wanted: HashMap<&str, Vec<Uuid>> = HashMap::new();
    let mut titles = HashMap::new();
    for (i, field) in object.fields.iter().enumerate() {
        if matches!(states[i], FieldState::Hidden | FieldState::Masked | FieldState::Unread) {
            continue;
        }
        for record in stored {
            let (target, id) = match (&field.kind, &record.values[i]) {
                (FieldKind::Reference { object, .. }, Value::Id(id)) => (object.as_str(), *id),
                (FieldKind::File | FieldKind::Image, Value::Id(id)) => ("attachment", *id),
                (FieldKind::AnyReference { .. }, Value::Any(object, id)) => (object.as_str(), *id),
                _ => continue,
            };
            if titles.contains_key(&id) {
                continue;
            }
            if let Some(title) = kept_title(cache, model, actor, target, id) {
                titles.insert(id, title);
                continue;
            }
            let ids = wanted.entry(target).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    for (target, ids) in wanted {
        let Some(target) = model.object(target) else { continue };
        if access::reach(target, actor, Need::Read) == Reach::Nothing {
            continue;
        }
        for row in tx.rows(select_titles(model, actor, target, &ids)).await? {
            let id = row.must_id(0)?;
            let text = row.text(1)?.unwrap_or_default();
            keep_title(cache, target, id, &text);
            if let Some(text) = shown_title(model, actor, target, text) {
                titles.insert(id, Title { object: target.name.clone(), text });
            }
        }
    }
    Ok(titles)
}

/// Ids and titles, not yet masked, of those of the records that the actor may see. A title that is a reference is the other
/// record's, empty where the actor may not see that one.
pub(crate) fn select_titles(model: &Model, actor: &Actor, target: &Object, ids: &[Uuid]) -> Sql {
    let mut sql = Sql::new("SELECT t.id, ");
    title_expression(model, actor, target, &mut sql);
    sql.push(" FROM ").name(&target.name).push(" t WHERE t.id IN (").padded(ids).push(") AND ");
    access::predicate(model, target, actor, Need::Read, "t", &mut sql);
    sql
}

/// Of all that are there: id, title as above, and whether the actor may see the record (or null: no). The title of one that it
/// may not see is not to be used.
pub(crate) fn select_all_titles(model: &Model, actor: &Actor, target: &Object, ids: impl Iterator<Item = Uuid>) -> Sql {
    let mut sql = Sql::new("SELECT t.id, ");
    title_expression(model, actor, target, &mut sql);
    sql.push(", (");
    access::predicate(model, target, actor, Need::Read, "t", &mut sql);
    sql.push(") FROM ").name(&target.name).push(" t WHERE t.id IN (").list(ids).push(")");
    sql
}

fn title_expression(model: &Model, actor: &Actor, target: &Object, sql: &mut Sql) {
    let title = target.title_field();
    match lender(model, title) {
        Some(lender) => {
            sql.push("(SELECT ").column("l", &lender.title_field().column()).push(" FROM ").name(&lender.name);
            sql.push(" l WHERE ").column("l", "id").push(" = ").column("t", &title.column()).push(" AND ");
            access::predicate(model, lender, actor, Need::Read, "l", sql);
            sql.push(")");
        }
        None => {
            sql.column("t", &title.column());
        }
    }
}

/// The object whose records lend their titles to those of another, by that one's title field.
fn lender<'m>(model: &'m Model, title: &Field) -> Option<&'m Arc<Object>> {
    match &title.kind {
        FieldKind::Reference { object, .. } => model.object(object),
        _ => None,
    }
}

/// Whether titles of the object are the same for everybody who may use it.
fn is_kept(target: &Object) -> bool {
    target.access == Access::Open && !target.title_field().kind.is_reference()
}

/// Remembers a title that is the same for everybody.
pub(crate) fn keep_title(cache: &TitleCache, target: &Object, id: Uuid, text: &str) {
    if is_kept(target) {
        cache.put(id, text);
    }
}

/// The title of a record that everybody may see who may use its object.
pub(crate) fn kept_title(cache: &TitleCache, model: &Model, actor: &Actor, target: &str, id: Uuid) -> Option<Title> {
    let target = model.object(target).filter(|target| access::reach(target, actor, Need::Read) == Reach::All)?;
    let text = shown_title(model, actor, target, cache.get(id)?.to_string())?;
    Some(Title { object: target.name.clone(), text })
}

/// A title as the actor may see it: its field may be masked or hidden. A select's title is its option's label.
pub(crate) fn shown_title(model: &Model, actor: &Actor, target: &Object, text: String) -> Option<String> {
    let field = target.title_field();
    match (actor.rights.field(&target.name, field), lender(model, field)) {
        (FieldRight::Hidden, _) => None,
        (FieldRight::Masked, None) => mask(field, &Value::Text(text)).as_text().map(str::to_owned),
        // as the field itself is masked: nothing of it shows
        (FieldRight::Masked, Some(_)) => Some("***".to_owned()),
        (FieldRight::Read | FieldRight::Write, Some(lender)) => {
            Some(shown_title(model, actor, lender, text).unwrap_or_default())
        }
        (FieldRight::Read | FieldRight::Write, None) => {
            Some(field.option(&text).map_or(text, |option| option.label.get(actor.lang).to_owned()))
        }
    }
}
