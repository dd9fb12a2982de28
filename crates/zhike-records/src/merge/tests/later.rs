//! What happens between a merge and its undo.

use std::collections::BTreeMap;

use zhike_types::Error;

use super::{MergeInput, is_conflict, snapshot::Snapshot};
use crate::{Choice, tests::on_both};

#[test]
fn what_was_done_since_stays() {
    on_both(|site| async move {
        let (a, a_text) = site.account(&[("name", "甲"), ("level", "B")]).await;
        let (b, b_text) = site.account(&[("name", "乙"), ("phone", "0532-88930001"), ("email", "b@example.com")]).await;
        let (z, z_text) = site.account(&[("name", "丙")]).await;
        let stays = site.make("contact", &[("name", "张一"), ("account", &b_text)]).await.id;
        let left = site.make("contact", &[("name", "张二"), ("account", &b_text)]).await.id;
        let deleted = site.make("contact", &[("name", "张三"), ("account", &b_text)]).await.id;
        let merge = site.merged("account", a, &[b]).await;

        site.set("account", a, "phone", "0532-88930009").await;
        site.set("account", a, "level", "A").await;
        site.set("contact", left, "account", &z_text).await;
        site.set("contact", stays, "title", "经理").await;
        site.engine.delete(&site.admin, "contact", deleted, None, None).await.expect("deleted");
        let new = site.make("contact", &[("name", "新来"), ("account", &a_text)]).await.id;
        site.undone(&merge).await;

        assert_eq!(site.text("account", a, "phone").await, "0532-88930009", "changed since");
        assert_eq!(site.text("account", a, "email").await, "", "given back");
        assert_eq!(site.text("account", a, "level").await, "A");
        assert_eq!(site.text("account", b, "phone").await, "0532-88930001");
        assert_eq!(site.text("account", b, "email").await, "b@example.com");
        assert_eq!(site.named("contact", stays, "account").await, Some(b));
        assert_eq!(site.text("contact", stays, "title").await, "经理");
        assert_eq!(site.named("contact", left, "account").await, Some(z));
        assert_eq!(site.named("contact", new, "account").await, Some(a));
        let gone = site.read("contact", deleted).await;
        assert!(gone.deleted_at().is_some() && gone.value("account").as_id() == Some(b));
        for (id, count) in [(a, 1), (b, 1), (z, 1)] {
            assert_eq!(site.read("account", id).await.value("contact_count").as_int(), Some(count));
        }
        site.well().await;
    });
}

