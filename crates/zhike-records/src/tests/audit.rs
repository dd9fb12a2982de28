//! What the audit tells to whom: names of records, who signed in, and what is asked for.

use zhike_types::{Error, Lang, Uuid};

use super::{NOW, Site, on_both};
use crate::{
    Actor, AuditEntry, AuditQuery, ExportFormat, Happening, Input, ListQuery, LogEntry, Mention, Mentioned, Rights,
};

const DAY: i64 = 24 * 3_600_000;

/// What a field named after each change, newest first.
fn named(history: &[AuditEntry], field: &str) -> Vec<Mentioned> {
    let changes = history.iter().flat_map(|entry| &entry.changes).filter(|change| change.field == field);
    changes.filter_map(|change| change.after_record.as_ref().map(|mention| mention.what.clone())).collect()
}

fn seen(title: &str) -> Mentioned {
    Mentioned::Seen(title.to_owned())
}

async fn log(site: &Site, actor: &Actor, query: AuditQuery) -> Vec<LogEntry> {
    site.engine.audit_log(actor, &AuditQuery { limit: 100, ..query }).await.expect("the log")
}

fn actions(log: &[LogEntry]) -> Vec<&str> {
    log.iter().map(|row| row.entry.action.as_str()).collect()
}

#[test]
fn a_history_names_what_the_reader_sees_and_nothing_else() {
    on_both(|site| async move {
        let engine = &site.engine;
        let wang = site.user("王敏", None, &["sales"]).await;
        let li = site.user("李强", None, &["sales"]).await;
        let hers = site.make_as(&wang, "account", &[("name", "王敏的客户")]).await;
        let other = site.make_as(&wang, "account", &[("name", "王敏的集团")]).await;
        let his = site.make_as(&li, "account", &[("name", "李强的秘密客户")]).await;
        for parent in [&other, &his] {
            let input = Input::default().set("parent", parent.id.to_string());
            engine.change(&site.admin, "account", hers.id, None, input).await.expect("changed");
        }

        let history = engine.history(&wang, "account", hers.id, None, 10).await.expect("her history");
        assert_eq!(named(&history, "parent"), [Mentioned::Closed, seen("王敏的集团")]);
        assert_eq!(named(&history, "owner"), [seen("王敏")]);
        let told = serde_json::to_value(&history).expect("JSON");
        assert!(!told.to_string().contains("秘密"), "{told}");
        let change = &told[0]["changes"].as_array().expect("changes").iter().find(|it| it["field"] == "parent");
        let change = change.expect("the parent changed");
        assert_eq!((&change["before_title"], change.get("after_title")), (&"王敏的集团".into(), None), "{change}");
        assert_eq!(change["before"], other.id.to_string());

        let story =
            engine.timeline(&wang, "account", hers.id, &["change".to_owned()], None, 10).await.expect("a story");
        let changes: Vec<AuditEntry> = story
            .into_iter()
            .map(|entry| match entry.what {
                Happening::Change(change) => change,
                Happening::Record(record) => panic!("{record:?}"),
            })
            .collect();
        assert_eq!(named(&changes, "parent"), named(&history, "parent"));

        let whole = engine.history(&site.admin, "account", hers.id, None, 10).await.expect("the history");
        assert_eq!(named(&whole, "parent"), [seen("李强的秘密客户"), seen("王敏的集团")]);

        // deleted it has its name still; deleted for good it has none, for anybody
        engine.delete(&site.admin, "account", other.id, None, None).await.expect("deleted");
        let history = engine.history(&wang, "account", hers.id, None, 10).await.expect("her history");
        assert_eq!(named(&history, "parent").last(), Some(&seen("王敏的集团")));
        engine.purge(&site.admin, "account", other.id).await.expect("purged");
        for actor in [&wang, &site.admin] {
            let history = engine.history(actor, "account", hers.id, None, 10).await.expect("a history");
            assert_eq!(named(&history, "parent").last(), Some(&Mentioned::Gone));
        }
    });
}

