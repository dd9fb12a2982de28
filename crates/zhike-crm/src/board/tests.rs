use std::sync::Arc;

use zhike_records::{Actor, Engine, Input, Record, Source};
use zhike_types::{Error, Value, Zone};

use super::{Moved, Query, days_in_stage, figures, is_rotten, move_to, read};
use crate::tests::on_both;

/// 2026-03-02T10:00+08:00.
const NOW: i64 = 1_772_416_800_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

#[test]
fn a_card_rots_when_its_stage_has_taken_longer_than_it_should() {
    let zone = Zone::default();
    let days = |ago: i64| days_in_stage(Some(NOW - ago), NOW, &zone);
    assert_eq!((days(0), days(DAY), days(11 * 60 * 60 * 1000)), (Some(0), Some(1), Some(1)));
    assert_eq!(days_in_stage(Some(NOW + DAY), NOW, &zone), Some(0));
    assert_eq!(days_in_stage(None, NOW, &zone), None);
    for (days, most, rotten) in [
        (Some(8), Some(7), true),
        (Some(7), Some(7), false),
        (Some(99), None, false),
        (Some(1), Some(0), false),
        (None, Some(1), false),
    ] {
        assert_eq!(is_rotten(days, most), rotten, "{days:?} of {most:?}");
    }
}

fn input(fields: &[(&str, &str)]) -> Input {
    fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text))
}

async fn made(engine: &Engine, fields: &[(&str, &str)]) -> Record {
    engine.create(&Actor::system(Source::Command), "account", input(fields)).await.expect("made")
}

#[test]
fn a_board_has_a_column_for_each_stage_with_count_sum_and_cards() {
    on_both(NOW, |engine| async move {
        let account = Arc::clone(engine.model().object("account").expect("the core pack has it"));
        let actor = Actor::system(Source::Command);
        for i in 0..25 {
            let name = format!("公司{i:02}");
            made(&engine, &[("name", &name), ("annual_revenue", "1000.5"), ("level", if i < 5 { "A" } else { "B" })])
                .await;
        }
        made(&engine, &[("name", "老客户"), ("status", "active")]).await;
        let query = Query { limit: 20, ..Query::default() };
        let board = read(&engine, &actor, &account, &query).await.expect("a board");
        let keys: Vec<&str> = board.columns.iter().map(|column| column.stage.key.as_str()).collect();
        assert_eq!(keys, ["potential", "expected", "active", "dormant", "lost"]);
        assert_eq!(board.columns[2].stage.to, ["dormant", "lost"]);
        let counts: Vec<usize> = board.columns.iter().map(|column| column.page.records.len()).collect();
        assert_eq!(counts, [20, 0, 1, 0, 0]);
        let next = board.columns[0].page.next.clone().expect("five more");
        let behind = Query { behind: Some(("potential".to_owned(), next)), ..query.clone() };
        let more = read(&engine, &actor, &account, &behind).await.expect("further cards");
        assert_eq!((more.columns.len(), more.columns[0].page.records.len()), (1, 5));
        assert!(more.columns[0].page.next.is_none());

        let all = figures(&engine, &actor, &account, "").await.expect("figures");
        assert_eq!((all["potential"].count, all["potential"].sum.clone()), (25, Some(Value::Int(2_501_250))));
        assert_eq!((all["active"].count, all.get("lost")), (1, None));
        let some = figures(&engine, &actor, &account, "level == \"A\"").await.expect("figures");
        assert_eq!((some["potential"].count, some.len()), (5, 1));
    });
}

#[test]
fn a_move_gives_way_to_a_colleagues_move_and_to_nothing_else() {
    on_both(NOW, |engine| async move {
        let account = Arc::clone(engine.model().object("account").expect("the core pack has it"));
        let actor = Actor::system(Source::Page);
        let card = made(&engine, &[("name", "甲公司")]).await;
        let to = |stage: &str| input(&[("status", stage)]);

        // a colleague wrote a remark meanwhile
        engine.change(&actor, "account", card.id, None, input(&[("remark", "回访")])).await.expect("changed");
        let moved = move_to(&engine, &actor, &account, card.id, Some(card.version), "potential", to("expected")).await;
        let Ok(Moved::Done(record)) = moved else { panic!("{moved:?}") };
        assert_eq!(record.value("status"), &Value::Text("expected".into()));

        // a colleague moved it meanwhile
        let seen = record.version;
        engine.change(&actor, "account", card.id, None, to("active")).await.expect("changed");
        let moved = move_to(&engine, &actor, &account, card.id, Some(seen), "expected", to("lost")).await;
        let Ok(Moved::Elsewhere { record, .. }) = moved else { panic!("{moved:?}") };
        assert_eq!(record.value("status"), &Value::Text("active".into()));

        // a stage that wants a field, and one that cannot be reached
        let wants = move_to(&engine, &actor, &account, card.id, None, "active", to("lost")).await;
        let Err(Error::Invalid(errors)) = wants else { panic!("{wants:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("lost_reason", "required"));
        let closed = move_to(&engine, &actor, &account, card.id, None, "active", to("potential")).await;
        let Err(Error::Invalid(errors)) = closed else { panic!("{closed:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("status", "stage"));
        let given = input(&[("status", "lost"), ("lost_reason", "价格")]);
        let moved = move_to(&engine, &actor, &account, card.id, None, "active", given).await;
        assert!(matches!(moved, Ok(Moved::Done(_))), "{moved:?}");
    });
}
