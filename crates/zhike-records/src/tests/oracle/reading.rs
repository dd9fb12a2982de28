//! Lists, counts, single records, their fields and the names of what they refer to.

use std::collections::BTreeSet;

use zhike_model::SortKey;
use zhike_types::{Error, Uuid, Value};

use super::{
    Dice,
    rules::Deed,
    world::{Person, World},
};
use crate::{ListQuery, Record};

impl World {
    /// Lists by pages in random orders, counts, and every record by its id.
    pub async fn check_reading(&self) {
        let mut dice = Dice::new(self.seed + 1_000);
        for person in &self.people {
            // of objects without records a list tells nothing that another does not
            let used =
                |object: &&std::sync::Arc<zhike_model::Object>| self.rows.values().any(|row| row.object == object.name);
            for object in self.model.objects().iter().filter(used) {
                if !dice.percent(self.asked) {
                    continue;
                }
                self.lists(person, &object.name, &mut dice).await;
            }
            self.records_one_by_one(person, &mut dice).await;
        }
    }

    /// Every field of a record as the oracle has it, and what the person may do with it.
    pub fn check_record(&self, person: &Person, record: &Record) {
        let tell = || format!("{} {} for {}", record.object.name, record.id, self.tell(person));
        let row = self.rows.get(&record.id).unwrap_or_else(|| panic!("no such record: {}", tell()));
        for (field, value, state) in record.fields() {
            assert_eq!((state, value.clone()), self.shown(person, row, field), "{} of {}", field.name, tell());
            let title = record.reference(&field.name).map(|(title, id)| (title.text.clone(), id));
            assert_eq!(title, self.reference(person, row, field), "the title of {} of {}", field.name, tell());
        }
        let expected = match self.shown(person, row, record.object.title_field()).1 {
            // a name that another record lends
            Value::Id(lender) => self.title(person, lender).unwrap_or_default(),
            value => value.as_text().unwrap_or_default().to_owned(),
        };
        assert_eq!(record.title(), expected, "the name of {}", tell());
        for id in record.titles.keys() {
            assert!(self.sees_id(person, *id), "the title of {id} beside {}", tell());
        }
        assert_eq!(record.deleted_at().is_some(), row.deleted(), "{}", tell());
        assert_eq!(record.may_change, self.may(person, row, Deed::Change), "change {}", tell());
        let deletes = self.may(person, row, Deed::Delete);
        assert_eq!(record.may_delete, deletes, "delete {}", tell());
        let (restores, purges) = (deletes && Self::handles(person, row), deletes && Self::keeps_bin(person));
        assert_eq!(record.may_restore, row.deleted() && restores, "restore {}", tell());
        assert_eq!(record.may_purge, row.deleted() && purges, "purge {}", tell());
    }

    async fn lists(&self, person: &Person, object: &str, dice: &mut Dice) {
        let tell = || format!("{object} for {}", self.tell(person));
        let whole = ListQuery { object: object.to_owned(), ..ListQuery::default() };
        if !self.has(person, object) {
            assert!(matches!(self.engine().list(&person.actor, &whole).await, Err(Error::NotFound)), "{}", tell());
            assert!(
                matches!(self.engine().count(&person.actor, object, "", false).await, Err(Error::NotFound)),
                "{}",
                tell()
            );
            return;
        }
        for bin in [false, true] {
            let expected: BTreeSet<Uuid> = self.seen(person, object, bin).map(|row| row.id).collect();
            let count = self.engine().count(&person.actor, object, "", bin).await.expect("a count");
            assert_eq!(count, expected.len() as i64, "bin {bin}, {}", tell());
            for (limit, sort) in [(100, Vec::new()), (4, self.sort(person, object, dice))] {
                let mut query = ListQuery { sort, limit, bin, ..whole.clone() };
                let mut seen = Vec::new();
                loop {
                    let page = self
                        .engine()
                        .list(&person.actor, &query)
                        .await
                        .unwrap_or_else(|error| panic!("{error}: {query:?}, {}", tell()));
                    for record in &page.records {
                        self.check_record(person, record);
                        seen.push(record.id);
                    }
                    match page.next {
                        Some(next) => query.after = Some(next),
                        None => break,
                    }
                }
                assert_eq!(seen.len(), expected.len(), "{query:?}, {}", tell());
                assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "{query:?}, {}", tell());
            }
        }
        for field in self.object(object).fields.iter().filter(|field| !self.plain(person, object, &field.name)) {
            let sort = vec![SortKey { field: field.name.clone(), descending: false }];
            let refused = self.engine().list(&person.actor, &ListQuery { sort, ..whole.clone() }).await;
            assert!(
                matches!(refused, Err(Error::Invalid(_) | Error::Forbidden(_))),
                "sorted by {}, {}",
                field.name,
                tell()
            );
        }
    }

    /// One or two fields that the person may sort by.
    fn sort(&self, person: &Person, object: &str, dice: &mut Dice) -> Vec<SortKey> {
        let fields: Vec<_> = self
            .object(object)
            .fields
            .iter()
            .filter(|field| field.kind.is_sortable() && self.plain(person, object, &field.name))
            .collect();
        if fields.is_empty() {
            return Vec::new();
        }
        (0..=dice.below(2))
            .map(|_| SortKey { field: dice.pick(&fields).name.clone(), descending: dice.percent(50) })
            .collect()
    }

    async fn records_one_by_one(&self, person: &Person, dice: &mut Dice) {
        for row in self.rows.values() {
            if !dice.percent(self.asked) {
                continue;
            }
            let tell = || format!("{} {} for {}", row.object, row.id, self.tell(person));
            let sees = self.sees(person, row);
            assert_eq!(
                self.engine().sees(&person.actor, &row.object, row.id).await.expect("an answer"),
                sees,
                "{}",
                tell()
            );
            match self.engine().read(&person.actor, &row.object, row.id).await {
                Ok(record) => {
                    assert!(sees, "{}", tell());
                    self.check_record(person, &record);
                }
                Err(Error::NotFound) => assert!(!sees, "{}", tell()),
                Err(error) => panic!("{error}: {}", tell()),
            }
            let other = if row.object == "account" { "contact" } else { "account" };
            assert!(
                matches!(self.engine().read(&person.actor, other, row.id).await, Err(Error::NotFound)),
                "as {other}: {}",
                tell()
            );
        }
        let nobody = Uuid::from_u128(7);
        assert!(matches!(self.engine().read(&person.actor, "account", nobody).await, Err(Error::NotFound)));
        assert!(matches!(self.engine().read(&person.actor, "no_such_object", nobody).await, Err(Error::NotFound)));
    }
}