#[test]
fn the_log_names_its_records_within_the_readers_scope() {
    on_both(|site| async move {
        let rights: Rights = serde_json::from_value(serde_json::json!({
            "duties": ["audit"], "objects": { "account": { "read": "own" } },
        }))
        .expect("rights");
        let label = zhike_types::Text::same("审计员");
        site.engine.save_role(&site.admin, None, "auditor", label, rights).await.expect("a role");
        let auditor = site.user("审计员", None, &["auditor"]).await;
        let clerk = site.user("王敏", None, &["sales"]).await;
        assert!(matches!(site.engine.audit_log(&clerk, &AuditQuery::default()).await, Err(Error::Forbidden(_))));
        let account = site.make_as(&clerk, "account", &[("name", "王敏的客户")]).await;
        let contact = site.make_as(&clerk, "contact", &[("name", "赵云"), ("account", &account.id.to_string())]).await;
        let about = |log: &[LogEntry], id: Uuid| {
            let row = log.iter().find(|row| row.record_id == Some(id)).expect("it is on record");
            (row.record.clone().expect("a record").what, row.entry.changes.len())
        };

        let all = log(&site, &auditor, AuditQuery::default()).await;
        assert_eq!(about(&all, account.id).0, Mentioned::Closed, "not hers");
        assert_eq!(about(&all, contact.id), (Mentioned::Closed, 0), "of contacts the role knows nothing");
        let owners = all.iter().flat_map(|row| &row.entry.changes).filter(|change| change.field == "owner");
        for change in owners {
            assert_eq!(change.after_record.as_ref().and_then(Mention::title), None, "users are not for this role");
        }
        let whole = log(&site, &site.admin, AuditQuery::default()).await;
        assert_eq!(about(&whole, account.id).0, Mentioned::Seen("王敏的客户".to_owned()));
        let role = whole.iter().find(|row| row.object == "role").and_then(|row| row.record.clone()).expect("a role");
        assert_eq!(role.title(), Some("审计员"));
        site.engine.delete(&site.admin, "account", account.id, None, None).await.expect("deleted");
        site.engine.purge(&site.admin, "account", account.id).await.expect("purged");
        let whole = log(&site, &site.admin, AuditQuery::default()).await;
        assert_eq!(about(&whole, account.id).0, Mentioned::Gone);
    });
}

#[test]
fn who_signs_in_is_named_and_who_fails_is_nobody() {
    on_both(|site| async move {
        let engine = &site.engine;
        let id = site.user("王敏", None, &["sales"]).await.user_id.expect("a user");
        engine.set_credential(&site.admin, id, "wangmin", "correct horse").await.expect("set");
        assert!(engine.sign_in("wangmin", "wrong", "192.0.2.9", "").await.is_err());
        engine.sign_in("wangmin", "correct horse", "192.0.2.7", "").await.expect("signed in");
        let rows = log(&site, &site.admin, AuditQuery { user: Some(id), ..AuditQuery::default() }).await;
        assert_eq!(actions(&rows), ["sign-in", "sign-in-failed"]);
        let [right, wrong] = &rows[..] else { panic!("two rows") };
        assert_eq!((&*right.entry.actor, right.entry.actor_id), ("王敏", Some(id)));
        assert_eq!(right.entry.source, "page (192.0.2.7)");
        assert_eq!((wrong.entry.actor_id, &*wrong.entry.source), (None, "page (192.0.2.9)"));
        assert_eq!(wrong.record.as_ref().and_then(Mention::title), Some("王敏"));
    });
}

