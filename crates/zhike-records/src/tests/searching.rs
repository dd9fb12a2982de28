use std::fmt::Write as _;

use super::on_both;

#[test]
fn a_customer_is_found_the_ways_people_look() {
    on_both(|site| async move {
        site.make(
            "account",
            &[("name", "青岛海尔电器有限公司"), ("phone", "0532-88939999"), ("email", "service@haier.example")],
        )
        .await;
        site.make("account", &[("name", "北京华为技术有限公司"), ("phone", "13812346138")]).await;
        let account = site.make("account", &[("name", "深圳腾讯科技有限公司")]).await;
        site.make("contact", &[("name", "单雄信"), ("account", &account.id.to_string()), ("mobile", "139 0000 6666")])
            .await;
        let expected = [
            ("海尔", "青岛海尔电器有限公司"),
            ("haier", "青岛海尔电器有限公司"),
            ("qdhe", "青岛海尔电器有限公司"),
            ("qingdaohaier", "青岛海尔电器有限公司"),
            ("6138", "北京华为技术有限公司"),
            ("1381234", "北京华为技术有限公司"),
            ("service@hai", "青岛海尔电器有限公司"),
            ("青岛 电器", "青岛海尔电器有限公司"),
            ("shanxiong", "单雄信"),
            ("sxx", "单雄信"),
            ("6666", "单雄信"),
        ];
        // young words, then the index
        for _ in 0..2 {
            for (typed, title) in expected {
                let groups = site.engine.search(&site.admin, typed, &[], 5).await.expect("a search");
                let first = groups.first().and_then(|group| group.hits.first());
                assert_eq!(first.map(|hit| hit.record.title()), Some(title), "{typed}");
            }
            for nothing in ["苹果", "", "  ", "()", "99999", "'; DROP TABLE account; --", "\"*", "%", "s华"] {
                let groups = site.engine.search(&site.admin, nothing, &[], 5).await.expect("a search");
                assert!(groups.is_empty(), "{nothing}");
            }
            site.engine.index_all_words().await.expect("moved");
        }
    });
}

#[test]
fn what_was_renamed_is_found_by_its_new_name_only() {
    on_both(|site| async move {
        for moved_before in [false, true] {
            let account = site.make("account", &[("name", "旧名贸易有限公司")]).await;
            if moved_before {
                site.engine.index_all_words().await.expect("moved");
            }
            let input = crate::Input::default().set("name", "新颖食品有限公司");
            site.engine.change(&site.admin, "account", account.id, None, input).await.expect("renamed");
            for _ in 0..2 {
                assert!(site.engine.search(&site.admin, "旧名", &[], 5).await.expect("a search").is_empty());
                let groups = site.engine.search(&site.admin, "新颖", &[], 5).await.expect("a search");
                assert_eq!(groups.iter().map(|group| group.hits.len()).collect::<Vec<_>>(), [1]);
                site.engine.index_all_words().await.expect("moved");
            }
            site.engine.delete(&site.admin, "account", account.id, None, None).await.expect("deleted");
            assert!(site.engine.search(&site.admin, "新颖", &[], 5).await.expect("a search").is_empty());
        }
    });
}

#[test]
fn a_name_that_begins_so_is_found_before_hundreds_that_hold_it_somewhere() {
    on_both(|site| async move {
        site.make("account", &[("name", "海尔集团公司")]).await;
        for i in 0..260 {
            site.make("tag", &[("name", &format!("代理{i}海尔"))]).await;
            if i < 220 {
                site.make("account", &[("name", &format!("第{i}海尔专卖店"))]).await;
            }
        }
        for _ in 0..2 {
            let groups = site.engine.search(&site.admin, "海尔", &["account".to_owned()], 3).await.expect("a search");
            assert_eq!(groups[0].hits[0].record.title(), "海尔集团公司");
            site.engine.index_all_words().await.expect("moved");
        }
    });
}

#[test]
fn a_model_that_grows_fills_what_is_there_already() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "东海水产公司")]).await;
        site.make("contact", &[("name", "张伟"), ("account", &account.id.to_string())]).await;
        let pack = r#"
[extend]
object = "account"

[[field]]
name = "x_people"
type = "rollup"
relation = "contacts"
op = "count"
label = { zh = "人数", en = "People" }

[[field]]
name = "x_hint"
type = "text"
max = 40
search = 5
label = { zh = "暗号", en = "Hint" }
"#;
        site.engine.apply_pack(&site.admin, "grow", pack).await.expect("applied");
        let read = site.engine.read(&site.admin, "account", account.id).await.expect("it is there");
        assert_eq!(read.value("x_people").as_int(), Some(1));
        assert_eq!(site.engine.search(&site.admin, "水产", &[], 3).await.expect("a search").len(), 1);
        site.engine
            .change(&site.admin, "account", account.id, None, crate::Input::default().set("x_hint", "天王盖地虎"))
            .await
            .expect("changed");
        assert_eq!(site.engine.search(&site.admin, "天王", &[], 3).await.expect("a search").len(), 1);
    });
}

#[test]
fn a_long_chain_of_computed_fields_is_followed_to_its_end() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "东海水产公司")]).await;
        let mut pack = r#"
[extend]
object = "account"

[[field]]
name = "x_0"
type = "rollup"
relation = "contacts"
op = "count"
label = { zh = "人数", en = "People" }
"#
        .to_owned();
        for n in 1..=24 {
            let before = n - 1;
            let _ = write!(
                pack,
                "\n[[field]]\nname = \"x_{n}\"\ntype = \"formula\"\nformula = \"x_{before} + 1\"\nlabel = {{ zh = \"第{n}步\", en = \"Step {n}\" }}\n"
            );
        }
        site.engine.apply_pack(&site.admin, "chain", &pack).await.expect("applied");
        site.make("contact", &[("name", "张伟"), ("account", &account.id.to_string())]).await;
        let read = site.engine.read(&site.admin, "account", account.id).await.expect("it is there");
        let steps: Vec<Option<i64>> = (1..=24).map(|n| read.value(&format!("x_{n}")).as_int()).collect();
        assert_eq!(steps, (2..=25).map(|people| Some(people * 100)).collect::<Vec<_>>());
    });
}
