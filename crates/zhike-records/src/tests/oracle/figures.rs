//! Figures: counts and sums by the values of a field.

use std::collections::BTreeMap;

use zhike_model::{AggregateOp, FieldKind};
use zhike_types::{Error, Value};

use super::{
    Dice,
    world::{Person, World},
};
use crate::AggregateQuery;

/// (object, grouped by, summed): references and selects, of every kind of access.
const ASKED: [(&str, &str, Option<&str>); 12] = [
    ("account", "level", Some("employees")),
    ("account", "owner", Some("annual_revenue")),
    ("account", "department", None),
    ("account", "parent", None),
    ("contact", "account", None),
    ("contact", "decision_role", None),
    ("contact", "reports_to", None),
    ("interaction", "contact", None),
    ("interaction", "channel", None),
    ("task", "done", None),
    ("team_member", "user", None),
    ("attachment", "owner", Some("size")),
];

impl World {
    pub async fn check_figures(&self) {
        for person in &self.people {
            for (object, group, sum) in ASKED {
                self.figures(person, object, group, sum).await;
            }
        }
    }

    /// Every object by each of its references and selects, drawn by chance.
    pub async fn check_all_figures(&self) {
        let mut dice = Dice::new(self.seed + 8_000);
        for person in &self.people {
            for object in self.model.objects() {
                let groups = object.fields.iter().filter(|field| {
                    matches!(field.kind, FieldKind::Reference { .. } | FieldKind::Select { .. } | FieldKind::Boolean)
                });
                for field in groups.filter(|_| dice.percent(self.asked / 3)).collect::<Vec<_>>() {
                    self.figures(person, &object.name, &field.name, None).await;
                }
            }
        }
    }

    async fn figures(&self, person: &Person, object: &str, group: &str, sum: Option<&str>) {
        let tell = || format!("{object} by {group} for {}", self.tell(person));
        let figures = std::iter::once((AggregateOp::Count, "*".to_owned()))
            .chain(sum.map(|field| (AggregateOp::Sum, field.to_owned())))
            .collect();
        let query = AggregateQuery {
            object: object.to_owned(),
            group: Some(group.to_owned()),
            figures,
            limit: 1_000,
            ..AggregateQuery::default()
        };
        let found = self.engine().aggregate(&person.actor, &query).await;
        if !self.has(person, object) {
            assert!(matches!(found, Err(Error::NotFound)), "{}", tell());
            return;
        }
        if !self.plain(person, object, group) || sum.is_some_and(|field| !self.plain(person, object, field)) {
            assert!(matches!(found, Err(Error::Invalid(_) | Error::Forbidden(_))), "{}", tell());
            return;
        }
        // by the key's text, which no two keys share
        let mut expected: BTreeMap<String, (Value, i64, Option<i64>)> = BTreeMap::new();
        for row in self.seen(person, object, false) {
            let key = row.value(group);
            let slot = expected.entry(format!("{key:?}")).or_insert((key.clone(), 0, None));
            slot.1 += 1;
            if let Some(value) = sum.and_then(|field| row.value(field).as_int()) {
                slot.2 = Some(slot.2.unwrap_or(0) + value);
            }
        }
        let found = found.unwrap_or_else(|error| panic!("{error}: {}", tell()));
        assert_eq!(found.len(), expected.len(), "{}", tell());
        for one in &found {
            let (key, count, total) =
                expected.get(&format!("{:?}", one.key)).unwrap_or_else(|| panic!("{:?}: {}", one.key, tell()));
            assert_eq!(one.figures[0].as_int(), Some(*count), "{key:?}: {}", tell());
            if sum.is_some() {
                assert_eq!(one.figures[1].as_int(), *total, "{key:?}: {}", tell());
            }
            let title = key.as_id().and_then(|id| self.title(person, id));
            assert_eq!(one.title, title, "the title of {key:?}: {}", tell());
        }
    }
}
