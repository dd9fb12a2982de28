mod feed;
mod found;

use jiff::civil::date;
use zhike_types::days_of;

use super::{
    Asked, Shape, Whose, hours, monday,
    queries::{filter_of, reads},
    span,
};

#[test]
fn weeks_begin_on_monday() {
    let day = |year, month, day| days_of(date(year, month, day));
    assert_eq!(monday(day(2026, 11, 22)), day(2026, 11, 16));
    assert_eq!(monday(day(2026, 11, 16)), day(2026, 11, 16));
    assert_eq!(monday(day(1969, 12, 31)), day(1969, 12, 29));
    assert_eq!(span(Shape::Month, day(2026, 11, 22)), (day(2026, 10, 26), 42));
    // a February of four whole weeks
    assert_eq!(span(Shape::Month, day(2027, 2, 14)), (day(2027, 2, 1), 28));
    assert_eq!(span(Shape::Week, day(2026, 11, 22)), (day(2026, 11, 16), 7));
    assert_eq!(span(Shape::Day, day(2026, 11, 22)), (day(2026, 11, 22), 1));
    assert_eq!(Shape::Month.beside(day(2026, 1, 31), 1), day(2026, 2, 1));
    assert_eq!(Shape::Month.beside(day(2026, 1, 31), -1), day(2025, 12, 1));
    assert_eq!(Shape::Week.beside(day(2026, 1, 31), -1), day(2026, 1, 24));
    for shape in [Shape::Month, Shape::Week, Shape::Day] {
        assert_eq!(Shape::of(shape.key()), Some(shape));
    }
}

#[test]
fn a_week_shows_the_hours_of_work_and_those_that_are_taken() {
    assert_eq!(hours(std::iter::empty()), 8..=18);
    assert_eq!(hours([9, 21].into_iter()), 8..=21);
    assert_eq!(hours([0, 10].into_iter()), 0..=18);
}

#[test]
fn what_is_asked_can_be_asked_of_all_that_is_shipped() {
    let model = zhike_model::read(&zhike_model::shipped_packs()).expect("the packs are right");
    let mut met = 0;
    for object in model.objects() {
        for place in 0..object.calendars.len() {
            for whose in [Whose::Mine, Whose::Everybody, Whose::Colleague(zhike_types::Uuid::from_u128(7))] {
                let asked = Asked { first: 20_000, days: 42, whose, only: None };
                let filter = filter_of(object, place, &asked);
                assert!(reads(&model, &object.name, &filter), "{}: {filter}", object.name);
                met += 1;
            }
        }
    }
    assert!(met >= 14, "{met}");
}
