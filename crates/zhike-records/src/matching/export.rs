//! Duplicates as CSV, so that others can measure how good they are. Where both records of a pair came from one import, the
//! rows of its file stand beside them; rows that an import found to be one are pairs of a record with itself.

use std::{collections::HashMap, io::Write};

use zhike_db::sql;
use zhike_match::Band;
use zhike_types::{Error, Lang, Result, Text, Uuid, boxed};

use super::scan::Duplicates;
use crate::Engine;

/// The columns. `score` is a probability; `band` is `same` or `review`; rows count from 1, heads and all.
const COLUMNS: [&str; 7] = ["left_id", "right_id", "score", "band", "reasons", "left_row", "right_row"];

/// The rows of imports by the records they ended in.
#[derive(Debug, Default)]
pub struct ImportedRows(HashMap<Uuid, Vec<(u32, u32)>>);

impl ImportedRows {
    /// Rows of one import in which the two records stand.
    fn of_pair(&self, left: Uuid, right: Uuid) -> impl Iterator<Item = (u32, u32)> {
        let rows = |id: &Uuid| self.0.get(id).map(Vec::as_slice).unwrap_or_default();
        rows(&left).iter().flat_map(move |(import, row)| {
            rows(&right).iter().filter(move |(other, _)| other == import).map(move |(_, other)| (*row, *other))
        })
    }
}

impl Engine {
    /// Which rows of which imports ended in which records of an object.
    #[boxed]
    pub async fn imported_rows(&self, object: &str) -> Result<ImportedRows> {
        let mut imports: HashMap<Uuid, u32> = HashMap::new();
        let mut rows = ImportedRows::default();
        let mut tx = self.db().read().await?;
        let mut after: Option<(Uuid, i64)> = None;
        loop {
            let (import, row) = after.unwrap_or((Uuid::nil(), 0));
            let found = tx
                .rows(sql!(
                    "SELECT r.import_id, r.row, r.record_id FROM import_row r JOIN import i ON i.id = r.import_id \
                     WHERE i.object = $1 AND r.record_id IS NOT NULL AND (r.import_id, r.row) > ($2, $3) \
                     ORDER BY r.import_id, r.row LIMIT 20000",
                    object,
                    import,
                    row
                ))
                .await?;
            let Some(last) = found.last() else { return Ok(rows) };
            after = Some((last.must_id(0)?, last.must_int(1)?));
            for row in &found {
                let next = imports.len() as u32;
                let import = *imports.entry(row.must_id(0)?).or_insert(next);
                let number = u32::try_from(row.must_int(1)?).unwrap_or(u32::MAX);
                rows.0.entry(row.must_id(2)?).or_default().push((import, number));
            }
        }
    }
}

impl Duplicates {
    /// Writes all pairs; returns how many lines.
    pub fn write_csv(&self, rows: &ImportedRows, lang: Lang, out: impl Write) -> Result<u64> {
        let mut out = csv::Writer::from_writer(out);
        let mut lines = 0;
        let mut line = |fields: [&str; 7]| {
            lines += 1;
            out.write_record(fields).map_err(Error::internal)
        };
        line(COLUMNS)?;
        let between = Text::new("；", "; ").get(lang).to_owned();
        let met = Text::new("导入时已合为一条", "met in the import");
        let mut met_rows: Vec<(&Uuid, &Vec<(u32, u32)>)> = rows.0.iter().filter(|(_, rows)| rows.len() > 1).collect();
        met_rows.sort_unstable_by_key(|(id, _)| **id);
        for (id, rows) in met_rows {
            let id = id.to_string();
            for (at, (import, left)) in rows.iter().enumerate() {
                for (_, right) in rows[at + 1..].iter().filter(|(other, _)| other == import) {
                    line([&id, &id, "1.0000", "same", met.get(lang), &left.to_string(), &right.to_string()])?;
                }
            }
        }
        for pair in self.pairs() {
            let (left, right) = (pair.left.to_string(), pair.right.to_string());
            let score = format!("{:.4}", pair.score);
            let band = if pair.band == Band::Same { "same" } else { "review" };
            let reasons = pair.reasons.iter().map(|reason| reason.get(lang)).collect::<Vec<_>>().join(&between);
            let mut alone = true;
            for (left_row, right_row) in rows.of_pair(pair.left, pair.right) {
                alone = false;
                line([&left, &right, &score, band, &reasons, &left_row.to_string(), &right_row.to_string()])?;
            }
            if alone {
                line([&left, &right, &score, band, &reasons, "", ""])?;
            }
        }
        out.flush().map_err(Error::internal)?;
        Ok(lines - 1)
    }
}
