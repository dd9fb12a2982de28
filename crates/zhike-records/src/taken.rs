//! What a record takes over from others (`takes` and `lookup` in a pack): a line's cost from its product, its price from the quote's price
//! book. Copied when the record is made with the field empty, or comes to name another and the write says nothing of the field; what
//! changes there later changes nothing here.

use std::collections::{BTreeMap, HashMap, HashSet};

use zhike_db::{Sql, Tx};
use zhike_model::{Field, FieldKind, Lookup, Model, Object};
use zhike_types::{Result, Uuid, Value, boxed};

use crate::{
    Actor, Engine, Input, Source, access, columns::read_value, draft, filter::Context, list::is_filled, load::Stored,
    many::ChangedRecord, validate,
};

/// Records asked about at once.
const AT_ONCE: usize = 512;

/// A field that takes, and from where: the first place that has a value counts.
struct Taking<'m> {
    field: usize,
    places: Vec<Place<'m>>,
}

enum Place<'m> {
    Behind(Path<'m>),
    Table(Table<'m>),
}

/// A field of the record's own, or one behind a reference.
struct Path<'m> {
    own: usize,
    behind: Option<(&'m Object, &'m Field)>,
}

/// A [`Lookup`] with its names resolved.
struct Table<'m> {
    of: &'m Object,
    value: &'m Field,
    equal: Vec<(&'m Field, Path<'m>)>,
    up_to: Option<(&'m Field, usize)>,
    filter: Option<&'m str>,
}

impl<'m> Path<'m> {
    fn of(model: &'m Model, object: &Object, path: &str) -> Option<Self> {
        let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let own = object.index_of(first)?;
        let behind = match rest {
            None => None,
            Some(name) => {
                let of = model.object(object.fields[own].kind.reference_to()?)?;
                Some((of.as_ref(), of.field(name)?))
            }
        };
        Some(Self { own, behind })
    }

    /// What stands there for each of the rows that `due` names.
    async fn read(&self, tx: &mut Tx, rows: &[&mut Vec<Value>], due: &[usize]) -> Result<HashMap<usize, Value>> {
        let own = |n: usize| &rows[n][self.own];
        let Some((of, field)) = self.behind else {
            return Ok(due.iter().map(|&n| (n, own(n).clone())).collect());
        };
        let mut ids: Vec<Uuid> = due.iter().filter_map(|&n| own(n).as_id()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found: HashMap<Uuid, Value> = HashMap::new();
        for piece in ids.chunks(AT_ONCE) {
            let mut sql = Sql::new("SELECT t.id, ");
            columns(&mut sql, field);
            sql.push(" FROM ").name(&of.name).push(" t WHERE t.id IN (").padded(piece).push(")");
            for row in tx.rows(sql).await? {
                found.insert(row.must_id(0)?, read_value(&row, 1, field)?);
            }
        }
        Ok(due.iter().filter_map(|&n| Some((n, found.get(&own(n).as_id()?)?.clone()))).collect())
    }
}

impl<'m> Table<'m> {
    fn of(model: &'m Model, object: &Object, lookup: &'m Lookup) -> Option<Self> {
        let of = model.object(&lookup.object)?.as_ref();
        let equal = |(theirs, own): &'m (String, String)| Some((of.field(theirs)?, Path::of(model, object, own)?));
        Some(Self {
            of,
            value: of.field(&lookup.value)?,
            equal: lookup.equal.iter().map(equal).collect::<Option<_>>()?,
            up_to: lookup.up_to.as_ref().and_then(|(theirs, own)| Some((of.field(theirs)?, object.index_of(own)?))),
            filter: lookup.filter.as_deref(),
        })
    }

