//! How long something stood at each value of a field, as its history tells.

use zhike_types::{Error, Result, Uuid, boxed};

use crate::{Actor, Engine, columns::stored_json};

/// How long something stood at one value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// As stored; none: empty.
    pub value: Option<String>,
    pub from: i64,
    /// None: it stands there.
    pub to: Option<i64>,
}

impl Engine {
    /// How long a record that the actor sees stood at each value of a select field, the newest first, as its history tells.
    #[boxed]
    pub async fn stays(&self, actor: &Actor, object: &str, id: Uuid, field: &str) -> Result<Vec<Stay>> {
        let record = self.read(actor, object, id).await?;
        let known = record.object.field(field).ok_or(Error::NotFound)?;
        if actor.rights.field(object, known) < crate::FieldRight::Read {
            return Err(Error::NotFound);
        }
        let rows = zhike_db::sql!("SELECT at, before, after FROM audit WHERE record_id = $1 ORDER BY seq", id);
        let mut stays: Vec<Stay> = Vec::new();
        for row in self.0.db.read().await?.rows(rows).await? {
            let side = |text: Option<String>| -> Option<serde_json::Value> {
                serde_json::from_str::<serde_json::Value>(&text?).ok()?.get(field).cloned()
            };
            let Some(after) = side(row.text(2)?) else { continue };
            let (at, value) = (row.must_int(0)?, after.as_str().map(str::to_owned));
            match stays.last_mut() {
                Some(last) if last.value == value => continue,
                Some(last) => last.to = Some(at),
                None => {}
            }
            stays.push(Stay { value, from: at, to: None });
        }
        let now = stored_json(record.value(field)).as_str().map(str::to_owned);
        if stays.last().is_none_or(|last| last.value != now) {
            // its history began before the audit did
            let from = record.value("created_at").as_int().unwrap_or_else(|| self.now());
            stays.push(Stay { value: now, from, to: None });
        }
        stays.retain(|stay| stay.value.is_some());
        stays.reverse();
        Ok(stays)
    }
}
