//! A small random world, made over HTTP, and what an administrator reads of it: the oracle's plain lists.

use std::{collections::BTreeMap, io::Write as _, process::Stdio};

use serde_json::{Map, Value, json};
use zhike_tests::{Client, Server, Site};

/// What is listed and compared.
pub const OBJECTS: [&str; 8] =
    ["department", "user", "account", "contact", "interaction", "task", "note", "team_member"];
const PASSWORD: &str = "a long password";

/// A record as the administrator reads it.
#[derive(Clone)]
pub struct Row {
    pub object: String,
    pub id: String,
    pub values: Map<String, Value>,
}

impl Row {
    pub fn is_deleted(&self) -> bool {
        !self.values["deleted_at"].is_null()
    }

    pub fn text(&self, field: &str) -> &str {
        self.values.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// The id that a reference holds.
    pub fn names(&self, field: &str) -> Option<&str> {
        self.values.get(field)?["id"].as_str()
    }
}

pub struct Person {
    pub id: String,
    pub login: String,
    pub department: Option<String>,
    pub roles: Vec<Value>,
    /// A program with the whole scope.
    pub token: Client,
    /// The same user in a browser.
    pub pages: Client,
    base: String,
}

impl Person {
    /// A program with a scope.
    pub fn narrow(&self, scope: &str) -> Client {
        let made = self.pages.post("/api/v1/tokens", &json!({ "name": scope, "scope": scope })).expect(201).json();
        Client::new(&self.base)
            .with_header("Authorization", &format!("Bearer {}", made["token"].as_str().expect("a token")))
    }
}

/// A word that stands in one field of one record.
pub struct Planted {
    pub id: String,
    pub field: &'static str,
    pub word: String,
    pub searched: bool,
}

pub struct World<'s> {
    pub people: Vec<Person>,
    pub rows: BTreeMap<String, Row>,
    pub planted: Vec<Planted>,
    pub admin: Client,
    _server: Server<'s>,
}

struct Maker {
    admin: Client,
    dice: Dice,
    made: Vec<(&'static str, String)>,
    planted: Vec<Planted>,
}

impl<'s> World<'s> {
    pub fn make(site: &'s Site, seed: u64) -> Self {
        let logins: Vec<String> = (0..5).map(|i| format!("user{i}")).collect();
        let ids: Vec<String> = logins.iter().map(|login| user(site, login, "sales")).collect();
        user(site, "boss", "admin");
        let token = site.token("boss");
        let server = site.serve();
        let admin = Client::new(server.base()).with_header("Authorization", &format!("Bearer {token}"));
        let mut maker = Maker {
            admin,
            dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            made: Vec::new(),
            planted: Vec::new(),
        };
        let roles = maker.people(&ids);
        maker.records();
        let mut people = Vec::new();
        for ((login, id), roles) in logins.into_iter().zip(ids).zip(roles) {
            let pages = server.anonymous().sign_in(&login, PASSWORD);
            let base = server.base().to_owned();
            let mut person = Person { id, login, department: None, roles, token: server.anonymous(), pages, base };
            person.token = person.narrow("*");
            people.push(person);
        }
        let mut world =
            Self { people, rows: BTreeMap::new(), planted: maker.planted, admin: maker.admin, _server: server };
        for object in OBJECTS {
            for bin in [false, true] {
                let page = world.admin.get(&format!("/api/v1/{object}?limit=1000&bin={bin}")).expect(200).json();
                for record in page["data"].as_array().expect("records") {
                    let values = record.as_object().expect("a record").clone();
                    let id = values["id"].as_str().expect("an id").to_owned();
                    world.rows.insert(id.clone(), Row { object: object.to_owned(), id, values });
                }
            }
        }
        assert!(maker.made.iter().all(|(_, id)| world.rows.contains_key(id)), "what was made is there");
        for person in &mut world.people {
            person.department = world.rows[&person.id].names("department").map(str::to_owned);
        }
        world
    }

    pub fn row(&self, id: &str) -> &Row {
        self.rows.get(id).unwrap_or_else(|| panic!("there is no {id}"))
    }

    pub fn rows_of<'a>(&'a self, object: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows.values().filter(move |row| row.object == object)
    }
}

