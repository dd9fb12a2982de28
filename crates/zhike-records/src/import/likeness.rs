//! How like a row and a record are. A name alone puts nothing together that other values keep apart: 六韬药店 is in many cities.

use std::sync::Arc;

use zhike_db::Tx;
use zhike_match::{Band, Features, Kind, Level, Line, Matcher};
use zhike_model::Object;
use zhike_types::{Result, Text, Value};

use super::target::Targets;
use crate::{
    Engine, keys,
    matching::{Known, MatchPlan, record_count, stored},
};

/// The most reasons that a likeness is told with.
const REASONS: usize = 4;
/// Bits that a comparison must add to be a reason.
const SPEAKS: f32 = 0.5;

/// What the rows of a sheet are compared by.
#[derive(Debug, Clone)]
pub(crate) struct Likeness {
    pub plan: MatchPlan,
    /// The people of the sheet, among what stands below in the plan.
    below: Option<usize>,
    /// Whether the people below say where a customer is: then keys are not made of all values at once.
    below_tells: bool,
    weights: Known,
    /// How many records there are, those of the file included.
    records: u64,
}

/// A row as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    pub features: Features,
    /// The keys its record would stand under, and those of its people's lines.
    pub keys: Vec<i64>,
    pub lines: Vec<i64>,
}

/// A pair weighed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed {
    pub bits: f32,
    pub is_same: bool,
    pub is_like: bool,
}

impl Likeness {
    /// With the weights in force. None for objects whose records are told apart by single values alone.
    pub async fn of(engine: &Engine, tx: &mut Tx, targets: &Targets, rows: Option<i64>) -> Result<Option<Self>> {
        if !stored::is_organisation(&targets.root) {
            return Ok(None);
        }
        let plan = MatchPlan::of(&engine.model(), &targets.root)?;
        let weights = engine.match_weights(tx, &plan).await?;
        let records = record_count(tx, &targets.root).await? + rows.unwrap_or(0).unsigned_abs();
        let child = targets.child.as_ref().map(|(child, _)| &child.name);
        let below = plan.below.iter().position(|below| Some(&below.object.name) == child);
        let tells = |(_, comparison): &(usize, usize)| {
            let kind = plan.schema.comparisons[*comparison].kind;
            matches!(kind, Kind::Organisation | Kind::Region | Kind::Address | Kind::Trade)
        };
        let below_tells = below.is_some_and(|at| plan.below[at].fields.iter().any(tells));
        Ok(Some(Self { plan, below, below_tells, weights, records }))
    }

    /// A row: the customer's values and those of its person, if there is one.
    pub fn face(&self, root: &Object, values: &[Value], person: Option<&[Value]>) -> Face {
        let mut texts = stored::texts(root, &self.plan.own, values);
        let (mut keys, mut lines) = (keys::field_keys(root, values), stored::line_keys(root, values));
        let own = self.below_tells.then(|| stored::features(&texts));
        if let (Some(at), Some(values)) = (self.below, person) {
            let below = &self.plan.below[at];
            texts.extend(stored::texts(&below.object, &below.fields, values));
            lines.extend(stored::line_keys(&below.object, values));
        }
        let mut features = stored::features(&texts);
        self.weights.mark(&self.plan.schema, &mut features);
        stored::name_keys(own.as_ref().unwrap_or(&features), &mut keys);
        for some in [&mut keys, &mut lines] {
            some.sort_unstable();
            some.dedup();
        }
        Face { features, keys, lines }
    }

    /// A record with the people below it that are known.
    pub fn features<'v>(&self, root: &Object, values: &[Value], people: impl Iterator<Item = &'v [Value]>) -> Features {
        let mut texts = stored::texts(root, &self.plan.own, values);
        if let Some(at) = self.below {
            let below = &self.plan.below[at];
            people.for_each(|values| texts.extend(stored::texts(&below.object, &below.fields, values)));
        }
        let mut features = stored::features(&texts);
        self.weights.mark(&self.plan.schema, &mut features);
        features
    }

    /// The keys by which a record and the people below it are met.
    pub fn keys<'v>(&self, root: &Object, values: &[Value], people: impl Iterator<Item = &'v [Value]>) -> Vec<i64> {
        let mut keys = keys::match_keys(root, values);
        if let Some(at) = self.below {
            people.for_each(|values| keys.extend(stored::line_keys(&self.plan.below[at].object, values)));
        }
        keys
    }
}

/// Weighs pairs.
pub(crate) struct Judge<'l> {
    likeness: &'l Likeness,
    matcher: Matcher<'l>,
    /// As in a short list: what a name says must not hang on how many records there are.
    named: Matcher<'l>,
}

impl<'l> Judge<'l> {
    pub fn new(likeness: &'l Likeness) -> Self {
        let schema = &likeness.plan.schema;
        Self {
            matcher: likeness.weights.matcher(schema, likeness.records),
            named: likeness.weights.matcher(schema, 0),
            likeness,
        }
    }

    /// `named`: both have the same name by its normal form. Two that share no name are never the same by score alone, however
    /// high: on a noisy list with known answers, one pair in forty from 10 bits on was wrong, and nobody looks.
    pub fn weigh(&self, row: &Features, record: &Features, named: bool) -> Weighed {
        let score = self.matcher.score(row.view(), record.view());
        let is_same = named && self.is_same_name(row, record);
        Weighed { bits: score.bits, is_same, is_like: matches!(score.band, Band::Same | Band::Review) }
    }

    /// Whether the same name means the same customer: nothing speaks against it, or more speaks for it. A shop of another person
    /// with another number needs more than its name, which many shops have.
    fn is_same_name(&self, row: &Features, record: &Features) -> bool {
        let explained = self.named.explain(row.view(), record.view());
        if explained.lines.iter().all(|line| line.bits >= 0.0) {
            return explained.held_back <= 0.0;
        }
        let kind = |line: &Line| self.likeness.plan.schema.comparisons[line.comparison].kind;
        let differs = |wanted: &[Kind]| {
            explained.lines.iter().any(|line| line.level == Level::Different && wanted.contains(&kind(line)))
        };
        let strangers = differs(&[Kind::Person]) && differs(&[Kind::Mobile, Kind::Landline]);
        let more = |line: &Line| line.bits > SPEAKS && !matches!(kind(line), Kind::Organisation | Kind::Trade);
        explained.score.band == Band::Same && (!strangers || explained.lines.iter().any(more))
    }

    /// The probability that both are one, and what agrees.
    pub fn reasons(&self, row: &Features, record: &Features) -> (f64, Vec<Text>) {
        let explained = self.matcher.explain(row.view(), record.view());
        let mut lines = explained.lines;
        lines.retain(|line| line.bits > SPEAKS);
        lines.sort_by(|one, other| other.bits.total_cmp(&one.bits));
        let reason = |line: &Line| {
            let (label, level) = (self.likeness.plan.label(line.comparison), line.level.text());
            Text::new(format!("{}{}", label.zh, level.zh), format!("{} {}", label.en, level.en))
        };
        (explained.score.probability(), lines.iter().take(REASONS).map(reason).collect())
    }
}

/// A row's face where rows have one.
pub(crate) type RowFace = Option<Arc<Face>>;
