//! Who may merge may review, and nobody learns more by it than by reading the records.

use zhike_match::Band;
use zhike_types::{Error, Text};

use super::{Decision, scanned, spellings};
use crate::{Rights, tests::on_both};

#[test]
fn reviewing_takes_the_right_to_merge_and_the_records() {
    on_both(|site| async move {
        let engine = &site.engine;
        let north = site.make("department", &[("name", "华北")]).await.id;
        let manager = site.user("王敏", Some(north), &["manager"]).await;
        let sales = site.user("李强", Some(north), &["sales"]).await;
        let ids = spellings(&site, 2).await;
        let owner = manager.user_id.expect("a user").to_string();
        let hers = site.make("account", &[("name", "青岛海尔电器集团"), ("owner", &owner)]).await.id;
        scanned(&site).await;

        let starts = engine.scan_start(&sales, "account").await;
        assert!(matches!(starts, Err(Error::Forbidden(_))), "{starts:?}");
        let decides = engine.decide(&sales, "account", ids[0], ids[1], Decision::Same, None).await;
        assert!(matches!(decides, Err(Error::Forbidden(_))), "{decides:?}");
        let explains = engine.explain_pair(&sales, "account", ids[0], ids[1]).await;
        assert!(matches!(explains, Err(Error::Forbidden(_))), "{:?}", explains.err());
        for (left, right) in [(ids[0], ids[1]), (hers, ids[0])] {
            let decides = engine.decide(&manager, "account", left, right, Decision::Same, None).await;
            assert!(matches!(decides, Err(Error::NotFound)), "{decides:?}");
            let explains = engine.explain_pair(&manager, "account", left, right).await;
            assert!(matches!(explains, Err(Error::NotFound)), "{:?}", explains.err());
        }
        let twice = engine.decide(&manager, "account", hers, hers, Decision::Same, None).await;
        assert!(matches!(twice, Err(Error::Invalid(_))), "{twice:?}");
        let long = engine.decide(&site.admin, "account", ids[0], ids[1], Decision::Same, Some(&"长".repeat(501))).await;
        assert!(matches!(long, Err(Error::Invalid(_))), "{long:?}");
        let tasks = engine.scan_start(&site.admin, "task").await;
        assert!(matches!(tasks, Err(Error::Invalid(_))), "{tasks:?}");

        // the scan is everybody's, what it found is not
        assert!(engine.scan_latest(&manager, "account").await.expect("asked").is_some());
        let made = engine.decisions(&manager, "account", None, 10).await.expect("listed");
        assert!(made.pairs.is_empty());
    });
}

#[test]
fn a_waterfall_adds_up_and_masks_what_is_masked() {
    on_both(|site| async move {
        let engine = &site.engine;
        let json = r#"{"objects": {"*": {"read": "all", "create": true, "change": "all", "delete": "all", "merge": true}}, "personal": "masked"}"#;
        let rights: Rights = serde_json::from_str(json).expect("rights");
        engine.save_role(&site.admin, None, "clerk", Text::same("文员"), rights).await.expect("a role");
        let clerk = site.user("王敏", None, &["clerk"]).await;
        let ids = spellings(&site, 2).await;
        for (id, name) in ids.iter().zip(["周宁", "周宁"]) {
            site.make("contact", &[("name", name), ("account", &id.to_string()), ("mobile", "13905321234")]).await;
        }
        for scans in [false, true] {
            if scans {
                scanned(&site).await;
            }
            let plain = engine.explain_pair(&site.admin, "account", ids[0], ids[1]).await.expect("explained");
            let sum: f32 = plain.prior_bits + plain.lines.iter().map(|line| line.bits).sum::<f32>() - plain.held_bits;
            assert!((sum - plain.total_bits).abs() < 0.01, "{plain:?}");
            assert!(plain.band == Band::Same && plain.probability > 0.8 && plain.decision == Decision::Open);
            let of = |fall: &crate::Waterfall, label: &str| {
                let line = fall.lines.iter().find(|line| line.label.zh == label);
                let line = line.unwrap_or_else(|| panic!("no {label}"));
                (line.left.clone(), line.right.clone())
            };
            assert_eq!(of(&plain, "客户名称").0, "海尔");
            assert!(of(&plain, "手机").0.contains("1234"), "{plain:?}");
            let masked = engine.explain_pair(&clerk, "account", ids[0], ids[1]).await.expect("explained");
            assert_eq!(of(&masked, "客户名称").0, "海尔", "no personal value");
            let told: Vec<String> = masked.lines.iter().map(|line| format!("{} {}", line.left, line.right)).collect();
            assert!(told.iter().all(|line| !line.contains("周宁") && !line.contains("13905321234")), "{told:?}");
            assert!((masked.total_bits - plain.total_bits).abs() < 0.01);
        }

        let two = ["青岛蓝海湾酒店管理有限公司", "济南蓝海湾酒店管理有限公司"];
        let [one, other] = two.map(|name| [("name", name), ("phone", "13812340001")]);
        let (one, other) = (site.make("account", &one).await.id, site.make("account", &other).await.id);
        let held = engine.explain_pair(&site.admin, "account", one, other).await.expect("explained");
        assert!(held.held.is_some() && held.held_bits > 0.0 && held.band == Band::Review, "{held:?}");
        engine.decide(&site.admin, "account", other, one, Decision::Different, None).await.expect("decided");
        let told = engine.explain_pair(&site.admin, "account", one, other).await.expect("explained");
        assert_eq!(told.decision, Decision::Different);
    });
}
