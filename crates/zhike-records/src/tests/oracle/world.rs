//! A random world, and the plain lists that the oracle reads.

use std::{collections::BTreeMap, sync::Arc};

use zhike_model::Model;
use zhike_types::{Text, Uuid, Value};

use super::{Dice, given};
use crate::{Actor, Engine, Input, ListQuery, Record, Rights, Source, tests::Site};

/// A record with its plain values.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub object: String,
    pub id: Uuid,
    pub values: BTreeMap<String, Value>,
}

impl Row {
    pub fn value(&self, field: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.values.get(field).unwrap_or(&NULL)
    }

    pub fn id_of(&self, field: &str) -> Option<Uuid> {
        self.value(field).as_id()
    }

    pub fn text(&self, field: &str) -> &str {
        self.value(field).as_text().unwrap_or_default()
    }

    pub fn deleted(&self) -> bool {
        !self.value("deleted_at").is_null()
    }

    /// The record that a reference names.
    pub fn names(&self, field: &str, target: &str) -> Option<(String, Uuid)> {
        match self.value(field) {
            Value::Id(id) => Some((target.to_owned(), *id)),
            Value::Any(object, id) => Some((object.clone(), *id)),
            _ => None,
        }
    }
}

/// A user and the roles it has, as they were given.
pub(super) struct Person {
    pub id: Uuid,
    pub department: Option<Uuid>,
    pub roles: Vec<Rights>,
    pub actor: Actor,
}

/// A word that stands in one field of one record only.
pub(super) struct Planted {
    pub object: &'static str,
    pub id: Uuid,
    pub field: &'static str,
    pub word: String,
}

pub(super) struct World {
    pub seed: u64,
    pub site: Site,
    pub model: Arc<Model>,
    pub people: Vec<Person>,
    pub planted: Vec<Planted>,
    pub rows: BTreeMap<Uuid, Row>,
    /// How many of a hundred questions each person is asked: all of them in a small world, a hand full in one of every object.
    pub asked: usize,
}

/// Everything that is made, before it is read back.
pub(super) struct Maker<'a> {
    pub site: &'a Site,
    pub dice: Dice,
    departments: Vec<Uuid>,
    users: Vec<Uuid>,
    planted: Vec<Planted>,
    pub made: Vec<(String, Uuid)>,
    pub count: usize,
}

