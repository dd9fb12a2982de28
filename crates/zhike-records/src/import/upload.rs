//! Taking a file, guessing its plan, editing the plan, starting.

use std::path::Path;

use sha2::{Digest as _, Sha256};
use zhike_db::sql;
use zhike_model::FieldKind;
use zhike_sheets::Workbook;
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    guess::{self, Column},
    plan::{ColumnPlan, ImportCounts, ImportInfo, ImportPlan, ImportState, OnDuplicate, OnReview},
    run::{Args, JOB},
    source::{self, Shape},
    table::Entry,
    target::{Side, Target, Targets},
};
use crate::{Actor, Engine, access};

impl Engine {
    /// The targets of an object, for somebody who may import it.
    pub(crate) fn targets(&self, actor: &Actor, object: &str) -> Result<Targets> {
        let model = self.model();
        let root = access::object_for(&model, actor, object)?;
        if !actor.rights.object(object).is_some_and(|rights| rights.import) {
            let (zh, en) = (&root.label.zh, root.label.en.to_lowercase());
            return Err(Error::Forbidden(text!(
                "您没有导入{zh}的权限。请联系管理员。",
                "You may not import {en} lists. Ask your administrator."
            )));
        }
        Ok(Targets::of(&model, actor, root))
    }

    /// Fields an import of the object can fill: (target, label, required), with those of records under it.
    pub fn import_targets(&self, actor: &Actor, object: &str) -> Result<Vec<(String, Text, bool)>> {
        Ok(self
            .targets(actor, object)?
            .all
            .into_iter()
            .map(|target| (target.name, target.label, target.required))
            .collect())
    }

    /// Takes the file, finds sheet, head and columns; the plan is a guess to be edited. A file whose import was begun and not
    /// ended gives that import, which goes on.
    #[boxed]
    pub async fn import_upload(&self, actor: &Actor, object: &str, file_name: &str, file: &Path) -> Result<ImportInfo> {
        let targets = self.targets(actor, object)?;
        let (from, folder, name) = (file.to_owned(), source::folder(&self.0.data), file_name.to_owned());
        let (hash, sheets, sheet, shape, total) = zhike_jobs::blocking(move || {
            let workbook = source::open(&from, &name)?;
            let sheet = workbook.best_sheet();
            let shape = source::shape(&workbook, sheet, None)?;
            if shape.columns.is_empty() {
                return Err(Error::invalid("file", "empty", Text::new("表格里没有数据。", "The file has no data.")));
            }
            let sheets: Vec<String> = workbook.sheets().iter().map(|sheet| sheet.name.clone()).collect();
            let total = total(&workbook, sheet, shape.header_row);
            Ok((source::keep(&from, &folder)?, sheets, sheet, shape, total))
        })
        .await??;
        if let Some(begun) = Entry::unfinished(&mut self.0.db.read().await?, actor.user_id, object, &hash).await? {
            self.work()?;
            return Ok(begun.info);
        }
        let columns = self.guessed(actor, &targets, shape.columns, shape.samples).await?;
        let info = ImportInfo {
            id: self.0.ids.next(),
            object: object.to_owned(),
            file_name: file_name.to_owned(),
            user_id: actor.user_id,
            state: ImportState::Draft,
            plan: ImportPlan {
                sheet,
                header_row: shape.header_row,
                columns,
                on_duplicate: OnDuplicate::Update,
                fill_blanks: true,
                on_review: OnReview::Create,
                pool: None,
            },
            sheets,
            counts: ImportCounts::default(),
            undo: None,
            total_rows: total,
            error: None,
            created_at: self.now(),
            finished_at: None,
        };
        let entry = Entry { info, file: hash, cursor: 0 };
        let mut tx = self.0.db.begin().await?;
        entry.save(&mut tx).await?;
        tx.commit().await?;
        Ok(entry.info)
    }

