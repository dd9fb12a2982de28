//! Colleagues and departments by the names that lists give them.

use std::collections::HashMap;

use zhike_db::{Sql, Tx};
use zhike_types::{Result, Uuid};

/// Users by name and sign-in name, departments by name. A name that two share names nobody.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    users: HashMap<String, Option<Uuid>>,
    departments: HashMap<String, Option<Uuid>>,
    /// The department of each user.
    pub home: HashMap<Uuid, Option<Uuid>>,
}

impl Names {
    pub async fn read(tx: &mut Tx) -> Result<Self> {
        let mut names = Self::default();
        for row in
            tx.rows(Sql::new("SELECT id, name, login, department_id FROM \"user\" WHERE deleted_at IS NULL")).await?
        {
            let id = row.must_id(0)?;
            names.home.insert(id, row.id(3)?);
            let (name, login) = (row.text(1)?.unwrap_or_default(), row.text(2)?.unwrap_or_default());
            put(&mut names.users, &name, id);
            if key(&login) != key(&name) {
                put(&mut names.users, &login, id);
            }
        }
        for row in tx.rows(Sql::new("SELECT id, name FROM department WHERE deleted_at IS NULL")).await? {
            put(&mut names.departments, &row.text(1)?.unwrap_or_default(), row.must_id(0)?);
        }
        Ok(names)
    }

    pub fn user(&self, name: &str) -> Option<Uuid> {
        self.users.get(&key(name)).copied().flatten()
    }

    pub fn department(&self, name: &str) -> Option<Uuid> {
        self.departments.get(&key(name)).copied().flatten()
    }
}

fn key(name: &str) -> String {
    zhike_text::match_key::person_key(name)
}

fn put(map: &mut HashMap<String, Option<Uuid>>, name: &str, id: Uuid) {
    let key = key(name);
    if !key.is_empty() {
        map.entry(key).and_modify(|known| *known = known.filter(|known| *known == id)).or_insert(Some(id));
    }
}