    /// What the table says for each of the rows that `due` names.
    async fn read(
        &self,
        tx: &mut Tx,
        (model, context): (&Model, &Context<'_>),
        object: &Object,
        rows: &[&mut Vec<Value>],
        due: &[usize],
    ) -> Result<HashMap<usize, Value>> {
        // the keys of each row; a row that lacks one finds nothing
        let mut keys: HashMap<usize, Vec<Uuid>> = due.iter().map(|&n| (n, Vec::new())).collect();
        for (_, path) in &self.equal {
            let read = path.read(tx, rows, due).await?;
            keys.retain(|n, keys| read.get(n).and_then(Value::as_id).map(|id| keys.push(id)).is_some());
        }
        let wanted: HashSet<&Vec<Uuid>> = keys.values().collect();
        let wanted: Vec<&Vec<Uuid>> = wanted.into_iter().collect();
        // by keys, what stands from which number on
        let mut table: HashMap<Vec<Uuid>, BTreeMap<i64, Value>> = HashMap::new();
        let count = self.equal.len();
        for piece in wanted.chunks(AT_ONCE / count.max(1)) {
            for row in tx.rows(self.statement(model, context, tx, piece)?).await? {
                let key = (0..count).map(|at| row.must_id(at)).collect::<Result<Vec<_>>>()?;
                let from = if self.up_to.is_some() { row.int(count)?.unwrap_or(0) } else { 0 };
                let value = read_value(&row, count + usize::from(self.up_to.is_some()), self.value)?;
                table.entry(key).or_default().insert(from, value);
            }
        }
        let found = |(n, key): (usize, Vec<Uuid>)| {
            let steps = table.get(&key)?;
            let value = match self.up_to {
                None => steps.values().next_back(),
                Some((theirs, own)) => {
                    steps.range(..=reached(object, theirs, own, rows[n])?).next_back().map(|(_, value)| value)
                }
            };
            value.filter(|value| is_filled(value)).map(|value| (n, value.clone()))
        };
        Ok(keys.into_iter().filter_map(found).collect())
    }

    fn statement(&self, model: &Model, context: &Context<'_>, tx: &Tx, wanted: &[&Vec<Uuid>]) -> Result<Sql> {
        let mut sql = Sql::new("SELECT ");
        for (theirs, _) in &self.equal {
            sql.column("t", &theirs.column()).push(", ");
        }
        if let Some((theirs, _)) = self.up_to {
            sql.column("t", &theirs.column()).push(", ");
        }
        columns(&mut sql, self.value);
        sql.push(" FROM ").name(&self.of.name).push(" t WHERE t.deleted_at IS NULL");
        for (at, (theirs, _)) in self.equal.iter().enumerate() {
            let mut ids: Vec<Uuid> = wanted.iter().map(|key| key[at]).collect();
            ids.sort_unstable();
            ids.dedup();
            sql.push(" AND ").column("t", &theirs.column()).push(" IN (").padded(&ids).push(")");
        }
        if let Some(filter) = self.filter {
            sql.push(" AND ").append(&context.condition(model, self.of, filter, "t", tx.dialect())?);
        }
        // of several that say the same from the same number on, the last made counts
        sql.push(" ORDER BY t.seq");
        Ok(sql)
    }
}

/// The row's own number, or the field's default, in the steps that the table counts in.
fn reached(object: &Object, theirs: &Field, own: usize, row: &[Value]) -> Option<i64> {
    let field = &object.fields[own];
    let number = row[own].as_int().or_else(|| field.default.as_ref()?.as_int())?;
    let raised = i128::from(number) * 10_i128.pow(theirs.kind.scale());
    i64::try_from(raised.div_euclid(10_i128.pow(field.kind.scale()))).ok()
}

fn columns(sql: &mut Sql, field: &Field) {
    sql.column("t", &field.column());
    if let Some(second) = field.second_column() {
        sql.push(", ").column("t", &second);
    }
}

fn takings<'m>(model: &'m Model, object: &'m Object) -> Vec<Taking<'m>> {
    let of = |(field, known): (usize, &'m Field)| {
        let table = known.lookup.iter().filter_map(|lookup| Table::of(model, object, lookup)).map(Place::Table);
        let behind = known.takes.iter().filter_map(|path| Path::of(model, object, path)).map(Place::Behind);
        let places: Vec<Place<'m>> = table.chain(behind).collect();
        (!places.is_empty()).then_some(Taking { field, places })
    };
    object.fields.iter().enumerate().filter_map(of).collect()
}

impl Taking<'_> {
    /// The references that decide it: where one of them changes, it is taken again.
    fn references(&self, object: &Object) -> Vec<usize> {
        let named = object.fields[self.field].taken_by().filter_map(|name| object.index_of(name));
        named.filter(|&at| matches!(object.fields[at].kind, FieldKind::Reference { .. })).collect()
    }

