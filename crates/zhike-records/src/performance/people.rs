//! Who there is, in which departments, and whose figures an actor may be shown.

use std::collections::{HashMap, HashSet};

use zhike_db::{Sql, Tx};
use zhike_model::Object;
use zhike_types::{Result, Uuid};

use super::DepartmentChoice;
use crate::{Actor, DataScope};

/// Whose figures are shown: as far as the actor's data scope on the records goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sight {
    Own,
    Departments,
    All,
}

impl Sight {
    pub fn of(actor: &Actor, object: &Object) -> Self {
        match actor.rights.object(&object.name).map_or(DataScope::None, |rights| rights.read) {
            DataScope::All => Self::All,
            DataScope::None | DataScope::Own => Self::Own,
            DataScope::Department | DataScope::Below if actor.department_id.is_none() => Self::Own,
            DataScope::Department | DataScope::Below => Self::Departments,
        }
    }
}

/// A tree of departments is not deep.
const DEEPEST: usize = 32;

pub(crate) struct Person {
    pub name: String,
    pub department: Option<Uuid>,
}

pub(crate) struct Department {
    pub id: Uuid,
    pub name: String,
    pub parent: Option<Uuid>,
}

/// All users and departments.
pub(crate) struct People {
    pub users: HashMap<Uuid, Person>,
    /// In their own order.
    pub departments: Vec<Department>,
}

impl People {
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        let mut users = HashMap::new();
        // who was deleted has brought in what they brought in
        for row in tx.rows(Sql::new("SELECT id, name, department_id FROM \"user\"")).await? {
            let name = row.text(1)?.unwrap_or_default();
            users.insert(row.must_id(0)?, Person { name, department: row.id(2)? });
        }
        let mut departments = Vec::new();
        let sql = "SELECT id, name, parent_id FROM department WHERE deleted_at IS NULL ORDER BY rank, name, seq";
        for row in tx.rows(Sql::new(sql)).await? {
            departments.push(Department {
                id: row.must_id(0)?,
                name: row.text(1)?.unwrap_or_default(),
                parent: row.id(2)?,
            });
        }
        Ok(Self { users, departments })
    }

    pub fn department(&self, id: Uuid) -> Option<&Department> {
        self.departments.iter().find(|department| department.id == id)
    }

    /// Those directly below; the first ones for none.
    pub fn below(&self, parent: Option<Uuid>) -> impl Iterator<Item = &Department> {
        let known: HashSet<Uuid> = match parent {
            Some(_) => HashSet::new(),
            None => self.departments.iter().map(|department| department.id).collect(),
        };
        self.departments.iter().filter(move |department| match parent {
            Some(parent) => department.parent == Some(parent),
            // below one that was deleted is below none
            None => department.parent.is_none_or(|id| !known.contains(&id)),
        })
    }

    /// A department and all below it.
    pub fn whole(&self, top: Uuid) -> HashSet<Uuid> {
        let mut all = HashSet::from([top]);
        for _ in 0..DEEPEST {
            let before = all.len();
            let more: Vec<Uuid> = self
                .departments
                .iter()
                .filter(|department| department.parent.is_some_and(|parent| all.contains(&parent)))
                .map(|department| department.id)
                .collect();
            all.extend(more);
            if all.len() == before {
                break;
            }
        }
        all
    }

    /// The departments that may be asked for, each below its parent.
    pub fn choices(&self, actor: &Actor, sight: Sight) -> Vec<DepartmentChoice> {
        let mut choices = Vec::new();
        match sight {
            Sight::Own => {}
            Sight::All => self.walk(None, 0, &|_| true, &mut choices),
            Sight::Departments => {
                if let Some(top) = actor.department_id.and_then(|id| self.department(id)) {
                    choices.push(DepartmentChoice { id: top.id, name: top.name.clone(), depth: 0 });
                    self.walk(Some(top.id), 1, &|id| sees(actor, id), &mut choices);
                }
            }
        }
        choices
    }

    fn walk(
        &self,
        parent: Option<Uuid>,
        depth: usize,
        seen: &dyn Fn(Uuid) -> bool,
        choices: &mut Vec<DepartmentChoice>,
    ) {
        if depth >= DEEPEST {
            return;
        }
        for department in self.below(parent).filter(|department| seen(department.id)) {
            choices.push(DepartmentChoice { id: department.id, name: department.name.clone(), depth });
            self.walk(Some(department.id), depth + 1, seen, choices);
        }
    }
}

/// Whether a department is one whose people the actor answers for.
fn sees(actor: &Actor, department: Uuid) -> bool {
    actor.department_id == Some(department) || actor.departments.contains(&department)
}
