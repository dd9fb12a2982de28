//! Filters: they ask only about fields that are seen plainly, and reach only records that are seen.

use std::collections::BTreeSet;

use zhike_model::FieldKind;
use zhike_types::{Error, Uuid, Value};

use super::{
    Dice,
    world::{Person, Row, World},
};
use crate::ListQuery;

/// What the oracle needs to answer a filter.
struct Ask<'a> {
    world: &'a World,
    person: &'a Person,
}

impl<'a> Ask<'a> {
    /// The record that a reference names, when the person sees it.
    fn follow(&self, row: &Row, field: &str) -> Option<&'a Row> {
        self.world.rows.get(&row.id_of(field)?).filter(|target| self.world.sees(self.person, target))
    }

    /// The live records that refer to a row, as far as the person sees them.
    fn related<'b>(&'b self, row: &Row, child: &'b str, field: &'b str) -> impl Iterator<Item = &'b Row> {
        let id = row.id;
        self.world.seen(self.person, child, false).filter(move |other| other.id_of(field) == Some(id))
    }
}

type Answer = fn(&Ask<'_>, &Row) -> bool;
/// An answer that knows which field it is about.
type Told<'a> = &'a dyn Fn(&Ask<'_>, &Row) -> bool;
/// Object and field.
type Asked = (&'static str, &'static str);

/// Object, filter, the fields it asks about, and what it means.
const FILTERS: &[(&str, &str, &[Asked], Answer)] = &[
    ("account", "level == \"A\"", &[("account", "level")], |_, row| row.text("level") == "A"),
    ("account", "level != \"A\" || level == null", &[("account", "level")], |_, row| row.text("level") != "A"),
    ("account", "employees >= 2", &[("account", "employees")], |_, row| {
        row.value("employees").as_int().is_some_and(|n| n >= 2)
    }),
    ("account", "employees + 1 > 3.0", &[("account", "employees")], |_, row| {
        row.value("employees").as_int().is_some_and(|n| n > 2)
    }),
    ("account", "owner == me", &[("account", "owner")], |ask, row| row.id_of("owner") == Some(ask.person.id)),
    ("account", "mobile.endsWith(\"7\")", &[("account", "mobile")], |_, row| row.text("mobile").ends_with('7')),
    ("account", "id_number.startsWith(\"3702\")", &[("account", "id_number")], |_, row| {
        row.text("id_number").starts_with("3702")
    }),
    ("account", "birthday == date(\"1980-05-01\")", &[("account", "birthday")], |_, row| {
        !row.value("birthday").is_null()
    }),
    ("account", "\"重点\" in tags", &[("account", "tags")], |_, row| {
        row.value("tags").as_list().iter().any(|tag| tag == "重点")
    }),
    (
        "account",
        "level in [\"A\", \"B\"] ? employees > 1 : employees > 3",
        &[("account", "level"), ("account", "employees")],
        |_, row| {
            let least = if matches!(row.text("level"), "A" | "B") { 1 } else { 3 };
            row.value("employees").as_int().is_some_and(|n| n > least)
        },
    ),
    ("account", "owner.name == \"用户3\"", &[("account", "owner"), ("user", "name")], |ask, row| {
        ask.follow(row, "owner").is_some_and(|owner| owner.text("name") == "用户3")
    }),
    (
        "account",
        "department.parent.name == \"部门0\"",
        &[("account", "department"), ("department", "parent"), ("department", "name")],
        |ask, row| {
            ask.follow(row, "department")
                .and_then(|own| ask.follow(own, "parent"))
                .is_some_and(|top| top.text("name") == "部门0")
        },
    ),
    ("account", "parent.level == \"A\"", &[("account", "parent"), ("account", "level")], |ask, row| {
        ask.follow(row, "parent").is_some_and(|parent| parent.text("level") == "A")
    }),
    ("account", "!(parent.level == \"A\")", &[("account", "parent"), ("account", "level")], |ask, row| {
        ask.follow(row, "parent").is_none_or(|parent| parent.text("level") != "A")
    }),
    ("account", "parent.level == null", &[("account", "parent"), ("account", "level")], |ask, row| {
        ask.follow(row, "parent").is_none_or(|parent| parent.value("level").is_null())
    }),
    (
        "account",
        "contacts.exists(c, c.decision_role == \"decision\")",
        &[("contact", "account"), ("contact", "decision_role")],
        |ask, row| ask.related(row, "contact", "account").any(|contact| contact.text("decision_role") == "decision"),
    ),
    ("account", "contacts.all(c, c.is_primary)", &[("contact", "account"), ("contact", "is_primary")], |ask, row| {
        ask.related(row, "contact", "account").all(|contact| *contact.value("is_primary") == Value::Bool(true))
    }),
    ("account", "size(contacts) == 1", &[("contact", "account")], |ask, row| {
        ask.related(row, "contact", "account").count() == 1
    }),
    (
        "account",
        "size(contacts.filter(c, c.mobile != null)) > 1",
        &[("contact", "account"), ("contact", "mobile")],
        |ask, row| {
            ask.related(row, "contact", "account").filter(|contact| !contact.value("mobile").is_null()).count() > 1
        },
    ),
    (
        "account",
        "contacts.exists_one(c, c.owner == me)",
        &[("contact", "account"), ("contact", "owner")],
        |ask, row| {
            ask.related(row, "contact", "account")
                .filter(|contact| contact.id_of("owner") == Some(ask.person.id))
                .count()
                == 1
        },
    ),
    ("account", "team.exists(m, m.user == me)", &[("team_member", "account"), ("team_member", "user")], |ask, row| {
        ask.related(row, "team_member", "account").any(|member| member.id_of("user") == Some(ask.person.id))
    }),
    ("account", "has(notes)", &[("note", "about")], |ask, row| ask.related(row, "note", "about").next().is_some()),
    (
        "account",
        "subsidiaries.exists(s, s.contacts.exists(c, c.decision_role != null))",
        &[("account", "parent"), ("contact", "account"), ("contact", "decision_role")],
        |ask, row| {
            ask.related(row, "account", "parent").any(|below| {
                ask.related(below, "contact", "account").any(|contact| !contact.value("decision_role").is_null())
            })
        },
    ),
    ("contact", "account.level == \"A\"", &[("contact", "account"), ("account", "level")], |ask, row| {
        ask.follow(row, "account").is_some_and(|account| account.text("level") == "A")
    }),
    ("contact", "account.name.contains(\"晨光\")", &[("contact", "account"), ("account", "name")], |ask, row| {
        ask.follow(row, "account").is_some()
    }),
    (
        "contact",
        "account.parent.level in [\"A\", \"B\"]",
        &[("contact", "account"), ("account", "parent"), ("account", "level")],
        |ask, row| {
            ask.follow(row, "account")
                .and_then(|account| ask.follow(account, "parent"))
                .is_some_and(|parent| matches!(parent.text("level"), "A" | "B"))
        },
    ),
    ("contact", "reports_to.reports_to != null", &[("contact", "reports_to")], |ask, row| {
        ask.follow(row, "reports_to").is_some_and(|boss| boss.id_of("reports_to").is_some())
    }),
    (
        "contact",
        "account.tasks.exists(t, !t.done)",
        &[("contact", "account"), ("task", "account"), ("task", "done")],
        |ask, row| {
            ask.follow(row, "account").is_some_and(|account| {
                ask.related(account, "task", "account").any(|task| *task.value("done") != Value::Bool(true))
            })
        },
    ),
    (
        "interaction",
        "contact.account.owner == me",
        &[("interaction", "contact"), ("contact", "account"), ("account", "owner")],
        |ask, row| {
            ask.follow(row, "contact")
                .and_then(|contact| ask.follow(contact, "account"))
                .is_some_and(|account| account.id_of("owner") == Some(ask.person.id))
        },
    ),
    ("task", "account == null", &[("task", "account")], |_, row| row.id_of("account").is_none()),
    (
        "task",
        "account.level == null && !done",
        &[("task", "account"), ("task", "done"), ("account", "level")],
        |ask, row| {
            *row.value("done") != Value::Bool(true)
                && ask.follow(row, "account").is_none_or(|account| account.value("level").is_null())
        },
    ),
];

impl World {
    pub async fn check_filters(&self) {
        for person in &self.people {
            for (object, filter, fields, answer) in FILTERS {
                self.filtered(person, object, filter, fields, answer).await;
            }
        }
    }

    /// Every object through its references and through what refers to it, drawn by chance.
    pub async fn check_all_filters(&self) {
        let mut dice = Dice::new(self.seed + 9_000);
        for person in &self.people {
            for object in self.model.objects() {
                for field in &object.fields {
                    let FieldKind::Reference { object: target, .. } = &field.kind else { continue };
                    if !dice.percent(self.asked / 3) {
                        continue;
                    }
                    let (of, by) = (object.name.as_str(), field.name.as_str());
                    let filter = format!("{by}.owner == me");
                    self.filtered(person, of, &filter, &[(of, by), (target, "owner")], &|ask, row| {
                        ask.follow(row, by).is_some_and(|named| named.id_of("owner") == Some(ask.person.id))
                    })
                    .await;
                }
                for relation in self.model.relations(&object.name) {
                    let single = self.object(&relation.object).field(&relation.field);
                    let plain = matches!(single.map(|field| &field.kind), Some(FieldKind::Reference { .. }));
                    if relation.name.is_empty() || !plain || !dice.percent(self.asked / 3) {
                        continue;
                    }
                    let (child, by) = (relation.object.as_str(), relation.field.as_str());
                    let filter = format!("size({}) > 0", relation.name);
                    self.filtered(person, &object.name, &filter, &[(child, by)], &|ask, row| {
                        ask.related(row, child, by).next().is_some()
                    })
                    .await;
                }
            }
        }
    }

    async fn filtered(&self, person: &Person, object: &str, filter: &str, fields: &[(&str, &str)], answer: Told<'_>) {
        let tell = || format!("{object} where {filter} for {}", self.tell(person));
        let query =
            ListQuery { object: object.to_owned(), filter: filter.to_owned(), limit: 1_000, ..ListQuery::default() };
        let found = self.engine().list(&person.actor, &query).await;
        let count = self.engine().count(&person.actor, object, filter, false).await;
        if !self.has(person, object) {
            assert!(matches!(found, Err(Error::NotFound)), "{}", tell());
            return;
        }
        if fields.iter().any(|(of, field)| self.has(person, of) && !self.plain(person, of, field)) {
            assert!(matches!(found, Err(Error::Invalid(_) | Error::Forbidden(_))), "{}", tell());
            assert!(matches!(count, Err(Error::Invalid(_) | Error::Forbidden(_))), "{}", tell());
            return;
        }
        // of an object that the person has not at all a filter may know nothing, or refuse
        if matches!(found, Err(Error::Invalid(_) | Error::Forbidden(_)))
            && fields.iter().any(|(of, _)| !self.has(person, of))
        {
            return;
        }
        let found = found.unwrap_or_else(|error| panic!("{error}: {}", tell()));
        let ask = Ask { world: self, person };
        let expected: BTreeSet<Uuid> =
            self.seen(person, object, false).filter(|row| answer(&ask, row)).map(|row| row.id).collect();
        assert_eq!(found.records.iter().map(|record| record.id).collect::<BTreeSet<_>>(), expected, "{}", tell());
        assert_eq!(count.expect("a count"), expected.len() as i64, "{}", tell());
    }
}
