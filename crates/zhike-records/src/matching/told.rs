//! How much a user is told of records that it may not see. Whoever fills forms learns that a customer is somebody's already, and
//! whose; whoever asks for one name after the other would learn the whole list. So each such record counts once a day, what is
//! told stands in the audit, and behind the day's limit nothing is told until tomorrow. Only records count, not keystrokes.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use serde_json::Map;
use zhike_db::{Tx, sql};
use zhike_model::Object;
use zhike_types::{Error, Result, Uuid, text};

use super::{ask::Alikes, limits::DailyLimits};
use crate::{
    Actor, Engine,
    audit::{self, Deed},
};

/// Characters of what was asked, for the audit.
const ASKED: usize = 200;

/// What users were told today, as far as this process knows.
#[derive(Debug, Default)]
pub(crate) struct ToldToday(Mutex<HashMap<Uuid, Day>>);

#[derive(Debug, Clone, Default)]
struct Day {
    date: i64,
    most: u32,
    records: HashSet<Uuid>,
}

impl ToldToday {
    /// Reads anew what a day allows.
    pub(super) fn forget(&self) {
        self.0.lock().expect("no holder panics").clear();
    }
}

impl Day {
    fn is_over(&self) -> bool {
        self.records.len() >= self.most as usize
    }
}

impl Engine {
    /// When the day's limits begin anew, in seconds from now.
    pub fn seconds_to_tomorrow(&self) -> u64 {
        let now = self.now();
        let tomorrow = self.zone().start_of_day(self.zone().day_of(now) + 1);
        (tomorrow - now).max(1_000).unsigned_abs().div_ceil(1_000)
    }

    /// Refuses whoever has been told of as many as a day allows, whatever there is to tell: a refusal must not be an answer.
    pub(super) async fn may_be_told(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let Some(me) = actor.user_id else { return Ok(()) };
        let today = self.zone().day_of(self.now());
        let known =
            self.0.told.0.lock().expect("no holder panics").get(&me).filter(|known| known.date == today).cloned();
        // the limit may have been raised, by another process too
        let day = match known {
            Some(day) if !day.is_over() => return Ok(()),
            _ => read(tx, me, today).await?,
        };
        let over = day.is_over().then_some(day.most);
        self.0.told.0.lock().expect("no holder panics").insert(me, day);
        over.map_or(Ok(()), |most| Err(enough(most)))
    }

    /// Puts on record what an actor is told of records that it may not see; those of today are known already.
    pub(super) async fn tell_of_others(
        &self,
        actor: &Actor,
        object: &Object,
        asked: &str,
        hidden: &[Uuid],
    ) -> Result<()> {
        let Some(me) = actor.user_id.filter(|_| !hidden.is_empty()) else { return Ok(()) };
        let today = self.zone().day_of(self.now());
        let new: Vec<Uuid> = {
            let told = self.0.told.0.lock().expect("no holder panics");
            let known = told.get(&me).filter(|known| known.date == today);
            hidden.iter().copied().filter(|id| known.is_none_or(|known| !known.records.contains(id))).collect()
        };
        if new.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        tx.run(sql!("DELETE FROM match_told WHERE user_id = $1 AND day < $2", me, today)).await?;
        for id in &new {
            tx.run(sql!(
                "INSERT INTO match_told (user_id, record_id, day) VALUES ($1, $2, $3) ON CONFLICT (user_id, record_id) DO UPDATE SET day = excluded.day",
                me,
                *id,
                today
            ))
            .await?;
        }
        let asked: String = asked.chars().take(ASKED).collect();
        let after = Map::from_iter([("q".to_owned(), asked.into()), ("found".to_owned(), new.len().into())]);
        let deed = Deed { after: Some(after), ..Deed::about("lookup", &object.name) };
        // an idempotency key is for the write that the question was about
        let asker = Actor { once: None, ..actor.clone() };
        audit::record(&mut tx, &asker, self.now(), vec![deed]).await?;
        let day = read(&mut tx, me, today).await?;
        tx.commit().await?;
        self.0.told.0.lock().expect("no holder panics").insert(me, day);
        self.written();
        Ok(())
    }

    /// A write that was refused because of what is there: what it tells counts too. Its transaction must be over.
    pub(crate) async fn turned_down(&self, actor: &Actor, object: &Object, error: Error) -> Error {
        let Some(Alikes { hidden, asked, .. }) = Alikes::of(&error) else { return error };
        if hidden.is_empty() {
            return error;
        }
        let told = async {
            let mut tx = self.0.db.read().await?;
            self.may_be_told(&mut tx, actor).await?;
            drop(tx);
            self.tell_of_others(actor, object, asked, hidden).await
        };
        match told.await {
            Ok(()) => error,
            Err(instead) => instead,
        }
    }
}

async fn read(tx: &mut Tx, user: Uuid, today: i64) -> Result<Day> {
    let most = DailyLimits::read(tx).await?.told;
    let rows = tx.rows(sql!("SELECT record_id FROM match_told WHERE user_id = $1 AND day = $2", user, today)).await?;
    let records = rows.iter().map(|row| row.must_id(0)).collect::<Result<_>>()?;
    Ok(Day { date: today, most, records })
}

fn enough(most: u32) -> Error {
    Error::TooMany(text!(
        "今天已经提示过 {most} 个归别人所有的客户，到了每天的上限。请明天零点以后再试；急用请联系管理员放宽。",
        "You have been told of {most} customers of others today, as many as a day allows. Try again after midnight, or have the \
         administrator allow more."
    ))
}
