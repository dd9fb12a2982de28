//! What a token may do: a part of what its user may.
//!
//! A scope is `*`, or words apart by blanks: `account:read contact:write`, `*:read` for every object. `write` includes `read`.

use std::collections::BTreeMap;

use zhike_model::Model;
use zhike_types::{Error, FieldError, Result, Text, text};

use crate::{DataScope, ObjectRights, Rights};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenScope {
    Everything,
    /// By object; `*` stands for those not named.
    Objects(BTreeMap<String, TokenAccess>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenAccess {
    Read,
    Write,
}

impl TokenScope {
    /// Checks the words against the model: a misspelt object would make a token that can do nothing.
    pub fn parse(words: &str, model: &Model) -> Result<Self> {
        let scope = Self::stored(words);
        let known = |word: &&str| match word.split_once(':') {
            Some((object, "read" | "write")) => object == "*" || model.object(object).is_some(),
            _ => *word == "*",
        };
        let wrong: Vec<FieldError> = words
            .split_whitespace()
            .filter(|word| !known(word))
            .map(|word| FieldError {
                field: "scope".to_owned(),
                code: "invalid",
                message: text!(
                    "「{}」不是权限范围。写 *，或者“对象:read”“对象:write”，多个用空格隔开。",
                    "`{}` is not a scope. Write * or `object:read`, `object:write`, apart by blanks.",
                    word
                ),
            })
            .collect();
        if !wrong.is_empty() {
            return Err(Error::Invalid(wrong));
        }
        if words.split_whitespace().next().is_none() {
            let message =
                Text::new("请写明权限范围，例如 * 或 account:read。", "Say the scope, such as * or account:read.");
            return Err(Error::invalid("scope", "required", message));
        }
        Ok(scope)
    }

    /// As it stands in the database. An object that has gone since gives nothing.
    pub fn stored(words: &str) -> Self {
        let mut objects = BTreeMap::new();
        for word in words.split_whitespace() {
            if word == "*" {
                return Self::Everything;
            }
            let Some((object, access)) = word.split_once(':') else { continue };
            let access = match access {
                "read" => TokenAccess::Read,
                "write" => TokenAccess::Write,
                _ => continue,
            };
            let slot = objects.entry(object.to_owned()).or_insert(access);
            *slot = access.max(*slot);
        }
        Self::Objects(objects)
    }

    /// The part of the rights that the token has. Duties (users, model, audit) come with `*` only.
    #[must_use]
    pub fn limit(&self, rights: &Rights) -> Rights {
        let Self::Objects(scoped) = self else { return rights.clone() };
        let mut objects = BTreeMap::new();
        if let Some(access) = scoped.get("*") {
            objects.extend(rights.objects.iter().map(|(name, own)| (name.clone(), access.limit(own))));
        }
        for (name, access) in scoped.iter().filter(|(name, _)| *name != "*") {
            let access = scoped.get("*").map_or(*access, |all| *all.max(access));
            if let Some(own) = rights.object(name) {
                objects.insert(name.clone(), access.limit(own));
            }
        }
        Rights { objects, duties: std::collections::BTreeSet::new(), ..rights.clone() }
    }
}

impl TokenAccess {
    fn limit(self, rights: &ObjectRights) -> ObjectRights {
        match self {
            Self::Write => rights.clone(),
            Self::Read => ObjectRights {
                create: false,
                change: DataScope::None,
                delete: DataScope::None,
                import: false,
                merge: false,
                ..rights.clone()
            },
        }
    }
}

#[cfg(test)]
mod tests;