    /// Columns with their guesses; a mapping used before for the same head comes first.
    async fn guessed(
        &self,
        actor: &Actor,
        targets: &Targets,
        columns: Vec<Column>,
        samples: Vec<Vec<String>>,
    ) -> Result<Vec<ColumnPlan>> {
        let remembered = self.remembered(actor, targets, &columns).await?;
        let guesses = match &remembered {
            Some(targets) => targets.iter().map(|target| target.clone().map(|target| (target, "remembered"))).collect(),
            None => guess::guess(targets, &columns),
        };
        let planned = columns.into_iter().zip(samples).zip(guesses).map(|((column, samples), guess)| {
            let (target, because) = guess.map_or((None, ""), |(target, because)| (Some(target), because));
            ColumnPlan { label: column.label, target, because: because.to_owned(), samples }
        });
        Ok(planned.collect())
    }

    async fn remembered(
        &self,
        actor: &Actor,
        targets: &Targets,
        columns: &[Column],
    ) -> Result<Option<Vec<Option<String>>>> {
        let Some(user) = actor.user_id else { return Ok(None) };
        let key = memory_key(&targets.root.name, columns.iter().map(|column| column.label.as_str()));
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!("SELECT value FROM user_setting WHERE user_id = $1 AND key = $2", user, key))
            .await?;
        let Some(row) = row else { return Ok(None) };
        let kept: Vec<Option<String>> = serde_json::from_str(&row.must_text(0)?).map_err(Error::internal)?;
        let fits = kept.len() == columns.len() && kept.iter().flatten().all(|target| targets.get(target).is_some());
        Ok(fits.then_some(kept))
    }

    #[boxed]
    pub async fn import_info(&self, actor: &Actor, id: Uuid) -> Result<ImportInfo> {
        Ok(self.own_import(&mut self.0.db.read().await?, actor, id).await?.info)
    }

    /// The actor's imports, the latest first.
    #[boxed]
    pub async fn imports(&self, actor: &Actor, limit: usize) -> Result<Vec<ImportInfo>> {
        let entries = Entry::latest(&mut self.0.db.read().await?, actor.user_id, limit).await?;
        Ok(entries.into_iter().map(|entry| entry.info).collect())
    }

    /// Changes the plan of an import that has not begun. Another sheet or head row is guessed anew.
    #[boxed]
    pub async fn import_plan(&self, actor: &Actor, id: Uuid, plan: ImportPlan) -> Result<ImportInfo> {
        let mut entry = self.editable(actor, id).await?;
        let targets = self.targets(actor, &entry.info.object)?;
        self.may_fill(actor, &entry.info.object, plan.pool).await?;
        let known = &entry.info.plan;
        if plan.sheet != known.sheet || plan.header_row != known.header_row {
            let (path, name, sheet, head) =
                (entry.path(self), entry.info.file_name.clone(), plan.sheet, plan.header_row);
            let other_sheet = plan.sheet != known.sheet;
            let (shape, total) = zhike_jobs::blocking(move || {
                let workbook = source::open(&path, &name)?;
                if sheet >= workbook.sheets().len() {
                    return Err(Error::invalid(
                        "sheet",
                        "unknown",
                        Text::new("没有这张工作表。", "There is no such sheet."),
                    ));
                }
                // of another sheet the head is looked for, unless the row was chosen too
                let shape: Shape = source::shape(&workbook, sheet, (!other_sheet).then_some(head))?;
                let total = total(&workbook, sheet, shape.header_row);
                Ok((shape, total))
            })
            .await??;
            let columns = self.guessed(actor, &targets, shape.columns, shape.samples).await?;
            entry.info.plan = ImportPlan { header_row: shape.header_row, columns, ..plan };
            entry.info.total_rows = total;
        } else {
            entry.info.plan = checked(&targets, known, plan)?;
        }
        entry.info.state = ImportState::Draft;
        let mut tx = self.0.db.begin().await?;
        entry.save(&mut tx).await?;
        tx.commit().await?;
        Ok(entry.info)
    }

    async fn editable(&self, actor: &Actor, id: Uuid) -> Result<Entry> {
        let entry = self.own_import(&mut self.0.db.read().await?, actor, id).await?;
        if matches!(entry.info.state, ImportState::Draft | ImportState::Checked) {
            return Ok(entry);
        }
        Err(Error::Conflict(Text::new(
            "这次导入已经开始，不能再修改。",
            "This import has begun and cannot be changed any more.",
        )))
    }

    /// Runs in the background, as a durable job; `dry` only counts.
    #[boxed]
    pub async fn import_start(&self, actor: &Actor, id: Uuid, dry: bool) -> Result<ImportInfo> {
        let mut entry = self.editable(actor, id).await?;
        let targets = self.targets(actor, &entry.info.object)?;
        let plan = &entry.info.plan;
        self.may_fill(actor, &entry.info.object, plan.pool).await?;
        let fills = |target: &Target| plan.columns.iter().any(|column| column.target.as_ref() == Some(&target.name));
        // what is numbered needs no number, but what it hangs on
        let counted = matches!(targets.root.title_field().kind, FieldKind::AutoNumber { .. });
        let needed = if counted {
            targets.all.iter().find(|target| target.side == Side::Root && target.required && !fills(target))
        } else {
            targets.title(Side::Root).filter(|title| !fills(title))
        };
        if let Some(needed) = needed {
            let (zh, en) = (&needed.label.zh, &needed.label.en);
            let message = text!("请先指定哪一列是「{zh}」。", "Say first which column is {en}.");
            return Err(Error::invalid("columns", "required", message));
        }
        let remembered = serde_json::to_string(&plan.columns.iter().map(|column| &column.target).collect::<Vec<_>>())
            .map_err(Error::internal)?;
        let key = memory_key(&entry.info.object, plan.columns.iter().map(|column| column.label.as_str()));
        entry.info.state = if dry { ImportState::Checking } else { ImportState::Waiting };
        entry.info.counts = ImportCounts::default();
        entry.info.error = None;
        entry.info.finished_at = None;
        entry.cursor = 0;
        let mut tx = self.0.db.begin().await?;
        if let (Some(user), false) = (actor.user_id, dry) {
            tx.run(sql!(
                "INSERT INTO user_setting (user_id, key, value) VALUES ($1, $2, $3) ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value",
                user,
                key,
                remembered
            ))
            .await?;
        }
        Entry::clear_rows(&mut tx, id).await?;
        entry.save(&mut tx).await?;
        self.0.jobs.enqueue(&mut tx, JOB, &Args { import: id, dry }).await?;
        tx.commit().await?;
        self.work()?;
        self.0.jobs.wake();
        Ok(entry.info)
    }
}

