//! One field's value, as it is stored and compared.

use uuid::Uuid;

use crate::{Currency, Money};

/// What a field holds. The field's type says how to read it:
///
/// | field type | value |
/// |---|---|
/// | text, long text, rich, phone, e-mail, URL, region (code), credit code, ID number, select (key), auto-number | `Text` |
/// | integer; decimal and percent (× 10^scale); date (days since 1970-01-01); datetime (ms since 1970); duration (seconds) | `Int` |
/// | money | `Money` (minor units and currency) |
/// | boolean | `Bool` |
/// | multi-select, tags (keys in order) | `List` |
/// | reference | `Id` |
/// | polymorphic reference | `Any` (object's name and record) |
/// | file, image (the attachment) | `Id` |
/// | JSON | `Json` (its text) |
/// | formula, roll-up | as their result type; `Real` for arithmetic |
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Money(Money),
    Id(Uuid),
    Any(String, Uuid),
    List(Vec<String>),
    Json(String),
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Json(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            Self::Money(money) => Some(money.minor),
            _ => None,
        }
    }

    pub fn as_id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) | Self::Any(_, id) => Some(*id),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    pub fn as_list(&self) -> &[String] {
        match self {
            Self::List(keys) => keys,
            _ => &[],
        }
    }

    pub fn money(minor: i64, currency: Currency) -> Self {
        Self::Money(Money { minor, currency })
    }

    /// How a list of keys stands in one text column: `|a|b|`. Option keys never hold `|`, so that
    /// "holds a" is "contains `|a|`" on both databases.
    pub fn join_keys(keys: &[String]) -> String {
        let mut joined = String::from("|");
        for key in keys {
            joined.push_str(key);
            joined.push('|');
        }
        joined
    }

    pub fn split_keys(joined: &str) -> Vec<String> {
        joined.split('|').filter(|key| !key.is_empty()).map(str::to_owned).collect()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
