//! The search index: the words (tokens) that an object's records are found by.
//!
//! SQLite's FTS5 writes a segment whenever a transaction ends, and merges segments over and over. So new records' words stand in
//! a young table first, one text a record, which a search looks through as a whole; hundreds of them move over at once. Both
//! are looked at in one statement: between two, a record could move. PostgreSQL's GIN does the same by itself, with its pending list.

use crate::{
    Dialect, Sql, copy,
    sql::{is_name, portions},
};

/// Changes when the tables do: then they are made where they are missing.
pub const SEARCH_TABLES: u32 = 3;

/// Records a statement.
const AT_ONCE: usize = 256;

fn index(object: &str) -> String {
    format!("{object}_search")
}

fn young(object: &str) -> String {
    format!("{object}_search_young")
}

/// Alternatives, of one of which a record must have all words.
pub type Group<'a> = Vec<Vec<Term<'a>>>;

/// A word, or with `prefix` the start of one: letters, digits, `_` and Han characters only.
#[derive(Debug, Clone, Copy)]
pub struct Term<'a> {
    pub text: &'a str,
    pub prefix: bool,
}

impl Dialect {
    /// The tables of an object's words, and the one of them that came last. Rows are numbered as the object's records (`seq`).
    pub fn create_search_tables(self, object: &str) -> (&'static str, Vec<String>) {
        assert!(is_name(object), "`{object}` is not a table name");
        match self {
            Self::Sqlite => {
                let statements = vec![
                    format!(
                        "CREATE VIRTUAL TABLE IF NOT EXISTS \"{object}_search\" USING fts5(tokens, content='', contentless_delete=1, \
                         detail=none, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
                    ),
                    // what moves at once is one segment, and segments are merged less often than by default (1 MiB, 4)
                    format!(
                        "INSERT INTO \"{object}_search\" (\"{object}_search\", rank) VALUES ('hashsize', 16777216), ('automerge', 8)"
                    ),
                    format!(
                        "CREATE TABLE IF NOT EXISTS \"{object}_search_young\" (seq INTEGER PRIMARY KEY, tokens TEXT NOT NULL) STRICT"
                    ),
                ];
                ("search_young", statements)
            }
            Self::Postgres => {
                let statements = vec![
                    format!(
                        "CREATE TABLE IF NOT EXISTS \"{object}_search\" (seq BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL)"
                    ),
                    format!(
                        "CREATE INDEX IF NOT EXISTS \"{object}_search_tokens\" ON \"{object}_search\" USING gin (tokens)"
                    ),
                    // a limit that stood there once; a connection says itself how long its list may be
                    format!("ALTER INDEX \"{object}_search_tokens\" RESET (gin_pending_list_limit)"),
                ];
                ("search", statements)
            }
        }
    }

    /// Writes the words of records that have none: `rows` are (seq, blank-separated words).
    pub fn insert_words(self, object: &str, rows: &[(i64, String)]) -> Vec<Sql> {
        let (index, young) = (index(object), young(object));
        if self.copies(rows.len()) {
            let mut sql = Sql::copy(&index, &["seq", "tokens"]);
            for (seq, words) in rows {
                sql.row(&[(*seq).into(), copy::words(words)]);
            }
            return vec![sql];
        }
        let of_some = |rows: &[(i64, String)]| {
            let mut sql = Sql::new(self.insert_or_end());
            sql.name(if self == Self::Sqlite { &young } else { &index }).push(" (seq, tokens) VALUES ");
            for (i, (seq, words)) in rows.iter().enumerate() {
                sql.push(if i == 0 { "(" } else { ", (" }).bind(*seq);
                match self {
                    // a blank before each word and behind it
                    Self::Sqlite => sql.push(", ").bind(format!(" {words} ")).push(")"),
                    Self::Postgres => sql.push(", array_to_tsvector(string_to_array(").bind(words).push(", ' ')))"),
                };
            }
            sql
        };
        portions(rows, AT_ONCE).map(of_some).collect()
    }

    /// Removes the words of records.
    pub fn delete_words(self, object: &str, numbers: &[i64]) -> Vec<Sql> {
        let tables = match self {
            Self::Sqlite => vec![(young(object), "seq"), (index(object), "rowid")],
            Self::Postgres => vec![(index(object), "seq")],
        };
        let of = |(table, number): (String, &str)| {
            let mut sql = Sql::new("DELETE FROM ");
            sql.name(&table).push(&format!(" WHERE {number} IN (")).list(numbers.iter().copied()).push(")");
            sql
        };
        tables.into_iter().map(of).collect()
    }

    /// Removes the words of all records of an object.
    pub fn clear_words(self, object: &str) -> Vec<Sql> {
        let (index, young) = (index(object), young(object));
        match self {
            Self::Sqlite => vec![
                Sql::new(&format!("DELETE FROM \"{young}\"")),
                Sql::new(&format!("INSERT INTO \"{index}\" (\"{index}\") VALUES ('delete-all')")),
            ],
            Self::Postgres => vec![Sql::new(&format!("DELETE FROM \"{index}\""))],
        }
    }

