//! Claims, on both databases.

mod claiming;
mod deciding;
mod meanwhile;
mod sight;

use zhike_types::{Error, Uuid};

use super::{Claimed, Dispute, DisputeClaim, DisputeQuery, Ruling, WhichDisputes};
use crate::{Actor, tests::Site};

/// 王芳 of the east has a customer, 李强 of the north claims it; 赵敏 leads the east, 孙磊 everything.
struct Company {
    fang: Actor,
    qiang: Actor,
    min: Actor,
    lei: Actor,
}

impl Company {
    async fn at(site: &Site) -> Self {
        let east = site.make("department", &[("name", "华东销售部")]).await.id;
        let north = site.make("department", &[("name", "华北销售部")]).await.id;
        Self {
            fang: site.user("王芳", Some(east), &["sales"]).await,
            qiang: site.user("李强", Some(north), &["sales"]).await,
            min: site.user("赵敏", Some(east), &["manager"]).await,
            lei: site.user("孙磊", Some(north), &["director"]).await,
        }
    }

    /// A customer of 王芳's.
    async fn customer(&self, site: &Site, name: &str) -> Uuid {
        site.make_as(&self.fang, "account", &[("name", name)]).await.id
    }
}

fn claim(customer: Claimed) -> DisputeClaim {
    DisputeClaim {
        customer,
        first_contact_on: "2026-01-08".to_owned(),
        evidence: "1 月 8 日拜访采购部周经理，2 月寄了样品。".to_owned(),
    }
}

async fn named(site: &Site, who: &Actor, name: &str) -> Dispute {
    site.engine.file_dispute(who, &claim(Claimed::Named(name.to_owned()))).await.expect("the claim is filed")
}

async fn decide(site: &Site, who: &Actor, id: Uuid, ruling: Ruling) -> zhike_types::Result<Dispute> {
    site.engine.decide_dispute(who, id, ruling, "先联系的是申诉人").await
}

/// The numbers of a list.
async fn listed(site: &Site, who: &Actor, which: WhichDisputes) -> Vec<String> {
    let query = DisputeQuery { which, limit: 100, ..DisputeQuery::default() };
    let page = site.engine.disputes(who, &query).await.expect("a list");
    page.disputes.into_iter().map(|dispute| dispute.number).collect()
}

async fn owner_of(site: &Site, account: Uuid) -> Option<Uuid> {
    site.engine.read(&site.admin, "account", account).await.expect("it is there").value("owner").as_id()
}

fn field_of(error: Error) -> String {
    match error {
        Error::Invalid(errors) => errors[0].field.clone(),
        other => panic!("{other}"),
    }
}
