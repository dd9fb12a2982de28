//! What every write of a record keeps true.

use zhike_model::{Object, Role};
use zhike_types::Value;

use crate::load::Stored;

/// What has an owner lies in no pool, and says since when the owner has it, unless the write itself says so (a hand-over taken
/// back). `changed` grows by what this changes.
pub(crate) fn settle(
    object: &Object,
    before: Option<&Stored>,
    values: &mut [Value],
    changed: &mut Vec<usize>,
    now: i64,
) {
    if !object.pool {
        return;
    }
    let Some(owner) = object.role_index(Role::Owner) else { return };
    let owned = !values[owner].is_null();
    let mut set = |role, value: Value| {
        if let Some(i) = object.role_index(role)
            && values[i] != value
        {
            values[i] = value;
            if !changed.contains(&i) {
                changed.push(i);
            }
        }
    };
    if owned {
        set(Role::Pool, Value::Null);
        set(Role::PoolSince, Value::Null);
    } else {
        set(Role::PoolFrom, Value::Null);
        set(Role::OwnerSince, Value::Null);
    }
    let owner_before = before.map_or(&Value::Null, |stored| &stored.values[owner]);
    if owned
        && values[owner] != *owner_before
        && let Some(since) = object.role_index(Role::OwnerSince)
    {
        let said = if before.is_some() { changed.contains(&since) } else { !values[since].is_null() };
        if !said {
            let made =
                object.role_index(Role::CreatedAt).filter(|_| before.is_none()).and_then(|at| values[at].as_int());
            values[since] = Value::Int(made.unwrap_or(now));
            changed.push(since);
        }
    }
}