#[test]
fn a_merge_of_the_survivor_is_undone_first() {
    on_both(|site| async move {
        let (a, _) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        let (c, _) = site.account(&[("name", "丙")]).await;
        let contact = site.make("contact", &[("name", "张伟"), ("account", &b_text)]).await.id;
        let before = Snapshot::of(&site).await;
        let first = site.merged("account", a, &[b]).await;
        let second = site.merged("account", c, &[a]).await;
        assert_eq!(site.named("contact", contact, "account").await, Some(c));
        assert_eq!(site.engine.merged_into(&site.admin, "account", b).await.expect("known"), Some(c));
        let history = site.engine.history(&site.admin, "account", c, None, 100).await.expect("a history");
        assert_eq!(history.iter().filter(|entry| entry.merged_from == Some(b)).count(), 2);
        is_conflict(&site.engine.unmerge(&site.admin, first.id).await, "merged later");

        let all = site.engine.merges(&site.admin, "account", Some(c), None, 10).await.expect("merges");
        assert_eq!(all.merges.iter().map(|merge| merge.id).collect::<Vec<_>>(), [second.id, first.id]);
        let page = site.engine.merges(&site.admin, "account", None, None, 1).await.expect("merges");
        assert_eq!((page.merges[0].id, page.next.is_some()), (second.id, true));
        let page = site.engine.merges(&site.admin, "account", None, page.next, 1).await.expect("merges");
        assert_eq!((page.merges[0].id, page.next, page.merges[0].may_undo), (first.id, None, false));

        site.undone(&second).await;
        site.undone(&first).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn merges_into_one_survivor_are_undone_in_any_order() {
    on_both(|site| async move {
        let (a, _) = site.account(&[("name", "甲"), ("tags", "一")]).await;
        let (b, _) = site.account(&[("name", "乙"), ("tags", "二"), ("phone", "0532-88930001")]).await;
        let (c, _) = site.account(&[("name", "丙"), ("tags", "三"), ("phone", "0532-88930002")]).await;
        let before = Snapshot::of(&site).await;
        let tags = async || site.read("account", a).await.value("tags").as_list().join(" ");
        let first = site.merged("account", a, &[b]).await;
        let mut input = MergeInput::new(a, [c]);
        input.choices = BTreeMap::from([("phone".to_owned(), Choice::Of(c))]);
        let second = site.engine.merge(&site.admin, "account", input).await.expect("merged");
        assert_eq!(tags().await, "一 二 三");
        site.undone(&first).await;
        assert_eq!(site.text("account", a, "phone").await, "0532-88930002", "the later merge chose it");
        site.undone(&second).await;
        assert_eq!(tags().await, "一");
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn what_a_later_merge_set_aside_for_it_is_undone_first() {
    on_both(|site| async move {
        let user = site.user("王敏", None, &["sales"]).await.user_id.expect("a user").to_string();
        let (a, _) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        let (c, c_text) = site.account(&[("name", "丙")]).await;
        for account in [&b_text, &c_text] {
            site.make("team_member", &[("account", account.as_str()), ("user", &user), ("level", "read")]).await;
        }
        let before = Snapshot::of(&site).await;
        let first = site.merged("account", a, &[b]).await;
        let second = site.merged("account", a, &[c]).await;
        assert_eq!((first.moved, second.set_aside), (1, 1));
        is_conflict(&site.engine.unmerge(&site.admin, first.id).await, "set something aside");
        site.undone(&second).await;
        site.undone(&first).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn a_reference_goes_back_to_what_stands_for_the_record_it_named() {
    on_both(|site| async move {
        let (p, p_text) = site.account(&[("name", "集团")]).await;
        let (q, q_text) = site.account(&[("name", "集团有限公司")]).await;
        let (a, _) = site.account(&[("name", "甲"), ("parent", &p_text)]).await;
        let (b, _) = site.account(&[("name", "乙"), ("parent", &q_text)]).await;
        let before = Snapshot::of(&site).await;
        let mut input = MergeInput::new(a, [b]);
        input.choices = BTreeMap::from([("parent".to_owned(), Choice::Of(b))]);
        let first = site.engine.merge(&site.admin, "account", input).await.expect("merged");
        let second = site.merged("account", q, &[p]).await;
        site.undone(&first).await;
        assert_eq!(site.named("account", a, "parent").await, Some(q), "it named what is merged into this one");
        assert_eq!(site.named("account", b, "parent").await, Some(q));
        site.well().await;
        site.undone(&second).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn what_stands_in_the_way_is_said() {
    on_both(|site| async move {
        let engine = &site.engine;
        let code = "91110000600037341L";
        let (a, a_text) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙"), ("credit_code", code)]).await;
        let merge = site.merged("account", a, &[b]).await;
        engine.delete(&site.admin, "account", a, None, None).await.expect("deleted");
        is_conflict(&engine.unmerge(&site.admin, merge.id).await, "recycle bin");
        engine.restore(&site.admin, "account", a).await.expect("restored");
        // the code wanders on
        site.set("account", a, "credit_code", "").await;
        let (c, _) = site.account(&[("name", "丙"), ("credit_code", code)]).await;
        let taken = engine.unmerge(&site.admin, merge.id).await;
        assert!(matches!(&taken, Err(Error::Invalid(errors)) if errors[0].code == "unique"), "{taken:?}");
        site.set("account", c, "credit_code", "").await;
        site.undone(&merge).await;
        assert_eq!(site.text("account", b, "credit_code").await, code);

        let one = site.make("contact", &[("name", "张伟"), ("account", &a_text)]).await.id;
        let two = site.make("contact", &[("name", "张偉"), ("account", &b_text)]).await.id;
        let boss = site.make("contact", &[("name", "老板"), ("account", &b_text)]).await.id;
        site.set("contact", two, "reports_to", &boss.to_string()).await;
        let merge = site.merged("contact", one, &[two]).await;
        engine.delete(&site.admin, "account", b, None, None).await.expect("deleted");
        is_conflict(&engine.unmerge(&site.admin, merge.id).await, "Account");
        engine.restore(&site.admin, "account", b).await.expect("restored");
        engine.delete(&site.admin, "contact", boss, None, None).await.expect("deleted");
        site.undone(&merge).await;
        assert_eq!(site.named("contact", two, "account").await, Some(b));
        assert_eq!(site.named("contact", two, "reports_to").await, None);
        site.well().await;
    });
}

#[test]
fn a_version_that_moved_on_is_stale() {
    on_both(|site| async move {
        let (a, _) = site.account(&[("name", "甲")]).await;
        let (b, _) = site.account(&[("name", "乙")]).await;
        site.set("account", b, "level", "A").await;
        let mut input = MergeInput::new(a, [b]);
        input.versions = BTreeMap::from([(a, 1), (b, 1)]);
        let stale = site.engine.merge(&site.admin, "account", input.clone()).await;
        assert!(matches!(stale, Err(Error::Stale { current: 2 })), "{stale:?}");
        input.versions.insert(b, 2);
        let merge = site.engine.merge(&site.admin, "account", input).await.expect("merged");
        assert_eq!(site.read("account", a).await.version, 2);
        site.undone(&merge).await;
        assert_eq!((site.read("account", a).await.version, site.read("account", b).await.version), (3, 4));
        for wrong in [MergeInput::new(a, [a]), MergeInput::new(a, [])] {
            let refused = site.engine.merge(&site.admin, "account", wrong).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        }
    });
}

#[test]
fn a_tree_that_grew_otherwise_since_stays_a_tree() {
    on_both(|site| async move {
        let (q, q_text) = site.account(&[("name", "集团")]).await;
        let (b, b_text) = site.account(&[("name", "乙"), ("parent", &q_text)]).await;
        let (x, x_text) = site.account(&[("name", "丙"), ("parent", &b_text)]).await;
        let (a, _) = site.account(&[("name", "甲")]).await;
        let merge = site.merged("account", a, &[b]).await;
        assert_eq!(
            (site.named("account", a, "parent").await, site.named("account", x, "parent").await),
            (Some(q), Some(a))
        );
        site.set("account", a, "parent", "").await;
        site.set("account", q, "parent", &x_text).await;
        site.undone(&merge).await;
        // 乙 stands under 集团 again, which stands under 丙 by now: 丙 cannot stand under 乙
        assert_eq!(site.named("account", b, "parent").await, Some(q));
        assert_eq!(site.named("account", x, "parent").await, Some(a));
        site.well().await;
    });
}
