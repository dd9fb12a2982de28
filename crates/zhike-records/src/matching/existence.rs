//! 查重: anybody who uses customers may ask whether a company is somebody's already, and learns just that. Each question stands in
//! the audit, and nobody asks for a whole list that way.

use std::sync::Arc;

use zhike_db::{Tx, schema};
use zhike_match::Kind;
use zhike_model::{MatchRule, Model, Object};
use zhike_types::{Error, Result, Value, boxed, text};

use super::{
    limits::DailyLimits,
    live::{self, Scored},
    plan::MatchPlan,
    stored,
};
use crate::{
    Actor, Engine, access,
    audit::{self, Deed},
    keys::normal_form,
};

/// Characters of a question.
const LONGEST: usize = 200;
/// Holders told of.
const TOLD: usize = 10;

/// Whose a customer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub owner: Option<String>,
    pub department: Option<String>,
    /// Whether it is the one who asked.
    pub mine: bool,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existence {
    /// Empty: nobody has it.
    pub holders: Vec<Holder>,
    /// The field that was asked by: a credit code, a telephone number, else the name.
    pub field: String,
    /// Questions left today; none for the system.
    pub left: Option<i64>,
}

/// What a question found, the likeliest first.
pub(crate) struct LookedUp {
    pub found: Vec<Scored>,
    /// The field that was asked by.
    pub field: usize,
    pub left: Option<i64>,
}

/// A user's questions of today.
struct Day {
    /// The fact that counts them.
    key: String,
    today: String,
    most: i64,
    asked: i64,
}

impl Engine {
    /// Whether there is a record of this name, telephone number or credit code, and whose it is.
    #[boxed]
    pub async fn exists_check(&self, actor: &Actor, object: &str, question: &str) -> Result<Existence> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        let LookedUp { found, field, left } = self.look_up(&mut tx, &model, actor, object, question.trim()).await?;
        let who = live::names(&mut tx, &model, object, found.iter().map(|scored| &scored.stored)).await?;
        let mut holders: Vec<Holder> = Vec::new();
        for scored in &found {
            let id = |field| scored.stored.value(object, field).as_id();
            let name = |field| id(field).and_then(|id| who.get(&id).cloned());
            let mine = actor.user_id.is_some() && id("owner") == actor.user_id;
            let holder = Holder { owner: name("owner"), department: name("department"), mine };
            if holders.len() < TOLD && !holders.contains(&holder) {
                holders.push(holder);
            }
        }
        tx.commit().await?;
        self.written();
        Ok(Existence { holders, field: object.fields[field].name.clone(), left })
    }

    /// Counts a question, puts it on record and answers it, in the caller's transaction.
    pub(crate) async fn look_up(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        question: &str,
    ) -> Result<LookedUp> {
        let plan = MatchPlan::of(model, object)?;
        if !stored::is_organisation(object) {
            return Err(Error::NotFound);
        }
        let length = question.chars().count();
        if !(2..=LONGEST).contains(&length) {
            let message = text!("请输入 2 到 {LONGEST} 个字。", "Give 2 to {LONGEST} characters.");
            return Err(Error::invalid("q", "invalid", message));
        }
        let mut values = vec![Value::Null; object.fields.len()];
        let rule = [MatchRule::CreditCode, MatchRule::Phone]
            .into_iter()
            .find(|rule| normal_form(*rule, question).is_some())
            .unwrap_or(MatchRule::Organisation);
        let Some(field) = object.fields.iter().position(|field| field.matching == Some(rule)) else {
            return Err(Error::NotFound);
        };
        values[field] = Value::Text(question.to_owned());
        let left = self.count_lookup(tx, actor).await?;
        let found = self.holders(tx, model, actor, &plan, &values, rule).await?;
        let after =
            serde_json::Map::from_iter([("q".to_owned(), question.into()), ("found".to_owned(), found.len().into())]);
        let deed = Deed { after: Some(after), ..Deed::about("lookup", &object.name) };
        audit::record(tx, actor, self.now(), vec![deed]).await?;
        Ok(LookedUp { found, field, left })
    }

    /// Questions that the actor may still ask today; none for the system, which may ask as many as it likes.
    #[boxed]
    pub async fn lookups_left(&self, actor: &Actor) -> Result<Option<i64>> {
        let mut tx = self.0.db.read().await?;
        Ok(self.lookups(&mut tx, actor).await?.map(|day| (day.most - day.asked).max(0)))
    }

    async fn count_lookup(&self, tx: &mut Tx, actor: &Actor) -> Result<Option<i64>> {
        let Some(Day { key, today, most, asked }) = self.lookups(tx, actor).await? else { return Ok(None) };
        if asked >= most {
            return Err(Error::TooMany(text!(
                "今天已经查了 {most} 次，请明天再查，或请管理员放宽。",
                "You have asked {most} times today. Ask again tomorrow, or have the administrator allow more."
            )));
        }
        schema::set_meta(tx, &key, &format!("{today} {}", asked + 1)).await?;
        Ok(Some(most - asked - 1))
    }

    async fn lookups(&self, tx: &mut Tx, actor: &Actor) -> Result<Option<Day>> {
        let Some(me) = actor.user_id else { return Ok(None) };
        let most = DailyLimits::read(tx).await?.questions.into();
        let today = self.zone().civil(self.now()).date().to_string();
        // counts a user's day
        let key = format!("lookups:{me}");
        let known = schema::meta(tx, &key).await?.unwrap_or_default();
        let asked = match known.split_once(' ') {
            Some((day, asked)) if day == today => asked.parse().unwrap_or(0),
            _ => 0,
        };
        Ok(Some(Day { key, today, most, asked }))
    }

    /// By number or code whoever has exactly it; by name whoever is or may be it.
    async fn holders(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        values: &[Value],
        rule: MatchRule,
    ) -> Result<Vec<Scored>> {
        let mut found = self.weighed(tx, model, actor, plan, values, None).await?;
        let kinds: &[Kind] = match rule {
            MatchRule::Phone => &[Kind::Mobile, Kind::Landline],
            MatchRule::CreditCode => &[Kind::CreditCode],
            _ => &[],
        };
        let exact: Vec<usize> = kinds.iter().filter_map(|kind| plan.schema.of_kind(*kind)).collect();
        let has = |scored: &Scored| exact.iter().any(|at| scored.has_same(*at));
        found.retain(|scored| if exact.is_empty() { scored.is_duplicate() } else { has(scored) });
        Ok(found)
    }
}
