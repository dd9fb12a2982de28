//! What a role allows, and what several roles allow together.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use zhike_model::{Class, Field};

/// Whose records: the data scope (数据范围). Wider ones contain narrower ones.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataScope {
    #[default]
    None,
    /// 本人
    Own,
    /// 本部门
    Department,
    /// 本部门及下级
    Below,
    /// 全部
    All,
}

/// What may be done with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldRight {
    Hidden,
    Masked,
    Read,
    Write,
}

/// A role's rights on one object.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectRights {
    pub read: DataScope,
    pub create: bool,
    pub change: DataScope,
    pub delete: DataScope,
    pub import: bool,
    pub export: bool,
    /// To make one record of several, and to undo it; `change` and `delete` say of which.
    pub merge: bool,
    /// Fields that differ from what their class gives.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldRight>,
}

/// A role's rights, or those of several roles together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// By object; `*` stands for the objects not named.
    #[serde(default)]
    pub objects: BTreeMap<String, ObjectRights>,
    /// What personal and sensitive fields are when nothing else is said.
    #[serde(default = "write")]
    pub personal: FieldRight,
    #[serde(default = "masked")]
    pub sensitive: FieldRight,
    /// `users` (users, roles, departments), `model`, `audit` (who did what, over all records), `bin` (others' deleted records,
    /// and deleting for ever), `share-views`, `duplicates` (to make a customer that is there already, with a reason), `disputes` (to decide
    /// whose a claimed customer is), `pools` (to set up public pools and manage all of them), `handover`, `approval` (to keep
    /// the processes of approval).
    #[serde(default)]
    pub duties: BTreeSet<String>,
    /// The roles these are joined from; none when they are one role's own.
    #[serde(skip)]
    pub roles: Vec<Rights>,
}

fn write() -> FieldRight {
    FieldRight::Write
}

fn masked() -> FieldRight {
    FieldRight::Masked
}

impl Default for Rights {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            personal: FieldRight::Write,
            sensitive: FieldRight::Masked,
            duties: BTreeSet::new(),
            roles: Vec::new(),
        }
    }
}

impl Rights {
    /// Everything: the system itself and the built-in administrator.
    pub fn everything() -> Self {
        let all = ObjectRights {
            read: DataScope::All,
            create: true,
            change: DataScope::All,
            delete: DataScope::All,
            import: true,
            export: true,
            merge: true,
            fields: BTreeMap::new(),
        };
        Self {
            objects: BTreeMap::from([("*".to_owned(), all)]),
            personal: FieldRight::Write,
            sensitive: FieldRight::Write,
            duties: [
                "users",
                "model",
                "audit",
                "bin",
                "share-views",
                "duplicates",
                "disputes",
                "pools",
                "handover",
                "approval",
            ]
            .map(str::to_owned)
            .into(),
            roles: Vec::new(),
        }
    }

    /// The rights on one object.
    pub fn object(&self, name: &str) -> Option<&ObjectRights> {
        self.objects.get(name).or_else(|| self.objects.get("*"))
    }

    pub fn may(&self, duty: &str) -> bool {
        self.duties.contains(duty)
    }

    /// What may be done with a field of an object that may be read: of several roles, what the freest of those that give the
    /// object gives.
    pub fn field(&self, object: &str, field: &Field) -> FieldRight {
        let gives = |role: &&Self| role.object(object).is_some_and(ObjectRights::may_read);
        self.roles
            .iter()
            .filter(gives)
            .map(|role| role.own_field(object, field))
            .max()
            .unwrap_or_else(|| self.own_field(object, field))
    }

    fn own_field(&self, object: &str, field: &Field) -> FieldRight {
        let by_class = match field.class {
            Class::General => FieldRight::Write,
            Class::Personal => self.personal,
            Class::Sensitive => self.sensitive,
        };
        self.object(object).and_then(|rights| rights.fields.get(&field.name)).copied().unwrap_or(by_class)
    }

    /// Two roles together: the wider of each. A field that only one of them restricts is as free as the other gives it,
    /// if the other gives the object at all: the roles are kept, because what a role says of a class it says of its own objects.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let names: BTreeSet<&String> = self.objects.keys().chain(other.objects.keys()).collect();
        let objects = names
            .into_iter()
            .filter_map(|name| {
                let joined = match (self.object(name), other.object(name)) {
                    (Some(a), Some(b)) => a.join(b),
                    (one, two) => one.or(two)?.clone(),
                };
                Some((name.clone(), joined))
            })
            .collect();
        Self {
            objects,
            personal: self.personal.max(other.personal),
            sensitive: self.sensitive.max(other.sensitive),
            duties: self.duties.union(&other.duties).cloned().collect(),
            roles: self.each().chain(other.each()).cloned().collect(),
        }
    }

    /// The roles, or the one that this is.
    fn each(&self) -> impl Iterator<Item = &Self> {
        let one = self.roles.is_empty().then_some(self);
        self.roles.iter().chain(one)
    }
}

impl ObjectRights {
    pub fn may_read(&self) -> bool {
        self.read > DataScope::None
    }

    fn join(&self, other: &Self) -> Self {
        Self {
            read: self.read.max(other.read),
            create: self.create || other.create,
            change: self.change.max(other.change),
            delete: self.delete.max(other.delete),
            import: self.import || other.import,
            export: self.export || other.export,
            merge: self.merge || other.merge,
            // asked of each role
            fields: BTreeMap::new(),
        }
    }
}
