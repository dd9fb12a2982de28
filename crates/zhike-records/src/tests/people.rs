use zhike_types::Error;

use super::on_both;
use crate::{Input, Source};

#[test]
fn the_first_administrator_comes_in_by_a_link_that_works_once() {
    on_both(|site| async move {
        let key = site.engine.setup_key().await.expect("a key").expect("nobody can sign in yet");
        assert!(matches!(
            site.engine.setup("wrong", "管理员", "admin", "a long password").await,
            Err(Error::Forbidden(_))
        ));
        site.engine.setup(&key, "管理员", "admin", "a long password").await.expect("set up");
        assert!(matches!(
            site.engine.setup(&key, "又一个", "other", "a long password").await,
            Err(Error::Forbidden(_))
        ));
        assert!(site.engine.setup_key().await.expect("no error").is_none());

        let secret = site.engine.sign_in("Admin", "a long password", "127.0.0.1", "test").await.expect("signed in");
        let actor = site
            .engine
            .actor_of_session(&secret, Source::Page, "127.0.0.1")
            .await
            .expect("no error")
            .expect("a session");
        assert!(actor.rights.may("users"));
        site.engine.sign_out(&secret).await.expect("signed out");
        assert!(site.engine.actor_of_session(&secret, Source::Page, "").await.expect("no error").is_none());
    });
}

#[test]
fn wrong_passwords_lock_the_account_for_a_while() {
    on_both(|site| async move {
        let user = site.user("王敏", None, &["sales"]).await;
        site.engine
            .set_credential(&site.admin, user.user_id.expect("a user"), "wangmin", "correct horse")
            .await
            .expect("set");
        for _ in 0..5 {
            assert!(matches!(site.engine.sign_in("wangmin", "wrong password", "", "").await, Err(Error::Invalid(_))));
        }
        assert!(matches!(site.engine.sign_in("wangmin", "correct horse", "", "").await, Err(Error::TooMany(_))));
        site.clock.advance(61_000);
        site.engine.sign_in("wangmin", "correct horse", "", "").await.expect("signed in again");
    });
}

#[test]
fn a_token_does_what_its_scope_says_and_no_more() {
    on_both(|site| async move {
        let user = site.user("王敏", None, &["admin"]).await;
        let id = user.user_id.expect("a user");
        let (info, secret) =
            site.engine.create_token(&user, id, "报表", "account:read", Some(30)).await.expect("a token");
        let actor = site.engine.actor_of_token(&secret, "").await.expect("no error").expect("an actor");
        assert!(site.engine.may(&actor, "account").read && !site.engine.may(&actor, "account").create);
        assert!(!site.engine.may(&actor, "contact").read && !actor.rights.may("users"));
        site.engine.revoke_token(&user, info.id).await.expect("revoked");
        assert!(site.engine.actor_of_token(&secret, "").await.expect("no error").is_none());
    });
}

#[test]
fn a_user_who_is_switched_off_is_out_at_once() {
    on_both(|site| async move {
        let user = site.user("王敏", None, &["sales"]).await;
        let id = user.user_id.expect("a user");
        site.engine.set_credential(&site.admin, id, "wangmin", "correct horse").await.expect("set");
        let secret = site.engine.sign_in("wangmin", "correct horse", "", "").await.expect("signed in");
        site.engine
            .change(&site.admin, "user", id, None, Input::default().set("active", "否"))
            .await
            .expect("switched off");
        assert!(site.engine.actor_of_session(&secret, Source::Page, "").await.expect("no error").is_none());
    });
}

#[test]
fn a_calendars_address_is_its_users_and_can_be_taken_back() {
    on_both(|site| async move {
        let lin = site.user("林晓", None, &["sales"]).await;
        let me = lin.user_id.expect("a user");
        assert_eq!(site.engine.calendar_feed(&lin).await.expect("asked"), None);
        let first = site.engine.renew_calendar_feed(&lin).await.expect("an address");
        let whose = |secret: String| {
            let engine = site.engine.clone();
            async move { engine.actor_of_calendar_feed(&secret, "").await.expect("asked").and_then(|actor| actor.user_id) }
        };
        assert_eq!(whose(first.clone()).await, Some(me));
        assert!(site.engine.calendar_feed(&lin).await.expect("asked").is_some_and(|feed| feed.used_at.is_some()));
        // no bearer token, and no token's business
        assert!(site.engine.actor_of_token(&first, "").await.expect("asked").is_none());
        assert!(site.engine.tokens(&lin).await.expect("a list").is_empty());
        let second = site.engine.renew_calendar_feed(&lin).await.expect("another");
        assert_eq!((whose(first).await, whose(second.clone()).await), (None, Some(me)));
        let off = Input::default().set("active", "false");
        site.engine.change(&site.admin, "user", me, None, off).await.expect("disabled");
        assert_eq!(whose(second.clone()).await, None);
        let on = Input::default().set("active", "true");
        site.engine.change(&site.admin, "user", me, None, on).await.expect("enabled");
        assert_eq!(whose(second.clone()).await, Some(me));
        site.engine.end_calendar_feed(&lin).await.expect("taken back");
        assert_eq!(whose(second).await, None);
        assert!(matches!(site.engine.end_calendar_feed(&lin).await, Err(Error::NotFound)));
    });
}
