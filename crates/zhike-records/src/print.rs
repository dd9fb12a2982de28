//! Printing on record: what leaves the house on paper.

use serde_json::json;
use zhike_types::{Result, boxed};

use crate::{
    Actor, Engine, Record,
    audit::{self, Deed},
};

impl Engine {
    /// Notes that the actor printed a record as one of its documents.
    #[boxed]
    pub async fn note_print(&self, actor: &Actor, record: &Record, name: &str) -> Result<()> {
        let mut after = serde_json::Map::new();
        after.insert("document".to_owned(), json!(name));
        let deed = Deed { record_id: Some(record.id), after: Some(after), ..Deed::about("print", &record.object.name) };
        let mut tx = self.0.db.begin().await?;
        audit::record(&mut tx, actor, self.now(), vec![deed]).await?;
        tx.commit().await
    }
}
