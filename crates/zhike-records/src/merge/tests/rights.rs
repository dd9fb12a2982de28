use std::collections::BTreeMap;

use zhike_db::sql;
use zhike_types::{Error, Text};

use super::MergeInput;
use crate::{Choice, Rights, tests::on_both};

#[test]
fn it_takes_the_right_and_the_records() {
    on_both(|site| async move {
        let engine = &site.engine;
        let north = site.make("department", &[("name", "华北")]).await.id;
        let south = site.make("department", &[("name", "华南")]).await.id;
        let manager = site.user("王敏", Some(north), &["manager"]).await;
        let sales = site.user("李强", Some(north), &["sales"]).await;
        let far = site.user("赵丽", Some(south), &["sales"]).await;
        let one = site.make_as(&sales, "account", &[("name", "甲")]).await.id;
        let two = site.make_as(&sales, "account", &[("name", "乙")]).await.id;
        let hers = site.make_as(&far, "account", &[("name", "丙")]).await.id;
        assert!(engine.may(&manager, "account").merge && !engine.may(&sales, "account").merge);
        assert!(!engine.may(&site.admin, "user").merge && !engine.may(&site.admin, "note").merge);

        let forbidden = engine.merge(&sales, "account", MergeInput::new(one, [two])).await;
        assert!(matches!(forbidden, Err(Error::Forbidden(_))), "{forbidden:?}");
        let unseen = engine.merge(&manager, "account", MergeInput::new(one, [hers])).await;
        assert!(matches!(unseen, Err(Error::NotFound)), "{unseen:?}");
        let merge = engine.merge(&manager, "account", MergeInput::new(one, [two])).await.expect("merged");
        assert!(merge.may_undo && merge.actor == "王敏");

        // who sees the survivor is led there; to others it is not there
        assert_eq!(engine.merged_into(&sales, "account", two).await.expect("seen"), Some(one));
        assert!(matches!(engine.merged_into(&far, "account", two).await, Err(Error::NotFound)));
        assert!(matches!(engine.merge_of(&far, merge.id).await, Err(Error::NotFound)));
        assert!(engine.merges(&far, "account", None, None, 10).await.expect("none").merges.is_empty());
        assert!(!engine.merge_of(&sales, merge.id).await.expect("seen").may_undo);
        assert!(matches!(engine.unmerge(&sales, merge.id).await, Err(Error::Forbidden(_))));
        assert!(matches!(engine.unmerge(&far, merge.id).await, Err(Error::NotFound)));
        engine.unmerge(&manager, merge.id).await.expect("undone");

        let users = engine.merge(&site.admin, "user", MergeInput::new(one, [two])).await;
        assert!(matches!(users, Err(Error::Conflict(_))), "{users:?}");
    });
}

#[test]
fn what_one_may_not_write_one_may_not_choose() {
    on_both(|site| async move {
        let engine = &site.engine;
        let json =
            r#"{"objects": {"*": {"read": "all", "create": true, "change": "all", "delete": "all", "merge": true}}}"#;
        let rights: Rights = serde_json::from_str(json).expect("rights");
        engine.save_role(&site.admin, None, "clerk", Text::same("文员"), rights).await.expect("a role");
        let clerk = site.user("王敏", None, &["clerk"]).await;
        let number = "11010519491231002X";
        let one = site.make("account", &[("name", "张三"), ("kind", "person")]).await.id;
        let two = site.make("account", &[("name", "张叁"), ("kind", "person"), ("id_number", number)]).await.id;

        let proposal =
            engine.merge_proposal(&clerk, "account", &[one, two], Some(one), &BTreeMap::new()).await.expect("proposed");
        let field = proposal.fields.iter().find(|field| field.field == "id_number").expect("proposed");
        assert!(!field.may_choose && field.from == [two]);
        assert!(!field.value.as_text().expect("masked").contains(number));

        let chosen = |field: &str, choice| {
            let mut input = MergeInput::new(one, [two]);
            input.choices = BTreeMap::from([(field.to_owned(), choice)]);
            input
        };
        for (field, choice, code) in [
            ("id_number", Choice::Of(one), "forbidden"),
            ("number", Choice::Of(two), "read_only"),
            ("nothing", Choice::Of(two), "unknown"),
            ("name", Choice::United, "invalid"),
            ("name", Choice::Of(zhike_types::Uuid::nil()), "invalid"),
        ] {
            let refused = engine.merge(&clerk, "account", chosen(field, choice)).await;
            assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].code == code), "{field}: {refused:?}");
        }
        let merge = engine.merge(&clerk, "account", chosen("name", Choice::Of(two))).await.expect("merged");
        assert_eq!(merge.survivor.title, "张叁");
        assert_eq!(site.text("account", one, "id_number").await, number, "what nobody chose is filled all the same");
        let history = engine.history(&clerk, "account", one, None, 100).await.expect("a history");
        assert!(!format!("{history:?}").contains(number));
    });
}

#[test]
fn older_installations_get_the_right_once() {
    on_both(|site| async move {
        let engine = &site.engine;
        let mut tx = engine.db().begin().await.expect("a writer");
        for row in tx.rows(sql!("SELECT id, rights FROM role")).await.expect("roles") {
            let old = row.must_text(1).expect("rights").replace("\"merge\":true", "\"merge\":false");
            let id = row.must_id(0).expect("an id");
            tx.run(sql!("UPDATE role SET rights = $1 WHERE id = $2", old, id)).await.expect("as it was");
        }
        tx.run(sql!("DELETE FROM meta WHERE key = 'rights'")).await.expect("forgotten");
        tx.commit().await.expect("committed");
        engine.make_built_in_roles().await.expect("brought up");
        for (role, may) in [("admin", true), ("manager", true), ("director", true), ("sales", false), ("dpo", false)] {
            let roles = engine.roles(&site.admin).await.expect("roles");
            let rights = &roles.iter().find(|known| known.name == role).expect("built in").rights;
            assert_eq!(rights.object("account").expect("rights").merge, may, "{role}");
        }
    });
}