    /// Whether the record names another by that reference. One that named none keeps what it has.
    fn is_moved(&self, by: usize, before: &[Value], now: &[Value]) -> bool {
        now[by] != before[by] && (is_filled(&before[by]) || !is_filled(&now[self.field]))
    }
}

impl Engine {
    /// What the fields take of the rows that `due` gives for each.
    async fn found(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        taking: &Taking<'_>,
        rows: &[&mut Vec<Value>],
        mut due: Vec<usize>,
    ) -> Result<HashMap<usize, Value>> {
        let system = Actor::system(Source::System);
        let context = self.context(&system);
        let mut found: HashMap<usize, Value> = HashMap::new();
        for place in &taking.places {
            if due.is_empty() {
                break;
            }
            let here = match place {
                Place::Behind(path) => path.read(tx, rows, &due).await?,
                Place::Table(table) => table.read(tx, (model, &context), object, rows, &due).await?,
            };
            found.extend(here.into_iter().filter(|(_, value)| is_filled(value)));
            due.retain(|n| !found.contains_key(n));
        }
        Ok(found)
    }

    /// New records: what they leave empty.
    #[boxed]
    pub(crate) async fn take_over(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        rows: &mut [&mut Vec<Value>],
    ) -> Result<()> {
        for taking in takings(model, object) {
            let due = (0..rows.len()).filter(|&n| !is_filled(&rows[n][taking.field])).collect();
            for (n, value) in self.found(tx, model, object, &taking, rows, due).await? {
                rows[n][taking.field] = value;
            }
        }
        Ok(())
    }

    /// One record that changes: where it names another now, and nothing was `given` for the field.
    pub(crate) async fn take_again(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        before: &Stored,
        values: &mut Vec<Value>,
        given: &[bool],
    ) -> Result<()> {
        for taking in takings(model, object) {
            let moved = taking.references(object).iter().any(|&by| taking.is_moved(by, &before.values, values));
            if given[taking.field] || !moved {
                continue;
            }
            let mut found = self.found(tx, model, object, &taking, &[values], vec![0]).await?;
            values[taking.field] = found.remove(&0).unwrap_or(Value::Null);
        }
        Ok(())
    }

    /// Many whose fields somebody changes. What moves them as a whole, a merge or a hand-over, takes nothing anew.
    #[boxed]
    pub(crate) async fn take_many_again(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        records: &mut [ChangedRecord],
    ) -> Result<()> {
        for taking in takings(model, object) {
            let by = taking.references(object);
            let moved = |one: &ChangedRecord| {
                let moved = |by: &usize| taking.is_moved(*by, &one.before.values, &one.values);
                !one.changed.contains(&taking.field) && by.iter().any(moved)
            };
            let due: Vec<usize> = (0..records.len()).filter(|&n| moved(&records[n])).collect();
            let rows: Vec<&mut Vec<Value>> = records.iter_mut().map(|one| &mut one.values).collect();
            let mut found = self.found(tx, model, object, &taking, &rows, due.clone()).await?;
            for n in due {
                let value = found.remove(&n).unwrap_or(Value::Null);
                let one = &mut records[n];
                if one.values[taking.field] != value {
                    one.values[taking.field] = value;
                    one.changed.push(taking.field);
                }
            }
        }
        Ok(())
    }

    /// What a new record would begin with that holds what was filled in so far: what it takes over, and days by the calendar, of the
    /// fields that the actor may write. What cannot be understood counts as empty, and so does what the actor may not see.
    pub async fn would_begin(&self, actor: &Actor, object: &str, input: &Input) -> Result<Vec<(String, Value)>> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let fills = |field: &Field| field.takes_over() || (field.initial.is_some() && field.kind == FieldKind::Date);
        if !known.fields.iter().any(fills) {
            return Ok(Vec::new());
        }
        let mut values = vec![Value::Null; known.fields.len()];
        let mut errors = Vec::new();
        for (name, given) in &input.fields {
            let Some(at) = known.index_of(name) else { continue };
            let field = &known.fields[at];
            if draft::refused(actor, known, field).is_none() && !field.takes_over() {
                values[at] = validate::parse(field, given, &self.0.zone).unwrap_or_default();
            }
        }
        let mut tx = self.0.db.read().await?;
        let named: Vec<usize> = (0..values.len()).filter(|&at| known.fields[at].kind.is_reference()).collect();
        draft::check_references(&mut tx, &model, actor, known, &values, &named, None, &mut errors).await?;
        for error in errors {
            if let Some(at) = known.index_of(&error.field) {
                values[at] = Value::Null;
            }
        }
        self.take_over(&mut tx, &model, known, &mut [&mut values]).await?;
        self.defaults(actor, &model, known, &mut values)?;
        let begins =
            known.fields.iter().zip(values).filter(|(field, value)| {
                fills(field) && is_filled(value) && draft::refused(actor, known, field).is_none()
            });
        Ok(begins.map(|(field, value)| (field.name.clone(), value)).collect())
    }
}
