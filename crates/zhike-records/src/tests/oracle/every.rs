//! Records of every object that ships, made from what the model says of their fields: nobody has to think of a new object here.

use std::sync::Arc;

use zhike_model::{Field, FieldKind, Object};
use zhike_types::{Error, Uuid};

use super::world::Maker;
use crate::{Input, Record};

/// Records of each object that only `every` makes.
const MADE: usize = 3;
/// Texts that are words of a program, not of a person: what a pool holds, what is measured.
const SAID: [(&str, &str, &str); 4] = [
    ("pool", "object", "account"),
    ("assignment_rule", "object", "lead"),
    ("target", "measure", "won_amount"),
    ("statement", "period", "2026Q1"),
];

impl Maker<'_> {
    /// Records of the objects that have none yet, each after those that it must name.
    pub async fn every(&mut self) {
        let model = self.site.engine.model();
        let mut left: Vec<Arc<Object>> =
            model.objects().iter().filter(|object| self.known(&object.name, 100).is_none()).cloned().collect();
        while !left.is_empty() {
            let before = left.len();
            for object in std::mem::take(&mut left) {
                if object.fields.iter().any(|field| field.required && self.waits(field)) {
                    left.push(object);
                    continue;
                }
                for _ in 0..MADE {
                    self.some(&object).await;
                }
            }
            assert!(left.len() < before, "these wait for each other: {left:?}");
        }
    }

    /// Whether there is no record yet that the field could name.
    fn waits(&mut self, field: &Field) -> bool {
        matches!(&field.kind, FieldKind::Reference { object, .. } if self.known(object, 100).is_none())
    }

    /// One record. What a rule of its pack does not like is left out, then thrown anew.
    async fn some(&mut self, object: &Object) {
        let mut tries = 0;
        let id = loop {
            let mut fields = self.filled(object);
            self.site.clock.advance(60_000);
            let mut made = self.try_making(&object.name, &fields).await;
            if let Err(Error::Invalid(errors)) = &made {
                fields.retain(|(name, _)| errors.iter().all(|error| error.field != *name));
                made = self.try_making(&object.name, &fields).await;
            }
            tries += 1;
            match made {
                Ok(record) => break record.id,
                Err(Error::Invalid(_)) if tries < 30 => {}
                Err(error) => panic!("no {} with {fields:?}: {error:?}", object.name),
            }
        };
        self.made.push((object.name.clone(), id));
    }

    fn filled(&mut self, object: &Object) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for field in &object.fields {
            if field.read_only || !(field.required || self.dice.percent(70)) {
                continue;
            }
            if let Some(text) = self.text(object, field) {
                fields.push((field.name.clone(), text));
            }
        }
        fields.extend(self.owned().into_iter().map(|(name, text)| (name.to_owned(), text)));
        fields
    }

    async fn try_making(&self, object: &str, fields: &[(String, String)]) -> Result<Record, Error> {
        let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, text.as_str()));
        self.site.engine.create(&self.site.admin, object, input).await
    }

    /// What a person might fill in; nothing where the engine or a file would.
    fn text(&mut self, object: &Object, field: &Field) -> Option<String> {
        if let Some((.., said)) = SAID.iter().find(|(of, name, _)| *of == object.name && *name == field.name) {
            return Some((*said).to_owned());
        }
        if matches!(field.name.as_str(), "owner" | "department") {
            return None;
        }
        let word = self.word();
        let digits = self.count;
        Some(match &field.kind {
            FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Rich => format!("字{word}"),
            FieldKind::Integer | FieldKind::Decimal { .. } => (1 + self.dice.below(4)).to_string(),
            FieldKind::Money { .. } => (100 * (1 + self.dice.below(9))).to_string(),
            FieldKind::Percent { .. } => "20".to_owned(),
            FieldKind::Date => "2026-03-09".to_owned(),
            FieldKind::DateTime => format!("2026-03-09 {:02}:30", 8 + self.dice.below(9)),
            FieldKind::Boolean => self.dice.percent(50).to_string(),
            FieldKind::Select { options } | FieldKind::MultiSelect { options } if !options.is_empty() => {
                // where a record begins is said by its pack, and what leads on from there asks for more
                if field.default.is_some() {
                    return None;
                }
                self.dice.pick(options).key.clone()
            }
            FieldKind::Phone => format!("1770532{digits:04}"),
            FieldKind::Email => format!("every{digits}@example.com"),
            FieldKind::Reference { object, .. } => self.known(object, 100)?,
            FieldKind::AnyReference { .. } => {
                let (object, id): (String, Uuid) = self.about(&["account", "contact", "interaction"]);
                format!("{object}:{id}")
            }
            _ => return None,
        })
    }
}
