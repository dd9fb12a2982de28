//! By what a list is ordered: a field's column, or for a select the place of its option.

use zhike_db::{ColumnType, Sql};
use zhike_model::{FieldKind, Object};

use crate::columns::{column_type, sort_column};

/// More options than this are a vocabulary, and stand in the order of their keys.
const RANKED_MAX: usize = 60;

/// What stands in ORDER BY and in the index that serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderBy {
    Column {
        name: String,
        kind: ColumnType,
    },
    /// `CASE column WHEN 'a' THEN 0 WHEN 'b' THEN 1 … END`: null for an empty value, and for a key that is no option any more.
    Rank {
        column: String,
        keys: Vec<String>,
    },
}

impl OrderBy {
    /// None for a field that gives no order: a long text, several keys, a reference (its id says nothing to anybody, and the
    /// names of other records are not this one's to be ordered by).
    pub fn of(object: &Object, field: &str) -> Option<Self> {
        if field == object.title
            && let Some(name) = sort_column(object)
        {
            return Some(Self::Column { name, kind: ColumnType::Text });
        }
        let field = object.field(field).filter(|field| field.kind.is_sortable())?;
        let name = field.column();
        if let FieldKind::Select { options } = field.kind.value_kind() {
            let keys: Vec<String> = options.iter().map(|option| option.key.clone()).collect();
            // A, B, C: the keys' own order will do, with a plain index
            if !keys.is_sorted() && keys.len() <= RANKED_MAX && keys.iter().all(|key| is_key(key)) {
                return Some(Self::Rank { column: name, keys });
            }
        }
        Some(Self::Column { name, kind: column_type(&field.kind) })
    }

    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Column { kind, .. } => *kind,
            Self::Rank { .. } => ColumnType::Int,
        }
    }

    /// Whether every record has a value there.
    pub fn is_never_empty(&self) -> bool {
        matches!(self, Self::Column { name, .. } if matches!(name.as_str(), "created_at" | "updated_at" | "version"))
    }

    /// The expression over the alias. It is written the same way each time: that is how the databases know their index again.
    pub fn push(&self, alias: &str, sql: &mut Sql) {
        match self {
            Self::Column { name, .. } => {
                sql.column(alias, name);
            }
            Self::Rank { column, keys } => {
                sql.push("(CASE ").column(alias, column).push(&cases(keys)).push(" END)");
            }
        }
    }

    /// As a result column: PostgreSQL would give small numbers in a narrower type.
    pub fn select(&self, alias: &str, sql: &mut Sql) {
        match self {
            Self::Column { .. } => self.push(alias, sql),
            Self::Rank { .. } => {
                sql.push("CAST(");
                self.push(alias, sql);
                sql.push(" AS BIGINT)");
            }
        }
    }

    /// That there is a value. Of a rank it is said as a range: an index over an expression serves no IS NOT NULL.
    pub fn push_filled(&self, alias: &str, sql: &mut Sql) {
        self.push(alias, sql);
        sql.push(match self {
            Self::Column { .. } => " IS NOT NULL",
            Self::Rank { .. } => " >= 0",
        });
    }

    /// The part of an index, and a word for the index's name. Other options make another index.
    pub fn index_part(&self) -> (String, String) {
        match self {
            Self::Column { name, .. } => (format!("\"{name}\""), name.clone()),
            Self::Rank { column, keys } => {
                let cases = cases(keys);
                let hash =
                    cases.bytes().fold(0x811c_9dc5_u32, |hash, b| (hash ^ u32::from(b)).wrapping_mul(0x0100_0193));
                (format!("(CASE \"{column}\"{cases} END)"), format!("{column}_rank{hash:08x}"))
            }
        }
    }
}

/// Keys of options are checked when a pack is read; these are written into the statement, for an index holds no arguments.
fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn cases(keys: &[String]) -> String {
    use std::fmt::Write as _;
    keys.iter().enumerate().fold(String::new(), |mut text, (rank, key)| {
        write!(text, " WHEN '{key}' THEN {rank}").expect("a string takes what is written");
        text
    })
}
