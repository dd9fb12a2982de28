//! What the rows of this very file came to when it was imported before. A row is about the same record then as now, whatever has
//! been added to that record since: so a second run makes nothing new.

use std::collections::HashMap;

use zhike_db::{Sql, Tx, sql};
use zhike_types::{Result, Uuid};

use super::{plan::ImportPlan, table::Entry};

/// The imports of the same file, the latest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Before(Vec<Uuid>);

impl Before {
    /// Earlier imports that read the same rows by the same name.
    pub async fn read(tx: &mut Tx, entry: &Entry, title: &str) -> Result<Self> {
        let rows = tx
            .rows(sql!(
                "SELECT id, plan FROM import WHERE file = $1 AND object = $2 AND id <> $3 AND state = 'done' \
                 ORDER BY created_at DESC, id DESC LIMIT 20",
                entry.file.as_str(),
                entry.info.object.as_str(),
                entry.info.id
            ))
            .await?;
        let mut same = Vec::new();
        for row in rows {
            let plan: Option<ImportPlan> = serde_json::from_str(&row.must_text(1)?).ok();
            if plan.is_some_and(|plan| reads_alike(&plan, &entry.info.plan, title)) {
                same.push(row.must_id(0)?);
            }
        }
        Ok(Self(same))
    }

    /// The records that rows ended in, the latest import's word counting.
    pub async fn records(&self, tx: &mut Tx, first: u64, last: u64) -> Result<HashMap<u64, Uuid>> {
        let mut records = HashMap::new();
        for import in self.0.iter().rev() {
            let mut sql =
                Sql::new("SELECT row, record_id FROM import_row WHERE record_id IS NOT NULL AND import_id = ");
            sql.bind(*import).push(" AND row >= ").bind(first as i64).push(" AND row <= ").bind(last as i64);
            for row in tx.rows(sql).await? {
                records.insert(row.must_int(0)? as u64, row.must_id(1)?);
            }
        }
        Ok(records)
    }
}

fn reads_alike(one: &ImportPlan, other: &ImportPlan, title: &str) -> bool {
    let named = |plan: &ImportPlan| plan.columns.iter().position(|column| column.target.as_deref() == Some(title));
    one.sheet == other.sheet && one.header_row == other.header_row && named(one) == named(other)
}
