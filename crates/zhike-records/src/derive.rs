//! Formulas and roll-ups, kept true: whatever a write changes, the values that follow from it are worked out again in the
//! same transaction, by the same SQL that a filter would use. The model knows what hangs on what.

use std::collections::{BTreeMap, BTreeSet};

use zhike_db::{Sql, Tx};
use zhike_model::{
    Field, FieldKind, Model, Object, RollupOp, Via,
    expr::{self, Expr},
};
use zhike_types::{Error, Result, Uuid};

use crate::{columns::summable, filter::Context};

/// Records a statement.
const IDS_AT_ONCE: usize = 500;

/// Fields of some records that changed.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    pub object: String,
    pub ids: Vec<Uuid>,
    /// None: the records are new, deleted or restored, everything about them counts.
    pub fields: Option<BTreeSet<String>>,
    /// Records that they referred to before, by reference field.
    pub left: Vec<(String, Uuid)>,
}

/// Works out again what depends on the change.
pub(crate) async fn refresh(tx: &mut Tx, model: &Model, context: &Context<'_>, first: Changed) -> Result<()> {
    refresh_but(tx, model, context, first, &[]).await
}

/// The same, but for fields of the changed records themselves that are as they should be.
pub(crate) async fn refresh_but(
    tx: &mut Tx,
    model: &Model,
    context: &Context<'_>,
    first: Changed,
    settled: &[&str],
) -> Result<()> {
    let (mut wave, mut settled) = (vec![first], settled);
    // formula, roll-up of the parent, formula of the parent …: the check of the model lets none come back to itself, so that the
    // longest way passes each once
    let longest = model.objects().iter().map(|object| model.computed(&object.name).len()).sum::<usize>() + 1;
    for _ in 0..=longest {
        let mut next = Vec::new();
        for changed in &wave {
            next.extend(follow(tx, model, context, changed, settled).await?);
        }
        settled = &[];
        if next.is_empty() {
            return Ok(());
        }
        wave = next;
    }
    Err(Error::internal("computed fields hang on each other in a circle"))
}

/// One step: the computed fields that read what changed; what they became counts as changed in turn.
async fn follow(
    tx: &mut Tx,
    model: &Model,
    context: &Context<'_>,
    changed: &Changed,
    settled: &[&str],
) -> Result<Vec<Changed>> {
    let Some(object) = model.object(&changed.object) else { return Ok(Vec::new()) };
    let mut due: BTreeMap<(String, ViaKey), BTreeSet<String>> = BTreeMap::new();
    let mut vias: BTreeMap<ViaKey, Via> = BTreeMap::new();
    for field in &object.fields {
        if changed.fields.as_ref().is_some_and(|fields| !fields.contains(&field.name)) {
            continue;
        }
        for dependent in model.dependents(&object.name, &field.name) {
            let key = ViaKey::of(&dependent.via);
            vias.insert(key.clone(), dependent.via.clone());
            due.entry((dependent.object.clone(), key)).or_default().insert(dependent.field.clone());
        }
    }
    if changed.fields.is_none() {
        // a new record's own computed fields, those too that read nothing which is filled
        let own = model.computed(&object.name).iter().map(|&i| object.fields[i].name.clone());
        let key = ViaKey::of(&Via::Same);
        vias.insert(key.clone(), Via::Same);
        due.entry((object.name.clone(), key)).or_default().extend(own);
    }
    if let Some(own) = due.get_mut(&(object.name.clone(), ViaKey::of(&Via::Same))) {
        own.retain(|name| !settled.contains(&name.as_str()));
    }
    let mut next = Vec::new();
    for ((name, key), fields) in due {
        let Some(target) = model.object(&name) else { continue };
        if fields.is_empty() {
            continue;
        }
        let ids = match &vias[&key] {
            Via::Same => changed.ids.clone(),
            Via::Parent(reference) => parents(tx, object, reference, changed).await?,
            // nothing refers to a record that has just been made
            Via::References(steps) => reaching(tx, steps, &changed.ids).await?,
        };
        if ids.is_empty() {
            continue;
        }
        compute(tx, model, context, target, &fields, &ids).await?;
        let same = name == object.name && key == ViaKey::of(&Via::Same);
        // values worked out on the record itself were set in order; only others that read them are still to do
        let fields = if same && changed.fields.is_none() {
            fields.into_iter().filter(|field| reads_elsewhere(model, &name, field)).collect()
        } else {
            fields
        };
        if !fields.is_empty() {
            next.push(Changed { object: name, ids, fields: Some(fields), left: Vec::new() });
        }
    }
    Ok(next)
}

fn reads_elsewhere(model: &Model, object: &str, field: &str) -> bool {
    model.dependents(object, field).iter().any(|dependent| dependent.via != Via::Same)
}

