//! Which fields are compared: the model says what each field tells of who a record is.

use std::sync::Arc;

use zhike_match::{Kind, Schema};
use zhike_model::{Access, FieldKind, MatchRule, Model, Object};
use zhike_types::{Error, Result, Text, text};

/// The comparisons of an object's records.
#[derive(Debug, Clone)]
pub(crate) struct MatchPlan {
    pub object: Arc<Object>,
    pub schema: Schema,
    /// Fields of the object, and the comparison each one fills.
    pub own: Vec<(usize, usize)>,
    /// Records below it that tell who it is: the people of a company.
    pub below: Vec<Below>,
}

/// An object whose records belong to one of the compared ones.
#[derive(Debug, Clone)]
pub(crate) struct Below {
    pub object: Arc<Object>,
    /// Its reference upwards.
    pub parent: usize,
    pub fields: Vec<(usize, usize)>,
}

impl MatchPlan {
    /// Organisations are compared with the people below them, people by themselves; an object that says neither is not compared.
    pub fn of(model: &Model, object: &Arc<Object>) -> Result<Self> {
        let (schema, title) = match object.title_field().matching {
            Some(MatchRule::Organisation) => (Schema::customer(), Kind::Organisation),
            Some(MatchRule::Person) => (Schema::contact(), Kind::Person),
            _ => {
                let (zh, en) = (&object.label.zh, &object.plural.en);
                return Err(Error::invalid(
                    "object",
                    "unmatched",
                    text!(
                        "「{zh}」的名称没有声明匹配方式，不能查重。",
                        "The names of {en} declare no match rule, so there is nothing to compare."
                    ),
                ));
            }
        };
        let own = fields(&schema, object, title);
        let below = model
            .objects()
            .iter()
            .filter(|_| title == Kind::Organisation)
            .filter_map(|child| below(&schema, object, child));
        Ok(Self { object: Arc::clone(object), own, below: below.collect(), schema })
    }

    /// What a comparison is called: as the field that fills it, with its object when that is one below.
    pub fn label(&self, comparison: usize) -> Text {
        // a phone's field may hold either line
        match self.schema.comparisons[comparison].kind {
            Kind::Mobile => return Text::new("手机", "Mobile"),
            Kind::Landline => return Text::new("座机", "Landline"),
            _ => {}
        }
        let filled_by =
            |fields: &[(usize, usize)]| fields.iter().find(|(_, to)| *to == comparison).map(|(field, _)| *field);
        if let Some(field) = filled_by(&self.own) {
            return self.object.fields[field].label.clone();
        }
        let named = |below: &Below| {
            let (object, field) = (&below.object.label, &below.object.fields[filled_by(&below.fields)?].label);
            Some(Text::new(format!("{}{}", object.zh, field.zh), format!("{} {}", object.en, field.en.to_lowercase())))
        };
        self.below.iter().find_map(named).unwrap_or_default()
    }
}

fn below(schema: &Schema, object: &Object, child: &Arc<Object>) -> Option<Below> {
    let Access::Parent(field) = &child.access else { return None };
    let parent = child.index_of(field)?;
    let named = child.title_field().matching == Some(MatchRule::Person);
    let refers = matches!(&child.fields[parent].kind, FieldKind::Reference { object: to, .. } if *to == object.name);
    (named && refers).then(|| Below { object: Arc::clone(child), parent, fields: fields(schema, child, Kind::Person) })
}

/// `title`: what the object's own name is.
pub(crate) fn fields(schema: &Schema, object: &Object, title: Kind) -> Vec<(usize, usize)> {
    let all = object.fields.iter().enumerate();
    all.filter_map(|(i, field)| {
        let kind = match field.matching? {
            _ if field.name == object.title => title,
            MatchRule::Organisation => Kind::Organisation,
            MatchRule::Person => Kind::Person,
            // the number itself says which line it is
            MatchRule::Phone => Kind::Mobile,
            MatchRule::Email => Kind::Email,
            MatchRule::CreditCode => Kind::CreditCode,
            MatchRule::Address => Kind::Address,
            MatchRule::Region => Kind::Region,
            MatchRule::Trade => Kind::Trade,
            MatchRule::Exact => return None,
        };
        Some((i, schema.of_kind(kind)?))
    })
    .collect()
}
