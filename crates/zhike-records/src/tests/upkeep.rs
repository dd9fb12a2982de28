//! What goes on beside the records: sessions, packs of another process, the audit of settings.

use std::sync::{Arc, atomic::Ordering};

use zhike_db::{Sql, sql};
use zhike_model::{AggregateOp, View};
use zhike_types::{Error, Text};

use super::{Site, on_both};
use crate::{AggregateQuery, Source};

const HOUR: i64 = 3_600_000;

const HOBBY: &str = "[extend]\nobject = \"account\"\n[[field]]\nname = \"x_hobby\"\ntype = \"text\"\nlabel = { zh = \"爱好\", en = \"Hobby\" }\n";

async fn actions(site: &Site) -> Vec<String> {
    let mut tx = site.engine.db().read().await.expect("a reader");
    let rows =
        tx.rows(Sql::new("SELECT action FROM audit WHERE object <> 'user' OR action LIKE 'token%' ORDER BY seq"));
    rows.await.expect("rows").iter().map(|row| row.must_text(0).expect("a text")).collect()
}

#[test]
fn a_page_that_only_listens_does_not_keep_its_session() {
    on_both(|site| async move {
        let engine = &site.engine;
        let id = site.user("王敏", None, &["sales"]).await.user_id.expect("a user");
        engine.set_credential(&site.admin, id, "wangmin", "correct horse").await.expect("set");
        let before = engine.read(&site.admin, "user", id).await.expect("the user");
        let secret = engine.sign_in("wangmin", "correct horse", "", "").await.expect("signed in");
        let after = engine.read(&site.admin, "user", id).await.expect("the user");
        assert_eq!(after.value("last_sign_in_at").as_int(), Some(engine.now()));
        assert_eq!(after.version, before.version, "signing in is no change of the record");

        site.clock.advance(11 * HOUR);
        assert!(engine.peek_session(&secret, Source::Page, "").await.expect("no error").is_some());
        site.clock.advance(2 * HOUR);
        assert!(engine.peek_session(&secret, Source::Page, "").await.expect("no error").is_none());
        assert!(engine.actor_of_session(&secret, Source::Page, "").await.expect("no error").is_none());
    });
}

#[test]
fn a_pack_of_another_process_is_taken_up() {
    on_both(|site| async move {
        let engine = &site.engine;
        let old = engine.model();
        let begun = actions(&site).await.len();
        let has = || engine.model().object("account").expect("it is there").field("x_hobby").is_some();
        engine.apply_pack(&site.admin, "custom/account.toml", HOBBY).await.expect("applied");
        engine.apply_pack(&site.admin, "custom/account.toml", HOBBY).await.expect("applied again");
        assert_eq!(actions(&site).await[begun..], ["pack", "pack"]);
        engine.take_up_packs().await.expect("read");
        assert_eq!(engine.0.packs.load(Ordering::Acquire), 2);

        // as a process that was there before
        engine.0.model.store(Arc::clone(&old));
        engine.take_up_packs().await.expect("nothing new");
        assert!(!has());
        engine.0.packs.store(0, Ordering::Release);
        engine.take_up_packs().await.expect("read");
        assert!(has());
    });
}

#[test]
fn what_others_see_and_secrets_are_on_record() {
    on_both(|site| async move {
        let engine = &site.engine;
        let user = site.user("王敏", None, &["admin"]).await;
        let known = actions(&site).await.len();
        let (token, _) =
            engine.create_token(&user, user.user_id.expect("a user"), "报表", "*", None).await.expect("a token");
        engine.revoke_token(&user, token.id).await.expect("revoked");
        let view = View {
            name: String::new(),
            label: Text::same("大客户"),
            columns: vec!["name".to_owned()],
            filter: String::new(),
            sort: Vec::new(),
            totals: Vec::new(),
            quick: Vec::new(),
        };
        let own = engine.save_view(&user, "account", None, view.clone(), false).await.expect("saved");
        let shared = engine.save_view(&user, "account", None, view.clone(), true).await.expect("saved");
        engine.save_view(&user, "account", Some(shared.id), view, false).await.expect("no longer shared");
        engine.delete_view(&user, own.id).await.expect("deleted");
        assert_eq!(actions(&site).await[known..], ["token", "token-revoked", "view", "view"]);
    });
}

#[test]
fn a_total_beyond_all_numbers_is_said_not_broken() {
    on_both(|site| async move {
        for name in ["青岛甲公司", "青岛乙公司"] {
            let made = site.make("account", &[("name", name)]).await;
            let mut tx = site.engine.db().begin().await.expect("a writer");
            let absurd = sql!("UPDATE account SET annual_revenue = $1 WHERE id = $2", i64::MAX - 7, made.id);
            tx.run(absurd).await.expect("set");
            tx.commit().await.expect("committed");
        }
        let query = AggregateQuery {
            object: "account".to_owned(),
            figures: vec![(AggregateOp::Sum, "annual_revenue".to_owned())],
            ..AggregateQuery::default()
        };
        let answer = site.engine.aggregate(&site.admin, &query).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    });
}
