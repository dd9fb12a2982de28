//! The oracle: who may see what, by the documented rules, over plain JSON.

use serde_json::{Map, Value, json};

use super::world::{Person, Row, World};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Hidden,
    Masked,
    Read,
    Write,
}

const SCOPES: [&str; 5] = ["none", "own", "department", "below", "all"];
const PERSONAL: [(&str, &[&str]); 3] = [
    ("account", &["birthday", "address", "mobile"]),
    ("contact", &["name", "mobile", "phone", "email", "wechat", "sex", "birthday"]),
    ("user", &["mobile"]),
];

fn right(word: &Value) -> Right {
    match word.as_str() {
        Some("hidden") => Right::Hidden,
        Some("masked") => Right::Masked,
        Some("read") => Right::Read,
        _ => Right::Write,
    }
}

fn grants<'a>(person: &'a Person, object: &'a str) -> impl Iterator<Item = (&'a Value, &'a Value)> {
    person
        .roles
        .iter()
        .filter_map(move |role| Some((role, role["objects"].get(object).or_else(|| role["objects"].get("*"))?)))
}

/// How wide the widest of the roles is: an index of [`SCOPES`].
fn scope(person: &Person, object: &str, deed: &str) -> usize {
    let width = |grant: &Value| SCOPES.iter().position(|word| grant[deed] == *word).unwrap_or(0);
    grants(person, object).map(|(_, grant)| width(grant)).max().unwrap_or(0)
}

fn masked(object: &str, field: &str, text: &Value) -> Value {
    let Some(text) = text.as_str() else { return json!("***") };
    match (object, field) {
        ("contact", "name") => json!(format!("王{}", "*".repeat(text.chars().count() - 1))),
        (_, "mobile") => json!(format!("{}****{}", &text[..3], &text[7..])),
        (_, "phone") => json!(format!("0532-****{}", &text[text.len() - 4..])),
        _ => json!("***"),
    }
}

impl Person {
    /// Whether the object exists for the person at all.
    pub fn has(&self, object: &str) -> bool {
        scope(self, object, "read") > 0
    }

    pub fn creates(&self, object: &str) -> bool {
        grants(self, object).any(|(_, grant)| grant["create"] == true)
    }

    /// Whether the recycle bin shows a deleted record to the person who may see it.
    pub fn handles(&self, row: &Row) -> bool {
        let duty =
            |role: &Value| role["duties"].as_array().is_some_and(|duties| duties.iter().any(|duty| duty == "bin"));
        self.roles.iter().any(duty) || row.names("deleted_by") == Some(&self.id)
    }

    /// Whether the person may merge records of the object at all.
    pub fn merges(&self, object: &str) -> bool {
        let right = |grant: &Value| grant["merge"] == true;
        self.has(object)
            && grants(self, object).any(|(_, grant)| right(grant))
            && ["change", "delete"].iter().all(|deed| scope(self, object, deed) > 0)
    }

    pub fn exports(&self, object: &str) -> bool {
        self.has(object) && grants(self, object).any(|(_, grant)| grant["export"] == true)
    }

    /// The freest of the roles that give the object.
    pub fn right(&self, object: &str, field: &str) -> Right {
        let personal = PERSONAL.iter().any(|(of, fields)| *of == object && fields.contains(&field));
        grants(self, object)
            .filter(|(_, grant)| grant["read"] != "none")
            .map(|(role, grant)| match grant["fields"].get(field) {
                Some(word) => right(word),
                None if personal => right(&role["personal"]),
                None if field == "id_number" => right(&role["sensitive"]),
                None => Right::Write,
            })
            .max()
            .unwrap_or(Right::Hidden)
    }
}

