//! The records an installation begins with (`[[record]]` of a pack): made once, under a key that is remembered for ever. What
//! people change, rename or delete of them stays as they left it; a later version of a pack adds only what is new.

use std::collections::BTreeMap;

use zhike_db::{Dialect, Sql, Tx, schema};
use zhike_model::{FieldKind, FirstRecord, Model, Object};
use zhike_types::{Error, Result, Uuid, Value};

use crate::{
    Actor, Engine, Source,
    bulk::{NewRecord, Origin},
    many::Start,
};

/// The fact in `meta` that says which were made: object, key, id.
const MADE: &str = "first-records";

type Made = BTreeMap<String, BTreeMap<String, Uuid>>;

impl Engine {
    /// Makes those of the model that were never made here.
    pub(crate) async fn make_first_records(&self, model: &Model) -> Result<()> {
        if missing(model, &made(&mut self.0.db.read().await?).await?).next().is_none() {
            return Ok(());
        }
        let system = Actor::system(Source::System);
        let mut tx = self.0.db.begin().await?;
        if tx.dialect() == Dialect::Postgres {
            // two processes that start at once make them once
            tx.run(Sql::new("LOCK TABLE meta IN EXCLUSIVE MODE")).await?;
        }
        let mut made = made(&mut tx).await?;
        // ids first: a record may refer to one of an object that comes later
        let new: Vec<(&Object, &FirstRecord)> = missing(model, &made).collect();
        for (object, record) in &new {
            made.entry(object.name.clone()).or_default().insert(record.key.clone(), self.0.ids.next());
        }
        let origin = Origin { action: "create", reason: None, batch: None, now: self.now() };
        for object in model.objects() {
            let start = Start::of(model, object)?;
            let mut records = Vec::new();
            for (_, record) in new.iter().filter(|(of, _)| of.name == object.name) {
                let mut values = vec![Value::Null; object.fields.len()];
                for (name, value) in &record.values {
                    let i = object.index_of(name).ok_or_else(|| Error::internal("a checked record names fields"))?;
                    values[i] = meant(&made, &object.fields[i].kind, value);
                }
                start.fill(object, &self.context(&system), &mut values);
                records.push(NewRecord::new(made[&object.name][&record.key], values));
            }
            if records.is_empty() {
                continue;
            }
            let ids = records.iter().map(|record| record.id).collect();
            self.insert_many(&mut tx, model, &system, object, records, &origin).await?;
            let fields = object.fields.iter().map(|field| field.name.clone()).collect();
            self.follow_new(&mut tx, model, &system, object, ids, fields).await?;
        }
        let text = serde_json::to_string(&made).map_err(Error::internal)?;
        schema::set_meta(&mut tx, MADE, &text).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }
}

async fn made(tx: &mut Tx) -> Result<Made> {
    match schema::meta(tx, MADE).await? {
        Some(text) => serde_json::from_str(&text).map_err(Error::internal),
        None => Ok(Made::new()),
    }
}

fn missing<'m>(model: &'m Model, made: &Made) -> impl Iterator<Item = (&'m Object, &'m FirstRecord)> {
    let known = |object: &str, key: &str| made.get(object).is_some_and(|keys| keys.contains_key(key));
    let all = model.objects().iter().flat_map(|object| object.first.iter().map(move |record| (&**object, record)));
    all.filter(move |(object, record)| !known(&object.name, &record.key)).collect::<Vec<_>>().into_iter()
}

/// The key of another first record is its id.
fn meant(made: &Made, kind: &FieldKind, value: &Value) -> Value {
    match (kind, value.as_text()) {
        (FieldKind::Reference { object, .. }, Some(key)) => {
            made.get(object).and_then(|keys| keys.get(key)).copied().into()
        }
        _ => value.clone(),
    }
}
