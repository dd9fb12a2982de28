//! The rules alone.

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use zhike_types::Lang;

use super::super::{
    period::{Period, Span},
    rules::{achievement, change, places, shares, target_of},
};

fn period() -> impl Strategy<Value = Period> {
    (prop::sample::select(vec![Span::Month, Span::Quarter, Span::Year]), 0_i64..40_000)
        .prop_map(|(span, day)| Period::holding(span, day))
}

proptest! {
    #[test]
    fn shares_are_the_whole_amount_to_the_cent(amount in any::<i64>(), weights in prop::collection::vec(0_i64..2_000, 0..9)) {
        let given = shares(amount, &weights);
        prop_assert_eq!(given.len(), weights.len());
        if weights.iter().sum::<i64>() > 0 {
            prop_assert_eq!(given.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(amount));
        }
        let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        for (part, weight) in given.iter().zip(&weights) {
            prop_assert!(*weight > 0 || *part == 0, "who has no share gets nothing");
            // never a cent or more away from the exact part
            let away = i128::from(*part) * total - i128::from(amount) * i128::from(*weight);
            prop_assert!(total == 0 || away.abs() < total);
        }
    }

    #[test]
    fn places_count_who_is_better(figures in prop::collection::vec(prop::option::of(-5_i64..5), 0..12)) {
        let given = places(&figures);
        for (figure, place) in figures.iter().zip(&given) {
            prop_assert_eq!(figure.is_some(), place.is_some());
            let better = figures.iter().flatten().filter(|other| Some(**other) > *figure).count();
            prop_assert!(place.is_none_or(|place| place == better + 1));
        }
    }

    #[test]
    fn a_change_undone_by_its_reading(before in 1_i64..1_000_000_000, now in -1_000_000_000_i64..1_000_000_000) {
        let told = change(now, before).expect("there was something");
        let exact = (now - before) as f64 * 1_000.0 / before as f64;
        prop_assert!((told as f64 - exact).abs() <= 0.5 + exact.abs() * 1e-12);
        prop_assert_eq!(change(now, 0), None);
        prop_assert_eq!(achievement(now, Some(before)), change(now + before, before));
        prop_assert_eq!(achievement(now, Some(0)), None);
    }

    #[test]
    fn periods_follow_each_other_without_a_gap(period in period(), by in -30_i64..30) {
        let (from, until) = period.days();
        prop_assert!(from < until);
        prop_assert_eq!(period.moved(1).days().0, until);
        prop_assert_eq!(period.moved(by).moved(-by), period);
        for day in [from, until - 1] {
            prop_assert_eq!(Period::holding(period.span, day), period);
        }
        prop_assert_eq!(Period::parse(&period.code()).expect("its own code"), period);
        prop_assert!(!period.label(Lang::Zh).is_empty() && !period.label(Lang::En).is_empty());
        let trend = period.trend();
        prop_assert_eq!(*trend.last().expect("itself"), period);
        prop_assert!(trend.contains(&period.year_before()) && trend.contains(&period.moved(-1)));
        for span in [Span::Month, Span::Quarter] {
            let parts = period.parts(span);
            if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
                prop_assert_eq!((first.days().0, last.days().1), (from, until));
            }
        }
    }

    #[test]
    fn a_year_is_what_was_set_or_what_its_parts_come_to(
        months in prop::collection::vec(prop::option::of(0_i64..100), 12),
        quarters in prop::collection::vec(prop::option::of(0_i64..100), 4),
        year in prop::option::of(0_i64..100),
    ) {
        let whole = Period::parse("2026").expect("a year");
        let place = |part: Period| part.first_month().1 as usize - 1;
        let set = |part: Period| match part.span {
            Span::Year => year,
            Span::Quarter => quarters[place(part) / 3],
            Span::Month => months[place(part)],
        };
        let mut expected = None;
        for quarter in 0..4 {
            let of_months = months[quarter * 3..quarter * 3 + 3].iter().flatten().copied().reduce(|a, b| a + b);
            if let Some(of_quarter) = quarters[quarter].or(of_months) {
                expected = Some(expected.unwrap_or(0) + of_quarter);
            }
        }
        prop_assert_eq!(target_of(whole, &set), year.or(expected));
    }
}

#[test]
fn what_is_no_period_is_refused() {
    for text in
        ["", "26", "2026-", "2026-0", "2026-13", "2026-Q0", "2026-Q5", "2026-1-1", "+2026", "2026-+1", "今年", "99999"]
    {
        assert!(Period::parse(text).is_err(), "{text}");
    }
    assert_eq!(Period::parse("2026-q3").expect("a quarter").label(Lang::Zh), "2026 年三季度");
}
