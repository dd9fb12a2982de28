//! Attachments: the bytes lie under the data folder by their hash, once however often they are attached; the record says what
//! they are called and where they belong.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use zhike_db::{Tx, sql};
use zhike_model::Model;
use zhike_types::{Error, Result, Text, Uuid, boxed, hex, text};

use crate::{Actor, Engine, Input, Record};

/// The largest file.
pub const FILE_MAX: usize = 100 * 1024 * 1024;
const NAME_MAX: usize = 200;

/// A file on the disk, and what it is.
pub(crate) struct Kept {
    hash: String,
    name: String,
    size: i64,
    pub media_type: &'static str,
}

impl Engine {
    pub(crate) fn blob_path(&self, hash: &str) -> PathBuf {
        self.0.data.join("files").join(&hash[..2]).join(&hash[2..])
    }

    /// Stores the bytes and makes an attachment about the record.
    #[boxed]
    pub async fn attach(&self, actor: &Actor, object: &str, id: Uuid, name: &str, bytes: Vec<u8>) -> Result<Record> {
        let model = self.model();
        let known = crate::access::object_for(&model, actor, object)?;
        if !known.attachments {
            return Err(Error::invalid(
                "about",
                "invalid",
                Text::new("这里不能添加附件。", "Files cannot be attached here."),
            ));
        }
        if !self.sees(actor, object, id).await? {
            return Err(Error::NotFound);
        }
        let kept = self.kept(name, bytes).await?;
        let mut tx = self.0.db.begin().await?;
        let made = self.attach_in(&mut tx, &model, actor, object, id, kept).await?;
        tx.commit().await?;
        self.written();
        self.read(actor, "attachment", made).await
    }

    /// Bytes that lie on the disk and belong nowhere yet.
    pub(crate) async fn kept(&self, name: &str, bytes: Vec<u8>) -> Result<Kept> {
        check_size(&bytes)?;
        let name = file_name(name);
        let (size, media_type) = (bytes.len() as i64, media_type(&name, &bytes));
        Ok(Kept { hash: self.keep(bytes).await?, name, size, media_type })
    }

    /// Makes an attachment of them, about a record that the actor sees.
    pub(crate) async fn attach_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &str,
        id: Uuid,
        kept: Kept,
    ) -> Result<Uuid> {
        let mut input = Input::default().set("name", kept.name).set("about", format!("{object}:{id}"));
        let size = kept.size;
        let hash = kept.hash;
        input.preset =
            vec![("media_type", kept.media_type.into()), ("size", size.into()), ("hash", hash.clone().into())];
        let attachment = model.object("attachment").ok_or(Error::NotFound)?;
        tx.run(sql!(
            "INSERT INTO blob (hash, size, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
            hash.as_str(),
            size,
            self.now()
        ))
        .await?;
        self.create_in(tx, model, actor, attachment, &input, None).await
    }

    /// Writes the bytes under their hash: whole, or not at all (write, sync, rename, sync the folder).
    pub(crate) async fn keep(&self, bytes: Vec<u8>) -> Result<String> {
        let hash = hex(&Sha256::digest(&bytes));
        let path = self.blob_path(&hash);
        let beside = path.with_extension(self.0.ids.next().simple().to_string());
        zhike_jobs::blocking(move || {
            use std::io::Write as _;
            if path.exists() {
                return Ok(());
            }
            let folder = path.parent().ok_or_else(|| std::io::Error::other("no folder"))?;
            std::fs::create_dir_all(folder)?;
            let mut file = std::fs::File::create(&beside)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            std::fs::File::open(folder)?.sync_all()
        })
        .await?
        .map_err(|error| {
            tracing::error!(%error, "a file could not be stored");
            Error::Unavailable(Text::new(
                "文件没有保存成功，可能是磁盘已满。请稍后再试。",
                "The file could not be stored; the disk may be full. Try again later.",
            ))
        })?;
        Ok(hash)
    }

    /// An attachment and where its bytes lie, when the actor may see it.
    #[boxed]
    pub async fn attachment(&self, actor: &Actor, attachment: Uuid) -> Result<(Record, PathBuf)> {
        let record = self.read(actor, "attachment", attachment).await?;
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!("SELECT hash FROM attachment WHERE id = $1", attachment))
            .await?
            .ok_or(Error::NotFound)?;
        let path = self.blob_path(&row.text(0)?.ok_or(Error::NotFound)?);
        Ok((record, path))
    }
}

/// A file that is not empty and not too large.
pub(crate) fn check_size(bytes: &[u8]) -> Result<()> {
    if bytes.is_empty() {
        let message = Text::new("文件是空的，请重新选择。", "The file is empty. Choose another.");
        return Err(Error::invalid("file", "required", message));
    }
    if bytes.len() > FILE_MAX {
        let limit = FILE_MAX / 1024 / 1024;
        let message = text!("文件不能超过 {limit} MB。", "A file may have {limit} MB at most.");
        return Err(Error::invalid("file", "too_long", message));
    }
    Ok(())
}

/// The last part of the name, without what file systems and headers do not take.
pub(crate) fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        zhike_text::tidy(last).chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).take(NAME_MAX).collect();
    if clean.trim_matches('.').is_empty() { "file".to_owned() } else { clean }
}

/// What the bytes are, by their first ones; what is no known kind goes by its name or is plain bytes.
pub fn media_type(name: &str, bytes: &[u8]) -> &'static str {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        _ if starts(b"\x89PNG\r\n\x1a\n") => "image/png",
        _ if starts(b"\xff\xd8\xff") => "image/jpeg",
        _ if starts(b"GIF8") => "image/gif",
        _ if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => "image/webp",
        _ if starts(b"%PDF-") => "application/pdf",
        "docx" if starts(b"PK") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" if starts(b"PK") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" if starts(b"PK") => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ if starts(b"PK\x03\x04") => "application/zip",
        "txt" | "csv" | "md" if std::str::from_utf8(bytes).is_ok() => "text/plain",
        _ => "application/octet-stream",
    }
}
