//! Shares of the largest customers, against plain arithmetic, on both databases.

use zhike_types::{Currency, Error, Uuid, Value, days_of};

use super::{Basis, Concentration, ConcentrationQuery};
use crate::{
    Actor, NewRow, Period,
    tests::{Site, on_both},
};

fn asked() -> ConcentrationQuery {
    ConcentrationQuery {
        basis: Basis::Paid,
        period: Period::parse("2026-Q1").expect("a quarter"),
        department: None,
        owner: None,
        by_department: false,
    }
}

/// Customers of two people, with payments of these amounts (in fen) in February.
async fn paid(site: &Site, keepers: &[&Actor; 2], amounts: &[i64]) -> Vec<Uuid> {
    let day = days_of(jiff::civil::date(2026, 2, 10));
    let (mut accounts, mut rows) = (Vec::new(), Vec::new());
    for (i, amount) in amounts.iter().enumerate() {
        let owner = keepers[i % 2].user_id.expect("a user").to_string();
        let account = site.make("account", &[("name", &format!("客户{}号厂", i + 1)), ("owner", &owner)]).await.id;
        accounts.push(account);
        // in two parts, one of them before a refund
        for (part, currency, on) in [
            (amount - 7, Currency::CNY, day),
            (10, Currency::CNY, day),
            (-3, Currency::CNY, day),
            (1_000_000_000, Currency::parse("USD").expect("a currency"), day),
            (5_000_000, Currency::CNY, day - 60),
        ] {
            let values =
                vec![("account", account.into()), ("amount", Value::money(part, currency)), ("received_on", on.into())];
            rows.push(NewRow { values, ..NewRow::default() });
        }
    }
    site.engine.load(&site.admin, "payment", rows).await.expect("payments");
    accounts
}

async fn read(site: &Site, actor: &Actor, query: &ConcentrationQuery) -> Concentration {
    site.engine.concentration(actor, query).await.expect("figures")
}

#[test]
fn the_largest_come_first_and_the_shares_are_exact() {
    on_both(|site| async move {
        let (east, west) = (
            site.make("department", &[("name", "东区")]).await.id,
            site.make("department", &[("name", "西区")]).await.id,
        );
        let wang = site.user("王一", Some(east), &["sales"]).await;
        let li = site.user("李二", Some(west), &["sales"]).await;
        let amounts = [100, 8_000, 400, 500, 300, 200, 250, 150, 60, 40];
        let accounts = paid(&site, &[&wang, &li], &amounts).await;
        let whole = read(&site, &site.admin, &asked()).await;
        assert_eq!((whole.customers, whole.total), (10, 10_000));
        assert_eq!(
            whole.top.iter().map(|one| one.amount).collect::<Vec<_>>(),
            [8_000, 500, 400, 300, 250, 200, 150, 100, 60, 40]
        );
        assert_eq!((whole.top[0].id, whole.top[0].name.as_str()), (accounts[1], "客户2号厂"));
        assert_eq!((whole.four_fifths, whole.top_fifth), (1, 8_500));
        assert_eq!(whole.curve.first().copied(), Some((1, 8_000)));
        assert_eq!(whole.curve.last().copied(), Some((10, 10_000)));
        // parts are the whole
        assert_eq!(whole.parts.iter().map(|part| part.amount).sum::<i64>(), 10_000);
        assert_eq!(
            (whole.parts[0].name.as_str(), whole.parts[0].largest, whole.parts[0].customers),
            ("李二", 8_000, 5)
        );
        // one's own customers and no others
        let own = read(&site, &wang, &asked()).await;
        assert_eq!((own.customers, own.total), (5, 100 + 400 + 300 + 250 + 60));
        let of_li = read(&site, &site.admin, &ConcentrationQuery { owner: li.user_id, ..asked() }).await;
        assert_eq!(of_li.total, 10_000 - own.total);
        let of_east = read(&site, &site.admin, &ConcentrationQuery { department: Some(east), ..asked() }).await;
        assert_eq!(of_east.total, own.total);
        let by = read(&site, &site.admin, &ConcentrationQuery { by_department: true, ..asked() }).await;
        assert_eq!(by.parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["西区", "东区"]);
        // nothing was signed, and nobody is told of what they do not see
        let none = read(&site, &site.admin, &ConcentrationQuery { basis: Basis::Signed, ..asked() }).await;
        assert_eq!((none.customers, none.total, none.curve.len()), (0, 0, 0));
        let nobody = Actor { rights: std::sync::Arc::default(), ..wang.clone() };
        assert!(matches!(site.engine.concentration(&nobody, &asked()).await, Err(Error::Forbidden(_))));
    });
}

#[test]
fn a_curve_of_many_has_a_hundred_points_and_ends_at_the_whole() {
    on_both(|site| async move {
        let wang = site.user("王一", None, &["sales"]).await;
        let amounts: Vec<i64> = (0..333_i64).map(|i| 100 + (i * 7_919) % 1_009).collect();
        paid(&site, &[&wang, &wang], &amounts).await;
        let found = read(&site, &site.admin, &asked()).await;
        let mut sorted = amounts.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let total: i64 = sorted.iter().sum();
        assert_eq!((found.customers, found.total, found.top.len()), (333, total, 50));
        assert!(found.curve.len() <= 100 && found.curve.last() == Some(&(333, total)));
        for (n, together) in &found.curve {
            assert_eq!(*together, sorted[..*n as usize].iter().sum::<i64>(), "{n}");
        }
        let fewest = (1..=333).find(|&n| sorted[..n].iter().sum::<i64>() * 5 >= total * 4).expect("all have it");
        assert_eq!(found.four_fifths, fewest as i64);
        assert_eq!(found.top_fifth, sorted[..67].iter().sum::<i64>());
    });
}
