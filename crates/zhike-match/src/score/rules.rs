//! What follows from the agreements together: evidence that hangs together counts once, and some things no sum outweighs.

use super::{Bests, Matcher, Met, level};
use crate::level::Level;
use crate::organisation::Kinship;
use crate::outcome::{Band, Relation, Score};
use crate::schema::Kind;

/// No more than this, in bits, for a line or a mailbox that two houses of one brand in two cities share.
const CHAIN: f32 = 3.0;

/// A pair that is held stays so far, in bits, below the band that it would have reached.
const BELOW: f32 = 0.1;

impl Matcher<'_> {
    /// Evidence that depends on other evidence counts once.
    pub(super) fn settle(&self, bests: &mut Bests<'_>) {
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

    /// The band that a sum of bits comes to, with what the rules of the field take off.
    pub(super) fn band(&self, bits: f32, bests: &Bests<'_>, met: Met) -> (Score, f32) {
        let brand = level(bests, self.organisation);
        // A branch has a credit code of its own.
        let kin = met.kinship != Kinship::None && level(bests, self.credit_code) > Level::Near;
        if kin && brand <= Level::Within {
            let relation = if met.kinship == Kinship::Parent { Relation::Branch } else { Relation::Branches };
            return (Score { bits, band: Band::Related(relation) }, 0.0);
        }
        let mut held = bits;
        let alone = self.alone(bests);
        if self.forbids(bests) || (brand == Level::Alike || met.bare) && alone {
            held = held.min(self.same - BELOW);
        }
        // 海尔 alone is worth a look among a million too, as long as few are called so and nothing speaks against it.
        let rare = self.organisation.is_some_and(|at| self.is_rare(at, &bests[at]));
        if met.bare && alone && brand <= Level::Sound && rare && bests.iter().all(|best| best.bits >= 0.0) {
            held = held.clamp(self.review + BELOW, self.same - BELOW);
        }
        if kin {
            held = held.min(self.review - BELOW);
        }
        // Colleagues have company, city and line in common; a number or mailbox of their own is another matter.
        let name = level(bests, self.person);
        let own = |kind| matches!(kind, Kind::Mobile | Kind::Email);
        let reached = self.schema.comparisons.iter().zip(bests).any(|(one, best)| own(one.kind) && best.bits > 0.0);
        if self.person.is_some() && name > Level::Near {
            let most = if reached || name == Level::Surname { self.same } else { self.review };
            held = held.min(most - BELOW);
        }
        // Two 张伟 of one company have two numbers.
        let another = self.schema.of_kind(Kind::Mobile).is_some_and(|at| bests[at].level == Level::Different);
        if self.person.is_some() && another && !reached {
            held = held.min(self.same - BELOW);
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

    /// What no sum of other evidence outweighs; a person must say so. Names that have nothing in common, names that state
    /// two cities or two trades, two right credit codes.
    pub(super) fn forbids(&self, bests: &Bests<'_>) -> bool {
        if self.organisation.is_none() {
            return false;
        }
        let (brand, code) = (level(bests, self.organisation), level(bests, self.credit_code));
        let contrary = |at| level(bests, at) == Level::Contrary;
        let registered = (contrary(self.region) || contrary(self.trade)) && brand != Level::Missing;
        code > Level::Near && (brand == Level::Different || registered || code == Level::Different)
    }

    /// Whether nothing but name, trade and place speaks for the pair: 海尔 and 海信 are both in Qingdao and in one trade.
    fn alone(&self, bests: &Bests<'_>) -> bool {
        self.schema.comparisons.iter().zip(bests).all(|(comparison, best)| {
            matches!(comparison.kind, Kind::Organisation | Kind::Trade | Kind::Region) || best.bits <= 0.0
        })
    }
}

/// Another person has another telephone: that is said once.
pub(super) fn follows(kind: Kind, level: Level, person: Level) -> bool {
    matches!(kind, Kind::Mobile | Kind::Email)
        && level == Level::Different
        && matches!(person, Level::Different | Level::Alike)
}