fn total(workbook: &Workbook, sheet: usize, header_row: u64) -> Option<i64> {
    let first = source::data_from(workbook, sheet, header_row).ok()?;
    source::count(workbook, sheet, first)
}

/// An edited plan: targets that exist, each once; what was changed by hand says so.
fn checked(targets: &Targets, known: &ImportPlan, mut plan: ImportPlan) -> Result<ImportPlan> {
    if plan.columns.len() != known.columns.len() {
        let count = known.columns.len();
        return Err(Error::invalid(
            "columns",
            "invalid",
            text!(
                "文件有 {count} 列，方案里的列数不对。",
                "The file has {count} columns; the plan has another number."
            ),
        ));
    }
    let mut taken: Vec<&str> = Vec::new();
    for column in &plan.columns {
        let Some(target) = &column.target else { continue };
        let found = targets.get(target).ok_or_else(|| super::unknown_target(&column.label, target))?;
        if taken.contains(&target.as_str()) {
            let (zh, en) = (&found.label.zh, &found.label.en);
            return Err(Error::invalid(
                "columns",
                "twice",
                text!("有两列都要导入「{zh}」，请只留一列。", "Two columns go to {en}; leave one of them out."),
            ));
        }
        taken.push(target);
    }
    for (column, before) in plan.columns.iter_mut().zip(&known.columns) {
        column.label.clone_from(&before.label);
        column.samples.clone_from(&before.samples);
        column.because = if column.target == before.target { before.because.clone() } else { "you".to_owned() };
    }
    Ok(plan)
}

/// The setting that remembers a mapping: by object and the set of labels.
fn memory_key<'l>(object: &str, labels: impl Iterator<Item = &'l str>) -> String {
    let mut digest = Sha256::new();
    for label in labels {
        digest.update(label.as_bytes());
        digest.update([0]);
    }
    let hash = digest.finalize();
    format!("import.{object}.{:016x}", u64::from_be_bytes(hash[..8].try_into().expect("eight bytes")))
}