    /// How many records of an object have words.
    pub fn count_words(self, object: &str) -> Sql {
        let (index, young) = (index(object), young(object));
        match self {
            Self::Sqlite => {
                Sql::new(&format!("SELECT (SELECT COUNT(*) FROM \"{index}\") + (SELECT COUNT(*) FROM \"{young}\")"))
            }
            Self::Postgres => Sql::new(&format!("SELECT COUNT(*) FROM \"{index}\"")),
        }
    }

    /// `FROM … WHERE …`: the object's records `t` with the wanted words, which stand in the index as row `s`.
    pub fn found_words(self, object: &str, wanted: &[Group<'_>]) -> Sql {
        let index = index(object);
        let mut sql = Sql::new(" FROM ");
        sql.name(&index);
        match self {
            Self::Sqlite => {
                // words are read newest first, and reading stops early
                sql.push(" s CROSS JOIN ").name(object).push(" t ON t.seq = s.rowid WHERE ").column("s", &index);
                sql.push(" MATCH ").bind(expression(self, wanted));
            }
            Self::Postgres => {
                sql.push(" s JOIN ").name(object).push(" t ON t.seq = s.seq WHERE s.tokens @@ CAST(");
                sql.bind(expression(self, wanted)).push(" AS tsquery)");
            }
        }
        sql
    }

    /// The same of young words.
    pub fn found_young_words(self, object: &str, wanted: &[Group<'_>]) -> Sql {
        let mut sql = Sql::new(" FROM ");
        sql.name(&young(object)).push(" s CROSS JOIN ").name(object).push(" t ON t.seq = s.seq WHERE ");
        push_each(wanted, " AND ", &mut sql, |alternatives, sql| {
            push_each(alternatives, " OR ", sql, |terms, sql| {
                push_each(terms, " AND ", sql, |term, sql| {
                    sql.append(&has_young_word(*term));
                });
            });
        });
        sql
    }

    /// Which of these objects have young words: a row with their places in the list. None where there are none by design.
    pub fn objects_with_young_words(self, objects: &[&str]) -> Option<Sql> {
        if self == Self::Postgres || objects.is_empty() {
            return None;
        }
        let each =
            |(i, object): (usize, &&str)| format!("SELECT {i} WHERE EXISTS (SELECT 1 FROM \"{}\")", young(object));
        Some(Sql::new(&objects.iter().enumerate().map(each).collect::<Vec<_>>().join(" UNION ALL ")))
    }

    /// The last number (`seq`) of the first `piece` records of an object with young words, null when there are not `many`. None
    /// where there are none by design.
    pub fn last_young_word(self, object: &str, many: usize, piece: usize) -> Option<Sql> {
        let young = young(object);
        let before = many.saturating_sub(1);
        (self == Self::Sqlite).then(|| {
            Sql::new(&format!(
                "SELECT MAX(seq) FROM (SELECT seq FROM \"{young}\" ORDER BY seq LIMIT {piece}) \
                 WHERE EXISTS (SELECT 1 FROM \"{young}\" LIMIT 1 OFFSET {before})"
            ))
        })
    }

    /// Moves an object's young words up to a number into the index, by one statement: FTS5 writes itself out whenever another one
    /// begins.
    pub fn age_words(self, object: &str, last: i64) -> [Sql; 2] {
        let (index, young) = (index(object), young(object));
        [
            format!("INSERT INTO \"{index}\" (rowid, tokens) SELECT seq, tokens FROM \"{young}\" WHERE seq <= $1 ORDER BY seq"),
            format!("DELETE FROM \"{young}\" WHERE seq <= $1"),
        ]
        .map(|text| Sql::with(&text, vec![last.into()]))
    }
}

/// Whether the young words of row `s` have this one.
pub fn has_young_word(term: Term<'_>) -> Sql {
    let mut sql = Sql::new("instr(s.tokens, ");
    sql.bind(format!(" {}{}", term.text, if term.prefix { "" } else { " " })).push(") > 0");
    sql
}

/// In parentheses, parted by a word.
fn push_each<T>(items: &[T], between: &str, sql: &mut Sql, mut each: impl FnMut(&T, &mut Sql)) {
    sql.push("(");
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            sql.push(between);
        }
        each(item, sql);
    }
    sql.push(")");
}

/// What is wanted, in the index's own language. Quoting is enough: a term has no signs.
fn expression(dialect: Dialect, wanted: &[Group<'_>]) -> String {
    let (and, or) = match dialect {
        Dialect::Sqlite => (" AND ", " OR "),
        Dialect::Postgres => (" & ", " | "),
    };
    let one = |term: &Term<'_>| match (dialect, term.prefix) {
        (Dialect::Sqlite, false) => format!("\"{}\"", term.text),
        (Dialect::Sqlite, true) => format!("\"{}\"*", term.text),
        (Dialect::Postgres, false) => format!("'{}'", term.text),
        (Dialect::Postgres, true) => format!("'{}':*", term.text),
    };
    let all = |terms: &Vec<Term<'_>>| format!("({})", terms.iter().map(one).collect::<Vec<_>>().join(and));
    let any = |group: &Group<'_>| format!("({})", group.iter().map(all).collect::<Vec<_>>().join(or));
    wanted.iter().map(any).collect::<Vec<_>>().join(and)
}
