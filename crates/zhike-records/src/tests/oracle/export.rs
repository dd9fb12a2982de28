//! Exports and attachments: what leaves as a file.

use zhike_types::Error;

use super::{
    rules,
    world::{Person, World},
};
use crate::{ExportFormat, ListQuery};

/// Fields whose text stands in a cell as it is, and without a comma.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("account", &["number", "name", "mobile", "email", "id_number", "owner", "parent"]),
    ("contact", &["name", "wechat", "mobile", "id_number", "account", "reports_to"]),
    ("interaction", &["content", "account", "contact", "owner"]),
    ("task", &["subject", "account", "department"]),
    ("note", &["body", "about"]),
    ("team_member", &["user", "account"]),
];

impl World {
    pub async fn check_exports(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        for person in &self.people {
            for (object, fields) in COLUMNS {
                self.exported(person, object, fields, &folder.path().join("out.csv")).await;
            }
        }
    }

    /// Files are handed out to those who see them.
    pub async fn check_files(&self) {
        for person in &self.people {
            for row in self.rows.values().filter(|row| row.object == "attachment") {
                let tell = || format!("attachment {} for {}", row.id, self.tell(person));
                match self.engine().attachment(&person.actor, row.id).await {
                    Ok((record, path)) => {
                        assert!(self.sees(person, row), "{}", tell());
                        self.check_record(person, &record);
                        let bytes = std::fs::read_to_string(path).expect("the bytes are there");
                        assert_eq!(
                            format!("{}.txt", bytes.trim_start_matches("bytes of ")),
                            row.text("name"),
                            "{}",
                            tell()
                        );
                    }
                    Err(Error::NotFound) => assert!(!self.sees(person, row), "{}", tell()),
                    Err(error) => panic!("{error}: {}", tell()),
                }
            }
        }
    }

    async fn exported(&self, person: &Person, object: &str, fields: &[&str], out: &std::path::Path) {
        let tell = || format!("{object} exported by {}", self.tell(person));
        let query = ListQuery {
            object: object.to_owned(),
            fields: Some(fields.iter().map(|&name| name.to_owned()).collect()),
            ..ListQuery::default()
        };
        let rows = self.engine().export(&person.actor, &query, ExportFormat::Csv, out, &|_| {}).await;
        if !self.has(person, object) {
            assert!(matches!(rows, Err(Error::NotFound)), "{}", tell());
            return;
        }
        if !rules::flag(&person.roles, object, |grant| grant.export) {
            assert!(matches!(rows, Err(Error::Forbidden(_))), "{}", tell());
            return;
        }
        let columns: Vec<_> = fields.iter().filter_map(|&name| self.object(object).field(name)).collect();
        let shown: Vec<_> = columns
            .iter()
            .filter(|field| self.right(person, object, &field.name) > crate::FieldRight::Hidden)
            .collect();
        let mut expected: Vec<String> = self
            .seen(person, object, false)
            .map(|row| {
                let cell = |field: &&&zhike_model::Field| {
                    let (state, value) = self.shown(person, row, field);
                    if field.kind.is_reference() && state != crate::FieldState::Masked {
                        return self.reference(person, row, field).map_or_else(String::new, |(title, _)| title);
                    }
                    value.as_text().unwrap_or_default().to_owned()
                };
                shown.iter().map(cell).collect::<Vec<_>>().join(",")
            })
            .collect();
        assert_eq!(rows.unwrap_or_else(|error| panic!("{error}: {}", tell())), expected.len() as u64, "{}", tell());
        if shown.is_empty() {
            return;
        }
        let text = std::fs::read_to_string(out).expect("the file is there");
        let mut found: Vec<String> = text.trim_start_matches('\u{feff}').lines().skip(1).map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{}", tell());
    }
}
