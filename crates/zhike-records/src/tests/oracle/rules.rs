//! The oracle: the rules of `access.rs` and `rights.rs`, one plain function each, over the plain lists.

use zhike_model::{Access, Class, Field, FieldKind, Object};
use zhike_types::{Uuid, Value};

use super::{
    masks,
    world::{Person, Row, World},
};
use crate::{DataScope, FieldRight, FieldState, ObjectRights, Rights};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Deed {
    Read,
    Change,
    Delete,
}

/// What each role gives on an object: by its name, or what stands for the objects not named.
fn grants<'a>(roles: &'a [Rights], object: &'a str) -> impl Iterator<Item = (&'a Rights, &'a ObjectRights)> {
    roles.iter().filter_map(move |role| Some((role, role.objects.get(object).or_else(|| role.objects.get("*"))?)))
}

/// The widest scope of the roles; nothing where nothing may be read.
pub(super) fn scope(roles: &[Rights], object: &str, deed: Deed) -> DataScope {
    let widest = |of: fn(&ObjectRights) -> DataScope| {
        grants(roles, object).map(|(_, grant)| of(grant)).max().unwrap_or(DataScope::None)
    };
    match (widest(|grant| grant.read), deed) {
        (DataScope::None, _) => DataScope::None,
        (read, Deed::Read) => read,
        (_, Deed::Change) => widest(|grant| grant.change),
        (_, Deed::Delete) => widest(|grant| grant.delete),
    }
}

pub(super) fn flag(roles: &[Rights], object: &str, of: fn(&ObjectRights) -> bool) -> bool {
    grants(roles, object).any(|(_, grant)| of(grant))
}

/// The freest of the roles that give the object: what a role says of the field, or of the field's class.
pub(super) fn right(roles: &[Rights], object: &str, field: &Field) -> Option<FieldRight> {
    grants(roles, object)
        .filter(|(_, grant)| grant.read != DataScope::None)
        .map(|(role, grant)| {
            grant.fields.get(&field.name).copied().unwrap_or(match field.class {
                Class::General => FieldRight::Write,
                Class::Personal => role.personal,
                Class::Sensitive => role.sensitive,
            })
        })
        .max()
}

impl World {
    pub fn object(&self, name: &str) -> &Object {
        self.model.object(name).expect("an object of the packs")
    }

    /// Whether the object exists for the person at all.
    #[expect(clippy::unused_self, reason = "it reads as the other rules do")]
    pub fn has(&self, person: &Person, object: &str) -> bool {
        scope(&person.roles, object, Deed::Read) != DataScope::None
    }

    pub fn right(&self, person: &Person, object: &str, field: &str) -> FieldRight {
        let field = self.object(object).field(field).unwrap_or_else(|| panic!("{object} has {field}"));
        right(&person.roles, object, field).unwrap_or(FieldRight::Hidden)
    }

    /// Whether the field is seen as it is.
    pub fn plain(&self, person: &Person, object: &str, field: &str) -> bool {
        self.right(person, object, field) >= FieldRight::Read
    }

    fn is_below(&self, department: Uuid, top: Uuid) -> bool {
        let mut at = Some(department);
        while let Some(id) = at {
            if id == top {
                return true;
            }
            at = self.rows.get(&id).and_then(|row| row.id_of("parent"));
        }
        false
    }

    fn holds(&self, person: &Person, scope: DataScope, row: &Row) -> bool {
        let own = row.id_of("owner") == Some(person.id);
        let departments = row.id_of("department").zip(person.department);
        match scope {
            DataScope::None => false,
            DataScope::Own => own,
            DataScope::Department => own || departments.is_some_and(|(its, mine)| its == mine),
            DataScope::Below => own || departments.is_some_and(|(its, mine)| self.is_below(its, mine)),
            DataScope::All => true,
        }
    }

    fn in_team(&self, person: &Person, row: &Row, level: Option<&str>) -> bool {
        row.object == "account"
            && self.of("team_member", false).any(|member| {
                member.id_of("account") == Some(row.id)
                    && member.id_of("user") == Some(person.id)
                    && level.is_none_or(|level| member.text("level") == level)
            })
    }

