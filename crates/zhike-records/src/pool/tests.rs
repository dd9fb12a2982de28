//! Public pools, on both databases.

mod at_once;
mod claiming;
mod giving;
mod judging;
mod looking;
mod reclaiming;
mod setting_up;

use zhike_types::{Error, Result, Uuid};

use super::Return;
use crate::{Actor, ListQuery, Record, tests::Site};

/// 王芳 and 李强 sell, 赵敏 leads the east, 孙磊 sets up pools.
struct Company {
    fang: Actor,
    qiang: Actor,
    min: Actor,
    lei: Actor,
    east: Uuid,
}

impl Company {
    async fn at(site: &Site) -> Self {
        let head = site.make("department", &[("name", "销售中心")]).await.id;
        let under = head.to_string();
        let east = site.make("department", &[("name", "华东销售部"), ("parent", &under)]).await.id;
        let north = site.make("department", &[("name", "华北销售部"), ("parent", &under)]).await.id;
        Self {
            fang: site.user("王芳", Some(east), &["sales"]).await,
            qiang: site.user("李强", Some(north), &["sales"]).await,
            min: site.user("赵敏", Some(east), &["manager"]).await,
            lei: site.user("孙磊", Some(head), &["director"]).await,
            east,
        }
    }
}

/// A pool of customers for everybody, with some of its settings otherwise.
async fn pool(site: &Site, name: &str, settings: &[(&str, &str)]) -> Uuid {
    let mut fields = vec![("name", name)];
    fields.extend(settings);
    site.make("pool", &fields).await.id
}

/// A customer that lies in the pool; somebody had it before.
async fn lying(site: &Site, pool: Uuid, name: &str, more: &[(&str, &str)]) -> Uuid {
    let mut fields = vec![("name", name)];
    fields.extend(more);
    let id = site.make("account", &fields).await.id;
    back(site, &site.admin, pool, id).await.expect("it goes into the pool");
    id
}

async fn back(site: &Site, who: &Actor, pool: Uuid, id: Uuid) -> Result<Record> {
    let wish = Return { pool: Some(pool), reason: "联系不上".to_owned(), note: String::new() };
    site.engine.give_back(who, "account", id, &wish).await
}

async fn claim(site: &Site, who: &Actor, id: Uuid) -> Result<Record> {
    site.engine.claim(who, "account", id).await
}

async fn owner_of(site: &Site, id: Uuid) -> Option<Uuid> {
    site.engine.read(&site.admin, "account", id).await.expect("it is there").value("owner").as_id()
}

fn field_of(error: Error) -> String {
    match error {
        Error::Invalid(errors) => errors[0].field.clone(),
        other => panic!("{other}"),
    }
}

fn accounts() -> ListQuery {
    ListQuery { object: "account".to_owned(), limit: 100, ..ListQuery::default() }
}

/// The names on a page.
fn names(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| record.title().to_owned()).collect()
}
