//! One action on many records: each that cannot take it is named, the others take it.

use std::sync::Arc;

use zhike_db::{Sql, Tx};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use crate::{Actor, Engine, Input, ListQuery, Selection, access, merge, pool};

/// What a bulk action did. Failures name the record and why.
#[derive(Debug, Clone, Default)]
pub struct BulkOutcome {
    pub done: usize,
    pub failed: Vec<(Uuid, String, Text)>,
}

/// Records one bulk action takes at most; more is an import.
const MOST: usize = 10_000;
/// Records a transaction.
const AT_ONCE: usize = 100;
/// Failures that are given their record's name; nobody reads further.
const NAMED: usize = 100;

/// What is done to each.
pub(crate) enum Action<'a> {
    Change {
        input: &'a Input,
        batch: Uuid,
    },
    Delete,
    /// To people in turn.
    Assign(&'a pool::Rounds<'a>),
    /// Into a pool.
    Return {
        wish: &'a pool::Return,
        batch: Uuid,
    },
}

impl Engine {
    /// The same change to many records.
    #[boxed]
    pub async fn bulk_change(
        &self,
        actor: &Actor,
        object: &str,
        selection: &Selection,
        input: Input,
    ) -> Result<BulkOutcome> {
        let model = self.model();
        // what no record could take is said once, not for each of them
        self.understood(actor, access::object_for(&model, actor, object)?, &input)?;
        let batch = self.0.ids.next();
        self.to_each(actor, object, selection, Action::Change { input: &input, batch }).await
    }

    /// Puts many records into the recycle bin.
    #[boxed]
    pub async fn bulk_delete(&self, actor: &Actor, object: &str, selection: &Selection) -> Result<BulkOutcome> {
        self.to_each(actor, object, selection, Action::Delete).await
    }

    pub(crate) async fn to_each(
        &self,
        actor: &Actor,
        object: &str,
        selection: &Selection,
        action: Action<'_>,
    ) -> Result<BulkOutcome> {
        let model = self.model();
        let known = Arc::clone(access::object_for(&model, actor, object)?);
        let mut outcome = BulkOutcome::default();
        for chunk in self.selected(actor, object, selection).await?.chunks(AT_ONCE) {
            let mut tx = self.0.db.begin().await?;
            if let Action::Assign(rounds) = &action {
                tx.hold("user", rounds.people()).await?;
            }
            for &id in chunk {
                tx.run(Sql::new("SAVEPOINT one")).await?;
                match self.to_one(&mut tx, &model, actor, &known, id, &action).await {
                    Ok(()) => outcome.done += 1,
                    Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(error),
                    Err(error) => {
                        tx.run(Sql::new("ROLLBACK TO SAVEPOINT one")).await?;
                        outcome.failed.push((id, String::new(), error.message()));
                    }
                }
                tx.run(Sql::new("RELEASE SAVEPOINT one")).await?;
            }
            tx.commit().await?;
        }
        self.written();
        for (id, title, _) in outcome.failed.iter_mut().take(NAMED) {
            if let Ok(record) = self.read(actor, object, *id).await {
                record.title().clone_into(title);
            }
        }
        Ok(outcome)
    }

    async fn to_one(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        action: &Action<'_>,
    ) -> Result<()> {
        match action {
            Action::Change { input, batch } => {
                self.change_in(tx, model, actor, object, id, None, input, Some(*batch)).await
            }
            Action::Delete => self.delete_in(tx, model, actor, object, id, None, None).await,
            Action::Assign(rounds) => {
                merge::beside(tx).await?;
                self.assign_round(tx, model, actor, object, id, rounds).await
            }
            Action::Return { wish, batch } => {
                merge::beside(tx).await?;
                self.give_back_in(tx, model, actor, object, id, wish, Some(*batch)).await
            }
        }
    }

    /// The records that are meant.
    pub(crate) async fn selected(&self, actor: &Actor, object: &str, selection: &Selection) -> Result<Vec<Uuid>> {
        let too_many = || {
            Error::invalid(
                "selection",
                "too_many",
                text!(
                    "一次最多处理 {MOST} 条，请先缩小范围。",
                    "At most {MOST} records at once; narrow the list first."
                ),
            )
        };
        match selection {
            Selection::Ids(ids) if ids.len() > MOST => Err(too_many()),
            Selection::Ids(ids) => Ok(ids.clone()),
            Selection::Filter(filter) => {
                let mut ids = Vec::new();
                let mut query = ListQuery {
                    object: object.to_owned(),
                    filter: filter.clone(),
                    fields: Some(Vec::new()),
                    limit: 1_000,
                    ..ListQuery::default()
                };
                loop {
                    let page = self.list(actor, &query).await?;
                    ids.extend(page.records.iter().map(|record| record.id));
                    if ids.len() > MOST {
                        return Err(too_many());
                    }
                    match page.next {
                        Some(next) => query.after = Some(next),
                        None => return Ok(ids),
                    }
                }
            }
        }
    }
}