/// An order for [`Via`], which groups work by way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ViaKey(String);

impl ViaKey {
    fn of(via: &Via) -> Self {
        Self(format!("{via:?}"))
    }
}

async fn parents(tx: &mut Tx, object: &Object, reference: &str, changed: &Changed) -> Result<Vec<Uuid>> {
    let column = format!("{reference}_id");
    let mut found: BTreeSet<Uuid> =
        changed.left.iter().filter(|(name, _)| name == reference).map(|(_, id)| *id).collect();
    for chunk in changed.ids.chunks(IDS_AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT ");
        sql.name(&column)
            .push(" FROM ")
            .name(&object.name)
            .push(" WHERE id IN (")
            .list(chunk.iter().copied())
            .push(") AND ");
        sql.name(&column).push(" IS NOT NULL");
        for row in tx.rows(sql).await? {
            found.insert(row.must_id(0)?);
        }
    }
    Ok(found.into_iter().collect())
}

/// Records that reach one of these by following references: the last step first.
async fn reaching(tx: &mut Tx, steps: &[expr::Step], ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut at: Vec<Uuid> = ids.to_vec();
    for step in steps.iter().rev() {
        let mut found = BTreeSet::new();
        for chunk in at.chunks(IDS_AT_ONCE) {
            let mut sql = Sql::new("SELECT id FROM ");
            sql.name(&step.object)
                .push(" WHERE ")
                .name(&format!("{}_id", step.field))
                .push(" IN (")
                .list(chunk.iter().copied())
                .push(")");
            for row in tx.rows(sql).await? {
                found.insert(row.must_id(0)?);
            }
        }
        at = found.into_iter().collect();
    }
    Ok(at)
}

/// Sets computed fields of records, each after those it reads.
pub(crate) async fn compute(
    tx: &mut Tx,
    model: &Model,
    context: &Context<'_>,
    object: &Object,
    names: &BTreeSet<String>,
    ids: &[Uuid],
) -> Result<()> {
    let ordered: Vec<&Field> = model
        .computed(&object.name)
        .iter()
        .map(|&i| &object.fields[i])
        .filter(|field| names.contains(&field.name))
        .collect();
    let rolls_up = ordered.iter().any(|field| matches!(field.kind, FieldKind::Rollup { .. }));
    if rolls_up {
        // Before they are counted, by a statement of its own: an UPDATE that waits for a row counts what there was when it began to
        // wait, and misses what the other transaction has just written.
        tx.hold(&object.name, ids).await?;
    }
    for chunk in ids.chunks(IDS_AT_ONCE) {
        for run in runs(&ordered) {
            let mut sql = Sql::new("UPDATE ");
            sql.name(&object.name).push(" AS t SET ");
            for (i, field) in run.iter().enumerate() {
                sql.push(if i == 0 { "" } else { ", " }).name(&field.column()).push(" = ");
                match &field.kind {
                    FieldKind::Rollup { .. } => rollup(tx, model, context, object, field, &mut sql)?,
                    _ => {
                        sql.append(&context.formula(model, object, field, tx.dialect())?);
                    }
                }
                if let Some(second) = field.second_column() {
                    sql.push(", ").name(&second).push(" = ");
                    currency_of(model, context, tx, object, field, &mut sql)?;
                }
            }
            sql.push(" WHERE t.id IN (").list(chunk.iter().copied()).push(")");
            tx.run(sql).await?;
        }
    }
    Ok(())
}

/// Formulas that read nothing but roll-ups of their own record: a new record's are worked out before it is written, for what it rolls up
/// is known then. In the order in which they read one another.
pub(crate) fn over_rollups(model: &Model, object: &Object) -> Result<Vec<(usize, Expr)>> {
    let rollups = object.fields.iter().filter(|field| matches!(field.kind, FieldKind::Rollup { .. }));
    let mut known: BTreeSet<&str> = rollups.map(|field| field.name.as_str()).collect();
    let mut found = Vec::new();
    for &i in model.computed(&object.name) {
        let FieldKind::Formula { expression, .. } = &object.fields[i].kind else { continue };
        let parsed =
            expr::parse(model, &object.name, expression, None).map_err(|error| Error::internal(error.to_string()))?;
        let needs = expr::needs(&parsed);
        if object.fields[i].currency_of.is_none()
            && needs.is_local()
            && needs.fields.iter().all(|field| known.contains(field.as_str()))
        {
            known.insert(&object.fields[i].name);
            found.push((i, parsed));
        }
    }
    Ok(found)
}

