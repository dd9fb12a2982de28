//! What both sides bring forward while a dispute is open.

use serde_json::json;
use sha2::{Digest as _, Sha256};
use zhike_db::sql;
use zhike_types::{Error, Result, Text, Uuid, boxed, hex, text};

use super::{DISPUTE_FILES_MOST, Dispute, EVIDENCE_MOST, StoredFile, claim::told};
use crate::{
    Actor, Engine, access, audit,
    files::{check_size, file_name, media_type},
    idempotency, merge,
};

impl Engine {
    /// What the owner of today says to a claim; until it is decided it can be written anew.
    #[boxed]
    pub async fn answer_dispute(&self, actor: &Actor, id: Uuid, answer: &str) -> Result<Dispute> {
        let answer = zhike_text::tidy_lines(answer);
        if answer.is_empty() {
            return Err(Error::invalid("text", "required", Text::new("请写一句说明。", "Say something to it.")));
        }
        if answer.chars().count() > EVIDENCE_MOST {
            let message = text!("最多 {EVIDENCE_MOST} 字。", "{EVIDENCE_MOST} characters at most.");
            return Err(Error::invalid("text", "too_long", message));
        }
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        idempotency::mark(&mut tx, actor, "dispute", Some(id)).await?;
        let row = self.open_dispute(&mut tx, &model, actor, id).await?;
        if !row.standing(actor).may_answer() {
            return Err(access::forbidden("只有现在的归属人可以说明。", "Only the owner of today can answer."));
        }
        let now = self.now();
        tx.run(sql!(
            "UPDATE dispute SET answer = $1, answered_at = $2, answered_by = $3 WHERE id = $4",
            answer.as_str(),
            now,
            actor.user_id,
            id
        ))
        .await?;
        let after = json!({ "dispute": id, "number": row.number, "answer": answer });
        let deed = told("dispute-answered", row.account, after, Some(row.number));
        audit::record(&mut tx, actor, now, vec![deed]).await?;
        tx.commit().await?;
        self.written();
        self.dispute(actor, id).await
    }

    /// Adds a file. Nobody takes one away again.
    #[boxed]
    pub async fn add_dispute_file(&self, actor: &Actor, id: Uuid, name: &str, bytes: Vec<u8>) -> Result<Dispute> {
        check_size(&bytes)?;
        let model = self.model();
        // before bytes are kept for who may not add them
        let dispute = self.dispute(actor, id).await?;
        if dispute.end.is_none() && !dispute.may_add_files {
            return Err(access::forbidden("只有双方可以补充附件。", "Only the two sides can add files."));
        }
        let (name, size, hash) = (file_name(name), bytes.len() as i64, hex(&Sha256::digest(&bytes)));
        let media_type = media_type(&name, &bytes);
        self.keep(bytes).await?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        idempotency::mark(&mut tx, actor, "dispute", Some(id)).await?;
        let row = self.open_dispute(&mut tx, &model, actor, id).await?;
        let (true, Some(me)) = (row.standing(actor).may_add_files(), actor.user_id) else {
            return Err(access::forbidden("只有双方可以补充附件。", "Only the two sides can add files."));
        };
        let there = tx.number(sql!("SELECT COUNT(*) FROM dispute_file WHERE dispute_id = $1", id)).await?;
        if there >= DISPUTE_FILES_MOST as i64 {
            return Err(Error::Conflict(text!(
                "一件申诉最多 {DISPUTE_FILES_MOST} 个附件，请合并后再传。",
                "A claim has {DISPUTE_FILES_MOST} files at most. Put several into one."
            )));
        }
        let now = self.now();
        tx.run(sql!(
            "INSERT INTO blob (hash, size, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
            hash.as_str(),
            size,
            now
        ))
        .await?;
        tx.run(sql!(
            "INSERT INTO dispute_file (dispute_id, number, name, media_type, size, hash, at, user_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            there + 1,
            name.as_str(),
            media_type,
            size,
            hash.as_str(),
            now,
            me
        ))
        .await?;
        let after = json!({ "dispute": id, "number": row.number, "file": name, "hash": hash });
        let deed = told("dispute-file", row.account, after, Some(format!("{} {name}", row.number)));
        audit::record(&mut tx, actor, now, vec![deed]).await?;
        tx.commit().await?;
        self.written();
        self.dispute(actor, id).await
    }

    /// A file of a dispute, when the actor may see it.
    #[boxed]
    pub async fn dispute_file(&self, actor: &Actor, id: Uuid, number: i64) -> Result<StoredFile> {
        let dispute = self.dispute(actor, id).await?;
        let file = dispute.files.into_iter().find(|file| file.number == number).ok_or(Error::NotFound)?;
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!("SELECT hash FROM dispute_file WHERE dispute_id = $1 AND number = $2", id, number))
            .await?
            .ok_or(Error::NotFound)?;
        Ok(StoredFile { file, path: self.blob_path(&row.must_text(0)?) })
    }
}
