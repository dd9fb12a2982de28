//! A card moved to another stage.

use zhike_model::Object;
use zhike_records::{Actor, Engine, Input, Record};
use zhike_types::{Error, Result, Uuid, boxed};

use super::rules::key_of;

/// What became of a move.
#[derive(Debug)]
pub enum Moved {
    Done(Box<Record>),
    /// A colleague was faster: the record stands in another stage than the mover saw, and stays there.
    Elsewhere {
        record: Box<Record>,
        /// Who put it there; none when it cannot be told.
        by: Option<String>,
    },
}

/// So often a move is tried again when others change the record at the same moment.
const TRIES: usize = 3;
/// So far back one looks for who moved it.
const HISTORY: usize = 10;

/// Moves a record that stood in the stage `from` to the one that `input` names, with the fields that this stage wants. A colleague's
/// change of something else does not stand in the way; a colleague's move does.
#[boxed]
pub async fn move_to(
    engine: &Engine,
    actor: &Actor,
    object: &Object,
    id: Uuid,
    version: Option<i64>,
    from: &str,
    input: Input,
) -> Result<Moved> {
    let field = &object.layout.board.as_ref().ok_or(Error::NotFound)?.field;
    let mut version = version;
    for _ in 0..TRIES {
        match engine.change(actor, &object.name, id, version, input.clone()).await {
            Ok(record) => return Ok(Moved::Done(Box::new(record))),
            Err(Error::Stale { .. }) => {}
            Err(error) => return Err(error),
        }
        let record = engine.read(actor, &object.name, id).await?;
        if record.deleted_at().is_some() || key_of(record.value(field)) != from {
            let by = mover(engine, actor, object, id, field).await?;
            return Ok(Moved::Elsewhere { record: Box::new(record), by });
        }
        version = Some(record.version);
    }
    Err(Error::Stale { current: version.unwrap_or_default() })
}

async fn mover(engine: &Engine, actor: &Actor, object: &Object, id: Uuid, field: &str) -> Result<Option<String>> {
    let history = engine.history(actor, &object.name, id, None, HISTORY).await?;
    let moved = history.into_iter().find(|entry| entry.changes.iter().any(|change| change.field == field));
    Ok(moved.filter(|entry| entry.actor_id.is_some()).map(|entry| entry.actor))
}
