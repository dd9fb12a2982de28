//! Roles: named sets of rights, and who has them.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use zhike_db::{Sql, Tx, schema, sql};
use zhike_model::{Class, FieldKind, Model};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use crate::{
    Actor, DataScope, Engine, FieldRight, ObjectRights, Rights, approval,
    audit::{self, Deed},
    dispute, handover, matching,
    people::needs_duty,
    pool,
};

#[derive(Debug, Clone, Serialize)]
pub struct RoleInfo {
    pub id: Uuid,
    pub name: String,
    pub label: Text,
    pub rights: Rights,
    /// Made by Zhike: it can be changed, not deleted. The administrator's cannot be changed either.
    pub built_in: bool,
    pub version: i64,
    /// How many users have it.
    pub users: i64,
}

/// The fact in `meta` that says which rights the built-in roles know of; 2: `merge`; 3: `duplicates`; 4: `disputes`; 5: `pools` and
/// `handover`; 6: catalogues; 7: what is set for people by those above them; 8: `approval`; 9: rules of
/// assignment, which are a catalogue.
const RIGHTS: &str = "rights";
const RIGHTS_NOW: &str = "9";

/// The roles a new installation has. Their rights are a start that the administrator changes.
fn built_in(model: &Model) -> Vec<(&'static str, Text, Rights)> {
    let rights = |read, create, change, delete, import, export| ObjectRights {
        read,
        create,
        change,
        delete,
        import,
        export,
        // who answers for the records of others may make one of two
        merge: delete > DataScope::Own,
        fields: BTreeMap::new(),
    };
    let everyday = |own: ObjectRights| {
        let look = rights(DataScope::All, false, DataScope::None, DataScope::None, false, false);
        let parts = rights(own.read, own.create, own.change, own.delete, own.import, own.export);
        let mut objects = BTreeMap::from([("account".to_owned(), own.clone()), ("*".to_owned(), parts)]);
        for name in ["user", "department"] {
            objects.insert(name.to_owned(), look.clone());
        }
        for object in model.objects().iter().filter(|object| object.catalogue) {
            let keeps = own.read == DataScope::All && own.change == DataScope::All;
            let kept = rights(DataScope::All, true, DataScope::All, DataScope::All, true, true);
            objects.insert(object.name.clone(), if keeps { kept } else { look.clone() });
        }
        // who answers for nobody reads what is set for them
        for object in model.objects().iter().filter(|object| object.set_above && own.delete <= DataScope::Own) {
            let told = rights(own.read, false, DataScope::None, DataScope::None, false, own.export);
            objects.insert(object.name.clone(), told);
        }
        objects.insert("tag".to_owned(), ObjectRights { create: true, ..look });
        objects
    };
    let sales = rights(DataScope::Own, true, DataScope::Own, DataScope::Own, true, false);
    let manager = rights(DataScope::Below, true, DataScope::Below, DataScope::Below, true, true);
    let director = rights(DataScope::All, true, DataScope::All, DataScope::Below, true, true);
    let service = rights(DataScope::All, true, DataScope::Department, DataScope::Own, false, false);
    let officer = rights(DataScope::All, false, DataScope::None, DataScope::None, false, true);
    let duty = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    vec![
        ("admin", Text::new("系统管理员", "Administrator"), Rights::everything()),
        (
            "director",
            Text::new("销售总监", "Sales director"),
            Rights {
                objects: with_costs(model, everyday(director), FieldRight::Write),
                duties: duty(&[
                    "share-views",
                    "bin",
                    matching::DUTY,
                    dispute::DUTY,
                    pool::DUTY,
                    handover::DUTY,
                    approval::DUTY,
                ]),
                ..Rights::default()
            },
        ),
        (
            "manager",
            Text::new("部门经理", "Department manager"),
            Rights {
                objects: with_costs(model, everyday(manager), FieldRight::Read),
                duties: duty(&["share-views", matching::DUTY, dispute::DUTY, handover::DUTY]),
                ..Rights::default()
            },
        ),
        ("sales", Text::new("销售", "Salesperson"), Rights { objects: everyday(sales), ..Rights::default() }),
        (
            "service",
            Text::new("客服", "Service agent"),
            Rights { objects: everyday(service), personal: FieldRight::Masked, ..Rights::default() },
        ),
        (
            "dpo",
            Text::new("数据保护专员", "Data protection officer"),
            Rights {
                objects: everyday(officer),
                sensitive: FieldRight::Read,
                duties: duty(&["audit"]),
                ..Rights::default()
            },
        ),
    ]
}

