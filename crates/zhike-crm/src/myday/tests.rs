use zhike_types::Zone;

use super::{
    Whose,
    queries::queries,
    rules::{Due, TimeOfDay, due, silent_days, time_of_day},
};

fn at(day: i8, hour: i8) -> i64 {
    Zone::default().instant(jiff::civil::date(2025, 11, day).at(hour, 0, 0, 0))
}

#[test]
fn due_goes_by_days_and_not_by_hours() {
    let zone = Zone::default();
    let now = at(12, 10);
    for (day, hour, expected) in [
        (9, 23, Due::Overdue(3)),
        (11, 23, Due::Overdue(1)),
        (12, 0, Due::Today),
        (12, 9, Due::Today),
        (12, 23, Due::Today),
        (13, 0, Due::Tomorrow),
        (14, 0, Due::ThisWeek),
        (18, 23, Due::ThisWeek),
        (19, 0, Due::Later),
    ] {
        assert_eq!(due(Some(at(day, hour)), now, &zone), expected, "{day} {hour}");
    }
    assert_eq!(due(None, now, &zone), Due::Undated);
}

#[test]
fn silence_and_greeting() {
    let zone = Zone::default();
    assert_eq!(silent_days(Some(at(10, 23)), at(12, 1), &zone), Some(2));
    assert_eq!(silent_days(Some(at(13, 0)), at(12, 1), &zone), Some(0));
    assert_eq!(silent_days(None, at(12, 1), &zone), None);
    assert_eq!(time_of_day(at(12, 8), &zone), TimeOfDay::Morning);
    assert_eq!(time_of_day(at(12, 12), &zone), TimeOfDay::Noon);
    assert_eq!(time_of_day(at(12, 23), &zone), TimeOfDay::Evening);
}

#[test]
fn the_queries_name_fields_of_the_shipped_packs() {
    let model = zhike_model::read(&zhike_model::shipped_packs()).expect("the packs are right");
    for whose in [Whose::Mine, Whose::Everybody] {
        for query in queries(whose) {
            let object = model.object(&query.object).expect("an object of the pack");
            let named = query.fields.iter().flatten().chain(query.sort.iter().map(|key| &key.field));
            for field in named {
                assert!(object.field(field).is_some(), "{}.{field}", query.object);
            }
            assert_eq!(query.filter.contains("owner == me"), whose == Whose::Mine);
        }
    }
}
