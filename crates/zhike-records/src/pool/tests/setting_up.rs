//! What a pool may be, and who says so.

use zhike_types::Error;

use super::{Company, lying, pool};
use crate::{Input, tests::on_both};

#[test]
fn what_is_wrong_is_said_when_it_is_saved() {
    on_both(|site| async move {
        let wrong = async |settings: &[(&str, &str)]| {
            let input = settings
                .iter()
                .fold(Input::default().set("name", "公海"), |input, (name, text)| input.set(name, *text));
            match site.engine.create(&site.admin, "pool", input).await {
                Err(Error::Invalid(errors)) => (errors[0].field.clone(), errors[0].message.zh.to_string()),
                other => panic!("{settings:?}: {other:?}"),
            }
        };
        assert_eq!(wrong(&[("object", "contact")]).await.0, "object");
        assert_eq!(
            wrong(&[("fields", "name, phones, fax")]).await,
            ("fields".into(), "客户没有字段：phones、fax。请写字段名。".into())
        );
        let (field, text) = wrong(&[("reclaim", "last_follow_up < now")]).await;
        assert!(field == "reclaim" && text.starts_with("第 1 个字处有误"), "{text}");
        assert_eq!(wrong(&[("protected", "level = A")]).await.0, "protected");
        assert_eq!(wrong(&[("warn_days", "7, 三")]).await.0, "warn_days");
        assert_eq!(wrong(&[("claims_a_day", "-1")]).await.0, "claims_a_day");
        assert_eq!(wrong(&[("grace_days", "4000")]).await.0, "grace_days");
    });
}

#[test]
fn the_duty_alone_sets_pools_up() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let named = |name: &str| Input::default().set("name", name);
        let refused = site.engine.create(&people.fang, "pool", named("她的")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let made = site.engine.create(&people.lei, "pool", named("公海")).await.expect("his duty");
        let member = Input::default().set("pool", made.id.to_string());
        let neither = site.engine.create(&people.lei, "pool_member", member.clone()).await;
        assert!(matches!(neither, Err(Error::Invalid(_))), "a user or a department");
        let fang = people.fang.user_id.expect("a user").to_string();
        let member = member.set("user", fang).set("level", "manager");
        assert!(site.engine.create(&people.fang, "pool_member", member.clone()).await.is_err(), "not herself");
        site.engine.create(&people.lei, "pool_member", member).await.expect("his duty");
        assert!(site.engine.pools(&people.fang).await.expect("pools")[0].manager);
        // what it holds stays, and what lies there must go first
        let other = Input::default().set("object", "contact");
        assert!(site.engine.change(&people.lei, "pool", made.id, None, other).await.is_err());
        lying(&site, made.id, "青岛海悦电器有限公司", &[]).await;
        let deleted = site.engine.delete(&site.admin, "pool", made.id, None, None).await;
        assert!(matches!(deleted, Err(Error::Conflict(_))), "{deleted:?}");
        let empty = pool(&site, "空的", &[]).await;
        site.engine.delete(&site.admin, "pool", empty, None, None).await.expect("nothing lies there");
    });
}