/// Costs and margins are trade secrets, not somebody's secrets: who answers for prices sees them, whatever else is masked.
fn with_costs(
    model: &Model,
    mut objects: BTreeMap<String, ObjectRights>,
    right: FieldRight,
) -> BTreeMap<String, ObjectRights> {
    for object in model.objects() {
        let of = if objects.contains_key(&object.name) { object.name.as_str() } else { "*" };
        let Some(given) = objects.get_mut(of) else { continue };
        for field in object.fields.iter().filter(|field| field.class == Class::Sensitive) {
            if matches!(field.kind.value_kind(), FieldKind::Money { .. } | FieldKind::Percent { .. }) {
                given.fields.insert(field.name.clone(), right);
            }
        }
    }
    objects
}

impl Engine {
    /// Makes the built-in roles of a new installation.
    pub(crate) async fn make_built_in_roles(&self) -> Result<()> {
        if self.0.db.read().await?.row(sql!("SELECT 1 FROM role LIMIT 1")).await?.is_some() {
            return self.give_new_rights().await;
        }
        let mut tx = self.0.db.begin().await?;
        schema::set_meta(&mut tx, RIGHTS, RIGHTS_NOW).await?;
        for (name, label, rights) in built_in(&self.model()) {
            let rights = serde_json::to_string(&rights).map_err(Error::internal)?;
            tx.run(sql!(
                "INSERT INTO role (id, name, label_zh, label_en, rights, built_in, version) VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (name) DO NOTHING",
                self.0.ids.next(),
                name,
                label.zh.as_ref(),
                label.en.as_ref(),
                rights,
                true
            ))
            .await?;
        }
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// Rights that are younger than the installation: built-in roles get them once, where they have the objects still.
    async fn give_new_rights(&self) -> Result<()> {
        let known = schema::meta(&mut self.0.db.read().await?, RIGHTS).await?;
        if known.as_deref() == Some(RIGHTS_NOW) {
            return Ok(());
        }
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        for (name, _, now) in built_in(&model) {
            let Some(row) =
                tx.row(sql!("SELECT rights FROM role WHERE name = $1 AND built_in = $2", name, true)).await?
            else {
                continue;
            };
            let mut rights: Rights = serde_json::from_str(&row.must_text(0)?).map_err(Error::internal)?;
            if known.is_none() {
                for (object, given) in &mut rights.objects {
                    given.merge |= now.object(object).is_some_and(|now| now.merge);
                }
            }
            let younger: &[&str] = match known.as_deref() {
                None | Some("2") => &[matching::DUTY, dispute::DUTY, pool::DUTY, handover::DUTY, approval::DUTY],
                Some("3") => &[dispute::DUTY, pool::DUTY, handover::DUTY, approval::DUTY],
                Some("4") => &[pool::DUTY, handover::DUTY, approval::DUTY],
                Some("8") => &[],
                _ => &[approval::DUTY],
            };
            rights.duties.extend(younger.iter().filter(|duty| now.may(duty)).map(|&duty| duty.to_owned()));
            for (object, given) in &now.objects {
                if model.object(object).is_some_and(|object| object.catalogue || object.set_above) {
                    rights.objects.entry(object.clone()).or_insert_with(|| given.clone());
                }
            }
            let rights = serde_json::to_string(&rights).map_err(Error::internal)?;
            tx.run(sql!("UPDATE role SET rights = $1, version = version + 1 WHERE name = $2", rights, name)).await?;
        }
        schema::set_meta(&mut tx, RIGHTS, RIGHTS_NOW).await?;
        tx.commit().await
    }

    /// All roles: everybody may know what roles there are; what they allow is for who manages them.
    #[boxed]
    pub async fn roles(&self, actor: &Actor) -> Result<Vec<RoleInfo>> {
        let rows = self
            .0
            .db
            .read()
            .await?
            .rows(sql!(
                "SELECT r.id, r.name, r.label_zh, r.label_en, r.rights, r.built_in, r.version, (SELECT COUNT(*) FROM user_role u WHERE u.role_id = r.id) \
                 FROM role r ORDER BY r.id"
            ))
            .await?;
        let manages = actor.rights.may("users");
        rows.iter()
            .map(|row| {
                let rights = if manages {
                    serde_json::from_str(&row.must_text(4)?).map_err(Error::internal)?
                } else {
                    Rights::default()
                };
                Ok(RoleInfo {
                    id: row.must_id(0)?,
                    name: row.must_text(1)?,
                    label: Text::new(row.must_text(2)?, row.must_text(3)?),
                    rights,
                    built_in: row.bool(5)?.unwrap_or(false),
                    version: row.must_int(6)?,
                    users: row.must_int(7)?,
                })
            })
            .collect()
    }

    /// Makes a role, or replaces one.
    #[boxed]
    pub async fn save_role(
        &self,
        actor: &Actor,
        id: Option<Uuid>,
        name: &str,
        label: Text,
        rights: Rights,
    ) -> Result<RoleInfo> {
        needs_duty(actor, "users")?;
        let fits = !name.is_empty()
            && name.len() <= 40
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if !fits {
            return Err(Error::invalid(
                "name",
                "invalid",
                Text::new(
                    "角色代码用小写字母、数字、下划线，最多 40 个。",
                    "A role's name has small letters, digits, `_` and `-`, at most 40.",
                ),
            ));
        }
        if label.zh.trim().is_empty() {
            return Err(Error::invalid("label", "required", Text::new("请填写角色名称。", "Give the role a name.")));
        }
        self.check_rights(&rights)?;
        let json = serde_json::to_string(&rights).map_err(Error::internal)?;
        let mut tx = self.0.db.begin().await?;
        let known =
            tx.row(sql!("SELECT id FROM role WHERE name = $1", name)).await?.map(|row| row.must_id(0)).transpose()?;
        if known.is_some() && known != id {
            return Err(Error::invalid(
                "name",
                "unique",
                Text::new("已经有这个代码的角色。", "There is a role of this name."),
            ));
        }
        let (zh, en) =
            (label.zh.as_ref(), if label.en.trim().is_empty() { label.zh.as_ref() } else { label.en.as_ref() });
        let id = match id {
            Some(id) => {
                let row = tx.row(sql!("SELECT name FROM role WHERE id = $1", id)).await?.ok_or(Error::NotFound)?;
                if row.must_text(0)? == "admin" {
                    return Err(Error::Conflict(Text::new(
                        "系统管理员的权限不能修改。",
                        "The administrator's rights cannot be changed.",
                    )));
                }
                tx.run(sql!("UPDATE role SET name = $1, label_zh = $2, label_en = $3, rights = $4, version = version + 1 WHERE id = $5", name, zh, en, json.as_str(), id)).await?;
                id
            }
            None => {
                let id = self.0.ids.next();
                tx.run(sql!(
                    "INSERT INTO role (id, name, label_zh, label_en, rights, built_in, version) VALUES ($1, $2, $3, $4, $5, $6, 1)",
                    id,
                    name,
                    zh,
                    en,
                    json.as_str(),
                    false
                ))
                .await?;
                id
            }
        };
        self.note_role(&mut tx, actor, "role", id, Some(&json)).await?;
        tx.commit().await?;
        self.written();
        self.roles(actor).await?.into_iter().find(|role| role.id == id).ok_or(Error::NotFound)
    }

    fn check_rights(&self, rights: &Rights) -> Result<()> {
        let model = self.model();
        for (name, of) in &rights.objects {
            if name == "*" {
                continue;
            }
            let object = model.object(name).ok_or_else(|| {
                Error::invalid(
                    "rights",
                    "unknown",
                    zhike_types::text!("没有「{name}」这个对象。", "There is no object `{name}`."),
                )
            })?;
            if let Some(field) = of.fields.keys().find(|field| object.field(field).is_none()) {
                return Err(Error::invalid(
                    "rights",
                    "unknown",
                    zhike_types::text!("「{name}」没有字段「{field}」。", "`{name}` has no field `{field}`."),
                ));
            }
        }
        Ok(())
    }

    async fn note_role(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        action: &'static str,
        role: Uuid,
        rights: Option<&str>,
    ) -> Result<()> {
        let after = rights.map(|rights| {
            serde_json::Map::from_iter([("rights".to_owned(), serde_json::Value::String(rights.to_owned()))])
        });
        let deed = Deed { record_id: Some(role), after, ..Deed::about(action, "role") };
        audit::record(tx, actor, self.now(), vec![deed]).await
    }

    #[boxed]
    pub async fn delete_role(&self, actor: &Actor, id: Uuid) -> Result<()> {
        needs_duty(actor, "users")?;
        let mut tx = self.0.db.begin().await?;
        let row = tx
            .row(sql!(
                "SELECT built_in, (SELECT COUNT(*) FROM user_role WHERE role_id = role.id) FROM role WHERE id = $1",
                id
            ))
            .await?
            .ok_or(Error::NotFound)?;
        if row.bool(0)?.unwrap_or(false) {
            return Err(Error::Conflict(Text::new("内置角色不能删除。", "Built-in roles cannot be deleted.")));
        }
        let users = row.must_int(1)?;
        if users > 0 {
            return Err(Error::Conflict(zhike_types::text!(
                "还有 {users} 位用户使用这个角色。",
                "{users} users still have this role."
            )));
        }
        tx.run(sql!("DELETE FROM role WHERE id = $1", id)).await?;
        self.note_role(&mut tx, actor, "role-deleted", id, None).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// A user's roles; one's own are no secret.
    #[boxed]
    pub async fn roles_of(&self, actor: &Actor, user: Uuid) -> Result<Vec<Uuid>> {
        if actor.user_id != Some(user) {
            needs_duty(actor, "users")?;
        }
        let rows = self
            .0
            .db
            .read()
            .await?
            .rows(sql!("SELECT role_id FROM user_role WHERE user_id = $1 ORDER BY role_id", user))
            .await?;
        rows.iter().map(|row| row.must_id(0)).collect()
    }

    /// The roles of several users, in one query. Who has none is not in the answer.
    #[boxed]
    pub async fn roles_of_all(&self, actor: &Actor, users: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>> {
        needs_duty(actor, "users")?;
        let mut roles: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        if users.is_empty() {
            return Ok(roles);
        }
        let mut sql = Sql::new("SELECT user_id, role_id FROM user_role WHERE user_id IN (");
        sql.list(users.iter().copied()).push(") ORDER BY user_id, role_id");
        for row in self.0.db.read().await?.rows(sql).await? {
            roles.entry(row.must_id(0)?).or_default().push(row.must_id(1)?);
        }
        Ok(roles)
    }

    /// Replaces a user's roles. The last administrator stays one.
    #[boxed]
    pub async fn set_roles(&self, actor: &Actor, user: Uuid, roles: &[Uuid]) -> Result<()> {
        needs_duty(actor, "users")?;
        let mut tx = self.0.db.begin().await?;
        if tx.row(sql!("SELECT 1 FROM \"user\" WHERE id = $1", user)).await?.is_none() {
            return Err(Error::NotFound);
        }
        let had_admin = tx
            .number(sql!("SELECT COUNT(*) FROM user_role u JOIN role r ON r.id = u.role_id WHERE r.name = 'admin'"))
            .await?;
        tx.run(sql!("DELETE FROM user_role WHERE user_id = $1", user)).await?;
        for role in roles {
            let known = tx.run(sql!("INSERT INTO user_role (user_id, role_id) SELECT $1, id FROM role WHERE id = $2 ON CONFLICT DO NOTHING", user, *role)).await?;
            if known == 0 && tx.row(sql!("SELECT 1 FROM role WHERE id = $1", *role)).await?.is_none() {
                return Err(Error::invalid(
                    "roles",
                    "unknown",
                    Text::new("选的角色不存在。", "There is no such role."),
                ));
            }
        }
        let has_admin = tx
            .number(sql!("SELECT COUNT(*) FROM user_role u JOIN role r ON r.id = u.role_id WHERE r.name = 'admin'"))
            .await?;
        if had_admin > 0 && has_admin == 0 {
            return Err(Error::Conflict(Text::new(
                "至少要保留一位系统管理员。",
                "At least one administrator must remain.",
            )));
        }
        self.note(&mut tx, actor, "roles", user).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }
}
