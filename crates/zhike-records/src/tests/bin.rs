use zhike_types::Error;

use super::on_both;

#[test]
fn what_hangs_on_a_record_goes_and_comes_with_it() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "甲公司")]).await;
        let id = account.id.to_string();
        let contact = site.make("contact", &[("name", "张伟"), ("account", &id)]).await;
        let call = site.make("interaction", &[("account", &id), ("channel", "phone"), ("content", "电话")]).await;
        site.engine.delete(&site.admin, "account", account.id, None, None).await.expect("deleted");
        for (object, id) in [("account", account.id), ("contact", contact.id), ("interaction", call.id)] {
            assert_eq!(site.engine.count(&site.admin, object, "", false).await.expect("a count"), 0, "{object} {id}");
            assert_eq!(site.engine.count(&site.admin, object, "", true).await.expect("a count"), 1, "{object} {id}");
        }
        site.engine.restore(&site.admin, "account", account.id).await.expect("restored");
        for object in ["account", "contact", "interaction"] {
            assert_eq!(site.engine.count(&site.admin, object, "", false).await.expect("a count"), 1, "{object}");
        }
        assert!(matches!(site.engine.purge(&site.admin, "account", account.id).await, Err(Error::Conflict(_))));
        site.engine.delete(&site.admin, "account", account.id, None, None).await.expect("deleted");
        site.engine.purge(&site.admin, "account", account.id).await.expect("purged");
        assert!(matches!(site.engine.read(&site.admin, "account", account.id).await, Err(Error::NotFound)));
        assert!(matches!(site.engine.read(&site.admin, "contact", contact.id).await, Err(Error::NotFound)));
    });
}

#[test]
fn what_others_deleted_is_for_whose_duty_the_bin_is() {
    on_both(|site| async move {
        let wang = site.user("王敏", None, &["sales"]).await;
        let director = site.user("总监", None, &["director"]).await;
        let mine = site.make_as(&wang, "account", &[("name", "王敏删的")]).await;
        let hers = site.make_as(&wang, "account", &[("name", "别人删的")]).await;
        site.engine.delete(&wang, "account", mine.id, None, None).await.expect("deleted");
        site.engine.delete(&site.admin, "account", hers.id, None, None).await.expect("deleted");
        let bin = async |actor| site.engine.count(actor, "account", "", true).await.expect("a count");
        assert_eq!((bin(&wang).await, bin(&director).await), (1, 2));

        let read = site.engine.read(&wang, "account", hers.id).await.expect("it is still hers to look at");
        assert!(!read.may_restore && !read.may_purge);
        assert!(matches!(site.engine.restore(&wang, "account", hers.id).await, Err(Error::Forbidden(_))));
        assert!(matches!(site.engine.purge(&wang, "account", mine.id).await, Err(Error::Forbidden(_))));
        assert!(site.engine.read(&wang, "account", mine.id).await.expect("seen").may_restore);
        site.engine.restore(&wang, "account", mine.id).await.expect("one's own comes back");
    });
}
