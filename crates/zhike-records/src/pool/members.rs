//! Who may claim from a pool, and who manages it.

use std::collections::HashMap;

use zhike_db::{Tx, sql};
use zhike_model::Model;
use zhike_types::{Result, Uuid};

use super::{DUTY, Pool, rules::Standing};
use crate::{
    Actor, DataScope,
    access::{self, Need, Reach},
};

/// What the lists of all pools say of the actor, and what its rights do.
pub(super) struct Standings {
    named: HashMap<Uuid, Standing>,
    all: bool,
}

impl Standings {
    pub async fn of(tx: &mut Tx, actor: &Actor) -> Result<Self> {
        let all = actor.rights.may(DUTY);
        let mut named: HashMap<Uuid, Standing> = HashMap::new();
        let Some(me) = actor.user_id.filter(|_| !all) else { return Ok(Self { named, all }) };
        let rows = sql!(
            "WITH RECURSIVE up (id, parent_id) AS (\
             SELECT id, parent_id FROM department WHERE id = $1 \
             UNION SELECT d.id, d.parent_id FROM department d JOIN up ON d.id = up.parent_id) \
             SELECT pool_id, level FROM pool_member WHERE deleted_at IS NULL AND (user_id = $2 OR team_id IN (SELECT id FROM up))",
            actor.department_id,
            me
        );
        for row in tx.rows(rows).await? {
            let standing = named.entry(row.must_id(0)?).or_default();
            standing.member = true;
            standing.manager |= row.text(1)?.as_deref() == Some("manager");
        }
        Ok(Self { named, all })
    }

    /// How the actor stands to the pool. Members are only those whose role lets them work with what lies there.
    pub fn to(&self, model: &Model, actor: &Actor, pool: &Pool) -> Standing {
        if !works_with(model, actor, &pool.object) {
            return Standing::default();
        }
        let named = self.named.get(&pool.id).copied().unwrap_or_default();
        Standing { member: self.all || pool.everybody || named.member, manager: self.all || named.manager }
    }
}

/// Whether the actor's role lets it own records of the object.
pub(super) fn works_with(model: &Model, actor: &Actor, object: &str) -> bool {
    let Some(known) = model.object(object).filter(|known| known.pool) else { return false };
    access::reach(known, actor, Need::Read) != Reach::Nothing
        && actor.rights.object(object).is_some_and(|rights| rights.change > DataScope::None)
}
