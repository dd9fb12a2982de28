//! Writes a [`World`] through the record engine, some customers at a time: memory stays flat however many there are.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value as Json};
use zhike_records::{Actor, Engine, Input, ListQuery, NewRow, Record};
use zhike_types::{Error, Result, Uuid, boxed};

use super::{
    OBJECTS, PASSWORD, Plan, World, approvals,
    codes::{self, Sort},
    keeping, pools, rosters, sales,
    words::phrases::TAGS,
};

#[cfg(test)]
mod tests;

/// Customers made and written together.
const BATCH: u64 = 2_000;

/// How far one is with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub object: &'static str,
    pub done: u64,
    /// Known for users and customers; of the rest an estimate from what was made so far.
    pub total: u64,
}

/// Records written, by object.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Filled {
    pub records: Vec<(&'static str, u64)>,
}

impl Filled {
    pub fn of(&self, object: &str) -> u64 {
        self.records.iter().find(|(name, _)| *name == object).map_or(0, |(_, count)| *count)
    }

    pub(super) fn add(&mut self, object: &'static str, count: u64) {
        match self.records.iter_mut().find(|(name, _)| *name == object) {
            Some((_, sum)) => *sum += count,
            None => self.records.push((object, count)),
        }
    }
}

/// Fills the database. Refused when it holds customers already, unless the plan says to add.
#[boxed]
pub async fn fill(
    engine: &Engine,
    actor: &Actor,
    plan: &Plan,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Filled> {
    let present = engine.count(actor, "account", "", false).await? + engine.count(actor, "account", "", true).await?;
    if present > 0 && !plan.add {
        return Err(Error::Conflict(zhike_types::text!(
            "数据库里已经有 {} 个客户。演示数据请放到空的数据目录（--data），或者用 --add 追加。",
            "The database holds {} customers already. Use an empty data folder (--data), or --add to add to them.",
            present
        )));
    }
    let mut world = World::beside(plan, present.max(0) as u64, engine.now(), engine.zone());
    let mut filled = Filled::default();
    open_departments(engine, actor, &mut world, &mut filled).await?;
    hire(engine, actor, &mut world, &mut filled, progress).await?;
    name_tags(engine, actor, &world, &mut filled).await?;
    world.shop = sales::open_shop(engine, actor, &world, &mut filled).await?;

    let mut from = 0;
    while from < plan.customers {
        let to = (from + BATCH).min(plan.customers);
        let batch = world.batch(from, to);
        for (object, rows) in OBJECTS.into_iter().zip(batch.rows).chain(sales::OBJECTS.into_iter().zip(batch.sales.0)) {
            if rows.is_empty() {
                continue;
            }
            filled.add(object, rows.len() as u64);
            engine.load(actor, object, rows).await?;
            let done = filled.of(object);
            let total = if object == "account" { plan.customers } else { done * plan.customers / to };
            progress(Progress { object, done, total });
        }
        from = to;
    }
    if world.shop.is_some() {
        sales::leads(engine, actor, &world, &mut filled).await?;
        sales::targets(engine, actor, &world, &mut filled).await?;
        rosters::fill(engine, actor, &world, &mut filled).await?;
        approvals::fill(engine, actor).await?;
        keeping::fill(engine, actor, &world, &mut filled).await?;
        pools::fill(engine, actor, &world, &mut filled).await?;
    }
    Ok(filled)
}

/// All records of a small object.
pub(super) async fn all(engine: &Engine, actor: &Actor, object: &str, field: &str) -> Result<Vec<Record>> {
    let query = ListQuery {
        object: object.to_owned(),
        fields: Some(vec![field.to_owned()]),
        limit: 1_000,
        ..ListQuery::default()
    };
    engine.list_all(actor, query).await
}

fn text_of(record: &Record, field: &str) -> String {
    record.value(field).as_text().unwrap_or_default().to_owned()
}

async fn open_departments(engine: &Engine, actor: &Actor, world: &mut World, filled: &mut Filled) -> Result<()> {
    let mut known = HashSet::new();
    for record in all(engine, actor, "department", "code").await? {
        let code = text_of(&record, "code");
        if world.staff.replace_department(&code, record.id) {
            known.insert(code);
        }
    }
    let departments = &world.staff.departments;
    let founded_at = world.founded_at();
    let rows: Vec<NewRow> = departments
        .iter()
        .enumerate()
        .filter(|(_, department)| !known.contains(&department.code))
        .map(|(index, department)| {
            let mut values = vec![
                ("name", department.name.as_str().into()),
                ("code", department.code.as_str().into()),
                ("rank", (index as i64 * 10).into()),
            ];
            if let Some(parent) = department.parent {
                values.push(("parent", departments[parent].id.into()));
            }
            NewRow { id: Some(department.id), created_at: Some(founded_at), values, ..NewRow::default() }
        })
        .collect();
    filled.add("department", rows.len() as u64);
    if rows.is_empty() { Ok(()) } else { engine.load(actor, "department", rows).await }
}

/// Users with sign-in and roles, and the departments' managers. A sign-in name that is there keeps its user, password and roles.
async fn hire(
    engine: &Engine,
    actor: &Actor,
    world: &mut World,
    filled: &mut Filled,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<()> {
    let mut known = HashSet::new();
    for record in all(engine, actor, "user", "login").await? {
        let login = text_of(&record, "login");
        if world.staff.replace_user(&login, record.id) {
            known.insert(login);
        }
    }
    let staff = &world.staff;
    let new: Vec<_> = staff.users.iter().filter(|user| !known.contains(&user.login)).collect();
    let founded_at = world.founded_at();
    let rows = new
        .iter()
        .map(|user| {
            let values = vec![
                ("name", user.name.as_str().into()),
                ("login", user.login.as_str().into()),
                ("employee_number", user.employee_number.as_str().into()),
                ("email", format!("{}@zhike.example", user.login).into()),
                ("mobile", user.mobile.as_str().into()),
                ("position", user.position.into()),
                ("active", true.into()),
            ];
            let department = Some(staff.departments[user.department].id);
            NewRow { id: Some(user.id), created_at: Some(founded_at), department, values, ..NewRow::default() }
        })
        .collect();
    if !new.is_empty() {
        engine.load(actor, "user", rows).await?;
    }
    let roles = roles(engine, actor).await?;
    let total = new.len() as u64;
    for (index, user) in new.iter().enumerate() {
        engine.set_credential(actor, user.id, &user.login, PASSWORD).await?;
        let role =
            *roles.get(user.role).ok_or_else(|| Error::internal(format!("the role `{}` is missing", user.role)))?;
        engine.set_roles(actor, user.id, &[role]).await?;
        progress(Progress { object: "user", done: index as u64 + 1, total });
    }
    filled.add("user", total);
    for department in &staff.departments {
        if let Some(manager) = department.manager.map(|index| &staff.users[index])
            && !known.contains(&manager.login)
        {
            let input =
                Input::from_json(Map::from_iter([("manager".to_owned(), Json::String(manager.id.to_string()))]));
            engine.change(actor, "department", department.id, None, input).await?;
        }
    }
    Ok(())
}

/// The built-in roles by name; they cannot be deleted.
async fn roles(engine: &Engine, actor: &Actor) -> Result<HashMap<String, Uuid>> {
    Ok(engine.roles(actor).await?.into_iter().map(|role| (role.name, role.id)).collect())
}

async fn name_tags(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    let known: HashSet<String> =
        all(engine, actor, "tag", "name").await?.iter().map(|record| text_of(record, "name")).collect();
    let founded_at = world.founded_at();
    let rows: Vec<NewRow> = TAGS
        .iter()
        .enumerate()
        .filter(|(_, (name, ..))| !known.contains(*name))
        .map(|(index, (name, tone, help))| NewRow {
            id: Some(codes::id(world.seed, Sort::Tag, index as u64, 0, founded_at)),
            created_at: Some(founded_at),
            values: vec![("name", (*name).into()), ("tone", (*tone).into()), ("help", (*help).into())],
            ..NewRow::default()
        })
        .collect();
    filled.add("tag", rows.len() as u64);
    if rows.is_empty() { Ok(()) } else { engine.load(actor, "tag", rows).await }
}
