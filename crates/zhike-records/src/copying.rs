//! A new record that begins with what another has, its lines too (`[[copy]]` of a pack): a quote's new version, the order of a quote.
//! Both are whole or neither: the new record and its lines come in one transaction, each by the same way as one that a person makes.

use std::sync::Arc;

use zhike_db::{Sql, Tx};
use zhike_model::{Copying, FieldKind, Model, Object, expr};
use zhike_types::{Error, Result, Uuid, Value, boxed, text};

use crate::{
    Actor, Engine, FieldRight, Input, Record,
    access::{self, Need},
    draft,
    filter::LocalRow,
    list::is_filled,
    load::{Columns, Stored},
    merge,
};

/// So many lines go along.
const LINES_MOST: usize = 1_000;

/// What the actor may make of a record of the object, in the pack's order.
pub fn copies_for<'m>(engine: &Engine, actor: &Actor, object: &'m Object) -> Vec<&'m Copying> {
    object.copies.iter().filter(|copying| engine.may(actor, &copying.to).create).collect()
}

impl Engine {
    /// Makes a record of another, as the pack's copy of that name says.
    ///
    /// # Errors
    /// `NotFound` for a copy or a record that is not there; `Forbidden` for who may not make such records; `Conflict` for a record in the
    /// recycle bin; `Invalid` as for any new record, and where it has more than 1,000 lines.
    #[boxed]
    pub async fn copy(&self, actor: &Actor, object: &str, id: Uuid, name: &str) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let copying = known.copies.iter().find(|copying| copying.name == name).ok_or(Error::NotFound)?;
        let to = access::object_for(&model, actor, &copying.to)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let made = match self.copy_in(&mut tx, &model, actor, (known, to), id, copying).await {
            Ok(made) => made,
            Err(error) => {
                drop(tx);
                return Err(self.turned_down(actor, to, error).await);
            }
        };
        tx.commit().await?;
        self.written();
        self.read_own(actor, &to.name, made).await
    }

    async fn copy_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        (object, to): (&Arc<Object>, &Arc<Object>),
        id: Uuid,
        copying: &Copying,
    ) -> Result<Uuid> {
        let from = self.locked(tx, model, actor, object, id, Need::Read).await?;
        if from.is_deleted(object) {
            let (zh, en) = (&object.label.zh, object.label.en.to_lowercase());
            return Err(Error::Conflict(text!(
                "这条{zh}在回收站里，请先恢复。",
                "This {en} is in the recycle bin. Restore it first."
            )));
        }
        let batch = Some(self.0.ids.next());
        let reason = Some(format!("{} {}", copying.label.get(actor.lang), titled(object, &from)).trim().to_owned());
        let mut carried = same(actor, (object, &from), to, copying.same.iter().map(String::as_str));
        carried.extend(self.filled(model, actor, (object, &from), to, copying));
        carried.extend(copying.link.iter().map(|link| (link.clone(), Value::Id(id))));
        let input = Input { carried, reason: reason.clone(), ..Input::default() };
        let made = self.create_in(tx, model, actor, to, &input, batch).await?;

        let relations = copying
            .lines
            .as_ref()
            .and_then(|lines| model.relation(&object.name, lines).zip(model.relation(&to.name, lines)));
        let Some((ours, theirs)) = relations else { return Ok(made) };
        let (ours_of, theirs_of) =
            (access::object_for(model, actor, &ours.object)?, access::object_for(model, actor, &theirs.object)?);
        let both = theirs_of.fields.iter().filter(|field| field.name != theirs.field);
        let names: Vec<&str> = both.map(|field| field.name.as_str()).collect();
        for line in self.lines_of(tx, model, actor, ours_of, &ours.field, id).await? {
            let mut carried = same(actor, (ours_of, &line), theirs_of, names.iter().copied());
            carried.push((theirs.field.clone(), Value::Id(made)));
            let input = Input { carried, reason: reason.clone(), ..Input::default() };
            self.create_in(tx, model, actor, theirs_of, &input, batch)
                .await
                .map_err(|error| of_line(ours_of, error))?;
        }
        Ok(made)
    }

    /// The lines that the actor sees, in the order in which they were made.
    async fn lines_of(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        parent: &str,
        id: Uuid,
    ) -> Result<Vec<Stored>> {
        let Some(parent) = object.field(parent) else { return Ok(Vec::new()) };
        let columns = Columns::all(object);
        let mut sql = Sql::new("SELECT ");
        columns.select(model, actor, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND ").column("t", &parent.column());
        sql.push(" = ").bind(id).push(" AND ");
        access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        sql.push(" ORDER BY t.seq LIMIT ").bind(LINES_MOST as i64 + 1);
        let lines = tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect::<Result<Vec<_>>>()?;
        if lines.len() > LINES_MOST {
            return Err(Error::Conflict(text!(
                "它的明细超过 {LINES_MOST} 条，不能这样复制。请把明细导出，再导入新的单据。",
                "It has more than {LINES_MOST} lines. Export them, and import them into the new one."
            )));
        }
        Ok(lines)
    }

    /// What the pack's expressions give.
    fn filled(
        &self,
        model: &Model,
        actor: &Actor,
        (object, from): (&Object, &Stored),
        to: &Object,
        copying: &Copying,
    ) -> Vec<(String, Value)> {
        let context = self.context(actor);
        let row = LocalRow { object, values: &from.values, id: from.id };
        let value = |(name, expression): &(String, String)| {
            let field = to.field(name).filter(|field| draft::refused(actor, to, field).is_none())?;
            let parsed = expr::parse(model, &object.name, expression, None).ok()?;
            Some((name.clone(), context.evaluate(&parsed, &row, field))).filter(|(_, value)| is_filled(value))
        };
        copying.fill.iter().filter_map(value).collect()
    }
}

/// Fields that both kinds have, as far as the actor may see them here and write them there.
fn same<'n>(
    actor: &Actor,
    (object, from): (&Object, &Stored),
    to: &Object,
    names: impl Iterator<Item = &'n str>,
) -> Vec<(String, Value)> {
    let value = |name: &str| {
        let own = &object.fields[object.index_of(name)?];
        let theirs = to.field(name)?;
        let fits = !theirs.system
            && own.kind.holds_as(&theirs.kind)
            && !matches!(theirs.kind, FieldKind::File | FieldKind::Image)
            && actor.rights.field(&object.name, own) > FieldRight::Masked
            && draft::refused(actor, to, theirs).is_none();
        let value = from.value(object, name);
        (fits && is_filled(value)).then(|| (name.to_owned(), value.clone()))
    };
    names.filter_map(value).collect()
}

fn titled(object: &Object, record: &Stored) -> String {
    record.value(object, &object.title).as_text().unwrap_or_default().to_owned()
}

/// What is wrong with a line says that it is a line.
fn of_line(object: &Object, error: Error) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let (zh, en) = (&object.label.zh, object.label.en.to_lowercase());
    let why = errors.first().map(|error| error.message.clone()).unwrap_or_default();
    let (why_zh, why_en) = (&why.zh, &why.en);
    Error::Conflict(text!("有一条{zh}不能照抄：{why_zh}", "A {en} cannot be copied: {why_en}"))
}
