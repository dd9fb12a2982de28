//! The engine through its front door, on both databases.

mod access;
mod audit;
mod bin;
mod board;
mod lists;
mod oracle;
mod people;
mod records;
mod sales;
mod searching;
mod upkeep;

use std::{future::Future, sync::Arc};

use zhike_db::{Options as DbOptions, testing::TestDb};
use zhike_types::{FixedClock, SeededEntropy, Uuid, Zone};

use crate::{Actor, Engine, Input, Options, Record, Source};

/// 2026-03-02T10:00+08:00, a Monday.
pub(crate) const NOW: i64 = 1_772_416_800_000;

/// An engine on a database of its own, with a clock that stands still.
pub(crate) struct Site {
    pub engine: Engine,
    pub clock: Arc<FixedClock>,
    pub admin: Actor,
}

impl Site {
    async fn on(db: &TestDb) -> Self {
        let clock = Arc::new(FixedClock::at(NOW));
        let options = Options {
            db: DbOptions { connections: 4, ..DbOptions::new(&db.folder, db.url.clone()) },
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(SeededEntropy::new(7)),
            zone: Zone::default(),
            bulk: false,
        };
        let engine = Engine::open(options).await.expect("the engine opens");
        Self { engine, clock, admin: Actor::system(Source::System) }
    }

    /// Makes a record of text fields as the system.
    pub async fn make(&self, object: &str, fields: &[(&str, &str)]) -> Record {
        self.make_as(&self.admin, object, fields).await
    }

    pub async fn make_as(&self, actor: &Actor, object: &str, fields: &[(&str, &str)]) -> Record {
        let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
        self.engine.create(actor, object, input).await.unwrap_or_else(|error| panic!("{object} {fields:?}: {error}"))
    }

    /// A user of a department with built-in roles, as an actor.
    pub async fn user(&self, name: &str, department: Option<Uuid>, roles: &[&str]) -> Actor {
        let mut fields = vec![("name", name.to_owned()), ("login", zhike_text::pinyin_of::syllables(name).concat())];
        if let Some(department) = department {
            fields.push(("department", department.to_string()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let user = self.make("user", &fields).await;
        let known = self.engine.roles(&self.admin).await.expect("roles");
        let ids: Vec<Uuid> =
            known.iter().filter(|role| roles.contains(&role.name.as_str())).map(|role| role.id).collect();
        self.engine.set_roles(&self.admin, user.id, &ids).await.expect("roles are set");
        self.engine.actor_of_user(user.id, Source::Page).await.expect("the user is an actor")
    }
}

/// Runs a test on SQLite, then on PostgreSQL.
pub(crate) fn on_both<F, R>(test: F)
where
    F: Fn(Site) -> R,
    R: Future<Output = ()>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for make in [true, false] {
            let db = if make { TestDb::sqlite().await } else { TestDb::postgres().await }.expect("a test database");
            let site = Site::on(&db).await;
            let engine = site.engine.clone();
            test(site).await;
            engine.close().await;
            db.remove().await.expect("the test database goes");
        }
    });
}