impl World<'_> {
    fn holds(&self, person: &Person, scope: usize, row: &Row) -> bool {
        let own = row.names("owner") == Some(&person.id);
        let mine = person.department.as_deref();
        let its = row.names("department");
        match SCOPES[scope] {
            "all" => true,
            "below" => own || its.is_some_and(|its| self.is_below(its, mine)),
            "department" => own || (its.is_some() && its == mine),
            "own" => own,
            _ => false,
        }
    }

    fn is_below(&self, department: &str, top: Option<&str>) -> bool {
        let mut at = Some(department);
        while let Some(id) = at {
            if Some(id) == top {
                return true;
            }
            at = self.row(id).names("parent");
        }
        false
    }

    fn in_team(&self, person: &Person, row: &Row, levels: &[&str]) -> bool {
        self.rows_of("team_member").any(|member| {
            !member.is_deleted()
                && member.names("account") == Some(&row.id)
                && member.names("user") == Some(&person.id)
                && levels.contains(&member.text("level"))
        })
    }

    pub fn sees(&self, person: &Person, row: &Row) -> bool {
        let scope = scope(person, &row.object, "read");
        if scope == 0 {
            return false;
        }
        let parent = match row.object.as_str() {
            "user" | "department" => return true,
            "account" => return self.holds(person, scope, row) || self.in_team(person, row, &["read", "write"]),
            "note" => row.names("about"),
            _ => row.names("account"),
        };
        self.holds(person, scope, row) || parent.is_some_and(|id| self.sees(person, self.row(id)))
    }

    pub fn changes(&self, person: &Person, row: &Row) -> bool {
        let scope = scope(person, &row.object, "change");
        let team = row.object == "account" && scope > 0 && self.in_team(person, row, &["write"]);
        self.sees(person, row) && (self.holds(person, scope, row) || team)
    }

    /// What a record is called, when the person may know.
    fn title(&self, person: &Person, id: &str) -> Value {
        // the administrator who made it all is a user like others
        let row = self.row(id);
        let field = match row.object.as_str() {
            "interaction" => "content",
            "task" => "subject",
            "note" => "body",
            _ => "name",
        };
        if !self.sees(person, row) {
            return Value::Null;
        }
        match person.right(&row.object, field) {
            Right::Hidden => Value::Null,
            Right::Masked => masked(&row.object, field, &row.values[field]),
            Right::Read | Right::Write => row.values[field].clone(),
        }
    }

    /// The record as the person reads it.
    pub fn shown(&self, person: &Person, row: &Row) -> Value {
        let mut shown = Map::new();
        let mut masks = Vec::new();
        for (field, value) in &row.values {
            if matches!(field.as_str(), "id") {
                shown.insert(field.clone(), value.clone());
                continue;
            }
            match person.right(&row.object, field) {
                Right::Hidden => {}
                Right::Masked if value.is_null() => drop(shown.insert(field.clone(), Value::Null)),
                Right::Masked => {
                    masks.push(field.clone());
                    shown.insert(field.clone(), masked(&row.object, field, value));
                }
                Right::Read | Right::Write => {
                    let mut value = value.clone();
                    if let Some(id) = value["id"].as_str().map(str::to_owned) {
                        value["title"] = self.title(person, &id);
                    }
                    shown.insert(field.clone(), value);
                }
            }
        }
        if !masks.is_empty() {
            shown.insert("masked".to_owned(), json!(self.in_order(&row.object, masks)));
        }
        Value::Object(shown)
    }

    /// Fields in the order in which the administrator's records have them.
    fn in_order(&self, object: &str, mut names: Vec<String>) -> Vec<String> {
        let order: Vec<&String> =
            self.rows_of(object).next().map(|row| row.values.keys().collect()).unwrap_or_default();
        names.sort_by_key(|name| order.iter().position(|known| *known == name));
        names
    }

    /// The ids that stand in the record's timeline, in order of the text.
    pub fn timeline(&self, person: &Person, row: &Row) -> Vec<&str> {
        let mut ids = Vec::new();
        for (object, field, at) in [
            ("interaction", "account", "at"),
            ("interaction", "contact", "at"),
            ("task", "account", "created_at"),
            ("task", "contact", "created_at"),
            ("note", "about", "created_at"),
        ] {
            if person.right(object, field) < Right::Read || person.right(object, at) < Right::Read {
                continue;
            }
            ids.extend(
                self.rows_of(object)
                    .filter(|other| {
                        !other.is_deleted() && other.names(field) == Some(&row.id) && self.sees(person, other)
                    })
                    .map(|other| other.id.as_str()),
            );
        }
        ids.sort_unstable();
        ids
    }

    /// A line of an exported file.
    pub fn line(&self, person: &Person, row: &Row, fields: &[&str]) -> String {
        let shown = self.shown(person, row);
        let cells: Vec<&str> = fields
            .iter()
            .filter(|field| person.right(&row.object, field) > Right::Hidden)
            .map(|field| match &shown[*field] {
                Value::Object(reference) => reference["title"].as_str().unwrap_or_default(),
                value => value.as_str().unwrap_or_default(),
            })
            .collect();
        cells.join(",")
    }
}
