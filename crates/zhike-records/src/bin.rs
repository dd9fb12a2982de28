//! Who may do what in the recycle bin. One rule, for pages, API and all:
//!
//! - It shows, of the records one may see, those that one deleted oneself; with the duty `bin` those that others deleted too.
//! - Bringing back what it shows takes the right to delete the record: it undoes a deletion.
//! - Deleting for ever takes the duty `bin` and the right to delete the record.
//!
//! A merged record is not in the bin: it comes back when the merge is undone, and goes for ever when the survivor does.
//!
//! A deleted record that one has a link to can still be read by whoever could read it before: it says that it was deleted.

use zhike_db::Sql;
use zhike_types::{Error, Result, Uuid};

use crate::{Actor, access, merge};

const DUTY: &str = "bin";

/// Whether what this user deleted is the actor's to bring back; none is the system.
pub(crate) fn may_handle(actor: &Actor, deleted_by: Option<Uuid>) -> bool {
    actor.rights.may(DUTY) || (deleted_by.is_some() && deleted_by == actor.user_id)
}

pub(crate) fn may_purge(actor: &Actor) -> bool {
    actor.rights.may(DUTY)
}

/// The condition, over the alias, that a record lies in the bin that the actor is shown; to be preceded by no other word.
pub(crate) fn shown(actor: &Actor, alias: &str, sql: &mut Sql) {
    sql.column(alias, "deleted_at").push(" IS NOT NULL");
    merge::not_away(alias, sql);
    if actor.rights.may(DUTY) {
        return;
    }
    match actor.user_id {
        Some(me) => sql.push(" AND ").column(alias, "deleted_by_id").push(" = ").bind(me),
        None => sql.push(" AND 1 = 0"),
    };
}

pub(crate) fn check_restore(actor: &Actor, deleted_by: Option<Uuid>) -> Result<()> {
    if may_handle(actor, deleted_by) { Ok(()) } else { Err(others()) }
}

pub(crate) fn check_purge(actor: &Actor) -> Result<()> {
    if may_purge(actor) {
        return Ok(());
    }
    Err(access::forbidden(
        "彻底删除需要“回收站管理”的职责。请联系您的管理员。",
        "Deleting for good takes the duty “recycle bin”. Ask your administrator.",
    ))
}

fn others() -> Error {
    access::forbidden(
        "这条记录是别人删除的。请让删除它的人恢复，或联系有“回收站管理”职责的同事。",
        "Somebody else deleted this record. Ask them to restore it, or a colleague with the duty “recycle bin”.",
    )
}
