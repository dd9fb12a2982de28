use zhike_types::Error;

use super::on_both;
use crate::{Input, ListQuery};

#[test]
fn what_one_may_not_see_does_not_exist() {
    on_both(|site| async move {
        let head = site.make("department", &[("name", "总部")]).await;
        let east = site.make("department", &[("name", "华东"), ("parent", &head.id.to_string())]).await;
        let north = site.make("department", &[("name", "华北"), ("parent", &head.id.to_string())]).await;
        let boss = site.user("总监", Some(head.id), &["manager"]).await;
        let wang = site.user("王敏", Some(east.id), &["sales"]).await;
        let li = site.user("李强", Some(north.id), &["sales"]).await;
        let hers = site.make_as(&wang, "account", &[("name", "王敏的客户")]).await;
        let contact = site.make_as(&wang, "contact", &[("name", "赵云"), ("account", &hers.id.to_string())]).await;

        assert!(matches!(site.engine.read(&li, "account", hers.id).await, Err(Error::NotFound)));
        assert!(matches!(site.engine.read(&li, "contact", contact.id).await, Err(Error::NotFound)));
        assert!(matches!(
            site.engine.change(&li, "account", hers.id, None, Input::default().set("level", "A")).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(site.engine.delete(&li, "account", hers.id, None, None).await, Err(Error::NotFound)));
        assert!(
            site.engine
                .search(&li, "王敏的客户", &[], 5)
                .await
                .expect("a search")
                .iter()
                .all(|group| group.object.name != "account")
        );
        assert_eq!(site.engine.count(&li, "account", "", false).await.expect("a count"), 0);
        assert_eq!(site.engine.read(&boss, "account", hers.id).await.expect("the manager sees it").id, hers.id);

        // a colleague in the team sees it, and what hangs on it
        site.make(
            "team_member",
            &[("account", &hers.id.to_string()), ("user", &li.user_id.expect("a user").to_string()), ("level", "read")],
        )
        .await;
        let page = site
            .engine
            .list(&li, &ListQuery { object: "account".into(), ..ListQuery::default() })
            .await
            .expect("a list");
        assert_eq!(page.records.len(), 1);
        assert!(!page.records[0].may_change);
        assert_eq!(site.engine.read(&li, "contact", contact.id).await.expect("seen with its account").id, contact.id);
        let refused = site.engine.change(&li, "account", hers.id, None, Input::default().set("level", "A")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    });
}

#[test]
fn a_relation_does_not_tell_the_name_of_an_account_one_may_not_see() {
    on_both(|site| async move {
        let wang = site.user("王敏", None, &["sales"]).await;
        let li = site.user("李强", None, &["sales"]).await;
        let hers = site.make_as(&wang, "account", &[("name", "王敏的客户")]).await;
        let his = site.make_as(&li, "account", &[("name", "李强的秘密客户")]).await;
        let relation = site
            .make(
                "account_relation",
                &[("from_account", &hers.id.to_string()), ("to_account", &his.id.to_string()), ("kind", "partner")],
            )
            .await;
        let about = format!("account_relation:{}", relation.id);
        let note = site.make("note", &[("about", &about), ("body", "备注")]).await;
        assert_eq!(relation.title(), "李强的秘密客户");

        let read = site.engine.read(&wang, "account_relation", relation.id).await.expect("seen with her account");
        assert_eq!(read.title(), "");
        let told = format!("{read:?} {:?}", site.engine.to_json(&read));
        assert!(!told.contains("秘密"), "{told}");
        let note = site.engine.read(&wang, "note", note.id).await.expect("seen with the relation");
        assert_eq!(note.reference("about").map(|(title, _)| title.text.as_str()), Some(""));
    });
}
