//! Records at random, of every object, with references among them.

use std::collections::{BTreeMap, HashMap};

use zhike_types::{Uuid, Value};

use super::{DAYS, INTEGERS, NOW, Random, TEXTS};
use crate::{
    Field, FieldKind, Model, Role,
    expr::{Needs, Row},
};

/// One record of the world.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: Uuid,
    pub values: HashMap<String, Value>,
    pub deleted: bool,
}

/// Records of every object.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub records: BTreeMap<String, Vec<Stored>>,
}

impl World {
    /// So many records of each object, one in eight deleted.
    pub fn random(model: &Model, of_each: usize, random: &mut Random) -> Self {
        let mut world = Self::default();
        for object in model.objects() {
            let records =
                (0..of_each).map(|_| Stored { id: random.uuid(), values: HashMap::new(), deleted: random.once_in(8) });
            world.records.insert(object.name.clone(), records.collect());
        }
        let ids: BTreeMap<String, Vec<Uuid>> = world
            .records
            .iter()
            .map(|(name, records)| (name.clone(), records.iter().map(|record| record.id).collect()))
            .collect();
        for object in model.objects() {
            for (at, record) in world.records.get_mut(&object.name).into_iter().flatten().enumerate() {
                for field in &object.fields {
                    let value = match field.role {
                        Some(Role::DeletedAt) if record.deleted => Value::Int(NOW),
                        Some(Role::DeletedAt) => Value::Null,
                        // never empty in the tables
                        Some(Role::Version | Role::CreatedAt | Role::UpdatedAt) => value(field, at, &ids, random),
                        _ if random.once_in(4) => Value::Null,
                        _ => value(field, at, &ids, random),
                    };
                    record.values.insert(field.name.clone(), value);
                }
                record.values.insert("id".to_owned(), Value::Id(record.id));
            }
        }
        world
    }

    /// The user whom `me` means.
    pub fn me(&self) -> Option<Uuid> {
        self.records.get("user")?.first().map(|user| user.id)
    }

    /// The record with what an expression needs of others, as the engine would load it: others that are not visible do not exist.
    pub fn row(
        &self,
        model: &Model,
        object: &str,
        record: &Stored,
        needs: &Needs,
        visible: &dyn Fn(&str, &Stored) -> bool,
    ) -> Row {
        let mut row = Row { values: record.values.clone(), ..Row::default() };
        let Some(declared) = model.object(object) else { return row };
        for (name, behind) in &needs.follow {
            let Some(FieldKind::Reference { object: target, .. }) = declared.field(name).map(|field| &field.kind)
            else {
                continue;
            };
            let id = record.values.get(name).and_then(Value::as_id);
            if let Some(found) = self
                .records
                .get(target)
                .into_iter()
                .flatten()
                .find(|found| Some(found.id) == id && visible(target, found))
            {
                row.references.insert(name.clone(), self.row(model, target, found, behind, visible));
            }
        }
        for (name, behind) in &needs.related {
            let Some(relation) = model.relation(object, name) else { continue };
            let refers = |found: &&Stored| match found.values.get(&relation.field) {
                Some(Value::Any(named, id)) => named == object && *id == record.id,
                Some(Value::Id(id)) => *id == record.id,
                _ => false,
            };
            let found = self
                .records
                .get(&relation.object)
                .into_iter()
                .flatten()
                .filter(|found| !found.deleted && visible(&relation.object, found))
                .filter(refers);
            row.related.insert(
                name.clone(),
                found.map(|found| self.row(model, &relation.object, found, behind, visible)).collect(),
            );
        }
        row
    }
}

/// A value for the `at`th record of an object.
fn value(field: &Field, at: usize, ids: &BTreeMap<String, Vec<Uuid>>, random: &mut Random) -> Value {
    match &field.kind {
        // one to one
        FieldKind::Reference { object, .. } if field.unique => {
            return ids.get(object).and_then(|ids| ids.get(at)).map_or(Value::Null, |&id| Value::Id(id));
        }
        _ if field.unique => return Value::Text(random.uuid().simple().to_string()),
        _ => {}
    }
    match field.kind.value_kind() {
        FieldKind::Boolean => Value::Bool(random.once_in(2)),
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Percent { .. } => {
            Value::Int(*random.pick(&INTEGERS))
        }
        FieldKind::Money { currency } => Value::money(*random.pick(&INTEGERS), *currency),
        FieldKind::Date => Value::Int(*random.pick(&DAYS)),
        FieldKind::DateTime => Value::Int(match random.below(4) {
            0 => NOW,
            1 => NOW - 86_400_000 * random.below(60) as i64,
            // a day's start in UTC+8, and a moment beside it
            2 => *random.pick(&DAYS) * 86_400_000 - 8 * 3_600_000,
            _ => *random.pick(&DAYS) * 86_400_000 + 1,
        }),
        FieldKind::Duration => Value::Int(*random.pick(&[0, 1, 59, 60, 3600, 5400, 86_400, -60])),
        FieldKind::Select { options } => Value::from(random.pick(options).key.as_str()),
        FieldKind::MultiSelect { options } => {
            Value::List(options.iter().filter(|_| random.once_in(3)).map(|option| option.key.clone()).collect())
        }
        FieldKind::Tags => {
            Value::List(["VIP", "展会", "a"].iter().filter(|_| random.once_in(2)).map(|&tag| tag.to_owned()).collect())
        }
        FieldKind::Region => Value::from(*random.pick(&["370200", "370000", "370102", "110101"])),
        FieldKind::Reference { object, .. } => ids.get(object).map_or(Value::Null, |ids| Value::Id(*random.pick(ids))),
        FieldKind::AnyReference { objects, .. } => {
            let names: Vec<&String> = ids.keys().filter(|name| objects.is_empty() || objects.contains(name)).collect();
            let name = *random.pick(&names);
            Value::Any(name.clone(), *random.pick(&ids[name]))
        }
        FieldKind::File | FieldKind::Image => Value::Id(random.uuid()),
        FieldKind::Json => Value::Json("{}".to_owned()),
        _ => Value::from(*random.pick(&TEXTS)),
    }
}
