//! Stages that are records.

use super::{all, change, fields, refused, stage, text};
use crate::tests::{NOW, on_both};

const HOUR: i64 = 3_600_000;

#[test]
fn a_new_opportunity_begins_where_its_pipeline_begins() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let made = site.make("opportunity", &[("name", "冷链设备"), ("account", &account)]).await;
        assert_eq!(made.value("stage").as_id(), Some(stage(&site, "初步接洽").await));
        assert_eq!(made.value("pipeline").as_id(), Some(all(&site, "pipeline").await[0].id));
        assert_eq!((text(&made, "result").as_str(), made.value("probability").as_int()), ("open", Some(100)));
        assert_eq!((made.value("stage_since").as_int(), made.value("closed_at").as_int()), (Some(NOW), None));

        // another pipeline, and what goes with it
        let other = site.make("pipeline", &[("name", "续约")]).await.id.to_string();
        let first = [("pipeline", other.as_str()), ("name", "提醒"), ("rank", "1"), ("probability", "60")];
        let first = site.make("pipeline_stage", &first).await;
        let moved = change(&site, &made, &[("pipeline", &other)]).await.expect("it goes over");
        assert_eq!(moved.value("stage").as_id(), Some(first.id));
        let foreign = stage(&site, "需求确认").await.to_string();
        let errors = change(&site, &moved, &[("stage", &foreign)]).await.expect_err("a stage of another pipeline");
        assert_eq!(fields(&errors), ["stage"]);
        assert!(errors[0].message.zh.contains("属于另一个销售流程"), "{}", errors[0].message.zh);
        let begun = [("name", "续约"), ("account", account.as_str()), ("stage", &first.id.to_string())];
        let begun = site.make("opportunity", &begun).await;
        assert_eq!(begun.value("pipeline").as_id(), first.value("pipeline").as_id());
        let errors = change(&site, &moved, &[("stage", "")]).await.expect_err("no stage at all");
        assert_eq!(fields(&errors), ["stage"]);
    });
}

#[test]
fn a_stage_asks_for_fields_and_a_condition_and_says_since_when() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let made = site.make("opportunity", &[("name", "冷链设备"), ("account", &account)]).await;
        let (proposal, won, lost) =
            (stage(&site, "方案报价").await, stage(&site, "赢单").await, stage(&site, "输单").await);
        let at = |id: zhike_types::Uuid| id.to_string();
        let errors = change(&site, &made, &[("stage", &at(proposal))]).await.expect_err("it needs an amount");
        assert_eq!(fields(&errors), ["amount", "expected_close"]);

        site.clock.set(NOW + HOUR);
        let to = [("stage", at(proposal)), ("amount", "120000".into()), ("expected_close", "2026-04-01".into())];
        let to: Vec<(&str, &str)> = to.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let offered = change(&site, &made, &to).await.expect("it moves");
        assert_eq!(offered.value("stage_since").as_int(), Some(NOW + HOUR));
        assert_eq!(super::minor(&offered, "weighted"), 6_000_000);
        site.clock.set(NOW + 2 * HOUR);
        let renamed = change(&site, &offered, &[("name", "冷链设备二期")]).await.expect("a name");
        assert_eq!(renamed.value("stage_since").as_int(), Some(NOW + HOUR));

        // what people make of a stage counts from then on
        let record = all(&site, "pipeline_stage").await.into_iter().find(|stage| stage.id == won).expect("won");
        let gate = [("gate", "line_count > 0"), ("gate_message", "赢单前请先加上产品。")];
        change(&site, &record, &gate).await.expect("a gate");
        let errors = change(&site, &renamed, &[("stage", &at(won))]).await.expect_err("no products");
        assert_eq!((errors[0].field.as_str(), errors[0].message.zh.as_ref()), ("stage", "赢单前请先加上产品。"));
        let product = site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "6000")]).await;
        let opportunity = renamed.id.to_string();
        let line = [("opportunity", opportunity.as_str()), ("product", &product.id.to_string()), ("price", "6000")];
        site.make("opportunity_line", &line).await;
        let closed = change(&site, &renamed, &[("stage", &at(won))]).await.expect("it is won");
        assert_eq!(
            (text(&closed, "result").as_str(), closed.value("closed_at").as_int()),
            ("won", Some(NOW + 2 * HOUR))
        );
        assert_eq!(super::minor(&closed, "weighted"), 12_000_000);

        let errors = change(&site, &closed, &[("stage", &at(lost))]).await.expect_err("why");
        assert_eq!(fields(&errors), ["reason"]);
        let reason = |name: &'static str| {
            let site = &site;
            async move {
                all(site, "deal_reason").await.iter().find(|r| text(r, "name") == name).expect("one").id.to_string()
            }
        };
        let (price, product) = (reason("价格偏高").await, reason("产品更合适").await);
        let errors =
            change(&site, &closed, &[("stage", &at(lost)), ("reason", &product)]).await.expect_err("a reason to win");
        assert_eq!(fields(&errors), ["reason"]);
        change(&site, &closed, &[("stage", &at(lost)), ("reason", &price)]).await.expect("it is lost");
    });
}

#[test]
fn a_stage_that_cannot_work_is_not_saved() {
    on_both(|site| async move {
        let pipeline = all(&site, "pipeline").await[0].id.to_string();
        let base = [("pipeline", pipeline.as_str()), ("name", "演示"), ("probability", "40")];
        let with = |more: &[(&'static str, &'static str)]| [base.as_slice(), more].concat();
        let unknown = refused(&site, "pipeline_stage", &with(&[("requires", "amount，amuont")])).await;
        assert!(fields(&unknown) == ["requires"] && unknown[0].message.zh.contains("amuont"), "{unknown:?}");
        let wrong = refused(&site, "pipeline_stage", &with(&[("gate", "amount >"), ("gate_message", "x")])).await;
        assert_eq!(fields(&wrong), ["gate"]);
        let silent = refused(&site, "pipeline_stage", &with(&[("gate", "amount > 0")])).await;
        assert_eq!(fields(&silent), ["gate_message"]);
        let beyond = refused(&site, "pipeline_stage", &[&base[..2], &[("probability", "101")]].concat()).await;
        assert_eq!(fields(&beyond), ["probability"]);
    });
}

#[test]
fn first_records_are_made_once() {
    on_both(|site| async move {
        let before = all(&site, "deal_reason").await;
        assert_eq!((all(&site, "pipeline_stage").await.len(), before.len()), (6, 10));
        site.engine.delete(&site.admin, "deal_reason", before[0].id, None, None).await.expect("gone");
        change(&site, &before[1], &[("name", "别的说法")]).await.expect("renamed");
        site.engine.make_first_records(&site.engine.model()).await.expect("nothing to do");
        let after = all(&site, "deal_reason").await;
        assert!(after.len() == 9 && after.iter().any(|reason| text(reason, "name") == "别的说法"));
    });
}
