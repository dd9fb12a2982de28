//! What somebody typed into a form.

use std::collections::BTreeMap;

use zhike_model::{FieldKind, Object};
use zhike_records::{Given, Input};

use crate::link::Pairs;

/// Names and texts, in order of first mention; a name may have several.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    sent: Vec<(String, Vec<String>)>,
    /// What a new record begins with where nothing was sent.
    begun: BTreeMap<String, String>,
}

impl Typed {
    /// What belongs to the object's fields of all that was sent.
    pub fn of(object: &Object, pairs: &Pairs) -> Self {
        let mut typed: Vec<(String, Vec<String>)> = Vec::new();
        for (name, text) in pairs.0.iter().filter(|(name, _)| object.field(name).is_some()) {
            match typed.iter_mut().find(|(known, _)| known == name) {
                Some((_, texts)) => texts.push(text.clone()),
                None => typed.push((name.clone(), vec![text.clone()])),
            }
        }
        // An amount and the currency chosen beside it are one value.
        for (name, texts) in &mut typed {
            let chosen = format!("{name}_currency");
            let is_money = object.field(name).is_some_and(|field| matches!(field.kind, FieldKind::Money { .. }));
            if let (true, Some(code)) = (is_money && object.field(&chosen).is_none(), pairs.get(&chosen)) {
                texts.iter_mut().filter(|text| !text.trim().is_empty()).for_each(|text| {
                    *text = format!("{} {code}", text.trim());
                });
            }
        }
        Self { sent: typed, begun: BTreeMap::new() }
    }

    /// What was sent for one field alone.
    pub fn of_field(object: &Object, name: &str, pairs: &Pairs) -> Self {
        let currency = format!("{name}_currency");
        let own = pairs.0.iter().filter(|(known, _)| known == name || *known == currency);
        let mut typed = Self::of(object, &Pairs(own.cloned().collect()));
        typed.sent.retain(|(known, _)| known == name);
        typed
    }

    /// The form shows it; it is no more than what would be saved anyway.
    pub fn begin(&mut self, name: &str, text: String) {
        self.begun.insert(name.to_owned(), text);
    }

    pub fn has(&self, name: &str) -> bool {
        self.sent.iter().any(|(known, _)| known == name)
    }

    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.sent.iter().map(|(name, _)| name)
    }

    /// The last text of a name: a switch sends `false` and then, when it is on, `true`.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.sent.iter().find(|(known, _)| known == name) {
            Some((_, texts)) => texts.last().map(String::as_str),
            None => self.begun.get(name).map(String::as_str),
        }
    }

    /// All texts of a name but the empty one, which says that the field was there.
    pub fn all(&self, name: &str) -> Vec<String> {
        let texts =
            self.sent.iter().find(|(known, _)| known == name).map(|(_, texts)| texts.as_slice()).unwrap_or_default();
        texts.iter().filter(|text| !text.is_empty()).cloned().collect()
    }

    pub fn set(&mut self, name: &str, text: impl Into<String>) {
        self.sent.retain(|(known, _)| known != name);
        self.sent.push((name.to_owned(), vec![text.into()]));
    }

    /// What the engine is asked to write: every field that was sent, but those that stand as they stood (`was`, the form's
    /// own memory), so that a colleague's change of another field is not undone by an old form.
    pub fn input(&self, object: &Object, was: &BTreeMap<String, String>) -> Input {
        let mut input = Input::default();
        for (name, _) in &self.sent {
            let Some(field) = object.field(name) else { continue };
            let several = matches!(field.kind, FieldKind::MultiSelect { .. } | FieldKind::Tags);
            let now = if several { self.all(name).join("|") } else { self.get(name).unwrap_or_default().to_owned() };
            if was.get(name).is_some_and(|before| same(before, &now)) {
                continue;
            }
            let given = if several { Given::Texts(self.all(name)) } else { Given::Text(now) };
            input.fields.push((name.clone(), given));
        }
        input
    }
}

/// Browsers send line ends as CR LF.
fn same(before: &str, now: &str) -> bool {
    before == now || before.replace("\r\n", "\n") == now.replace("\r\n", "\n")
}

/// The input of a submitted form; `_was` is what the form began with.
pub fn input_of(object: &Object, pairs: &Pairs) -> (Typed, Input) {
    let typed = Typed::of(object, pairs);
    let was: BTreeMap<String, String> =
        pairs.get("_was").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let input = typed.input(object, &was);
    (typed, input)
}