    pub fn sees(&self, person: &Person, row: &Row) -> bool {
        self.sees_at(person, row, false)
    }

    /// `hung`: for the sake of something that hangs on the record.
    fn sees_at(&self, person: &Person, row: &Row, hung: bool) -> bool {
        let scope = scope(&person.roles, &row.object, Deed::Read);
        if scope == DataScope::None {
            return false;
        }
        if self.holds(person, scope, row) || self.in_team(person, row, None) {
            return true;
        }
        match &self.object(&row.object).access {
            Access::Open => true,
            Access::Owned => false,
            Access::Parents(fields) => fields.iter().any(|field| match row.value(field) {
                Value::Id(id) => self.rows.get(id).is_some_and(|parent| self.sees_at(person, parent, hung)),
                Value::Any(_, id) => self.rows.get(id).is_some_and(|parent| {
                    let hangs = matches!(parent.object.as_str(), "note" | "attachment");
                    parent.object != row.object && !(hung && hangs) && self.sees_at(person, parent, true)
                }),
                _ => false,
            }),
        }
    }

    pub fn sees_id(&self, person: &Person, id: Uuid) -> bool {
        self.rows.get(&id).is_some_and(|row| self.sees(person, row))
    }

    pub fn may(&self, person: &Person, row: &Row, deed: Deed) -> bool {
        let scope = scope(&person.roles, &row.object, deed);
        let writes = deed == Deed::Change && scope != DataScope::None && self.in_team(person, row, Some("write"));
        self.sees(person, row) && (self.holds(person, scope, row) || writes)
    }

    /// The records that the person sees, live ones or those that the recycle bin shows.
    pub fn seen<'a>(&'a self, person: &'a Person, object: &'a str, bin: bool) -> impl Iterator<Item = &'a Row> {
        self.of(object, bin).filter(move |row| self.sees(person, row) && (!bin || Self::handles(person, row)))
    }

    /// Whether a deleted record is one that the person deleted, or may handle for others.
    pub fn handles(person: &Person, row: &Row) -> bool {
        Self::keeps_bin(person) || row.id_of("deleted_by") == Some(person.id)
    }

    pub fn keeps_bin(person: &Person) -> bool {
        person.roles.iter().any(|role| role.duties.contains("bin"))
    }

    /// A field as the person sees it.
    pub fn shown(&self, person: &Person, row: &Row, field: &Field) -> (FieldState, Value) {
        let value = row.value(&field.name);
        match self.right(person, &row.object, &field.name) {
            FieldRight::Hidden => (FieldState::Hidden, Value::Null),
            FieldRight::Masked => (FieldState::Masked, masks::masked(field, value)),
            FieldRight::Write if !field.read_only => (FieldState::Writable, value.clone()),
            FieldRight::Read | FieldRight::Write => (FieldState::ReadOnly, value.clone()),
        }
    }

    /// What the person may call a record: nothing when it does not see it, or not its name.
    pub fn title(&self, person: &Person, id: Uuid) -> Option<String> {
        let row = self.rows.get(&id).filter(|row| self.sees(person, row))?;
        let field = self.object(&row.object).title_field();
        match self.shown(person, row, field) {
            (FieldState::Hidden, _) => None,
            (FieldState::Masked, Value::Null) if field.kind.is_reference() => Some("***".to_owned()),
            // a name that another record lends: nothing of it to whom that record is not there
            (_, Value::Id(lender)) => Some(self.title(person, lender).unwrap_or_default()),
            (_, value) => Some(value.as_text().unwrap_or_default().to_owned()),
        }
    }

    /// The title beside a reference of a record.
    pub fn reference(&self, person: &Person, row: &Row, field: &Field) -> Option<(String, Uuid)> {
        let target = match &field.kind {
            FieldKind::Reference { object, .. } => object.as_str(),
            FieldKind::File | FieldKind::Image => "attachment",
            FieldKind::AnyReference { .. } => "",
            _ => return None,
        };
        let (_, id) = row.names(&field.name, target).filter(|_| self.plain(person, &row.object, &field.name))?;
        Some((self.title(person, id)?, id))
    }
}
