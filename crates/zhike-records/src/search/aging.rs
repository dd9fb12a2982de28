//! Moves young words of the search index to where a search need not read them one by one.

use std::time::{Duration, Instant};

use zhike_db::Dialect;
use zhike_types::{Result, boxed};

use crate::{Engine, audit};

/// When words are moved, and how many records' at once.
struct Pace {
    /// Records of an object that a search may look through.
    many: usize,
    /// Records a transaction.
    piece: usize,
    /// What may be spent before others get their turn.
    time: Duration,
}

/// A search looks through these in less than a millisecond; who writes waits some hundredths of a second.
const BESIDE_USERS: Pace =
    Pace { many: if cfg!(test) { 8 } else { 500 }, piece: 500, time: Duration::from_millis(300) };
/// Segments as large as they may be: nobody searches, and a list that is shorter leaves them to whoever serves it.
const ALONE: Pace = Pace { many: 250_000, piece: 100_000, time: Duration::from_secs(20) };
/// Rows of the audit after which a command looks how many there are: it reads them to know.
const LOOK_AFTER: i64 = 50_000;
/// Rows of the audit after which a command has PostgreSQL sort its list of new words into the index, which takes 50 µs a record.
/// Looking through as many takes a search a tenth of a second, until a server is there and has them sorted in.
const MERGE_AFTER: i64 = 400_000;

impl Engine {
    /// Moves words of objects that have many, for some time. `looked_at` is kept from call to call.
    #[boxed]
    pub(crate) async fn age_words(&self, looked_at: &mut i64) -> Result<()> {
        if !self.0.bulk {
            self.db().merge_new_words().await?;
            return self.move_words(&BESIDE_USERS).await;
        }
        let newest = audit::newest(&mut self.db().read().await?, "audit").await?;
        let after = match self.db().dialect() {
            Dialect::Sqlite => LOOK_AFTER,
            Dialect::Postgres => MERGE_AFTER,
        };
        if newest - *looked_at < after {
            return Ok(());
        }
        let is_first = std::mem::replace(looked_at, newest) == 0;
        // what was there before is none of its own
        if !is_first {
            self.db().merge_new_words().await?;
        }
        self.move_words(&ALONE).await
    }

    /// Moves all young words, as the last thing that a command does after writing a lot.
    #[boxed]
    pub async fn index_all_words(&self) -> Result<()> {
        self.db().merge_new_words().await?;
        self.move_words(&Pace { many: 1, time: Duration::MAX, ..ALONE }).await
    }

    async fn move_words(&self, pace: &Pace) -> Result<()> {
        let begun = Instant::now();
        let dialect = self.db().dialect();
        for object in self.model().objects().iter().filter(|object| object.is_searched()) {
            while begun.elapsed() < pace.time {
                let Some(sql) = dialect.last_young_word(&object.name, pace.many, pace.piece) else { return Ok(()) };
                let last = self.db().read().await?.row(sql).await?.map(|row| row.int(0)).transpose()?.flatten();
                let Some(last) = last else { break };
                let mut tx = self.db().begin().await?;
                for sql in dialect.age_words(&object.name, last) {
                    tx.run(sql).await?;
                }
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
