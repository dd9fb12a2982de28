//! Candidates weighed against the record in question.

use std::collections::HashMap;

use zhike_db::Tx;
use zhike_match::{Band, Explanation, Features, Kind, Level, Line, Score};
use zhike_types::{Result, Uuid};

use super::{
    candidates::{Candidate, Question, below, state},
    plan::MatchPlan,
    stored,
};
use crate::Engine;

/// Candidates of which everything is compared.
const FINALISTS: usize = 30;
/// The most reasons that one is told with.
const REASONS: usize = 4;
/// Bits that a comparison must add to be a reason.
const SPEAKS: f32 = 0.5;

/// A candidate and how like it is.
pub(super) struct Weighed {
    pub id: Uuid,
    pub score: Score,
    /// Comparisons that agree, with how much, the weightiest first.
    pub agree: Vec<(usize, Level)>,
}

impl Engine {
    /// The likeliest candidates. What they are themselves is compared first; what stands below them is read of the best alone, and
    /// of those that were met by it.
    pub(super) async fn weigh(&self, tx: &mut Tx, plan: &MatchPlan, question: &Question) -> Result<Vec<Weighed>> {
        if !stored::is_compared(&plan.object) || question.texts.is_empty() {
            return Ok(Vec::new());
        }
        let mut candidates = question.candidates(tx, plan).await?;
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let (records, stamp) = state(tx, &plan.object).await?;
        let known = self.weights_of(tx, plan, stamp).await?;
        let matcher = known.matcher(&plan.schema, records);
        let features = |texts: &[(usize, String)]| {
            let mut features = stored::features_by(&plan.schema, texts);
            known.mark(&plan.schema, &mut features);
            features
        };
        let this = features(&question.texts);
        let alone = plan.above.is_some().then(|| features(&question.texts[..question.own]));
        let explain = |candidate: &Candidate, other: &Features| {
            let explained = matcher.explain(this.view(), other.view());
            match &alone {
                Some(alone) if question.parent.is_none() || question.parent != candidate.parent => {
                    let own = features(&candidate.texts[..candidate.own]);
                    elsewhere(plan, explained, matcher.explain(alone.view(), own.view()))
                }
                _ => explained,
            }
        };
        let mut scores: Vec<(Candidate, Features, f32)> = Vec::with_capacity(candidates.len());
        for candidate in candidates.drain(..) {
            let other = features(&candidate.texts);
            // of colleagues there may be more than are looked at closely
            let bits = if alone.is_some() {
                explain(&candidate, &other).score.bits
            } else {
                matcher.score(this.view(), other.view()).bits
            };
            scores.push((candidate, other, bits));
        }
        scores.sort_by(|(one, _, bits), (other, _, more)| {
            other.by_line.cmp(&one.by_line).then(more.total_cmp(bits)).then(one.id.cmp(&other.id))
        });
        let lines = scores.iter().filter(|(candidate, ..)| candidate.by_line).count();
        scores.truncate(lines + FINALISTS);
        // people and numbers can agree only with people and numbers
        let asks = |kind| plan.schema.of_kind(kind).is_some_and(|at| this.view().count(at) > 0);
        if [Kind::Person, Kind::Mobile, Kind::Landline, Kind::Email].into_iter().any(asks) {
            let ids: Vec<Uuid> = scores.iter().map(|(candidate, ..)| candidate.id).collect();
            let mut more: HashMap<Uuid, Vec<(usize, String)>> = HashMap::new();
            for (id, texts, _) in below(tx, plan, &ids).await? {
                more.entry(id).or_default().extend(texts);
            }
            for (candidate, other, _) in &mut scores {
                if let Some(more) = more.remove(&candidate.id) {
                    candidate.texts.extend(more);
                    *other = features(&candidate.texts);
                }
            }
        }
        let mut found: Vec<Weighed> = scores
            .iter()
            .map(|(candidate, other, _)| {
                let explained = explain(candidate, other);
                let mut lines = explained.lines;
                lines.retain(|line| line.bits > SPEAKS);
                lines.sort_by(|one, other| other.bits.total_cmp(&one.bits));
                let agree = lines.iter().take(REASONS).map(|line| (line.comparison, line.level)).collect();
                Weighed { id: candidate.id, score: explained.score, agree }
            })
            .collect();
        found.sort_by(|one, other| {
            let (a, b) = (&one.score, &other.score);
            a.band.cmp(&b.band).then(b.bits.total_cmp(&a.bits)).then(one.id.cmp(&other.id))
        });
        found.truncate(FINALISTS);
        Ok(found)
    }
}

/// A person at another company, or at one that is not known yet. They stand in the system once for each company, so that it is
/// always for somebody to judge; the companies prove nothing against a number or mailbox of one's own, and a name alone proves
/// nothing for it.
fn elsewhere(plan: &MatchPlan, with_companies: Explanation, alone: Explanation) -> Explanation {
    let speaks = |explained: &Explanation, kinds: &[Kind]| {
        let is_one = |line: &Line| kinds.contains(&plan.schema.comparisons[line.comparison].kind) && line.bits > SPEAKS;
        explained.lines.iter().any(is_one)
    };
    let reached = speaks(&alone, &[Kind::Mobile, Kind::Email]);
    let one_company = speaks(&with_companies, &[Kind::Organisation]);
    let better = reached && alone.score.bits > with_companies.score.bits;
    let mut explained = if better { alone } else { with_companies };
    explained.score.band = match explained.score.band {
        Band::Same | Band::Review if reached || one_company => Band::Review,
        _ => Band::None,
    };
    explained
}
