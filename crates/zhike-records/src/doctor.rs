//! Is all well? The audit chain, the search indexes, the files.

use zhike_db::{Sql, Tx, sql};
use zhike_model::OnDelete;
use zhike_types::{Result, Text, boxed, text};

use crate::{Engine, audit};

/// One thing that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    pub well: bool,
    pub text: Text,
}

impl Engine {
    /// Looks at everything that can be wrong without anybody noticing.
    #[boxed]
    pub async fn doctor(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut tx = self.0.db.read().await?;
        let rows = tx.number(Sql::new("SELECT COUNT(*) FROM audit")).await?;
        let sealed = tx.number(Sql::new("SELECT CAST(COALESCE(SUM(rows), 0) AS BIGINT) FROM audit_chain")).await?;
        let broken = audit::broken_links(&mut tx).await?;
        findings.push(if broken.is_empty() {
            Finding {
                well: true,
                text: text!(
                    "审计链完好：{rows} 条，已封存 {sealed} 条。",
                    "The audit chain is whole: {rows} rows, {sealed} sealed."
                ),
            }
        } else {
            let links = broken.iter().take(10).map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Finding {
                well: false,
                text: text!("审计链在第 {links} 环被改动过。", "The audit chain was tampered with at link {links}."),
            }
        });
        for object in self.model().objects() {
            if object.fields.iter().all(|field| field.search.is_none()) {
                continue;
            }
            let mut query = Sql::new("SELECT COUNT(*) FROM ");
            query.name(&object.name);
            let records = tx.number(query).await?;
            let indexed = tx.number(tx.dialect().count_words(&object.name)).await?;
            let (zh, en) = (&object.label.zh, &object.plural.en);
            // a record without any searchable text has no row in the index
            findings.push(Finding {
                well: indexed <= records,
                text: text!(
                    "{zh}：{records} 条，搜索索引 {indexed} 条。",
                    "{en}: {records} records, {indexed} in the search index."
                ),
            });
        }
        findings.push(self.merges_well(&mut tx).await?);
        let mut missing = 0;
        let mut count = 0;
        for row in tx.rows(sql!("SELECT DISTINCT hash FROM attachment WHERE hash IS NOT NULL")).await? {
            count += 1;
            let hash = row.must_text(0)?;
            if hash.len() < 3 || !self.0.data.join("files").join(&hash[..2]).join(&hash[2..]).exists() {
                missing += 1;
            }
        }
        findings.push(Finding {
            well: missing == 0,
            text: text!("附件文件 {count} 个，缺少 {missing} 个。", "{count} attached files, {missing} missing."),
        });
        Ok(findings)
    }

    /// What was merged is away, and nothing live refers to it.
    async fn merges_well(&self, tx: &mut Tx) -> Result<Finding> {
        let model = self.model();
        let (mut away, mut live, mut dangling) = (0, 0, 0);
        for object in model.objects() {
            let mut query = Sql::new("SELECT COUNT(*), COUNT(CASE WHEN t.deleted_at IS NULL THEN 1 END) FROM ");
            query.name(&object.name).push(" t JOIN merge_away w ON w.record_id = t.id AND w.active = ").bind(true);
            if let Some(row) = tx.row(query).await? {
                away += row.must_int(0)?;
                live += row.must_int(1)?;
            }
            for relation in model.relations(&object.name).iter().filter(|relation| relation.on_delete != OnDelete::Keep)
            {
                let mut query = Sql::new("SELECT COUNT(*) FROM ");
                query.name(&relation.object).push(" t JOIN merge_away w ON w.record_id = ");
                query.column("t", &format!("{}_id", relation.field)).push(" AND w.active = ").bind(true);
                query.push(" AND w.object = ").bind(object.name.as_str()).push(" WHERE t.deleted_at IS NULL");
                dangling += tx.number(query).await?;
            }
        }
        Ok(Finding {
            well: live == 0 && dangling == 0,
            text: text!(
                "合并：已并入其他记录 {away} 条，其中仍在用 {live} 条；指向它们的记录 {dangling} 条。",
                "Merges: {away} records went into others, {live} of them still live; {dangling} records refer to them."
            ),
        })
    }
}
