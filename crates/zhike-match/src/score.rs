//! The weight of a pair: what each comparison says, and what follows.

mod agreement;
mod rules;

use crate::features::View;
use crate::level::Level;
use crate::organisation::Kinship;
use crate::outcome::{Band, Explanation, Line, Score};
use crate::schema::{Kind, Schema};
use crate::show;
use crate::weights::{Table, Weights};
use rules::follows;

/// Compares pairs.
#[derive(Debug, Clone)]
pub struct Matcher<'s> {
    schema: &'s Schema,
    table: Table,
    same: f32,
    review: f32,
    /// The person's name, where the records are people with a company.
    person: Option<usize>,
    /// The company's name, where the records are companies.
    organisation: Option<usize>,
    trade: Option<usize>,
    region: Option<usize>,
    credit_code: Option<usize>,
    /// The order in which a scan compares: first what is quick to tell and decides much.
    order: Vec<usize>,
    /// What each comparison can add at most.
    most: Vec<f32>,
}

/// The best agreement of one comparison.
#[derive(Debug, Clone, Copy)]
struct Best<'v> {
    level: Level,
    bits: f32,
    values: Option<(&'v [u16], &'v [u16])>,
}

/// No schema has more comparisons.
const MOST: usize = 16;

type Bests<'v> = [Best<'v>; MOST];

/// What the names of two records are to each other, beside how alike they are.
#[derive(Debug, Clone, Copy)]
struct Met {
    kinship: Kinship,
    /// One is a brand and nothing else: it names several companies.
    bare: bool,
}

const STRANGERS: Met = Met { kinship: Kinship::None, bare: false };

fn level(bests: &Bests<'_>, at: Option<usize>) -> Level {
    at.map_or(Level::Missing, |at| bests[at].level)
}

const NOTHING: Best<'static> = Best { level: Level::Missing, bits: 0.0, values: None };

impl<'s> Matcher<'s> {
    pub fn new(schema: &'s Schema, weights: &Weights) -> Self {
        let odds = |probability: f64| (probability / (1.0 - probability)).log2() as f32;
        let table = Table::of(weights);
        let mut order: Vec<usize> = (0..schema.comparisons.len().min(MOST)).collect();
        order.sort_by_key(|at| match schema.comparisons[*at].kind {
            Kind::Organisation => 0,
            Kind::CreditCode | Kind::Mobile | Kind::Landline | Kind::Date => 1,
            Kind::Email | Kind::Region | Kind::Trade | Kind::Code => 2,
            Kind::Person => 3,
            Kind::Address | Kind::Text => 4,
        });
        let most = table.bits.iter().map(|bits| bits.iter().copied().fold(0.0, f32::max)).collect();
        Self {
            schema,
            order,
            most,
            table,
            same: odds(weights.same),
            review: odds(weights.review),
            organisation: schema.subject_organisation(),
            person: schema.subject_person(),
            trade: schema.of_kind(Kind::Trade),
            region: schema.of_kind(Kind::Region),
            credit_code: schema.of_kind(Kind::CreditCode),
        }
    }

    pub fn score(&self, a: View<'_>, b: View<'_>) -> Score {
        self.weigh(a, b, |_, _| {}).0
    }

    /// [`Matcher::score`] of a pair that is or may be one; `None` as soon as it cannot be. A pair that met by a part of
    /// its name alone (`by_name`) must have more of it in common: whatever else it shares, it meets by that too.
    pub(crate) fn worth(&self, a: View<'_>, b: View<'_>, by_name: bool) -> Option<Score> {
        let (bests, met) = self.all(a, b, Some(by_name))?;
        let score = self.judge(bests, met, |_, _| {}).0;
        matches!(score.band, Band::Same | Band::Review).then_some(score)
    }

    /// What a pair says for two groups being one, in bits: `against` where the rules of the field keep it apart.
    pub(crate) fn voice(&self, a: View<'_>, b: View<'_>, against: f32) -> f32 {
        let (bests, met) = self.whole(a, b);
        let forbidden = self.forbids(&bests);
        let score = self.judge(bests, met, |_, _| {}).0;
        if forbidden || matches!(score.band, Band::Related(_)) { against } else { score.bits }
    }

    /// The score with every comparison's part in it: the waterfall.
    pub fn explain(&self, a: View<'_>, b: View<'_>) -> Explanation {
        let mut lines = Vec::new();
        let (score, held_back) = self.weigh(a, b, |comparison, best| {
            let kind = self.schema.comparisons[comparison].kind;
            let (left, right) = match best.values {
                Some((left, right)) => (show::value(kind, left), show::value(kind, right)),
                None => (String::new(), String::new()),
            };
            lines.push(Line { comparison, level: best.level, bits: best.bits, left, right });
        });
        Explanation { score, prior: self.table.prior, lines, held_back }
    }

    /// The levels, for estimating weights; the sum of the weights in bits, and whether the rules of the field let the two
    /// be one at all.
    pub(crate) fn levels(&self, a: View<'_>, b: View<'_>, out: &mut [u8]) -> (f32, bool) {
        let (mut bests, met) = self.whole(a, b);
        let mut person = Level::Missing;
        for (at, comparison) in self.schema.comparisons.iter().enumerate() {
            let follows = follows(comparison.kind, bests[at].level, person);
            if comparison.kind == Kind::Person {
                person = bests[at].level;
            }
            out[at] = if follows { Level::Missing } else { bests[at].level } as u8;
        }
        let open = met.kinship == Kinship::None && !self.forbids(&bests);
        self.settle(&mut bests);
        (self.table.prior + bests.iter().map(|best| best.bits).sum::<f32>(), open)
    }

    fn weigh<'v>(&self, a: View<'v>, b: View<'v>, line: impl FnMut(usize, Best<'v>)) -> (Score, f32) {
        let (bests, met) = self.whole(a, b);
        self.judge(bests, met, line)
    }

    fn judge<'v>(&self, mut bests: Bests<'v>, met: Met, mut line: impl FnMut(usize, Best<'v>)) -> (Score, f32) {
        self.settle(&mut bests);
        let mut bits = self.table.prior;
        for (at, best) in bests.iter().enumerate().take(self.schema.comparisons.len()) {
            bits += best.bits;
            line(at, *best);
        }
        self.band(bits, &bests, met)
    }
}
