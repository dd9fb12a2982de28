//! How much a user may learn a day of records that it may not see: questions asked, and customers told of.

use serde_json::{Map, Value as Json};
use zhike_db::{Tx, schema};
use zhike_types::{Error, FieldError, Result, boxed, text};

use crate::{
    Actor, Engine,
    audit::{self, Deed},
    people::needs_duty,
};

/// The most that can be set: beyond it there is no limit worth the name.
const MOST: u32 = 100_000;

/// For each user and day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyLimits {
    /// Questions on the page “Is it taken?” and claims by name.
    pub questions: u32,
    /// Records of others told of while forms are filled.
    pub told: u32,
}

/// The facts in `meta`.
const QUESTIONS: &str = "lookups-a-day";
const TOLD: &str = "told-a-day";

impl Default for DailyLimits {
    /// Far more than one meets while working.
    fn default() -> Self {
        Self { questions: 100, told: 300 }
    }
}

impl DailyLimits {
    pub(super) async fn read(tx: &mut Tx) -> Result<Self> {
        let shipped = Self::default();
        let questions = number(tx, QUESTIONS).await?.unwrap_or(shipped.questions);
        Ok(Self { questions, told: number(tx, TOLD).await?.unwrap_or(shipped.told) })
    }

    fn checked(self) -> Result<()> {
        let wrong: Vec<FieldError> = [("questions", self.questions), ("told", self.told)]
            .into_iter()
            .filter(|(_, number)| *number > MOST)
            .map(|(field, _)| FieldError {
                field: field.to_owned(),
                code: "out_of_range",
                message: text!("最多填 {MOST}。", "At most {MOST}."),
            })
            .collect();
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    }

    fn json(self) -> Map<String, Json> {
        Map::from_iter([(QUESTIONS.to_owned(), self.questions.into()), (TOLD.to_owned(), self.told.into())])
    }
}

impl Engine {
    /// How much a user may learn a day.
    #[boxed]
    pub async fn daily_limits(&self) -> Result<DailyLimits> {
        DailyLimits::read(&mut self.0.db.read().await?).await
    }

    /// Sets that; from now on, for today too.
    #[boxed]
    pub async fn set_daily_limits(&self, actor: &Actor, limits: DailyLimits) -> Result<()> {
        needs_duty(actor, "users")?;
        limits.checked()?;
        let mut tx = self.0.db.begin().await?;
        let before = DailyLimits::read(&mut tx).await?;
        if before == limits {
            return Ok(());
        }
        schema::set_meta(&mut tx, QUESTIONS, &limits.questions.to_string()).await?;
        schema::set_meta(&mut tx, TOLD, &limits.told.to_string()).await?;
        let deed = Deed { before: Some(before.json()), after: Some(limits.json()), ..Deed::about("setting", "model") };
        audit::record(&mut tx, actor, self.now(), vec![deed]).await?;
        tx.commit().await?;
        self.0.told.forget();
        Ok(())
    }
}

async fn number(tx: &mut Tx, fact: &str) -> Result<Option<u32>> {
    Ok(schema::meta(tx, fact).await?.and_then(|text| text.parse().ok()))
}