#[test]
fn the_log_is_asked_by_time_person_object_and_deed() {
    on_both(|site| async move {
        let clerk = site.user("王敏", None, &["sales"]).await;
        for day in 0..9 {
            site.clock.set(NOW + day * DAY);
            let made = site.make_as(&clerk, "account", &[("name", &format!("第{day}天的公司"))]).await;
            if day % 3 == 0 {
                site.engine.delete(&site.admin, "account", made.id, None, None).await.expect("deleted");
            }
        }
        let accounts = |query: AuditQuery| AuditQuery { object: Some("account".to_owned()), ..query };
        let days = |log: &[LogEntry]| log.iter().map(|row| (row.entry.at - NOW) / DAY).collect::<Vec<_>>();
        let made = || vec!["create".to_owned()];
        let asked = accounts(AuditQuery { actions: made(), ..AuditQuery::default() });
        assert_eq!(days(&log(&site, &site.admin, asked.clone()).await), [8, 7, 6, 5, 4, 3, 2, 1, 0]);
        let some = AuditQuery { from: Some(NOW + 2 * DAY), until: Some(NOW + 5 * DAY), ..asked.clone() };
        assert_eq!(days(&log(&site, &site.admin, some.clone()).await), [4, 3, 2]);
        for day in 0..9 {
            let one = AuditQuery { from: Some(NOW + day * DAY), until: Some(NOW + day * DAY + 1), ..asked.clone() };
            assert_eq!(days(&log(&site, &site.admin, one).await), [day]);
        }
        let later = AuditQuery { from: Some(NOW + 900 * DAY), ..asked.clone() };
        assert!(log(&site, &site.admin, later).await.is_empty());
        let earlier = AuditQuery { until: Some(NOW - 900 * DAY), ..asked };
        assert!(log(&site, &site.admin, earlier).await.is_empty());
        // page after page
        let first = site.engine.audit_log(&site.admin, &AuditQuery { limit: 2, ..some.clone() }).await.expect("a page");
        let before = first.last().map(|row| row.entry.seq);
        assert_eq!(days(&log(&site, &site.admin, AuditQuery { before, ..some }).await), [2]);

        let hers = accounts(AuditQuery { user: clerk.user_id, ..AuditQuery::default() });
        assert!(log(&site, &site.admin, hers).await.iter().all(|row| row.entry.action == "create"));
        let gone = AuditQuery { actions: vec!["delete".to_owned(), "purge".to_owned()], ..AuditQuery::default() };
        assert_eq!(days(&log(&site, &site.admin, gone).await), [6, 3, 0]);
    });
}

#[test]
fn an_export_says_how_many_rows_and_by_what_filter() {
    on_both(|site| async move {
        site.make("account", &[("name", "青岛甲公司"), ("level", "A")]).await;
        let folder = tempfile::tempdir().expect("a folder");
        let query =
            ListQuery { object: "account".to_owned(), filter: "level == \"A\"".to_owned(), ..ListQuery::default() };
        let admin = site.admin.clone().with_lang(Lang::Zh);
        site.engine
            .export(&admin, &query, ExportFormat::Csv, &folder.path().join("out.csv"), &|_| {})
            .await
            .expect("exported");
        let asked = || AuditQuery { actions: vec!["export".to_owned()], ..AuditQuery::default() };
        let facts = |log: &[LogEntry]| {
            log[0].entry.changes.iter().map(|fact| (fact.field.clone(), fact.after.clone())).collect::<Vec<_>>()
        };
        let told = facts(&log(&site, &admin, asked()).await);
        assert!(told.contains(&("rows".to_owned(), "1".to_owned())), "{told:?}");
        assert!(told.contains(&("filter".to_owned(), "level == \"A\"".to_owned())), "{told:?}");

        // a filter may name a number that the reader sees masked
        let rights: Rights = serde_json::from_value(serde_json::json!({
            "duties": ["audit"], "personal": "masked", "objects": { "*": { "read": "all" } },
        }))
        .expect("rights");
        let label = zhike_types::Text::same("审计员");
        site.engine.save_role(&site.admin, None, "auditor", label, rights).await.expect("a role");
        let auditor = site.user("审计员", None, &["auditor"]).await;
        let told = facts(&log(&site, &auditor, asked()).await);
        assert!(
            told.iter().any(|(name, _)| name == "rows") && told.iter().all(|(name, _)| name != "filter"),
            "{told:?}"
        );
    });
}
