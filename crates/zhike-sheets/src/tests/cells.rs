use jiff::civil::{Date, date};

use crate::{Cell, Serial, column_letters};

#[test]
fn numbers_read_as_a_spreadsheet_shows_them() {
    for (number, shown) in [
        (12.0, "12"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (13_800_138_000.0, "13800138000"),
        (370_202_199_001_011_000.0, "370202199001011000"),
        (1e20, "100000000000000000000"),
        (0.000_000_1, "0.0000001"),
        (-3.5, "-3.5"),
        (9_007_199_254_740_991.0, "9007199254740991"),
    ] {
        assert_eq!(Cell::Number(number).text(), shown);
    }
    assert_eq!(Cell::Bool(true).text(), "TRUE");
}

fn shown(days: f64, has_date: bool, has_time: bool) -> String {
    Cell::DateTime(Serial { days, has_date, has_time }).text()
}

#[test]
fn dates_are_iso() {
    assert_eq!(shown(45047.0, true, false), "2023-05-01");
    assert_eq!(shown(45047.5, true, false), "2023-05-01 12:00:00");
    assert_eq!(shown(45047.0, true, true), "2023-05-01 00:00:00");
    assert_eq!(shown(45_047.999_999_99, true, true), "2023-05-02 00:00:00", "rounded to the second");
    assert_eq!(shown(0.75, false, true), "18:00:00");
    assert_eq!(shown(1.5, false, true), "36:00:00", "a span");
    assert_eq!(shown(-4.0, true, false), "-4");
    assert_eq!(shown(3e9, true, true), "3000000000");
}

#[test]
fn the_leap_day_that_never_was() {
    assert_eq!(shown(1.0, true, false), "1900-01-01");
    assert_eq!(shown(59.0, true, false), "1900-02-28");
    assert_eq!(shown(60.0, true, false), "1900-02-28");
    assert_eq!(shown(61.0, true, false), "1900-03-01");
    assert_eq!(shown(2_958_465.0, true, false), "9999-12-31");
    for day in [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(2024, 2, 29), Date::constant(9999, 12, 31)]
    {
        let at = day.at(23, 59, 58, 0);
        assert_eq!(Serial::from_civil(at, true).civil(), Some(at));
    }
}

#[test]
fn columns_have_letters() {
    let letters: Vec<String> = [0, 25, 26, 701, 702, 16_383].into_iter().map(column_letters).collect();
    assert_eq!(letters, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
}
