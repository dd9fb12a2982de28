//! The weight of a pair: what each comparison says, and what follows.

use crate::features::{DOUBTFUL, STATED, Value, View};
use crate::level::Level;
use crate::organisation::{self, Kinship, Name, Trades};
use crate::outcome::{Band, Explanation, Line, Relation, Score};
use crate::schema::{Kind, Schema};
use crate::weights::{Table, Weights};
use crate::{address, code, email, person, phone, place, plain, show};

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

/// No more than this, in bits, for a line or a mailbox that two houses of one brand in two cities share.
const CHAIN: f32 = 3.0;

/// What it adds, in bits, that two whole names are the same: within one registration authority and one trade no brand is
/// registered twice (企业名称登记管理规定, 2020, article 17), so the three do not meet by chance as often as each alone.
const REGISTERED: f32 = 3.0;

/// No schema has more comparisons.
const MOST: usize = 16;

type Bests<'v> = [Best<'v>; MOST];

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
        let (bests, kinship) = self.all(a, b, Some(by_name))?;
        let score = self.judge(bests, kinship, |_, _| {}).0;
        matches!(score.band, Band::Same | Band::Review).then_some(score)
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
        let (mut bests, kinship) = self.whole(a, b);
        let mut person = Level::Missing;
        for (at, comparison) in self.schema.comparisons.iter().enumerate() {
            let follows = follows(comparison.kind, bests[at].level, person);
            if comparison.kind == Kind::Person {
                person = bests[at].level;
            }
            out[at] = if follows { Level::Missing } else { bests[at].level } as u8;
        }
        let open = kinship == Kinship::None && !self.forbids(&bests);
        self.settle(&mut bests);
        (self.table.prior + bests.iter().map(|best| best.bits).sum::<f32>(), open)
    }

    fn weigh<'v>(&self, a: View<'v>, b: View<'v>, line: impl FnMut(usize, Best<'v>)) -> (Score, f32) {
        let (bests, kinship) = self.whole(a, b);
        self.judge(bests, kinship, line)
    }

    fn judge<'v>(&self, mut bests: Bests<'v>, kinship: Kinship, mut line: impl FnMut(usize, Best<'v>)) -> (Score, f32) {
        self.settle(&mut bests);
        let mut bits = self.table.prior;
        for (at, best) in bests.iter().enumerate().take(self.schema.comparisons.len()) {
            bits += best.bits;
            line(at, *best);
        }
        let brand = level(&bests, self.organisation);
        if kinship != Kinship::None && brand <= Level::Within {
            let relation = if kinship == Kinship::Parent { Relation::Branch } else { Relation::Branches };
            return (Score { bits, band: Band::Related(relation) }, 0.0);
        }
        let mut held = bits;
        if self.forbids(&bests) || (brand == Level::Alike && self.alone(&bests)) {
            held = held.min(self.same - 0.1);
        }
        if kinship != Kinship::None {
            held = held.min(self.review - 0.1);
        }
        // Colleagues have company, city and line in common; a number or mailbox of their own is another matter.
        let name = level(&bests, self.person);
        if self.person.is_some() && name > Level::Near {
            let own = |kind| matches!(kind, Kind::Mobile | Kind::Email);
            let reached =
                self.schema.comparisons.iter().zip(&bests).any(|(one, best)| own(one.kind) && best.bits > 0.0);
            let most = if reached || name == Level::Surname { self.same } else { self.review };
            held = held.min(most - 0.1);
        }
        let band = if held >= self.same {
            Band::Same
        } else if held >= self.review {
            Band::Review
        } else {
            Band::None
        };
        (Score { bits: held, band }, bits - held)
    }

    /// Evidence that depends on other evidence counts once.
    fn settle(&self, bests: &mut Bests<'_>) {
        let Some(organisation) = self.organisation else { return };
        let (brand, region) = (bests[organisation].level, level(bests, self.region));
        // Names in two scripts that do not sound alike may be two names as well.
        let two_names = brand == Level::Different || (brand == Level::Missing && bests[organisation].values.is_some());
        let mut person = Level::Missing;
        let mut strongest = 0.0_f32;
        for (at, comparison) in self.schema.comparisons.iter().enumerate() {
            let best = &mut bests[at];
            let kind = comparison.kind;
            if follows(kind, best.level, person) {
                best.bits = 0.0;
            }
            match kind {
                Kind::Person => person = best.level,
                // The houses of a chain give the head office's number and mail.
                Kind::Landline | Kind::Email
                    if brand <= Level::Within && matches!(region, Level::Different | Level::Contrary) =>
                {
                    best.bits = best.bits.min(CHAIN);
                }
                _ => {}
            }
            // One agent, accountant or owner of several companies has one name, telephone and mailbox.
            if two_names && matches!(kind, Kind::Person | Kind::Mobile | Kind::Email) && best.bits > 0.0 {
                let more = (best.bits - strongest).max(0.0);
                strongest += more;
                best.bits = more;
            }
        }
    }

    /// What no sum of other evidence outweighs; a person must say so. Names that have nothing in common, names that state
    /// two cities, two right credit codes.
    fn forbids(&self, bests: &Bests<'_>) -> bool {
        if self.organisation.is_none() {
            return false;
        }
        let (brand, region, code) =
            (level(bests, self.organisation), level(bests, self.region), level(bests, self.credit_code));
        let registered = region == Level::Contrary && brand != Level::Missing;
        code > Level::Near && (brand == Level::Different || registered || code == Level::Different)
    }

    fn whole<'v>(&self, a: View<'v>, b: View<'v>) -> (Bests<'v>, Kinship) {
        self.all(a, b, None).unwrap_or(([NOTHING; MOST], Kinship::None))
    }

    /// Whether nothing but name, trade and place speaks for the pair: 海尔 and 海信 are both in Qingdao and in one trade.
    fn alone(&self, bests: &Bests<'_>) -> bool {
        self.schema.comparisons.iter().zip(bests).all(|(comparison, best)| {
            matches!(comparison.kind, Kind::Organisation | Kind::Trade | Kind::Region) || best.bits <= 0.0
        })
    }

    /// The agreement in every comparison. `None`, when that is wanted, as soon as the sum can no longer reach a review.
    fn all<'v>(&self, a: View<'v>, b: View<'v>, hurry: Option<bool>) -> Option<(Bests<'v>, Kinship)> {
        let mut bests = [NOTHING; MOST];
        let (mut said, mut kinship) = (Trades::Open, Kinship::None);
        // What the sum may still come to.
        let mut reach = self.table.prior;
        if hurry.is_some() {
            reach += self
                .most
                .iter()
                .enumerate()
                .filter(|(at, _)| a.has(*at) && b.has(*at))
                .map(|(_, most)| most)
                .sum::<f32>();
            // Names of which one leaves the trade out may still be found to agree in it.
            reach += self.trade.filter(|at| a.has(*at) != b.has(*at)).map_or(0.0, |at| self.most[at]);
            reach += REGISTERED;
        }
        for at in self.order.iter().copied() {
            if !a.has(at) || !b.has(at) {
                continue;
            }
            let comparison = &self.schema.comparisons[at];
            bests[at] = match comparison.kind {
                Kind::Organisation => {
                    let (best, kin, trades) = self.organisations(at, a, b);
                    (kinship, said) = (kin, trades);
                    best
                }
                // What two registered names say counts before what was typed beside them.
                Kind::Trade if stated(a, at) && stated(b, at) => self.best(at, a, b, |one, other| {
                    if one[0] == STATED && other[0] == STATED { trades(one, other) } else { Level::Missing }
                }),
                Kind::Trade => self.best(at, a, b, trades),
                Kind::Region => self.regions(at, a, b),
                Kind::Person => self.best(at, a, b, person::compare),
                Kind::Mobile | Kind::Landline => self.best(at, a, b, phone::compare),
                Kind::Email => self.best(at, a, b, email::compare),
                Kind::CreditCode => self.best(at, a, b, code::compare_credit_codes),
                Kind::Address => self.best(at, a, b, address::compare),
                Kind::Date => self.best(at, a, b, plain::compare_dates),
                Kind::Code => self.best(at, a, b, code::compare),
                Kind::Text => self.texts(at, comparison.swaps, a, b),
            };
            // What is settled afterwards may be worth nothing in the end, and a trade may turn out to be one after all.
            reach -= self.most[at];
            reach += match comparison.kind {
                Kind::Trade if said != Trades::Open => self.most[at],
                Kind::Mobile | Kind::Email => bests[at].bits.max(0.0),
                _ => bests[at].bits,
            };
            let apart =
                hurry == Some(true) && comparison.kind == Kind::Organisation && bests[at].level == Level::Different;
            if apart || hurry.is_some() && reach < self.review {
                return None;
            }
        }
        if let Some(at) = self.trade.filter(|_| said != Trades::Open) {
            let best = &mut bests[at];
            if said == Trades::One && best.level != Level::Same && (a.has(at) || b.has(at)) {
                *best = Best { level: Level::Same, bits: self.table.bits[at][Level::Same as usize], ..*best };
            } else if said == Trades::Within && matches!(best.level, Level::Different | Level::Contrary) {
                *best = Best { level: Level::Missing, bits: 0.0, ..*best };
            }
        }
        if self.registered(&bests, a, b)
            && let Some(at) = self.organisation
        {
            bests[at].bits += REGISTERED;
        }
        // A person may move from a branch to its parent.
        Some((bests, if self.organisation.is_some() { kinship } else { Kinship::None }))
    }

    /// Whether both names are whole and the same: place, brand and trade.
    fn registered(&self, bests: &Bests<'_>, a: View<'_>, b: View<'_>) -> bool {
        let (Some(name), Some(trade), Some(region)) = (self.organisation, self.trade, self.region) else {
            return false;
        };
        let same = [name, trade, region].into_iter().all(|at| bests[at].level == Level::Same);
        same && [trade, region].into_iter().all(|at| stated(a, at) && stated(b, at))
    }

    fn bits(&self, at: usize, level: Level, a: Value<'_>, b: Value<'_>) -> f32 {
        let fixed = self.table.bits[at][level as usize];
        match self.table.by_frequency[at] {
            // Near agreement on what is common is no better than full agreement on it.
            Some(m) if level < Level::Different => {
                let rarity = match (a.rarity, b.rarity) {
                    (0, _) | (_, 0) => return fixed,
                    (a, b) => f32::from(a.min(b) - 1) / 64.0,
                };
                let by_value = m + rarity;
                if by_value < 0.0 && fixed > 0.0 { fixed.min(0.0) } else { fixed.min(by_value) }
            }
            _ => fixed,
        }
    }

    /// The agreement of any value of one record with any of the other that weighs most.
    fn best<'v>(&self, at: usize, a: View<'v>, b: View<'v>, compare: impl Fn(&[u16], &[u16]) -> Level) -> Best<'v> {
        let mut best: Option<Best<'v>> = None;
        for one in a.values(at) {
            for other in b.values(at) {
                let level = compare(one.words, other.words);
                let bits = self.bits(at, level, one, other);
                let better = best.is_none_or(|best| match (best.level, level) {
                    (_, Level::Missing) => false,
                    (Level::Missing, _) => true,
                    _ => bits > best.bits,
                });
                if better {
                    best = Some(Best { level, bits, values: Some((one.words, other.words)) });
                }
            }
        }
        best.unwrap_or(NOTHING)
    }

    fn organisations<'v>(&self, at: usize, a: View<'v>, b: View<'v>) -> (Best<'v>, Kinship, Trades) {
        let mut best: Option<(Best<'v>, Kinship, Trades)> = None;
        for one in a.values(at) {
            let name = Name::of(one.words);
            for other in b.values(at) {
                let other_name = Name::of(other.words);
                let likeness = organisation::compare(&name, &other_name);
                let bits = self.bits(at, likeness.level, one, other);
                let better = best.is_none_or(|(best, _, _)| match (best.level, likeness.level) {
                    (_, Level::Missing) => false,
                    (Level::Missing, _) => true,
                    // A doubtful reading must be clearly better.
                    _ => bits > best.bits,
                });
                if better {
                    let kin = organisation::kinship(&name, &other_name);
                    best = Some((
                        Best { level: likeness.level, bits, values: Some((one.words, other.words)) },
                        kin,
                        likeness.trades,
                    ));
                }
            }
        }
        best.unwrap_or((NOTHING, Kinship::None, Trades::Open))
    }

    fn regions<'v>(&self, at: usize, a: View<'v>, b: View<'v>) -> Best<'v> {
        // Names that state two cities are two companies, wherever their offices are.
        for one in a.values(at).filter(|value| value.words[0] == STATED) {
            for other in b.values(at).filter(|value| value.words[0] == STATED) {
                let level = match place::stated_relation(one.words[1], other.words[1]) {
                    Level::Different => Level::Contrary,
                    Level::Alike => Level::Alike,
                    _ => continue,
                };
                return Best {
                    level,
                    bits: self.table.bits[at][level as usize],
                    values: Some((one.words, other.words)),
                };
            }
        }
        self.best(at, a, b, |one, other| place::relation(one[1], other[1]))
    }

    fn texts<'v>(&self, at: usize, swaps: Option<usize>, a: View<'v>, b: View<'v>) -> Best<'v> {
        let best = self.best(at, a, b, plain::compare_texts);
        if best.level != Level::Different {
            return best;
        }
        let Some(partner) = swaps else { return best };
        let crossed =
            |from: usize, to: usize| a.values(from).any(|one| b.values(to).any(|other| one.words == other.words));
        if crossed(at, partner) && crossed(partner, at) {
            return Best { level: Level::Swapped, bits: self.table.bits[at][Level::Swapped as usize], ..best };
        }
        best
    }
}

/// Whether a name states this: its trade, its place.
fn stated(view: View<'_>, at: usize) -> bool {
    view.values(at).any(|value| value.words[0] == STATED)
}

/// Another person has another telephone: that is said once.
fn follows(kind: Kind, level: Level, person: Level) -> bool {
    matches!(kind, Kind::Mobile | Kind::Email)
        && level == Level::Different
        && matches!(person, Level::Different | Level::Alike)
}

fn trades(a: &[u16], b: &[u16]) -> Level {
    match organisation::compare_trades(&a[1..], &b[1..]) {
        Level::Different if a[0] == STATED && b[0] == STATED => Level::Contrary,
        // What a doubtful reading leaves as trade proves nothing against.
        Level::Different if (a[0] | b[0]) & DOUBTFUL != 0 => Level::Missing,
        level => level,
    }
}
