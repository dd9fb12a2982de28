//! Match keys: 64-bit hashes of normal forms, by which records that may be one meet.
//!
//! They come in no order, so that in one large index each of a batch would touch a page of its own. New ones stand in a young
//! table that stays small; now and then all of it moves over in order, page by page (a log-structured merge tree of two
//! levels: O'Neil, Cheng, Gawlick, O'Neil 1996). Who looks for keys looks at both in one statement: between two, a key could
//! move. Who removes some removes the young ones first, so that one which is just moving is met where it arrives.

use crate::{
    Arg, ColumnType, Dialect, Sql,
    sql::{is_name, quoted},
};

/// Changes when the tables do: then they are made where they are missing.
pub const MATCH_TABLES: u32 = 2;

/// The table that new keys (`key`, `seq`) of an object's records are written to.
pub fn young_keys(object: &str) -> String {
    format!("{object}_match_young")
}

fn old_keys(object: &str) -> String {
    format!("{object}_match")
}

impl Dialect {
    /// The tables of an object's match keys.
    pub fn create_match_tables(self, object: &str) -> Vec<String> {
        assert!(is_name(object), "`{object}` is not a table name");
        let int = self.column_type(ColumnType::Int);
        // the key is the table: no second copy in an index
        let end = match self {
            Self::Sqlite => " STRICT, WITHOUT ROWID",
            Self::Postgres => "",
        };
        [old_keys(object), young_keys(object)]
            .map(|table| {
                format!(
                    "CREATE TABLE IF NOT EXISTS \"{table}\" (key {int} NOT NULL, seq {int} NOT NULL, PRIMARY KEY (key, seq)){end}"
                )
            })
            .into()
    }

    /// The numbers (`seq`) of the records that have any of these match keys, to stand in `IN (…)`.
    pub fn numbers_of_keys(self, object: &str, keys: &[i64]) -> Sql {
        let mut sql = Sql::new("");
        for (i, table) in [old_keys(object), young_keys(object)].iter().enumerate() {
            sql.push(if i == 0 { "SELECT " } else { " UNION ALL SELECT " });
            match self {
                Self::Sqlite => {
                    sql.push("seq FROM ").name(table).push(" WHERE key IN (").list(keys.iter().copied()).push(")");
                }
                // key by key: of a young table that was never analyzed it would think that all of it is wanted
                Self::Postgres => {
                    sql.push("m.seq FROM (VALUES ")
                        .values(keys)
                        .push(") AS k (key) CROSS JOIN LATERAL (SELECT seq FROM ");
                    sql.name(table).push(" f WHERE f.key = k.key OFFSET 0) AS m");
                }
            }
        }
        sql
    }

    /// Key and number (`key`, `seq`) of the first records of each of these match keys of an object: `most` of the old ones
    /// and as many young ones. PostgreSQL plans every branch of a UNION by itself; SQLite knows no LATERAL.
    pub fn first_of_keys(self, object: &str, keys: &[i64], most: usize) -> Sql {
        let tables = [old_keys(object), young_keys(object)];
        let mut sql = Sql::new("");
        match self {
            Self::Sqlite => {
                for (i, key) in keys.iter().enumerate() {
                    for (j, table) in tables.iter().enumerate() {
                        sql.push(if i + j == 0 { "" } else { " UNION ALL " });
                        sql.push("SELECT key, seq FROM (SELECT key, seq FROM ").name(table);
                        sql.push(" WHERE key = ").bind(*key).push(&format!(" ORDER BY key, seq LIMIT {most})"));
                    }
                }
            }
            Self::Postgres => {
                sql.push("SELECT k.key, m.seq FROM (VALUES ")
                    .values(keys)
                    .push(") AS k (key) CROSS JOIN LATERAL (")
                    .push(&first_of("k.key", &tables, most))
                    .push(") AS m");
            }
        }
        sql
    }

