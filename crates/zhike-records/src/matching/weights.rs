//! What the last scan of an object learnt from its records: the weights, and how common their values are. The live check and the
//! explanation of a pair weigh as the scan did; without a scan the shipped weights serve.
//!
//! They are kept in the table `match_weights` and, once read, in memory. Each scan has a stamp, so that a process notices when
//! another one scanned.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use zhike_db::{Tx, sql};
use zhike_match::{COMMON, Extractor, Features, Frequencies, Kind, Matcher, Schema, Store, Weights, count};
use zhike_types::{Error, Result, Uuid, boxed};

use super::plan::MatchPlan;
use crate::Engine;

/// The weights in use for an object. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Known(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    /// The scan that they are of; none: the shipped ones.
    stamp: Option<Uuid>,
    /// Without frequencies, so that it is copied for little.
    weights: Weights,
    frequencies: Frequencies,
}

/// The weights in use, by object.
#[derive(Debug, Default)]
pub(crate) struct WeightsInUse(Mutex<HashMap<String, Known>>);

impl Known {
    fn of(stamp: Option<Uuid>, mut weights: Weights) -> Self {
        let frequencies = std::mem::take(&mut weights.frequencies);
        Self(Arc::new(Kept { stamp, weights, frequencies }))
    }

    /// For a list that is so long now; how common values are is said by [`Known::mark`].
    pub fn weights(&self, records: u64) -> Weights {
        self.0.weights.clone().for_records(records)
    }

    /// Compares records of a list that is so long now.
    pub fn matcher<'s>(&self, schema: &'s Schema, records: u64) -> Matcher<'s> {
        Matcher::new(schema, &self.weights(records))
    }

    /// Says how rare a record's values are, before it is compared.
    pub fn mark(&self, schema: &Schema, features: &mut Features) {
        if self.0.frequencies.records > 0 {
            self.0.frequencies.mark(schema, features);
        }
    }
}

impl Engine {
    /// The weights for an object's records: those of its last scan, else the shipped ones.
    pub(crate) async fn match_weights(&self, tx: &mut Tx, plan: &MatchPlan) -> Result<Known> {
        let stamp =
            tx.row(sql!("SELECT stamp FROM match_weights WHERE object = $1", plan.object.name.as_str())).await?;
        let stamp = stamp.map(|row| row.must_id(0)).transpose()?;
        self.weights_of(tx, plan, stamp).await
    }

    /// The weights of the scan with this stamp.
    pub(crate) async fn weights_of(&self, tx: &mut Tx, plan: &MatchPlan, stamp: Option<Uuid>) -> Result<Known> {
        let name = &plan.object.name;
        let in_use = self.0.weights.0.lock().expect("no holder panics").get(name).cloned();
        if let Some(known) = in_use.filter(|known| known.0.stamp == stamp) {
            return Ok(known);
        }
        let known = match stamp {
            Some(_) => read(tx, plan).await?,
            None => Known::of(None, Weights::shipped(&plan.schema)),
        };
        self.0.weights.0.lock().expect("no holder panics").insert(name.clone(), known.clone());
        Ok(known)
    }

    /// Keeps what a scan estimated, frequencies and all, in the transaction that keeps its result.
    #[boxed]
    pub(crate) async fn keep_weights(&self, tx: &mut Tx, plan: &MatchPlan, weights: &Weights) -> Result<()> {
        tx.run(sql!(
            "INSERT INTO match_weights (object, stamp, at, print, weights) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (object) \
             DO UPDATE SET stamp = excluded.stamp, at = excluded.at, print = excluded.print, weights = excluded.weights",
            plan.object.name.as_str(),
            self.0.ids.next(),
            self.now(),
            print(&plan.schema),
            serde_json::to_string(weights).map_err(Error::internal)?
        ))
        .await
        .map(drop)
    }
}

async fn read(tx: &mut Tx, plan: &MatchPlan) -> Result<Known> {
    let row = tx
        .row(sql!("SELECT stamp, print, weights FROM match_weights WHERE object = $1", plan.object.name.as_str()))
        .await?;
    let Some(row) = row else { return Ok(Known::of(None, Weights::shipped(&plan.schema))) };
    let stamp = Some(row.must_id(0)?);
    // what another version of the engine learnt may mean something else
    if row.must_text(1)? != print(&plan.schema) {
        return Ok(Known::of(stamp, Weights::shipped(&plan.schema)));
    }
    let text = row.must_text(2)?;
    // some megabytes of a large list
    let weights = zhike_jobs::blocking(move || serde_json::from_str(&text).map_err(Error::internal)).await??;
    Ok(Known::of(stamp, weights))
}

/// Changes when comparisons do, or what a value's frequency is kept by.
fn print(schema: &Schema) -> String {
    let mut print = String::new();
    let mut values = Vec::new();
    for (at, comparison) in schema.comparisons.iter().enumerate() {
        let _written = write!(print, "{}:{:?} ", comparison.name, comparison.kind);
        values.push((at, sample(comparison.kind)));
    }
    let mut store = Store::new();
    let mut extractor = Extractor::new(schema);
    for _ in 0..COMMON {
        store.add(&mut extractor, &values);
    }
    let counted = serde_json::to_string(&count(schema, &mut store, 1)).unwrap_or_default();
    let sum = counted
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let _written = write!(print, "{sum:016x}");
    print
}

fn sample(kind: Kind) -> &'static str {
    match kind {
        Kind::Organisation => "青岛海尔电器科技有限公司",
        Kind::Trade => "电器",
        Kind::Region => "山东省青岛市",
        Kind::Person => "欧阳修文",
        Kind::Mobile => "13812346138",
        Kind::Landline => "0532-88939999",
        Kind::Email => "ouyang@haier.example",
        Kind::CreditCode => "91370200163562681G",
        Kind::Address => "山东省青岛市崂山区海尔路1号",
        Kind::Date => "2026-03-02",
        Kind::Text | Kind::Code => "2026ab",
    }
}