type Fields = Vec<(&'static str, String)>;

impl World {
    pub async fn make(site: Site, seed: u64) -> Self {
        let model = site.engine.model();
        let mut maker = Maker {
            site: &site,
            dice: Dice::new(seed),
            departments: Vec::new(),
            users: Vec::new(),
            planted: Vec::new(),
            made: Vec::new(),
            count: 0,
        };
        let given = maker.people(&model).await;
        maker.records().await;
        let every = model.objects().iter().any(|object| object.name == "lead");
        if every {
            maker.every().await;
        }
        maker.deletions().await;
        let Maker { planted, made, .. } = maker;
        let mut people = Vec::new();
        for (id, roles) in given {
            let actor = site.engine.actor_of_user(id, Source::Page).await.expect("a user is an actor");
            people.push(Person { id, department: None, roles, actor });
        }
        let asked = if every { 12 } else { 100 };
        let mut world = Self { seed, model, people, planted, rows: BTreeMap::new(), site, asked };
        for object in world.model.clone().objects() {
            world.reload(&object.name).await;
        }
        for (object, id) in made {
            assert_eq!(
                world.rows.get(&id).map(|row| row.object.as_str()),
                Some(object.as_str()),
                "what was made is there: seed {seed}"
            );
        }
        for person in &mut world.people {
            person.department = world.rows[&person.id].id_of("department");
        }
        world
    }

    pub fn engine(&self) -> &Engine {
        &self.site.engine
    }

    /// Reads the records of an object as the system sees them: what the oracle takes for true.
    pub async fn reload(&mut self, object: &str) {
        self.rows.retain(|_, row| row.object != object);
        for bin in [false, true] {
            let query = ListQuery { object: object.to_owned(), limit: 1_000, bin, ..ListQuery::default() };
            let page = self.site.engine.list(&self.site.admin, &query).await.expect("the system sees all");
            assert!(page.next.is_none());
            for record in page.records {
                self.rows.insert(record.id, plain(&record));
            }
        }
    }

    /// Reads one record again.
    pub async fn refresh(&mut self, object: &str, id: Uuid) {
        let record = self.site.engine.read(&self.site.admin, object, id).await.expect("the system sees all");
        self.rows.insert(id, plain(&record));
    }

    /// The records of an object, live ones or those in the recycle bin.
    pub fn of<'a>(&'a self, object: &'a str, bin: bool) -> impl Iterator<Item = &'a Row> {
        self.rows.values().filter(move |row| row.object == object && row.deleted() == bin)
    }

    /// Who asks in which world, for the message of a failure.
    pub fn tell(&self, person: &Person) -> String {
        let database = self.site.engine.db().dialect();
        let roles = serde_json::to_string(&person.roles).expect("roles are JSON");
        format!(
            "ZHIKE_ORACLE_SEED={} on {database:?}, user {} of department {:?} with roles {roles}",
            self.seed, person.id, person.department
        )
    }
}

fn plain(record: &Record) -> Row {
    let values = record.fields().map(|(field, value, _)| (field.name.clone(), value.clone())).collect();
    Row { object: record.object.name.clone(), id: record.id, values }
}

impl Maker<'_> {
    async fn people(&mut self, model: &Model) -> Vec<(Uuid, Vec<Rights>)> {
        for i in 0..6 {
            let mut fields = vec![("name", format!("部门{i}"))];
            if let Some(parent) = self.dice.maybe(85, &self.departments) {
                fields.push(("parent", parent.to_string()));
            }
            let id = self.add("department", fields).await;
            self.departments.push(id);
        }
        let mut roles = Vec::new();
        for i in 0..9 {
            let rights = given::role(&mut self.dice, model);
            let info = self
                .site
                .engine
                .save_role(
                    &self.site.admin,
                    None,
                    &format!("role-{i}"),
                    Text::new(format!("角色{i}"), ""),
                    rights.clone(),
                )
                .await;
            roles.push((info.expect("a role").id, rights));
        }
        let mut given = Vec::new();
        for i in 0..12 {
            let mut fields = vec![("name", format!("用户{i}")), ("login", format!("user{i}"))];
            if let Some(department) = self.dice.maybe(90, &self.departments) {
                fields.push(("department", department.to_string()));
            }
            let id = self.add("user", fields).await;
            self.users.push(id);
            // one has no role at all
            let count = if i == 0 { 0 } else { *self.dice.pick(&[1, 1, 2, 2, 3]) };
            let mut has: Vec<usize> = Vec::new();
            while has.len() < count {
                let role = self.dice.below(roles.len());
                if !has.contains(&role) {
                    has.push(role);
                }
            }
            let ids: Vec<Uuid> = has.iter().map(|&role| roles[role].0).collect();
            self.site.engine.set_roles(&self.site.admin, id, &ids).await.expect("roles are given");
            given.push((id, has.iter().map(|&role| roles[role].1.clone()).collect()));
        }
        given
    }

    async fn records(&mut self) {
        for _ in 0..16 {
            self.account().await;
        }
        for _ in 0..18 {
            self.contact().await;
        }
        for _ in 0..14 {
            self.interaction().await;
        }
        for _ in 0..10 {
            self.task().await;
        }
        for _ in 0..14 {
            let (account, user) = (self.known("account", 100), self.dice.pick(&self.users).to_string());
            let level = (*self.dice.pick(&["read", "write"])).to_owned();
            self.add_owned(
                "team_member",
                vec![("account", account.expect("accounts")), ("user", user), ("level", level)],
            )
            .await;
        }
        for _ in 0..4 {
            let ends = ["from_account", "to_account"].map(|end| (end, self.known("account", 100).expect("accounts")));
            self.add_owned(
                "account_relation",
                Vec::from(ends).into_iter().chain([("kind", "partner".to_owned())]).collect(),
            )
            .await;
        }
        for _ in 0..14 {
            let about = self.about(&[
                "account",
                "account",
                "contact",
                "interaction",
                "task",
                "department",
                "team_member",
                "attachment",
            ]);
            let body = self.word();
            let id = self
                .add_owned(
                    "note",
                    vec![("about", format!("{}:{}", about.0, about.1)), ("body", format!("备注 {body}"))],
                )
                .await;
            self.plant("note", id, "body", body);
        }
        for _ in 0..12 {
            let about = self.about(&["account", "account", "contact", "interaction", "task", "note", "note"]);
            self.attachment(&about.0, about.1).await;
        }
        // a note on a file, and a file on that note: what hangs on what hangs on something
        let file = self.about(&["attachment"]);
        let body = self.word();
        let note = self.add_owned("note", vec![("about", format!("{}:{}", file.0, file.1)), ("body", body)]).await;
        self.attachment("note", note).await;
    }

    async fn account(&mut self) {
        let (word, remark, street) = (self.word(), self.word(), self.word());
        let digits = self.count;
        let mut fields = vec![
            ("name", format!("晨光{word}贸易")),
            ("level", (*self.dice.pick(&["A", "B", "C", ""])).to_owned()),
            ("status", (*self.dice.pick(&["potential", "active"])).to_owned()),
            ("employees", self.dice.below(5).to_string()),
            ("annual_revenue", (self.dice.below(9) * 1_000).to_string()),
            ("phone", format!("0532-8661{digits:04}")),
            ("mobile", format!("1390532{digits:04}")),
            ("email", format!("office{digits}@example.com")),
            ("address", format!("香港路 {street}")),
            ("id_number", id_number(digits)),
            ("birthday", "1980-05-01".to_owned()),
            ("remark", format!("说明 {remark}")),
            ("tags", (*self.dice.pick(&["重点", "展会", ""])).to_owned()),
        ];
        fields.extend(self.known("account", 30).map(|parent| ("parent", parent)));
        let mobile = fields[6].1.clone();
        let id = self.add_owned("account", fields).await;
        for (field, word) in [("name", word), ("remark", remark), ("address", street), ("mobile", mobile)] {
            self.plant("account", id, field, word);
        }
    }

    async fn contact(&mut self) {
        let (word, wechat) = (self.word(), self.word());
        let digits = self.count;
        let mut fields = vec![
            ("name", format!("王{word}")),
            ("account", self.known("account", 100).expect("accounts")),
            ("title", (*self.dice.pick(&["经理", "主任", ""])).to_owned()),
            ("decision_role", (*self.dice.pick(&["decision", "user", ""])).to_owned()),
            ("is_primary", (*self.dice.pick(&["true", "false"])).to_owned()),
            ("mobile", format!("1860532{digits:04}")),
            ("email", format!("person{digits}@example.com")),
            ("wechat", wechat.clone()),
            ("id_number", id_number(digits)),
        ];
        fields.extend(self.known("contact", 30).map(|boss| ("reports_to", boss)));
        let (mobile, email) = (fields[5].1.clone(), fields[6].1.clone());
        let id = self.add_owned("contact", fields).await;
        for (field, word) in [("name", word), ("wechat", wechat), ("mobile", mobile), ("email", email)] {
            self.plant("contact", id, field, word);
        }
    }

    async fn interaction(&mut self) {
        let word = self.word();
        let mut fields = vec![
            ("account", self.known("account", 100).expect("accounts")),
            ("channel", (*self.dice.pick(&["phone", "visit"])).to_owned()),
            ("at", format!("2026-02-{:02} 09:30", 1 + self.dice.below(28))),
            ("content", format!("谈过 {word}")),
        ];
        fields.extend(self.known("contact", 60).map(|contact| ("contact", contact)));
        let id = self.add_owned("interaction", fields).await;
        self.plant("interaction", id, "content", word);
    }

    async fn task(&mut self) {
        let word = self.word();
        let mut fields =
            vec![("subject", format!("回访 {word}")), ("done", (*self.dice.pick(&["true", "false"])).to_owned())];
        fields.extend(self.known("account", 70).map(|account| ("account", account)));
        fields.extend(self.known("contact", 30).map(|contact| ("contact", contact)));
        let id = self.add_owned("task", fields).await;
        self.plant("task", id, "subject", word);
    }

    async fn attachment(&mut self, object: &str, id: Uuid) {
        let word = self.word();
        let bytes = format!("bytes of {word}").into_bytes();
        let file = self
            .site
            .engine
            .attach(&self.site.admin, object, id, &format!("{word}.txt"), bytes)
            .await
            .expect("a file is attached");
        let input = self.owned().into_iter().fold(Input::default(), |input, (field, text)| input.set(field, text));
        self.site
            .engine
            .change(&self.site.admin, "attachment", file.id, None, input)
            .await
            .expect("an attachment gets an owner");
        self.made.push(("attachment".to_owned(), file.id));
        self.plant("attachment", file.id, "name", word);
    }

    async fn deletions(&mut self) {
        for (object, id) in self.made.clone() {
            if matches!(object.as_str(), "user" | "department") || !self.dice.percent(10) {
                continue;
            }
            // it may have gone with what it belongs to
            let by = self.dice.maybe(60, &self.users);
            let actor = Actor { user_id: by, ..self.site.admin.clone() };
            let _gone = self.site.engine.delete(&actor, &object, id, None, None).await;
        }
    }

    /// A word that nothing else holds.
    pub fn word(&mut self) -> String {
        self.count += 1;
        format!("qx{:04}", self.count)
    }

    fn plant(&mut self, object: &'static str, id: Uuid, field: &'static str, word: String) {
        self.planted.push(Planted { object, id, field, word });
    }

    pub fn known(&mut self, object: &str, chance: usize) -> Option<String> {
        let ids: Vec<String> =
            self.made.iter().filter(|(known, _)| *known == object).map(|(_, id)| id.to_string()).collect();
        self.dice.maybe(chance, &ids)
    }

    pub fn about(&mut self, objects: &[&str]) -> (String, Uuid) {
        let object = *self.dice.pick(objects);
        let all: Vec<(String, Uuid)> = self.made.iter().filter(|(known, _)| *known == object).cloned().collect();
        if all.is_empty() { self.about(&["account"]) } else { self.dice.pick(&all).clone() }
    }

    /// A random owner and department, either of which may be missing or not fit the other.
    pub fn owned(&mut self) -> Fields {
        let owner = self.dice.maybe(80, &self.users).map_or_else(String::new, |id| id.to_string());
        let department = self.dice.maybe(80, &self.departments).map_or_else(String::new, |id| id.to_string());
        vec![("owner", owner), ("department", department)]
    }

    async fn add_owned(&mut self, object: &'static str, mut fields: Fields) -> Uuid {
        fields.extend(self.owned());
        self.add(object, fields).await
    }

    async fn add(&mut self, object: &'static str, fields: Fields) -> Uuid {
        self.site.clock.advance(60_000);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let id = self.site.make(object, &fields).await.id;
        self.made.push((object.to_owned(), id));
        id
    }
}

/// A number with the right check digit (GB 11643-1999).
fn id_number(count: usize) -> String {
    let body = format!("37020219800501{:03}", count % 1_000);
    let sum: u32 = body
        .bytes()
        .zip([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
}
