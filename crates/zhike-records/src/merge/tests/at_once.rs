use zhike_types::{Error, Uuid};

use super::{MergeInput, snapshot::Snapshot};
use crate::{Input, tests::on_both};

#[test]
fn of_two_merges_at_once_one_wins() {
    on_both(|site| async move {
        let mut ids: Vec<Uuid> = Vec::new();
        for n in 0..6 {
            let (id, text) = site.account(&[("name", &format!("公司{n}")), ("tags", &format!("签{n}"))]).await;
            site.make("contact", &[("name", "张伟"), ("account", &text)]).await;
            ids.push(id);
        }
        let before = Snapshot::of(&site).await;
        for _ in 0..4 {
            let merge = |survivor: usize, losers: &[usize]| {
                let losers: Vec<Uuid> = losers.iter().map(|&n| ids[n]).collect();
                let (engine, actor, survivor) = (site.engine.clone(), site.admin.clone(), ids[survivor]);
                async move { engine.merge(&actor, "account", MergeInput::new(survivor, losers)).await }
            };
            let (one, two, three) = tokio::join!(merge(0, &[1, 2]), merge(2, &[3, 0]), merge(4, &[5]));
            let three = three.expect("it concerns nobody else");
            let won = match (one, two) {
                (Ok(won), Err(Error::Conflict(why))) | (Err(Error::Conflict(why)), Ok(won)) => {
                    assert!(why.en.contains("was merged into"), "{}", why.en);
                    won
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(site.titles("account", "", false).await.len(), 3);
            site.well().await;
            // undone twice at once: one does it, the other hears so
            let undo = |id: Uuid| {
                let (engine, actor) = (site.engine.clone(), site.admin.clone());
                async move { engine.unmerge(&actor, id).await }
            };
            let (one, two, three) = tokio::join!(undo(won.id), undo(won.id), undo(three.id));
            assert!(one.is_ok() != two.is_ok() && three.is_ok(), "{one:?} {two:?} {three:?}");
            before.compare(&Snapshot::of(&site).await, "undone");
        }
    });
}

#[test]
fn nothing_is_hung_on_a_record_while_it_is_merged_away() {
    on_both(|site| async move {
        let (a, _) = site.account(&[("name", "甲")]).await;
        let (b, b_text) = site.account(&[("name", "乙")]).await;
        let hang = |n: usize| {
            let (engine, actor, account) = (site.engine.clone(), site.admin.clone(), b_text.clone());
            async move {
                let input = Input::default().set("name", format!("联系人{n}")).set("account", account);
                engine.create(&actor, "contact", input).await
            }
        };
        let merge = site.engine.merge(&site.admin, "account", MergeInput::new(a, [b]));
        let (first, second, merged, third, fourth) = tokio::join!(hang(1), hang(2), merge, hang(3), hang(4));
        merged.expect("merged");
        let made = [first, second, third, fourth].into_iter().flatten().count();
        site.well().await;
        let count = site.read("account", a).await.value("contact_count").as_int();
        assert_eq!(count, Some(made as i64));
        assert!(hang(5).await.is_err());
    });
}
