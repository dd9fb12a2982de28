//! What somebody wants written, before it is understood.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Field names and what was given for them, in order.
#[derive(Debug, Clone, Default)]
pub struct Input {
    pub fields: Vec<(String, Given)>,
    /// Why, for the audit.
    pub reason: Option<String>,
    /// What becomes of it when a record much like it is there.
    pub duplicates: OnAlike,
    /// What the system itself knows about a new record: read-only fields too.
    pub(crate) preset: Vec<(&'static str, zhike_types::Value)>,
    /// It has been approved: nobody is asked again.
    pub(crate) approved: bool,
    /// What a new record begins with where the input says nothing, before its defaults; it comes from a record, not from a person.
    pub(crate) carried: Vec<(String, zhike_types::Value)>,
}

/// What a user wants done when what they write is there already, or seems to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum OnAlike {
    /// Nothing is written; the records are told of ([`crate::Alikes`]).
    #[default]
    Ask,
    /// It is written all the same. Where one is the same for certain, that needs the duty `duplicates`.
    Allow {
        /// For the audit.
        reason: String,
    },
}

/// A value as a program or a person gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// From JSON: types must fit.
    Json(Json),
    /// As typed in a form or written in a list: dates, numbers, phones, labels in people's ways. Empty clears the field.
    Text(String),
    /// Several texts: a multi-select's boxes.
    Texts(Vec<String>),
}

impl Input {
    pub fn from_json(map: Map<String, Json>) -> Self {
        Self { fields: map.into_iter().map(|(name, value)| (name, Given::Json(value))).collect(), ..Self::default() }
    }

    /// From a form's pairs; a name that comes several times is a list.
    pub fn from_form(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields: Vec<(String, Given)> = Vec::new();
        for (name, text) in pairs {
            match fields.iter_mut().find(|(known, _)| *known == name) {
                None => fields.push((name, Given::Text(text))),
                Some((_, Given::Texts(texts))) => texts.push(text),
                Some((_, slot)) => {
                    if let Given::Text(first) = slot {
                        *slot = Given::Texts(vec![std::mem::take(first), text]);
                    }
                }
            }
        }
        Self { fields, ..Self::default() }
    }

    #[must_use]
    pub fn set(mut self, name: &str, text: impl Into<String>) -> Self {
        self.fields.push((name.to_owned(), Given::Text(text.into())));
        self
    }

    /// What the program itself knows of a new record, whoever may write it: read-only fields too. Never what a person or a client sent.
    #[must_use]
    pub fn known(mut self, name: &'static str, value: zhike_types::Value) -> Self {
        self.preset.push((name, value));
        self
    }
}
