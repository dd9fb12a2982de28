//! The rows that failed or were left out, given back in the format they came in.

use std::{collections::HashMap, path::PathBuf};

use zhike_db::sql;
use zhike_sheets::ErrorFile;
use zhike_types::{Error, Lang, Result, Text, Uuid, boxed};

use super::{plan::ImportState, source, write::reasons_of};
use crate::{Actor, Engine};

impl Engine {
    /// The rows of which nothing came, in the input's own format with a reason column: the file's name for the user, and where it is.
    #[boxed]
    pub async fn import_errors(&self, actor: &Actor, id: Uuid) -> Result<(String, PathBuf)> {
        let mut tx = self.0.db.read().await?;
        let entry = self.own_import(&mut tx, actor, id).await?;
        if !matches!(
            entry.info.state,
            ImportState::Checked | ImportState::Done | ImportState::Failed | ImportState::Undone
        ) {
            return Err(Error::Conflict(Text::new("导入还没有结束。", "The import has not ended yet.")));
        }
        let mut reasons: HashMap<u64, String> = HashMap::new();
        for row in tx
            .rows(sql!(
                "SELECT row, reason FROM import_row WHERE import_id = $1 AND (outcome = 'failed' \
                 OR (outcome = 'skipped' AND record_id IS NULL AND reason IS NOT NULL))",
                id
            ))
            .await?
        {
            let reason = reasons_of(&row.text(1)?.unwrap_or_default());
            reasons.insert(row.must_int(0)? as u64, reason.get(actor.lang).to_owned());
        }
        drop(tx);
        let label = match actor.lang {
            Lang::Zh => "失败原因",
            Lang::En => "Reason",
        };
        let ending = match actor.lang {
            Lang::Zh => "失败的行",
            Lang::En => "failed rows",
        };
        let stem =
            entry.info.file_name.rsplit_once('.').map_or(entry.info.file_name.as_str(), |(stem, _)| stem).to_owned();
        let (folder, path, name, plan) =
            (source::folder(&self.0.data), entry.path(self), entry.info.file_name.clone(), entry.info.plan.clone());
        zhike_jobs::blocking(move || {
            let workbook = source::open(&path, &name)?;
            let extension = ErrorFile::extension(&workbook);
            let out = folder.join(format!("{id}-errors.{extension}"));
            let labels: Vec<String> = plan.columns.into_iter().map(|column| column.label).collect();
            let mut file =
                ErrorFile::create(&workbook, plan.sheet, &out, &folder, &labels, label).map_err(source::refused)?;
            for row in workbook.rows_merged(plan.sheet, 1).map_err(source::refused)? {
                let row = row.map_err(source::refused)?;
                if let Some(reason) = reasons.get(&row.number) {
                    file.row(&row, reason).map_err(source::refused)?;
                }
            }
            file.finish().map_err(source::refused)?;
            Ok((format!("{stem} {ending}.{extension}"), out))
        })
        .await?
    }
}
