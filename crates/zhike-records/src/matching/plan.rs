//! Which fields are compared: the model says what each field tells of who a record is.

use std::sync::Arc;

use zhike_db::Sql;
use zhike_match::{Kind, Schema};
use zhike_model::{FieldKind, MatchRule, Model, Object};
use zhike_types::{Error, Result, Text, Value, text};

/// The comparisons of an object's records.
#[derive(Debug, Clone)]
pub(crate) struct MatchPlan {
    pub object: Arc<Object>,
    pub schema: Schema,
    /// Fields of the object, and the comparison each one fills.
    pub own: Vec<(usize, usize)>,
    /// Records below it that tell who it is: the people of a company.
    pub below: Vec<Below>,
    /// What a person belongs to: their company.
    pub above: Option<Above>,
}

/// An object whose records belong to one of the compared ones.
#[derive(Debug, Clone)]
pub(crate) struct Below {
    pub object: Arc<Object>,
    /// Its reference upwards.
    pub parent: usize,
    pub fields: Vec<(usize, usize)>,
}

/// The object that the compared ones hang on.
#[derive(Debug, Clone)]
pub(crate) struct Above {
    pub object: Arc<Object>,
    /// The reference to it.
    pub reference: usize,
    /// Its fields, and the comparison each one fills. Its numbers are not among them: they are not one person's.
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
        let above = if title == Kind::Person { above(&schema, model, object) } else { None };
        Ok(Self { object: Arc::clone(object), own, below: below.collect(), above, schema })
    }

    /// ` LEFT JOIN` of what stands above as `a`, for a statement over the object as `t`.
    pub fn join_above(&self, sql: &mut Sql) {
        if let Some(above) = &self.above {
            sql.push(" LEFT JOIN ").name(&above.object.name).push(" a ON a.id = ");
            sql.column("t", &self.object.fields[above.reference].column());
        }
    }

    /// Whether a change from one to the other changes what is compared.
    pub fn differs(&self, before: &[Value], after: &[Value]) -> bool {
        let fields = self.own.iter().map(|(field, _)| *field).chain(self.above.as_ref().map(|above| above.reference));
        fields.into_iter().any(|field| before[field] != after[field])
    }

    /// What a comparison is called: as the field that fills it, with its object when that is one below.
    pub fn label(&self, comparison: usize) -> Text {
        let kind = self.schema.comparisons[comparison].kind;
        // a phone's field may hold either line
        match kind {
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
        if let Some(label) = self.below.iter().find_map(named) {
            return label;
        }
        let above = self.above.as_ref().and_then(|above| Some((above, filled_by(&above.fields)?)));
        above.map_or_else(|| said_by_others(kind), |(above, field)| above.object.fields[field].label.clone())
    }
}

/// What no field fills by itself: a name or an address tells it.
fn said_by_others(kind: Kind) -> Text {
    match kind {
        Kind::Trade => Text::new("行业", "Trade"),
        Kind::Region => Text::new("地区", "Region"),
        Kind::Address => Text::new("地址", "Address"),
        _ => Text::default(),
    }
}

fn below(schema: &Schema, object: &Object, child: &Arc<Object>) -> Option<Below> {
    let parent = child.index_of(child.access.parents().first()?)?;
    let named = child.title_field().matching == Some(MatchRule::Person);
    let refers = matches!(&child.fields[parent].kind, FieldKind::Reference { object: to, .. } if *to == object.name);
    (named && refers).then(|| Below { object: Arc::clone(child), parent, fields: fields(schema, child, Kind::Person) })
}

fn above(schema: &Schema, model: &Model, object: &Object) -> Option<Above> {
    let reference = object.index_of(object.access.parents().first()?)?;
    let FieldKind::Reference { object: target, .. } = &object.fields[reference].kind else { return None };
    let target =
        model.object(target).filter(|target| target.title_field().matching == Some(MatchRule::Organisation))?;
    let place = |(field, comparison): &(usize, usize)| {
        target.fields[*field].name == target.title || schema.comparisons[*comparison].kind == Kind::Region
    };
    let mut fields = fields(schema, target, Kind::Organisation);
    fields.retain(place);
    Some(Above { object: Arc::clone(target), reference, fields })
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