/// Roll-ups read other tables only, so that neighbours go into one statement; each formula has its own, after what it reads.
fn runs<'a, 'f>(fields: &'a [&'f Field]) -> Vec<Vec<&'f Field>> {
    let is_rollup = |field: &Field| matches!(field.kind, FieldKind::Rollup { .. });
    let mut runs: Vec<Vec<&'f Field>> = Vec::new();
    for &field in fields {
        match runs.last_mut() {
            Some(run) if is_rollup(field) && run.iter().all(|known| is_rollup(known)) => run.push(field),
            _ => runs.push(vec![field]),
        }
    }
    runs
}

fn rollup(tx: &Tx, model: &Model, context: &Context<'_>, object: &Object, field: &Field, sql: &mut Sql) -> Result<()> {
    let FieldKind::Rollup { relation, op, field: of, .. } = &field.kind else { return Ok(()) };
    let relation = model.relation(&object.name, relation).ok_or(Error::NotFound)?;
    let child = model.object(&relation.object).ok_or(Error::NotFound)?;
    let real = tx.dialect().real();
    let (open, close) = match op {
        RollupOp::Count => ("COUNT(", ")".to_owned()),
        RollupOp::Sum => ("CAST(COALESCE(SUM(", "), 0) AS BIGINT)".to_owned()),
        RollupOp::Min => ("MIN(", ")".to_owned()),
        RollupOp::Max => ("MAX(", ")".to_owned()),
        RollupOp::Average => ("CAST(ROUND(AVG(CAST(", format!(" AS {real}))) AS BIGINT)")),
    };
    sql.push("(SELECT ").push(open);
    match of.as_ref().and_then(|of| child.field(of)).filter(|_| *op != RollupOp::Count) {
        Some(of) if field.currency_of.is_some() => {
            sql.push("CASE WHEN ");
            in_currency(of, "c", sql);
            sql.push(" = ");
            currency_of(model, context, tx, object, field, sql)?;
            sql.push(" THEN ").column("c", &of.column()).push(" END");
        }
        Some(of) => summable(of, "c", sql),
        None => {
            sql.column("c", "seq");
        }
    }
    sql.push(&close);
    rolled(model, context, tx, object, field, "c", sql)?;
    sql.push(")");
    Ok(())
}

/// `FROM` and `WHERE` of the records that a roll-up reads.
fn rolled(
    model: &Model,
    context: &Context<'_>,
    tx: &Tx,
    object: &Object,
    field: &Field,
    alias: &str,
    sql: &mut Sql,
) -> Result<()> {
    let FieldKind::Rollup { relation, filter, .. } = &field.kind else { return Ok(()) };
    let relation = model.relation(&object.name, relation).ok_or(Error::NotFound)?;
    let child = model.object(&relation.object).ok_or(Error::NotFound)?;
    sql.push(" FROM ").name(&child.name).push(" ").push(alias).push(" WHERE ");
    sql.column(alias, &format!("{}_id", relation.field)).push(" = t.id");
    if relation.any {
        sql.push(" AND ").column(alias, &format!("{}_object", relation.field)).push(" = ").bind(object.name.as_str());
    }
    sql.push(" AND ").column(alias, "deleted_at").push(" IS NULL");
    if let Some(filter) = filter {
        sql.push(" AND ").append(&context.condition(model, child, filter, alias, tx.dialect())?);
    }
    Ok(())
}

/// The code of the currency that a computed amount of `t` is in.
fn currency_of(
    model: &Model,
    context: &Context<'_>,
    tx: &Tx,
    object: &Object,
    field: &Field,
    sql: &mut Sql,
) -> Result<()> {
    let FieldKind::Money { currency } = field.kind.value_kind() else {
        sql.push("NULL");
        return Ok(());
    };
    let of = field.currency_of.as_deref();
    if let Some(of) = of.and_then(|of| object.field(of)) {
        in_currency(of, "t", sql);
        return Ok(());
    }
    let summed = match &field.kind {
        FieldKind::Rollup { relation, field: Some(summed), .. } if of == Some(relation) => {
            model.relation(&object.name, relation).and_then(|relation| model.object(&relation.object)?.field(summed))
        }
        _ => None,
    };
    let Some(summed) = summed else {
        sql.bind(currency.code());
        return Ok(());
    };
    // of several the first by the alphabet; rules keep what belongs together in one
    sql.push("COALESCE((SELECT MIN(");
    in_currency(summed, "d", sql);
    sql.push(")");
    rolled(model, context, tx, object, field, "d", sql)?;
    sql.push(" AND ").column("d", &summed.column()).push(" IS NOT NULL), ").bind(currency.code()).push(")");
    Ok(())
}

/// The code of the currency of an amount; the field's own where it has none.
fn in_currency(field: &Field, alias: &str, sql: &mut Sql) {
    if let (FieldKind::Money { currency }, Some(second)) = (field.kind.value_kind(), field.second_column()) {
        sql.push("COALESCE(").column(alias, &second).push(", ").bind(currency.code()).push(")");
    }
}