    /// One text of `key:seq,seq…` parted by blanks: the first numbers of the records that have each of these keys, `most` of the
    /// old ones and as many young ones. Row by row they would cross from the database's thread one at a time.
    ///
    /// `of`: what of the record counts, from its number in `f.seq`; none: the number itself.
    pub fn told_of_keys(self, object: &str, keys: &[i64], most: usize, of: Option<&Sql>) -> Sql {
        let mut sql = Sql::new("WITH v (key) AS (VALUES ");
        sql.values(keys).push(
            ") SELECT string_agg(s.part, ' ') FROM (SELECT CAST(v.key AS TEXT) || ':' || (SELECT string_agg(CAST(",
        );
        match of {
            Some(of) => sql.push("(").append(of).push(")"),
            None => sql.push("f.seq"),
        };
        sql.push(" AS TEXT), ',') FROM (").push(&first_of("v.key", &[old_keys(object), young_keys(object)], most));
        sql.push(") f) AS part FROM v) s");
        sql
    }

    /// Removes keys of one record.
    pub fn delete_keys(self, object: &str, seq: i64, keys: &[i64]) -> [Sql; 2] {
        [young_keys(object), old_keys(object)].map(|table| {
            let mut sql = Sql::new("DELETE FROM ");
            sql.name(&table).push(" WHERE seq = ").bind(seq).push(" AND key IN (").list(keys.iter().copied()).push(")");
            sql
        })
    }

    /// Removes all keys of an object.
    pub fn clear_keys(self, object: &str) -> [Sql; 2] {
        [young_keys(object), old_keys(object)].map(|table| {
            let mut sql = Sql::new("DELETE FROM ");
            sql.name(&table);
            sql
        })
    }

    /// Of the young keys of an object above `after` the one behind so many; none when there are not as many.
    pub fn young_key_behind(self, object: &str, after: Option<i64>, many: usize) -> Sql {
        let mut sql = Sql::new("SELECT key FROM ");
        sql.name(&young_keys(object));
        if let Some(after) = after {
            sql.push(" WHERE key > ").bind(after);
        }
        sql.push(&format!(" ORDER BY key, seq LIMIT 1 OFFSET {many}"));
        sql
    }

    /// Moves the young keys of an object above `after` and up to `last` to the old ones; none is no bound.
    pub fn age_keys(self, object: &str, after: Option<i64>, last: Option<i64>) -> Vec<Sql> {
        let [old, young] = [old_keys(object), young_keys(object)].map(|table| quoted(&table));
        let args: Vec<Arg> = after.into_iter().chain(last).map(Arg::from).collect();
        let those = match (after, last) {
            (None, None) => "",
            (Some(_), None) => " WHERE key > $1",
            (None, Some(_)) => " WHERE key <= $1",
            (Some(_), Some(_)) => " WHERE key > $1 AND key <= $2",
        };
        let texts = match self {
            Self::Sqlite => vec![
                format!("INSERT OR IGNORE INTO {old} (key, seq) SELECT key, seq FROM {young}{those} ORDER BY key, seq"),
                format!("DELETE FROM {young}{those}"),
            ],
            // one statement: what somebody removes meanwhile does not come again
            Self::Postgres => vec![format!(
                "WITH moved AS (DELETE FROM {young}{those} RETURNING key, seq) INSERT INTO {old} (key, seq) \
                 SELECT key, seq FROM moved ORDER BY key, seq ON CONFLICT DO NOTHING"
            )],
        };
        texts.iter().map(|text| Sql::with(text, args.clone())).collect()
    }
}

/// The first numbers that stand beside a key in each table.
fn first_of(key: &str, tables: &[String], most: usize) -> String {
    let each = |(i, table): (usize, &String)| {
        let table = quoted(table);
        format!(
            "SELECT seq FROM (SELECT m.seq FROM {table} m WHERE m.key = {key} ORDER BY m.key, m.seq LIMIT {most}) f{i}"
        )
    };
    tables.iter().enumerate().map(each).collect::<Vec<_>>().join(" UNION ALL ")
}