/// A user who can sign in.
fn user(site: &Site, login: &str, role: &str) -> String {
    let mut child = site
        .command(&["user", "create", "--login", login, "--name", login, "--role", role, "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(PASSWORD.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "`zhike user create` for {login}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Chance from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn role(&mut self) -> Value {
        let mut objects = Map::new();
        if self.percent(80) {
            objects.insert("*".to_owned(), self.grant(""));
        }
        for object in OBJECTS {
            if self.percent(if object == "user" { 80 } else { 50 }) {
                objects.insert(object.to_owned(), self.grant(object));
            }
        }
        let classes = ["hidden", "masked", "read", "write", "write"];
        let duties: &[&str] = if self.percent(40) { &["bin"] } else { &[] };
        json!({
            "objects": objects, "personal": self.pick(&classes), "sensitive": self.pick(&classes), "duties": duties,
        })
    }

    fn grant(&mut self, object: &str) -> Value {
        let scopes = ["none", "own", "own", "department", "below", "all"];
        let fields: &[&str] = match object {
            "account" => &["name", "mobile", "industry", "owner", "department", "phone"],
            "contact" => &["name", "mobile", "account", "wechat", "owner"],
            "interaction" => &["at", "content", "account"],
            "note" => &["body", "about"],
            "user" => &["name", "login"],
            _ => &[],
        };
        let mut limits = Map::new();
        if !fields.is_empty() && self.percent(50) {
            for _ in 0..2 {
                limits.insert((*self.pick(fields)).to_owned(), json!(self.pick(&["hidden", "masked", "read"])));
            }
        }
        json!({
            "read": self.pick(&scopes), "create": self.percent(60), "change": self.pick(&scopes), "delete": self.pick(&scopes),
            "import": false, "export": self.percent(70), "merge": self.percent(60), "fields": limits,
        })
    }
}

impl Maker {
    fn people(&mut self, users: &[String]) -> Vec<Vec<Value>> {
        let mut departments: Vec<String> = Vec::new();
        for i in 0..4 {
            let parent = if i == 0 { Value::Null } else { json!(self.dice.pick(&departments)) };
            departments.push(self.make("department", json!({ "name": format!("部门{i}"), "parent": parent })));
        }
        let roles: Vec<(String, Value)> = (0..5)
            .map(|i| {
                let rights = self.dice.role();
                let role =
                    json!({ "name": format!("role-{i}"), "label": { "zh": format!("角色{i}") }, "rights": rights });
                let made = self.admin.post("/api/v1/roles", &role).expect(201).json();
                (made["id"].as_str().expect("an id").to_owned(), rights)
            })
            .collect();
        let mut given = Vec::new();
        for id in users {
            let department = self.dice.pick(&departments).clone();
            self.admin.patch(&format!("/api/v1/user/{id}"), &json!({ "department": department })).expect(200);
            let first = self.dice.below(roles.len());
            let mut has = vec![&roles[first]];
            if self.dice.percent(50) {
                has.push(&roles[(first + 1) % roles.len()]);
            }
            let ids: Vec<&String> = has.iter().map(|(id, _)| id).collect();
            self.admin.put(&format!("/api/v1/users/{id}/roles"), &json!({ "roles": ids })).expect(200);
            given.push(has.iter().map(|(_, rights)| rights.clone()).collect());
            self.made.push(("user", id.clone()));
        }
        given
    }

    fn records(&mut self) {
        for n in 0..9 {
            let (word, mobile) = (format!("qa{n:03}"), format!("139053210{n:02}"));
            let fields =
                json!({ "name": format!("晨光{word}贸易"), "mobile": mobile, "phone": format!("0532-866100{n:02}") });
            let id = self.owned("account", fields);
            self.plant(&id, "name", word, true);
            self.plant(&id, "mobile", mobile, true);
        }
        for n in 0..10 {
            let (word, mobile, wechat) = (format!("qc{n:03}"), format!("186053210{n:02}"), format!("wx{n:03}c"));
            let account = self.known("account");
            let id = self.owned(
                "contact",
                json!({ "name": format!("王{word}"), "account": account, "mobile": mobile, "wechat": wechat }),
            );
            self.plant(&id, "name", word, true);
            self.plant(&id, "mobile", mobile, false);
            self.plant(&id, "wechat", wechat, true);
        }
        for n in 0..8 {
            let word = format!("qi{n:03}");
            let account = self.known("account");
            let id = self.owned(
                "interaction",
                json!({ "account": account, "channel": "visit", "content": format!("谈过 {word}") }),
            );
            self.plant(&id, "content", word, true);
        }
        for n in 0..5 {
            let word = format!("qt{n:03}");
            let account = if n == 0 { Value::Null } else { json!(self.known("account")) };
            let id = self.owned("task", json!({ "account": account, "subject": format!("回访 {word}") }));
            self.plant(&id, "subject", word, false);
        }
        for n in 0..7 {
            let word = format!("qn{n:03}");
            let object = *self.dice.pick(&["account", "contact", "interaction"]);
            let about = json!({ "object": object, "id": self.known(object) });
            let id = self.owned("note", json!({ "about": about, "body": format!("备注 {word}") }));
            self.plant(&id, "body", word, true);
        }
        for _ in 0..5 {
            let (account, user) = (self.known("account"), self.known("user"));
            let level = *self.dice.pick(&["read", "write"]);
            self.owned("team_member", json!({ "account": account, "user": user, "level": level }));
        }
        for (object, id) in self.made.clone() {
            if !matches!(object, "user" | "department") && self.dice.percent(12) {
                // it may have gone with what it belongs to
                self.admin.delete(&format!("/api/v1/{object}/{id}"));
            }
        }
    }

    fn known(&mut self, object: &str) -> String {
        let ids: Vec<&String> = self.made.iter().filter(|(known, _)| *known == object).map(|(_, id)| id).collect();
        (*self.dice.pick(&ids)).clone()
    }

    fn owned(&mut self, object: &'static str, mut fields: Value) -> String {
        fields["owner"] = if self.dice.percent(80) { json!(self.known("user")) } else { Value::Null };
        fields["department"] = if self.dice.percent(80) { json!(self.known("department")) } else { Value::Null };
        self.make(object, fields)
    }

    #[expect(clippy::needless_pass_by_value, reason = "a record is handed over")]
    fn make(&mut self, object: &'static str, fields: Value) -> String {
        // dice make people alike; whom they may see is the question here
        let admin = self.admin.clone().with_header("Zhike-Duplicates", "allow").with_header("X-Reason", "test");
        let made = admin.post(&format!("/api/v1/{object}"), &fields).expect(201).json();
        let id = made["id"].as_str().expect("an id").to_owned();
        self.made.push((object, id.clone()));
        id
    }

    fn plant(&mut self, id: &str, field: &'static str, word: String, searched: bool) {
        self.planted.push(Planted { id: id.to_owned(), field, word, searched });
    }
}
