//! A merge as a whole: what it moves, what it sets aside, what one sees afterwards; and all of it back.

use std::collections::BTreeMap;

use zhike_model::View;
use zhike_types::{Error, Text};

use super::{MergeInput, is_conflict, snapshot::Snapshot};
use crate::{Choice, Happening, NewRow, Source, tests::on_both};

const CODE: &str = "91110000600037341L";

#[test]
fn everything_comes_to_the_survivor_and_goes_back() {
    on_both(|site| async move {
        let engine = &site.engine;
        let (a, a_text) = site.account(&[("name", "青岛海尔电器有限公司"), ("tags", "重点")]).await;
        let (b, b_text) = site
            .account(&[
                ("name", "海尔电器青岛公司"),
                ("credit_code", CODE),
                ("tags", "展会,重点"),
                ("phone", "0532-88939999"),
            ])
            .await;
        let contact =
            site.make("contact", &[("name", "张伟"), ("account", &b_text), ("mobile", "13905321234")]).await.id;
        site.make("contact", &[("name", "王芳"), ("account", &a_text)]).await;
        let call = [
            ("account", b_text.as_str()),
            ("contact", &contact.to_string()),
            ("channel", "phone"),
            ("content", "谈过价格"),
        ];
        let call = site.make("interaction", &call).await.id;
        site.make("task", &[("subject", "寄样品"), ("account", &b_text)]).await;
        let note = site.make("note", &[("about", &format!("account:{b}")), ("body", "付款慢")]).await.id;
        let file = engine.attach(&site.admin, "account", b, "合同.txt", b"text".to_vec()).await.expect("attached").id;
        let gone = site.make("contact", &[("name", "离职"), ("account", &b_text)]).await.id;
        engine.delete(&site.admin, "contact", gone, None, None).await.expect("deleted");
        let before = Snapshot::of(&site).await;

        let mut input = MergeInput::new(a, [b]);
        input.reason = Some("同一家".to_owned());
        let merge = engine.merge(&site.admin, "account", input).await.expect("merged");
        assert_eq!((merge.moved, merge.set_aside), (6, 0));
        assert_eq!((merge.survivor.id, merge.losers[0].title.as_str()), (a, "海尔电器青岛公司"));
        let survivor = site.read("account", a).await;
        assert_eq!(survivor.value("credit_code").as_text(), Some(CODE));
        assert_eq!(survivor.value("tags").as_list(), ["重点", "展会"]);
        assert_eq!(survivor.value("contact_count").as_int(), Some(2));
        assert_eq!(survivor.value("interaction_count").as_int(), Some(1));
        assert_eq!(survivor.value("open_task_count").as_int(), Some(1));
        for (object, id, field) in [
            ("contact", contact, "account"),
            ("interaction", call, "account"),
            ("note", note, "about"),
            ("attachment", file, "about"),
            ("contact", gone, "account"),
        ] {
            assert_eq!(site.named(object, id, field).await, Some(a), "{object}");
        }
        assert_eq!(site.found("88939999").await, ["account 青岛海尔电器有限公司"]);
        assert_eq!(site.titles("account", "", false).await, ["青岛海尔电器有限公司"]);

        // the loser: neither there nor in the bin, and an old link leads on
        assert!(matches!(engine.read(&site.admin, "account", b).await, Err(Error::NotFound)));
        assert_eq!(engine.merged_into(&site.admin, "account", b).await.expect("known"), Some(a));
        assert_eq!(engine.merged_into(&site.admin, "account", a).await.expect("known"), None);
        assert!(site.titles("account", "", true).await.is_empty());
        assert_eq!(engine.count(&site.admin, "account", "", true).await.expect("a count"), 0);
        is_conflict(&engine.restore(&site.admin, "account", b).await, "青岛海尔电器有限公司");
        is_conflict(&engine.purge(&site.admin, "account", b).await, "undo that merge");
        let change = crate::Input::default().set("level", "A");
        is_conflict(&engine.change(&site.admin, "account", b, None, change).await, "was merged");

        // both histories, in order
        let history = engine.history(&site.admin, "account", a, None, 100).await.expect("a history");
        let told: Vec<(&str, bool)> =
            history.iter().map(|entry| (entry.action.as_str(), entry.merged_from == Some(b))).collect();
        assert_eq!(told, [("merge", false), ("merged", true), ("create", true), ("create", false)]);
        assert_eq!(history[0].reason.as_deref(), Some("同一家"));
        let timeline = engine.timeline(&site.admin, "account", a, &[], None, 100).await.expect("a timeline");
        let records = timeline.iter().filter(|entry| matches!(entry.what, Happening::Record(_))).count();
        assert_eq!((records, timeline.len()), (4, 8));
        site.well().await;

        site.clock.advance(60_000);
        let undone = engine.unmerge(&site.admin, merge.id).await.expect("undone");
        assert!(undone.undone.is_some() && !undone.may_undo);
        before.compare(&Snapshot::of(&site).await, "undone");
        assert_eq!(site.read("account", b).await.title(), "海尔电器青岛公司");
        assert_eq!(engine.merged_into(&site.admin, "account", b).await.expect("known"), None);
        let history = engine.history(&site.admin, "account", b, None, 100).await.expect("a history");
        assert_eq!(
            history.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(),
            ["unmerge", "merged", "create"]
        );
        is_conflict(&engine.unmerge(&site.admin, merge.id).await, "already");
        site.well().await;
    });
}

