//! Records weighed against each other once more: why they are in an item, how a group falls apart, and the waterfall of a pair.

use std::{collections::HashMap, sync::Arc};

use zhike_db::Tx;
use zhike_match::{Band, Barred, Explanation, Features, Kind, Matcher, Pair, Store, clusters};
use zhike_model::Object;
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    Decision, Waterfall, WaterfallLine,
    decisions::{among, pair},
    scans::reviewed,
};
use crate::{
    Actor, Engine, FieldState,
    access::{self, Need, Reach},
    load::{Columns, field_states, needs_team, present},
    matching::{MatchPlan, compared, record_count, stored},
    merge,
};

/// The most reasons that an item is told with.
const REASONS: usize = 4;
/// Bits that a comparison must add to be a reason.
const SPEAKS: f32 = 0.5;

/// Some records, ready to be compared.
pub(super) struct Weighing<'p> {
    plan: &'p MatchPlan,
    matcher: Matcher<'p>,
    features: HashMap<Uuid, Features>,
}

impl Engine {
    /// Reads what is compared of these records, whoever may see it.
    pub(super) async fn weighing<'p>(&self, tx: &mut Tx, plan: &'p MatchPlan, ids: &[Uuid]) -> Result<Weighing<'p>> {
        let known = self.match_weights(tx, plan).await?;
        let matcher = known.matcher(&plan.schema, record_count(tx, &plan.object).await?);
        let texts = compared(tx, plan, ids).await?;
        let features = texts.into_iter().map(|(id, texts)| {
            let mut features = stored::features_by(&plan.schema, &texts);
            known.mark(&plan.schema, &mut features);
            (id, features)
        });
        Ok(Weighing { plan, matcher, features: features.collect() })
    }

    /// How two records that the actor sees are weighed, comparison by comparison.
    ///
    /// # Errors
    /// `NotFound` for a record that the actor may not see, `Conflict` for one that was merged away.
    #[boxed]
    pub async fn explain_pair(&self, actor: &Actor, object: &str, left: Uuid, right: Uuid) -> Result<Waterfall> {
        let model = self.model();
        let plan = reviewed(&model, actor, object)?;
        let object = &plan.object;
        if left == right {
            let message = Text::new("请给出两条不同的记录。", "Give two different records.");
            return Err(Error::invalid("right", "invalid", message));
        }
        let mut tx = self.0.db.read().await?;
        let mut both = Vec::new();
        for id in [left, right] {
            let stored = self.find(&mut tx, &model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)?;
            if stored.is_deleted(object) {
                merge::refuse_away(&mut tx, &model, actor, object, id).await?;
                return Err(Error::NotFound);
            }
            both.push(stored);
        }
        let mut columns = Columns::all(object);
        columns.team = needs_team(object, actor);
        let mut records = present(&mut tx, &self.0.titles, &model, actor, &columns, both).await?.into_iter();
        let (Some(first), Some(second)) = (records.next(), records.next()) else { return Err(Error::NotFound) };
        let weighing = self.weighing(&mut tx, &plan, &[left, right]).await?;
        let explained = weighing.explain(left, right).ok_or(Error::NotFound)?;
        let decided = among(&mut tx, &[left, right]).await?;
        let closed = closed(actor, &plan);
        let lines = explained.lines.iter().map(|line| {
            let kind = plan.schema.comparisons[line.comparison].kind;
            let shown = |value: &str| if closed[line.comparison] { masked(kind, value) } else { value.to_owned() };
            WaterfallLine {
                label: plan.label(line.comparison),
                left: shown(&line.left),
                right: shown(&line.right),
                level: line.level.text(),
                bits: line.bits,
            }
        });
        Ok(Waterfall {
            left: first,
            right: second,
            prior_bits: explained.prior,
            lines: lines.collect(),
            held_bits: explained.held_back,
            held: held(&explained),
            total_bits: explained.score.bits,
            probability: explained.score.probability(),
            band: explained.score.band,
            decision: decided.get(&pair(left, right)).copied().unwrap_or(Decision::Open),
        })
    }
}

