//! The agreement of two records in every comparison.

use super::{Best, Bests, MOST, Matcher, Met, NOTHING, STRANGERS};
use crate::features::{DOUBTFUL, STATED, Value, View};
use crate::level::Level;
use crate::organisation::{self, Name, Trades};
use crate::schema::Kind;
use crate::{address, code, email, person, phone, place, plain};

/// What it adds, in bits, that two whole names are the same: within one registration authority and one trade no brand is
/// registered twice (企业名称登记管理规定, 2020, article 17), so the three do not meet by chance as often as each alone.
const REGISTERED: f32 = 3.0;

/// What the best reading of two names says.
#[derive(Debug, Clone, Copy)]
struct Names {
    trades: Trades,
    /// Both have a company's legal form, or one of them.
    whole: bool,
    half_whole: bool,
    /// Both are offices, schools or hospitals of the state.
    public: bool,
    met: Met,
}

impl Names {
    const NONE: Self = Self { trades: Trades::Open, whole: false, half_whole: false, public: false, met: STRANGERS };
}

impl Matcher<'_> {
    pub(super) fn whole<'v>(&self, a: View<'v>, b: View<'v>) -> (Bests<'v>, Met) {
        self.all(a, b, None).unwrap_or(([NOTHING; MOST], STRANGERS))
    }

    /// The agreement in every comparison. `None`, when that is wanted, as soon as the sum can no longer reach a review.
    pub(super) fn all<'v>(&self, a: View<'v>, b: View<'v>, hurry: Option<bool>) -> Option<(Bests<'v>, Met)> {
        let mut bests = [NOTHING; MOST];
        let mut names = Names::NONE;
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
            // Names of which one leaves the trade out, or whose trade no list has, may still be found to agree in it.
            reach += self.trade.filter(|at| !(a.has(*at) && b.has(*at))).map_or(0.0, |at| self.most[at]);
            reach += REGISTERED;
        }
        for at in self.order.iter().copied() {
            if !a.has(at) || !b.has(at) {
                continue;
            }
            let comparison = &self.schema.comparisons[at];
            bests[at] = match comparison.kind {
                Kind::Organisation => {
                    let best;
                    (best, names) = self.organisations(at, a, b);
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
                Kind::Trade if names.trades != Trades::Open => self.most[at],
                Kind::Mobile | Kind::Email => bests[at].bits.max(0.0),
                _ => bests[at].bits,
            };
            let apart =
                hurry == Some(true) && comparison.kind == Kind::Organisation && bests[at].level == Level::Different;
            if apart || hurry.is_some() && reach < self.review {
                return None;
            }
        }
        if let Some(at) = self.trade {
            self.said_of_trades(names, a.has(at) || b.has(at), at, &mut bests[at]);
        }
        self.public_bodies(names, &mut bests, a, b);
        if self.registered(names, &bests, a, b)
            && let Some(at) = self.organisation
        {
            bests[at].bits += REGISTERED;
        }
        // A person may move from a branch to its parent.
        let met = self.organisation.map_or(STRANGERS, |_| names.met);
        let placed = |view| self.region.is_some_and(|at| stated(view, at));
        Some((bests, Met { bare: met.bare && !(placed(a) && placed(b)), ..met }))
    }

    /// What the names as a whole say of their trades goes before what the words say.
    fn said_of_trades(&self, names: Names, known: bool, at: usize, best: &mut Best<'_>) {
        let level = match names.trades {
            Trades::One if best.level != Level::Same && (known || names.whole) => Level::Same,
            Trades::Within if matches!(best.level, Level::Different | Level::Contrary) => Level::Missing,
            Trades::Apart => Level::Contrary,
            _ => return,
        };
        *best = Best { level, bits: self.table.bits[at][level as usize], ..*best };
    }

    /// Whether both names are whole and the same: place, brand and trade.
    fn registered(&self, names: Names, bests: &Bests<'_>, a: View<'_>, b: View<'_>) -> bool {
        let (Some(name), Some(trade), Some(region)) = (self.organisation, self.trade, self.region) else {
            return false;
        };
        let (one, other) = (stated_place(a, region), stated_place(b, region));
        let said = [a, b].into_iter().all(|view| stated(view, trade));
        let in_trade = names.whole || said;
        let placed = match bests[region].level {
            Level::Same => one.is_some() && other.is_some(),
            Level::Different | Level::Contrary => false,
            // One leaves the place out: then name and trade must be all there.
            _ if one.is_some() && one == other => true,
            _ => (one.is_none() || other.is_none()) && said && names.half_whole && self.is_rare(name, &bests[name]),
        };
        placed && in_trade && bests[name].level == Level::Same && bests[trade].level == Level::Same
    }

    /// Whether the value weighs as much as any: few records have it.
    pub(super) fn is_rare(&self, at: usize, best: &Best<'_>) -> bool {
        best.bits >= self.table.bits[at][best.level as usize]
    }

    /// The city's hospital is not the district's.
    fn public_bodies(&self, names: Names, bests: &mut Bests<'_>, a: View<'_>, b: View<'_>) {
        let Some(region) = self.region.filter(|_| names.public) else { return };
        if let (Some(one), Some(other)) = (stated_place(a, region), stated_place(b, region))
            && place::relation(one, other) != Level::Same
        {
            let bits = self.table.bits[region][Level::Contrary as usize];
            bests[region] = Best { level: Level::Contrary, bits, ..bests[region] };
        }
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

    fn organisations<'v>(&self, at: usize, a: View<'v>, b: View<'v>) -> (Best<'v>, Names) {
        let mut best: Option<(Best<'v>, Names)> = None;
        for one in a.values(at) {
            let name = Name::of(one.words);
            for other in b.values(at) {
                let other_name = Name::of(other.words);
                let likeness = organisation::compare(&name, &other_name);
                let bits = self.bits(at, likeness.level, one, other);
                let better = best.is_none_or(|(best, _)| match (best.level, likeness.level) {
                    (_, Level::Missing) => false,
                    (Level::Missing, _) => true,
                    // A doubtful reading must be clearly better.
                    _ => bits > best.bits,
                });
                if better {
                    let met = Met {
                        kinship: organisation::kinship(&name, &other_name),
                        bare: name.bare() || other_name.bare(),
                    };
                    let (one_whole, other_whole) = (name.whole(), other_name.whole());
                    best = Some((
                        Best { level: likeness.level, bits, values: Some((one.words, other.words)) },
                        Names {
                            trades: likeness.trades,
                            whole: one_whole && other_whole && likeness.level == Level::Same,
                            half_whole: one_whole || other_whole,
                            public: name.public() && other_name.public(),
                            met,
                        },
                    ));
                }
            }
        }
        best.unwrap_or((NOTHING, Names::NONE))
    }

    fn regions<'v>(&self, at: usize, a: View<'v>, b: View<'v>) -> Best<'v> {
        // Names that state two cities are two companies, wherever their offices are.
        for one in a.values(at).filter(|value| value.words[0] == STATED) {
            for other in b.values(at).filter(|value| value.words[0] == STATED) {
                let level = match place::stated_relation(one.words[1], other.words[1]) {
                    Level::Different => Level::Contrary,
                    level @ (Level::Alike | Level::Missing) => level,
                    _ => continue,
                };
                return Best {
                    level,
                    bits: self.table.bits[at][level as usize],
                    values: Some((one.words, other.words)),
                };
            }
        }
        self.best(at, a, b, |one, other| match place::relation(one[1], other[1]) {
            // What a doubtful reading takes for a district, 南山 in 南山书院, proves nothing against.
            Level::Different if [one, other].iter().any(|value| value[0] == DOUBTFUL && !place::is_town(value[1])) => {
                Level::Missing
            }
            level => level,
        })
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

/// The place that a record's name states.
fn stated_place(view: View<'_>, region: usize) -> Option<place::Place> {
    view.values(region).find(|value| value.words[0] == STATED).map(|value| value.words[1])
}

/// Whether a name states this: its trade, its place.
fn stated(view: View<'_>, at: usize) -> bool {
    view.values(at).any(|value| value.words[0] == STATED)
}

fn trades(a: &[u16], b: &[u16]) -> Level {
    match organisation::compare_trades(&a[1..], &b[1..]) {
        Level::Different if a[0] == STATED && b[0] == STATED => Level::Contrary,
        // What a doubtful reading leaves as trade proves nothing against.
        Level::Different if (a[0] | b[0]) & DOUBTFUL != 0 => Level::Missing,
        level => level,
    }
}