#[test]
fn nothing_stands_twice() {
    on_both(|site| async move {
        let engine = &site.engine;
        let wang = site.user("王敏", None, &["sales"]).await.user_id.expect("a user").to_string();
        let li = site.user("李强", None, &["sales"]).await.user_id.expect("a user").to_string();
        let (a, at) = site.account(&[("name", "甲")]).await;
        let (b, bt) = site.account(&[("name", "乙")]).await;
        let (c, ct) = site.account(&[("name", "丙")]).await;
        let member = [("account", at.as_str()), ("user", &wang), ("level", "read")];
        let hers = site.make("team_member", &member).await.id;
        for user in [&wang, &li] {
            site.make("team_member", &[("account", bt.as_str()), ("user", user), ("level", "write")]).await;
        }
        let relation = async |from: &str, to: &str, kind: &str, remark: &str| {
            let fields = [("from_account", from), ("to_account", to), ("kind", kind), ("remark", remark)];
            site.make("account_relation", &fields).await.id
        };
        let kept = relation(&at, &ct, "partner", "两家").await;
        let twin = relation(&bt, &ct, "partner", "").await;
        let other = relation(&bt, &ct, "supplier", "").await;
        let says_more = relation(&bt, &ct, "partner", "另有约定").await;
        let itself = relation(&at, &bt, "group", "").await;
        let before = Snapshot::of(&site).await;

        let merge = site.merged("account", a, &[b]).await;
        assert_eq!(merge.set_aside, 3);
        assert_eq!(site.text("team_member", hers, "level").await, "write", "nobody loses what he could do");
        assert_eq!(engine.count(&site.admin, "team_member", "", false).await.expect("a count"), 2);
        for id in [kept, other, says_more] {
            assert_eq!(site.named("account_relation", id, "from_account").await, Some(a));
        }
        assert_eq!(engine.merged_into(&site.admin, "account_relation", twin).await.expect("known"), Some(kept));
        for id in [twin, itself] {
            assert!(matches!(engine.read(&site.admin, "account_relation", id).await, Err(Error::NotFound)));
            is_conflict(&engine.restore(&site.admin, "account_relation", id).await, "undo that merge");
        }
        assert!(site.titles("account_relation", "", true).await.is_empty(), "what is set aside is not in the bin");
        assert_eq!(site.read("account", c).await.title(), "丙");
        site.well().await;
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn a_tree_stays_a_tree() {
    on_both(|site| async move {
        let (top, top_text) = site.account(&[("name", "集团")]).await;
        let (b, b_text) = site.account(&[("name", "乙"), ("parent", &top_text)]).await;
        let (x, x_text) = site.account(&[("name", "丙"), ("parent", &b_text)]).await;
        let (a, a_text) = site.account(&[("name", "甲"), ("parent", &x_text)]).await;
        let below = site.account(&[("name", "丁"), ("parent", &a_text)]).await.0;
        let before = Snapshot::of(&site).await;

        let mut circle = MergeInput::new(a, [b]);
        circle.choices = BTreeMap::from([("parent".to_owned(), Choice::Of(a))]);
        let refused = site.engine.merge(&site.admin, "account", circle).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].code == "cycle"), "{refused:?}");

        let merge = site.merged("account", a, &[b]).await;
        assert_eq!(site.named("account", a, "parent").await, Some(top));
        assert_eq!(site.named("account", x, "parent").await, Some(a));
        assert_eq!(site.named("account", below, "parent").await, Some(a));
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");

        // a record and the one right above it
        let merge = site.merged("account", x, &[b]).await;
        assert_eq!(site.named("account", x, "parent").await, Some(top));
        site.undone(&merge).await;
        let merge = site.merged("account", b, &[x]).await;
        assert_eq!(site.named("account", b, "parent").await, Some(top));
        assert_eq!(site.named("account", a, "parent").await, Some(b));
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn contacts_are_merged_the_same_way() {
    on_both(|site| async move {
        let (a, a_text) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        let one = site.make("contact", &[("name", "张伟"), ("account", &a_text), ("mobile", "13905320001")]).await.id;
        let fields = [("name", "张偉"), ("account", &b_text), ("email", "zw@example.com"), ("do_not_contact", "是")];
        let two = site.make("contact", &fields).await.id;
        let (one_text, two_text) = (one.to_string(), two.to_string());
        let report = [("name", "助理"), ("account", b_text.as_str()), ("reports_to", &two_text)];
        let report = site.make("contact", &report).await.id;
        let call = [("account", b_text.as_str()), ("contact", &two_text), ("channel", "visit"), ("content", "见面")];
        let call = site.make("interaction", &call).await.id;
        site.set("contact", one, "reports_to", &two_text).await;
        let before = Snapshot::of(&site).await;

        let proposal = site
            .engine
            .merge_proposal(&site.admin, "contact", &[two, one], None, &BTreeMap::new())
            .await
            .expect("a proposal");
        assert_eq!((proposal.survivor, proposal.related.as_slice()), (one, [3, 0].as_slice()));
        let field = |name: &str| proposal.fields.iter().find(|field| field.field == name).expect("proposed");
        assert_eq!(field("mobile").from, [one]);
        assert!(field("account").differs && field("name").differs && !field("wechat").differs);

        let merge = site.merged("contact", one, &[two]).await;
        assert_eq!(site.named("contact", one, "account").await, Some(a));
        assert_eq!(site.named("contact", one, "reports_to").await, None);
        assert_eq!(site.read("contact", one).await.value("do_not_contact").as_bool(), Some(true));
        assert_eq!(site.text("contact", one, "email").await, "zw@example.com");
        assert_eq!(site.named("contact", report, "reports_to").await, Some(one));
        assert_eq!(site.named("interaction", call, "contact").await, Some(one));
        assert_eq!(site.named("interaction", call, "account").await, Some(b));
        assert_eq!(site.read("account", b).await.value("contact_count").as_int(), Some(1));
        assert_eq!(site.found("张伟").await, ["contact 张伟"], "{one_text}");
        site.well().await;
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

const CONTRACT: &str = r#"
[object]
name = "guarantee"
label = { zh = "合同", en = "Contract" }
plural = { zh = "合同", en = "Contracts" }
icon = "file"
access = { parent = "x_account" }
title = "x_name"
[[field]]
name = "x_name"
type = "text"
label = { zh = "名称", en = "Name" }
required = true
[[field]]
name = "x_account"
type = "reference"
to = "account"
on_delete = "refuse"
inverse = "x_guarantees"
label = { zh = "客户", en = "Account" }
required = true
[[field]]
name = "x_signed_by"
type = "any-reference"
to = ["account", "contact"]
on_delete = "clear"
label = { zh = "签字", en = "Signed by" }
[[view]]
name = "all"
label = { zh = "全部", en = "All" }
columns = ["x_name"]
"#;

const CREDIT: &str = r#"
[object]
name = "credit"
label = { zh = "授信", en = "Credit" }
plural = { zh = "授信", en = "Credits" }
icon = "file"
access = { parent = "x_account" }
title = "x_name"
[[field]]
name = "x_name"
type = "text"
label = { zh = "名称", en = "Name" }
required = true
[[field]]
name = "x_account"
type = "reference"
to = "account"
on_delete = "cascade"
unique = true
inverse = "x_credit"
label = { zh = "客户", en = "Account" }
required = true
[[view]]
name = "all"
label = { zh = "全部", en = "All" }
columns = ["x_name"]
"#;

const COUNT: &str = r#"
[extend]
object = "account"
[[field]]
name = "x_note_count"
type = "rollup"
relation = "notes"
op = "count"
label = { zh = "备注数", en = "Notes" }
"#;

#[test]
fn objects_of_any_pack_are_moved() {
    on_both(|site| async move {
        let packs =
            [("custom/guarantee.toml", CONTRACT), ("custom/credit.toml", CREDIT), ("custom/account.toml", COUNT)];
        for (name, text) in packs {
            site.engine.apply_pack(&site.admin, name, text).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let (a, a_text) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        let signed = format!("account:{b}");
        let contract = site
            .make("guarantee", &[("x_name", "框架合同"), ("x_account", &b_text), ("x_signed_by", &signed)])
            .await
            .id;
        let kept = site.make("credit", &[("x_name", "授信甲"), ("x_account", &a_text)]).await.id;
        let aside = site.make("credit", &[("x_name", "授信乙"), ("x_account", &b_text)]).await.id;
        let note = site.make("note", &[("about", &format!("credit:{aside}")), ("body", "复核")]).await.id;
        site.make("note", &[("about", &signed), ("body", "来访")]).await;
        let before = Snapshot::of(&site).await;
        let merge = site.merged("account", a, &[b]).await;
        assert_eq!(site.read("account", a).await.value("x_note_count").as_int(), Some(1));
        assert_eq!(site.named("guarantee", contract, "x_account").await, Some(a));
        assert_eq!(site.named("guarantee", contract, "x_signed_by").await, Some(a));
        assert_eq!(site.titles("credit", "", false).await, ["授信甲"]);
        assert_eq!(site.named("note", note, "about").await, Some(kept), "what hangs on what is set aside moves too");
        site.well().await;
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}

#[test]
fn views_and_what_was_looked_at_follow() {
    on_both(|site| async move {
        let engine = &site.engine;
        let user = site.user("王敏", None, &["admin"]).await;
        let (a, _) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        site.make("contact", &[("name", "张伟"), ("account", &b_text)]).await;
        let view = View {
            name: String::new(),
            label: Text::same("乙的联系人"),
            columns: vec!["name".to_owned()],
            filter: format!("account == \"{b}\""),
            sort: Vec::new(),
            totals: Vec::new(),
            quick: Vec::new(),
        };
        engine.save_view(&user, "contact", None, view, false).await.expect("saved");
        engine.remember(&user, "account", b);
        let merge = site.merged("account", a, &[b]).await;
        let filter = async || {
            let views = engine.views(&user, "contact").await.expect("views");
            views.iter().find(|view| view.view.label.zh == "乙的联系人").expect("it is there").view.filter.clone()
        };
        assert_eq!(filter().await, format!("account == \"{a}\""));
        assert_eq!(site.titles("contact", &filter().await, false).await, ["张伟"]);
        let recent = engine.recent(&user, 5).await.expect("recent");
        assert_eq!(recent.iter().map(|record| record.id).collect::<Vec<_>>(), [a]);
        site.undone(&merge).await;
        assert_eq!(filter().await, format!("account == \"{b}\""));
        let recent = engine.recent(&user, 5).await.expect("recent");
        assert_eq!(recent.iter().map(|record| record.id).collect::<Vec<_>>(), [b]);
        assert_eq!(user.source, Source::Page);
    });
}

#[test]
fn what_went_for_ever_with_the_survivor_leaves_nothing() {
    on_both(|site| async move {
        let engine = &site.engine;
        let (a, _) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        let (c, _) = site.account(&[("name", "丙")]).await;
        let contact = site.make("contact", &[("name", "张伟"), ("account", &b_text)]).await.id;
        let first = site.merged("account", a, &[b]).await;
        let second = site.merged("account", c, &[a]).await;
        assert_eq!(engine.merged_into(&site.admin, "account", b).await.expect("known"), Some(c));
        engine.delete(&site.admin, "account", c, None, None).await.expect("deleted");
        is_conflict(&engine.unmerge(&site.admin, second.id).await, "recycle bin");
        engine.purge(&site.admin, "account", c).await.expect("purged");
        for merge in [first, second] {
            assert!(matches!(engine.unmerge(&site.admin, merge.id).await, Err(Error::NotFound)));
        }
        let mut tx = engine.db().read().await.expect("a reader");
        for table in ["account", "contact", "merge", "merge_away", "merge_step", "account_match"] {
            let query = zhike_db::Sql::new(&format!("SELECT COUNT(*) FROM {table}"));
            assert_eq!(tx.number(query).await.expect("a count"), 0, "{table} {contact}");
        }
        drop(tx);
        site.well().await;
    });
}

#[test]
fn thousands_are_moved_and_go_back() {
    on_both(|site| async move {
        const MANY: i64 = 1_203;
        let (a, a_text) = site.account(&[("name", "甲")]).await;
        let (b, _) = site.account(&[("name", "乙")]).await;
        site.make("interaction", &[("account", &a_text), ("channel", "phone"), ("content", "谈过")]).await;
        let row = |n: i64| NewRow {
            values: vec![
                ("account", b.into()),
                ("channel", "phone".into()),
                ("content", format!("谈过{n}").into()),
                ("at", (site.engine.now() - n).into()),
            ],
            ..NewRow::default()
        };
        site.engine.load(&site.admin, "interaction", (0..MANY).map(row).collect()).await.expect("loaded");
        let counts = async || {
            let count = async |id| site.read("account", id).await.value("interaction_count").as_int();
            (count(a).await, site.engine.merged_into(&site.admin, "account", b).await.expect("known"))
        };
        let merge = site.merged("account", a, &[b]).await;
        assert_eq!((merge.moved, counts().await), (MANY, (Some(MANY + 1), Some(a))));
        site.undone(&merge).await;
        assert_eq!(counts().await, (Some(1), None));
        assert_eq!(site.read("account", b).await.value("interaction_count").as_int(), Some(MANY));
        let mut tx = site.engine.db().read().await.expect("a reader");
        let left = tx.number(zhike_db::Sql::new("SELECT COUNT(*) FROM merge_step")).await;
        assert_eq!(left.expect("a count"), 0, "the steps hold values, and are not needed any more");
    });
}

#[test]
fn a_survivor_from_a_pool_goes_back_to_it() {
    on_both(|site| async move {
        let fang = site.user("王芳", None, &["sales"]).await;
        let pool = site.make("pool", &[("name", "公海")]).await.id;
        let (lies, _) = site.account(&[("name", "青岛海尔电器有限公司"), ("phone", "0532-88939999")]).await;
        let wish = crate::Return { pool: Some(pool), reason: "联系不上".to_owned(), note: String::new() };
        site.clock.advance(1_000);
        site.engine.give_back(&site.admin, "account", lies, &wish).await.expect("it goes into the pool");
        site.clock.advance(1_000);
        let hers = site.make_as(&fang, "account", &[("name", "烟台张裕葡萄酿酒有限公司")]).await.id;
        let before = Snapshot::of(&site).await;

        site.clock.advance(1_000);
        let merge = site.merged("account", lies, &[hers]).await;
        let survivor = site.read("account", lies).await;
        assert_eq!(survivor.value("owner").as_id(), fang.user_id, "its owner is the one that one of them had");
        assert!(survivor.value("pool").is_null() && survivor.value("owner_since").as_int().is_some());
        site.clock.advance(1_000);
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");

        // the other way round: since when she has it is as it was
        site.clock.advance(1_000);
        let merge = site.merged("account", hers, &[lies]).await;
        site.undone(&merge).await;
        let mut input = MergeInput::new(hers, [site.account(&[("name", "济南重汽")]).await.0]);
        let before = Snapshot::of(&site).await;
        input.choices.insert("owner".to_owned(), Choice::Of(input.losers[0]));
        site.clock.advance(1_000);
        let merge = site.engine.merge(&site.admin, "account", input).await.expect("merged");
        assert_eq!(site.named("account", hers, "owner").await, site.admin.user_id);
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone again");
    });
}

#[test]
fn what_moves_with_a_loser_takes_nothing_of_the_survivor() {
    on_both(|site| async move {
        let [ours, theirs] = ["集团价", "经销价"].map(|name| [("name", name)]);
        let ours = site.make("price_book", &ours).await.id.to_string();
        let theirs = site.make("price_book", &theirs).await.id.to_string();
        let (a, _) = site.account(&[("name", "青岛海尔电器有限公司"), ("price_book", &ours)]).await;
        let (b, b_text) = site.account(&[("name", "海尔电器青岛公司"), ("price_book", &theirs)]).await;
        let quote = site.make("quote", &[("account", &b_text)]).await.id;
        let before = Snapshot::of(&site).await;
        let merge = site.merged("account", a, &[b]).await;
        assert_eq!(site.named("quote", quote, "account").await, Some(a));
        assert_eq!(site.named("quote", quote, "price_book").await.map(|id| id.to_string()), Some(theirs));
        site.undone(&merge).await;
        before.compare(&Snapshot::of(&site).await, "undone");
    });
}
