//! When two records are the same one. What counts as the same here is what a clerk would take for the same without thinking;
//! what is merely alike is left to the duplicate engine.
//!
//! - the same value of a unique field (credit code, sign-in name): the same record; two different values: never
//! - of what nobody knows by a name of its own (contracts, quotes, payments), the same number
//! - the same organisation by the normal form of its name, unless they are in two cities; a person who is a customer also needs the same phone
//! - under one customer: the same person by name, or the same mobile number

use zhike_model::{FieldKind, MatchRule, Object};
use zhike_types::Value;

use super::parse::NAMELESS;
use crate::{
    columns::stored_json,
    keys::{key_of, normal_form},
    matching::placed::Placed,
};

/// What records of an object are met by.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Unique fields, and those matched as credit codes.
    strong: Vec<usize>,
    title: Option<(usize, MatchRule)>,
    /// A customer's kind: persons are told apart by their phones.
    kind: Option<usize>,
    phones: Vec<usize>,
    emails: Vec<usize>,
    /// The reference within which names and mobiles are unique.
    scope: Option<usize>,
    /// Of organisations, what tells where they are.
    placed: Option<Placed>,
}

/// One thing a record is met by, as text that only equal things share.
type Form = String;

/// All that a record is met by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms {
    pub strong: Vec<Form>,
    pub weak: Vec<Form>,
    /// The weak ones as the table of match keys has them.
    pub keys: Vec<i64>,
}

impl Identity {
    pub fn of(object: &Object) -> Self {
        let all = || object.fields.iter().enumerate();
        let title = object.index_of(&object.title).and_then(|i| Some((i, object.fields[i].matching?)));
        // what is met by its name may well come with another system's number, which says nothing here
        let numbered = title.is_none();
        let strong = all()
            .filter(|(_, field)| match field.kind {
                FieldKind::AutoNumber { .. } => numbered,
                _ => field.unique || field.matching == Some(MatchRule::CreditCode),
            })
            .map(|(i, _)| i)
            .collect();
        let scope = object.access.parents().first().and_then(|parent| object.index_of(parent));
        let scope = scope.filter(|&i| matches!(object.fields[i].kind, FieldKind::Reference { .. }));
        let kind = object.index_of("kind").filter(|&i| object.fields[i].option("person").is_some());
        let of_kind = |kind: FieldKind| all().filter(|(_, field)| field.kind == kind).map(|(i, _)| i).collect();
        let (phones, emails) = (of_kind(FieldKind::Phone), of_kind(FieldKind::Email));
        let placed = title.filter(|(_, rule)| *rule == MatchRule::Organisation).map(|_| Placed::of(object));
        Self { strong, title, kind, phones, emails, scope, placed }
    }

    pub fn strong_fields(&self) -> &[usize] {
        &self.strong
    }

    /// What the record with these values is met by.
    pub fn forms(&self, object: &Object, values: &[Value]) -> Forms {
        let keys = self.weak_keys(values);
        Forms {
            strong: self.strong_forms(object, values),
            weak: self.weak_forms(values, &keys),
            keys: keys.iter().map(|(rule, form)| key_of(*rule, form)).collect(),
        }
    }

    /// Rules and normal forms: the title's, and within a scope also phones'.
    fn weak_keys(&self, values: &[Value]) -> Vec<(MatchRule, String)> {
        let mut keys: Vec<(MatchRule, String)> = self.name(values).into_iter().collect();
        if self.scope.is_none() {
            return keys;
        }
        if self.is_nameless(values) {
            keys.extend(self.numbers(values).map(|number| (MatchRule::Phone, number)));
            keys.extend(
                self.emails
                    .iter()
                    .filter_map(|&i| Some((MatchRule::Email, normal_form(MatchRule::Email, values[i].as_text()?)?))),
            );
        } else {
            keys.extend(self.mobiles(values).map(|mobile| (MatchRule::Phone, mobile)));
        }
        keys
    }

    /// Nobody wrote the name down: any number or address tells who it is.
    fn is_nameless(&self, values: &[Value]) -> bool {
        self.title.is_some_and(|(at, _)| values[at].as_text() == Some(NAMELESS))
    }

    fn name(&self, values: &[Value]) -> Option<(MatchRule, String)> {
        let (at, rule) = self.title?;
        let text = values[at].as_text().filter(|text| *text != NAMELESS)?;
        Some((rule, normal_form(rule, text)?))
    }

    fn mobiles<'v>(&'v self, values: &'v [Value]) -> impl Iterator<Item = String> + 'v {
        self.numbers(values).filter(|number| number.len() == 11 && number.starts_with('1'))
    }

    fn numbers<'v>(&'v self, values: &'v [Value]) -> impl Iterator<Item = String> + 'v {
        self.phones.iter().filter_map(|&i| normal_form(MatchRule::Phone, values[i].as_text()?))
    }

    /// Equal strong forms: the same record.
    fn strong_forms(&self, object: &Object, values: &[Value]) -> Vec<Form> {
        self.strong
            .iter()
            .filter(|&&i| !values[i].is_null())
            .map(|&i| {
                let text = values[i].as_text().and_then(|text| normal_form(object.fields[i].matching?, text));
                format!("={i}:{}", text.unwrap_or_else(|| stored_json(&values[i]).to_string()))
            })
            .collect()
    }

    /// Equal weak forms: the same record unless [`Identity::differ`].
    fn weak_forms(&self, values: &[Value], keys: &[(MatchRule, String)]) -> Vec<Form> {
        let scope = match self.scope {
            None => String::new(),
            Some(scope) => match values[scope].as_id() {
                Some(id) => id.simple().to_string(),
                None => return Vec::new(),
            },
        };
        keys.iter().map(|(rule, form)| format!("{scope}~{}:{form}", *rule as u8)).collect()
    }

    /// Whether two records that share a weak form are different ones all the same.
    pub fn differ(&self, one: &[Value], other: &[Value]) -> bool {
        let unlike = |&i: &usize| !one[i].is_null() && !other[i].is_null() && one[i] != other[i];
        if self.strong.iter().any(unlike) {
            return true;
        }
        // 宏达商贸有限公司 is registered in many cities
        if self.placed.as_ref().is_some_and(|placed| placed.apart(one, other)) {
            return true;
        }
        let by_phone = match (self.scope, self.title, self.kind) {
            (Some(_), _, _) => false,
            (None, Some((_, MatchRule::Person)), _) => true,
            (None, _, Some(kind)) => one[kind].as_text() == Some("person") || other[kind].as_text() == Some("person"),
            _ => false,
        };
        if !by_phone {
            return false;
        }
        let (a, b): (Vec<String>, Vec<String>) = (self.numbers(one).collect(), self.numbers(other).collect());
        !(a.is_empty() && b.is_empty() || a.iter().any(|number| b.contains(number)))
    }
}
