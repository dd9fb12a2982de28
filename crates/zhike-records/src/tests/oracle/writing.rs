//! Writes: done, forbidden or not found as the oracle says, and nothing left behind by what was refused.

use std::collections::BTreeSet;

use zhike_model::{Field, FieldKind};
use zhike_types::{Error, Uuid, Value};

use super::{
    Dice,
    content::Content,
    rules::{self, Deed},
    world::{Person, Row, World},
};
use crate::{FieldRight, Input, Selection};

/// A field of each object on which nobody's sight depends.
const NEUTRAL: [(&str, &str); 8] = [
    ("account", "industry"),
    ("contact", "division"),
    ("interaction", "next_step"),
    ("task", "remark"),
    ("note", "body"),
    ("team_member", "remark"),
    ("attachment", "remark"),
    ("user", "position"),
];
/// How many of the writes that succeed each person tries of each kind.
const DONE: usize = 2;

/// How a write ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Done,
    NotFound,
    Forbidden,
    Invalid,
    Conflict,
}

fn end<T>(result: &Result<T, Error>) -> End {
    match result {
        Ok(_) => End::Done,
        Err(Error::NotFound) => End::NotFound,
        Err(Error::Forbidden(_)) => End::Forbidden,
        Err(Error::Invalid(_)) => End::Invalid,
        Err(Error::Conflict(_)) => End::Conflict,
        Err(error) => panic!("{error}"),
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Attempt {
    Change,
    /// Another owner: the record may leave what the person sees.
    GiveAway,
    Delete,
    BulkDelete,
    Restore,
    Purge,
}

impl World {
    /// What is refused leaves no trace.
    pub async fn check_refusals(&self) {
        let mut dice = Dice::new(self.seed + 5_000);
        let content = Content::of(self.engine().db()).await;
        let before = content.hash(self.engine().db()).await;
        for person in &self.people {
            for row in self.rows.values() {
                if dice.percent(50) || !dice.percent(self.asked) {
                    continue;
                }
                let attempt = *dice.pick(&self.attempts(row));
                let expected = self.expected(person, row, attempt);
                if expected == End::Done {
                    continue;
                }
                let tell = || format!("{attempt:?} of {} {} by {}", row.object, row.id, self.tell(person));
                assert_eq!(self.attempt(person, row, attempt).await, expected, "{}", tell());
                // of a hundred tables: once a person
                if self.asked < 100 {
                    continue;
                }
                assert_eq!(content.hash(self.engine().db()).await, before, "a trace of {}", tell());
            }
            assert_eq!(content.hash(self.engine().db()).await, before, "a trace of {}", self.tell(person));
            self.refused_creations(person, &content, &before).await;
        }
    }

    /// What is allowed is done.
    pub async fn check_deeds(&mut self) {
        let mut dice = Dice::new(self.seed + 6_000);
        for at in 0..self.people.len() {
            let everything: Vec<Uuid> = self.rows.keys().copied().collect();
            for attempt in [Attempt::Change, Attempt::Delete, Attempt::Restore, Attempt::GiveAway] {
                let mut done = 0;
                for _ in 0..60 {
                    if done < DONE && self.allowed(at, *dice.pick(&everything), attempt).await {
                        done += 1;
                    }
                }
            }
        }
    }

    /// A bulk change touches exactly what is meant and may be changed.
    pub async fn check_bulk(&mut self) {
        let mut dice = Dice::new(self.seed + 7_000);
        for at in 0..self.people.len() {
            for (object, field) in NEUTRAL {
                let filter = *dice.pick(&["", "owner == me", "created_at < now"]);
                self.bulk(at, object, field, filter).await;
            }
        }
    }

    /// Of an object that is not named above: a text that nothing asks for.
    fn neutral<'a>(&'a self, object: &'a str) -> Option<&'a str> {
        let free = |field: &&Field| {
            matches!(field.kind, FieldKind::Text { .. } | FieldKind::LongText)
                && !(field.read_only || field.required || field.unique || field.visible_when.is_some())
        };
        match NEUTRAL.iter().find(|(known, _)| *known == object) {
            Some((_, field)) => Some(field),
            None => self.object(object).fields.iter().find(free).map(|field| field.name.as_str()),
        }
    }

    fn attempts(&self, row: &Row) -> Vec<Attempt> {
        let mut attempts = vec![Attempt::Restore, Attempt::Purge];
        if self.neutral(&row.object).is_some() {
            attempts.push(Attempt::Change);
        }
        // deleting a department or a user asks for more than rights
        if !matches!(row.object.as_str(), "user" | "department") {
            attempts.extend([Attempt::Delete, Attempt::BulkDelete]);
        }
        attempts
    }

    fn expected(&self, person: &Person, row: &Row, attempt: Attempt) -> End {
        if !self.sees(person, row) {
            return End::NotFound;
        }
        let field = match attempt {
            Attempt::GiveAway => Some("owner"),
            Attempt::Change => self.neutral(&row.object),
            _ => None,
        };
        let deed = if field.is_some() { Deed::Change } else { Deed::Delete };
        if !self.may(person, row, deed) {
            return End::Forbidden;
        }
        match (attempt, row.deleted()) {
            (Attempt::Change | Attempt::GiveAway, true) | (Attempt::Restore | Attempt::Purge, false) => End::Conflict,
            (Attempt::Delete | Attempt::BulkDelete, true) => End::NotFound,
            (Attempt::Restore, true) if !Self::handles(person, row) => End::Forbidden,
            (Attempt::Purge, true) if !Self::keeps_bin(person) => End::Forbidden,
            _ if field.is_some_and(|field| self.right(person, &row.object, field) < FieldRight::Write) => End::Invalid,
            _ => End::Done,
        }
    }

    async fn attempt(&self, person: &Person, row: &Row, attempt: Attempt) -> End {
        let (engine, actor, object) = (self.engine(), &person.actor, row.object.as_str());
        match attempt {
            Attempt::Change => {
                let field = self.neutral(object).expect("a neutral field");
                end(&engine
                    .change(actor, object, row.id, None, Input::default().set(field, format!("by {}", person.id)))
                    .await)
            }
            Attempt::GiveAway => unreachable!("tried where it is allowed"),
            Attempt::Delete => end(&engine.delete(actor, object, row.id, None, None).await),
            Attempt::BulkDelete => {
                let outcome = engine.bulk_delete(actor, object, &Selection::Ids(vec![row.id])).await;
                match &outcome {
                    Ok(outcome) if outcome.done == 1 => End::Done,
                    Ok(outcome) => {
                        let (id, title, message) = &outcome.failed[0];
                        assert_eq!(*id, row.id);
                        // a failure may name what one sees, and nothing else
                        let seen = self.title(person, row.id).unwrap_or_default();
                        assert_eq!(*title, seen, "{}", self.tell(person));
                        if *message == Error::NotFound.message() { End::NotFound } else { End::Forbidden }
                    }
                    Err(_) => end(&outcome),
                }
            }
            Attempt::Restore => end(&engine.restore(actor, object, row.id).await),
            Attempt::Purge => end(&engine.purge(actor, object, row.id).await),
        }
    }

    async fn refused_creations(&self, person: &Person, content: &Content, before: &str) {
        for (object, field) in
            [("account", "name"), ("contact", "name"), ("interaction", "content"), ("task", "subject")]
        {
            let may = rules::flag(&person.roles, object, |grant| grant.create);
            for account in self.of("account", false).take(5) {
                let tell = || format!("a new {object} of account {} by {}", account.id, self.tell(person));
                let input = Input::default()
                    .set(field, "新的")
                    .set(if object == "account" { "parent" } else { "account" }, account.id.to_string());
                let expected = match () {
                    () if !self.has(person, object) => End::NotFound,
                    () if !may => End::Forbidden,
                    () if !self.sees(person, account) => End::Invalid,
                    () => continue,
                };
                assert_eq!(end(&self.engine().create(&person.actor, object, input).await), expected, "{}", tell());
                assert_eq!(content.hash(self.engine().db()).await, before, "a trace of {}", tell());
            }
        }
    }

    /// Does what is allowed, checks that it is done, and undoes it where others would notice. False when it is not allowed.
    async fn allowed(&mut self, at: usize, id: Uuid, attempt: Attempt) -> bool {
        let row = self.rows[&id].clone();
        let person = &self.people[at];
        let fits = self.attempts(&row).contains(&attempt) || (attempt == Attempt::GiveAway && row.object != "user");
        if !fits || self.expected(person, &row, attempt) != End::Done {
            return false;
        }
        let object = row.object.as_str();
        let tell = format!("{attempt:?} of {object} {id} by {}", self.tell(person));
        self.site.clock.advance(1_000);
        match attempt {
            Attempt::Change => {
                assert_eq!(self.attempt(person, &row, attempt).await, End::Done, "{tell}");
                let wanted = format!("by {}", person.id);
                self.refresh(object, id).await;
                assert_eq!(self.rows[&id].text(self.neutral(object).expect("a field")), wanted, "{tell}");
            }
            Attempt::Delete | Attempt::Restore => {
                assert_eq!(self.attempt(person, &row, attempt).await, End::Done, "{tell}");
                self.reload_all().await;
                assert_eq!(self.rows[&id].deleted(), attempt == Attempt::Delete, "{tell}");
                let undo = match attempt {
                    Attempt::Delete => self.engine().restore(&self.site.admin, object, id).await.map(drop),
                    _ => self.engine().delete(&self.site.admin, object, id, None, None).await,
                };
                undo.unwrap_or_else(|error| panic!("{error}: {tell}"));
                self.reload_all().await;
                assert_eq!(self.rows[&id].deleted(), row.deleted(), "{tell}");
            }
            Attempt::GiveAway => {
                let Some(heir) = self
                    .people
                    .iter()
                    .map(|other| other.id)
                    .find(|other| self.sees_id(person, *other) && Some(*other) != row.id_of("owner"))
                else {
                    return false;
                };
                let record = self
                    .engine()
                    .change(&person.actor, object, id, None, Input::default().set("owner", heir.to_string()))
                    .await;
                let record = record.unwrap_or_else(|error| panic!("{error}: {tell}"));
                self.refresh(object, id).await;
                assert_eq!(self.rows[&id].id_of("owner"), Some(heir), "{tell}");
                // seen or not from now on: it is shown as to anybody who would see it
                self.check_record(&self.people[at], &record);
                let text = |field: &str| row.id_of(field).map_or_else(String::new, |id| id.to_string());
                let back = Input::default().set("owner", text("owner")).set("department", text("department"));
                self.engine().change(&self.site.admin, object, id, None, back).await.expect("given back");
                self.refresh(object, id).await;
            }
            Attempt::BulkDelete | Attempt::Purge => unreachable!("not tried"),
        }
        true
    }

    async fn reload_all(&mut self) {
        for object in self.model.clone().objects() {
            self.reload(&object.name).await;
        }
    }

    async fn bulk(&mut self, at: usize, object: &str, field: &str, filter: &str) {
        self.site.clock.advance(1_000);
        let person = &self.people[at];
        let tell = format!("{object} where {filter} changed by {}", self.tell(person));
        let wanted = format!("{} {}", person.id, self.engine().now());
        let input = Input::default().set(field, &wanted);
        let outcome =
            self.engine().bulk_change(&person.actor, object, &Selection::Filter(filter.to_owned()), input).await;
        let asks = filter.split_whitespace().next();
        let expected = match () {
            () if !self.has(person, object) => End::NotFound,
            () if self.right(person, object, field) < FieldRight::Write => End::Invalid,
            () if asks.is_some_and(|asks| !self.plain(person, object, asks)) => {
                assert!(matches!(outcome, Err(Error::Invalid(_) | Error::Forbidden(_))), "{tell}");
                return;
            }
            () => End::Done,
        };
        assert_eq!(end(&outcome), expected, "{tell}");
        let Ok(outcome) = outcome else { return };
        let meant = |row: &&Row| filter != "owner == me" || row.id_of("owner") == Some(person.id);
        let (mine, others): (Vec<&Row>, Vec<&Row>) =
            self.seen(person, object, false).filter(meant).partition(|row| self.may(person, row, Deed::Change));
        assert_eq!(outcome.done, mine.len(), "{tell}");
        let failed: BTreeSet<Uuid> = outcome.failed.iter().map(|(id, ..)| *id).collect();
        assert_eq!(failed, others.iter().map(|row| row.id).collect(), "{tell}");
        let mine: BTreeSet<Uuid> = mine.iter().map(|row| row.id).collect();
        self.reload(object).await;
        let touched: BTreeSet<Uuid> = self
            .rows
            .values()
            .filter(|row| row.object == object && *row.value(field) == Value::Text(wanted.clone()))
            .map(|row| row.id)
            .collect();
        assert_eq!(touched, mine, "{tell}");
    }
}
