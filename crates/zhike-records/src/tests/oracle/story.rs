//! What hangs on a record: related lists, timeline, history; and what one looked at lately.

use std::collections::BTreeSet;

use zhike_types::{Error, Uuid, Value};

use super::{
    Dice, masks,
    world::{Person, Row, World},
};
use crate::{FieldState, Happening, ListQuery};

impl World {
    /// Related lists, timelines and histories: of accounts, on which most hangs, and of some of the others.
    pub async fn check_story(&self) {
        let mut dice = Dice::new(self.seed + 2_000);
        for person in &self.people {
            for row in self.rows.values() {
                if dice.percent(if row.object == "account" { 60 } else { 25 }) && dice.percent(self.asked) {
                    self.related(person, row).await;
                    self.history(person, row).await;
                    self.timeline(person, row).await;
                }
            }
        }
    }

    /// What one looked at lately is shown as far as one sees it still.
    pub async fn check_recent(&self) {
        let mut dice = Dice::new(self.seed + 3_000);
        let all: Vec<&Row> = self.rows.values().collect();
        for person in &self.people {
            let mut looked: Vec<&Row> = Vec::new();
            for _ in 0..30 {
                let row = *dice.pick(&all);
                self.site.clock.advance(1_000);
                // a link may be kept to what one cannot see, or not any more
                self.engine().remember(&person.actor, &row.object, row.id);
                looked.retain(|known| known.id != row.id);
                looked.insert(0, row);
            }
            let expected: Vec<Uuid> =
                looked.iter().filter(|row| !row.deleted() && self.sees(person, row)).map(|row| row.id).collect();
            let recent = self.engine().recent(&person.actor, 50).await.expect("recent records");
            for record in &recent {
                self.check_record(person, record);
            }
            assert_eq!(recent.iter().map(|record| record.id).collect::<Vec<_>>(), expected, "{}", self.tell(person));
        }
    }

    /// The live records that the person sees and whose reference names the row: none when the person may not see the reference.
    fn hanging<'a>(&'a self, person: &'a Person, row: &'a Row, child: &'a str, field: &'a str) -> BTreeSet<Uuid> {
        if !self.plain(person, child, field) {
            return BTreeSet::new();
        }
        self.seen(person, child, false)
            .filter(|other| other.names(field, &row.object) == Some((row.object.clone(), row.id)))
            .map(|other| other.id)
            .collect()
    }

    async fn related(&self, person: &Person, row: &Row) {
        for relation in self.model.relations(&row.object).iter().filter(|relation| !relation.name.is_empty()) {
            let tell = || format!("{} of {} {} for {}", relation.name, row.object, row.id, self.tell(person));
            let query = ListQuery { limit: 1_000, ..ListQuery::default() };
            let found = self.engine().related(&person.actor, &row.object, row.id, &relation.name, &query).await;
            if !self.sees(person, row) || !self.has(person, &relation.object) {
                assert!(matches!(found, Err(Error::NotFound)), "{}", tell());
                continue;
            }
            let found = found.unwrap_or_else(|error| panic!("{error}: {}", tell()));
            found.records.iter().for_each(|record| self.check_record(person, record));
            let ids: BTreeSet<Uuid> = found.records.iter().map(|record| record.id).collect();
            assert_eq!(ids, self.hanging(person, row, &relation.object, &relation.field), "{}", tell());
        }
    }

    async fn history(&self, person: &Person, row: &Row) {
        let tell = || format!("history of {} {} for {}", row.object, row.id, self.tell(person));
        let found = self.engine().history(&person.actor, &row.object, row.id, None, 500).await;
        if !self.sees(person, row) {
            assert!(matches!(found, Err(Error::NotFound)), "{}", tell());
            return;
        }
        let found = found.unwrap_or_else(|error| panic!("{error}: {}", tell()));
        let whole =
            self.engine().history(&self.site.admin, &row.object, row.id, None, 500).await.expect("the system sees all");
        assert_eq!(found.len(), whole.len(), "{}", tell());
        let object = self.object(&row.object);
        for (entry, plain) in found.iter().zip(&whole) {
            let expected: Vec<(String, String, String)> = plain
                .changes
                .iter()
                .filter_map(|change| {
                    let field = object.field(&change.field).expect("a field");
                    let text = |plain: &str| match self.shown(person, row, field).0 {
                        FieldState::Hidden => None,
                        FieldState::Masked if plain.is_empty() => Some(String::new()),
                        FieldState::Masked => {
                            masks::masked(field, &Value::Text(plain.to_owned())).as_text().map(str::to_owned)
                        }
                        _ => Some(plain.to_owned()),
                    };
                    Some((change.field.clone(), text(&change.before)?, text(&change.after)?))
                })
                .collect();
            let changes: Vec<_> = entry
                .changes
                .iter()
                .map(|change| (change.field.clone(), change.before.clone(), change.after.clone()))
                .collect();
            assert_eq!(changes, expected, "{}", tell());
            let mentions =
                entry.changes.iter().flat_map(|change| change.before_record.iter().chain(&change.after_record));
            for mention in mentions {
                let title = self.title(person, mention.id);
                assert_eq!(mention.title(), title.as_deref(), "{mention:?} in the {}", tell());
            }
        }
    }

    async fn timeline(&self, person: &Person, row: &Row) {
        let tell = || format!("timeline of {} {} for {}", row.object, row.id, self.tell(person));
        let found = self.engine().timeline(&person.actor, &row.object, row.id, &[], None, 200).await;
        if !self.sees(person, row) {
            assert!(matches!(found, Err(Error::NotFound)), "{}", tell());
            return;
        }
        let found = found.unwrap_or_else(|error| panic!("{error}: {}", tell()));
        assert!(found.len() < 200, "all of it is there");
        let mut expected = BTreeSet::new();
        for relation in self.model.relations(&row.object) {
            let Some(at) = &self.object(&relation.object).timeline_at else { continue };
            if self.plain(person, &relation.object, at) {
                expected.extend(self.hanging(person, row, &relation.object, &relation.field));
            }
        }
        let mut records = BTreeSet::new();
        let mut changes = 0;
        for entry in &found {
            match &entry.what {
                Happening::Record(record) => {
                    self.check_record(person, record);
                    assert!(records.insert(record.id), "twice: {}", tell());
                }
                Happening::Change(_) => changes += 1,
            }
        }
        assert_eq!(records, expected, "{}", tell());
        let history = self.engine().history(&person.actor, &row.object, row.id, None, 500).await.expect("a history");
        assert_eq!(changes, history.len(), "{}", tell());
    }
}