impl Weighing<'_> {
    fn explain(&self, left: Uuid, right: Uuid) -> Option<Explanation> {
        Some(self.matcher.explain(self.features.get(&left)?.view(), self.features.get(&right)?.view()))
    }

    /// What speaks for two records being one, the weightiest first.
    pub fn reasons(&self, left: Uuid, right: Uuid) -> Vec<Text> {
        let Some(explained) = self.explain(left, right) else { return Vec::new() };
        let mut lines = explained.lines;
        lines.retain(|line| line.bits > SPEAKS);
        lines.sort_by(|one, other| other.bits.total_cmp(&one.bits));
        let reason = |line: &zhike_match::Line| {
            let (label, level) = (self.plan.label(line.comparison), line.level.text());
            Text::new(format!("{}{}", label.zh, level.zh), format!("{} {}", label.en, level.en))
        };
        lines.iter().take(REASONS).map(reason).collect()
    }

    /// Groups records anew without those told apart coming together: places, and the weakest link of each group in bits. Pairs that
    /// then belong to no group are left to the next scan.
    pub fn regroup(&self, ids: &[Uuid], is_apart: impl Fn(Uuid, Uuid) -> bool) -> Vec<(f32, Vec<usize>)> {
        let mut store = Store::new();
        let known: Vec<usize> = (0..ids.len()).filter(|at| self.features.contains_key(&ids[*at])).collect();
        for at in &known {
            store.push(self.features[&ids[*at]].view());
        }
        let (mut pairs, mut apart) = (Vec::new(), Vec::new());
        for left in 0..known.len() {
            for right in left + 1..known.len() {
                let places = (left as u32, right as u32);
                if is_apart(ids[known[left]], ids[known[right]]) {
                    apart.push(places);
                    continue;
                }
                let score = self.matcher.score(store.get(left), store.get(right));
                if score.band == Band::Same {
                    pairs.push(Pair { left: places.0, right: places.1, score });
                }
            }
        }
        let groups = clusters(&self.matcher, &store, &pairs, &Barred::new(apart));
        let weakest = |group: &[u32]| {
            let of = |record: &u32| {
                let linked = |pair: &&Pair| {
                    (pair.left == *record && group.contains(&pair.right))
                        || (pair.right == *record && group.contains(&pair.left))
                };
                pairs.iter().filter(linked).map(|pair| pair.score.bits).fold(f32::MIN, f32::max)
            };
            group.iter().map(of).fold(f32::MAX, f32::min)
        };
        let part = |group: &Vec<u32>| (weakest(group), group.iter().map(|at| known[*at as usize]).collect());
        groups.iter().map(part).collect()
    }
}

/// For each comparison whether one of the fields that it may come from is masked or hidden for the actor.
fn closed(actor: &Actor, plan: &MatchPlan) -> Vec<bool> {
    let mut closed = vec![false; plan.schema.comparisons.len()];
    let mut look = |object: &Arc<Object>, fields: &[(usize, usize)]| {
        let states = field_states(object, actor);
        let readable = access::reach(object, actor, Need::Read) != Reach::Nothing;
        for (field, comparison) in fields {
            if readable && !matches!(states[*field], FieldState::Masked | FieldState::Hidden) {
                continue;
            }
            closed[*comparison] = true;
            // names and addresses tell trade and place as well, numbers which line they are
            let tells: &[Kind] = match plan.schema.comparisons[*comparison].kind {
                Kind::Organisation => &[Kind::Trade, Kind::Region],
                Kind::Address => &[Kind::Region],
                Kind::Mobile => &[Kind::Landline],
                _ => &[],
            };
            for (at, other) in plan.schema.comparisons.iter().enumerate() {
                closed[at] |= tells.contains(&other.kind);
            }
        }
    };
    look(&plan.object, &plan.own);
    for below in &plan.below {
        look(&below.object, &below.fields);
    }
    if let Some(above) = &plan.above {
        look(&above.object, &above.fields);
    }
    closed
}

fn masked(kind: Kind, value: &str) -> String {
    match kind {
        _ if value.is_empty() => String::new(),
        Kind::Mobile | Kind::Landline => zhike_text::phone::mask(value),
        Kind::Person => zhike_text::name::mask(value),
        _ => "***".to_owned(),
    }
}

/// Why a sum that speaks for it does not decide.
fn held(explained: &Explanation) -> Option<Text> {
    let taken = explained.held_back.abs();
    (taken >= 0.05).then(|| {
        text!(
            "减去 {taken:.1} 比特：名称、城市或信用代码不一致，不论其余多像都留给人工判断。",
            "{taken:.1} bits taken off: names, cities or credit codes do not agree, and however much else does, somebody should look."
        )
    })
}
