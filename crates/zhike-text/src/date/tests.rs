use jiff::civil::{date, datetime};
use proptest::prelude::*;

use super::{DateError, Moment, excel_serial, parse_date, parse_datetime};
use crate::Reason;

#[test]
fn dates_as_people_write_them() {
    for written in [
        "2023/5/1",
        "2023年5月1日",
        "2023.5.1",
        "2023-05-01",
        "20230501",
        "23/5/1",
        "23-05-01",
        "２０２３／５／１",
        "2023 年 5 月 1 日",
        "2023年5月1号",
        "2023/05/01",
        "2023-5-1 00:00:00",
        "2023年5月1日 星期一",
        "2023-05-01（周一）",
        "二〇二三年五月一日",
        "民国112年5月1日",
        "2023、5、1",
        " 2023-05-01\u{200b}",
        "45047",
        "2023—5—1",
        "2023\\5\\1",
        "'2023-05-01",
        "2023. 5. 1",
        "2023-05-01T10:00:00+08:00",
        "23年5月1日",
        "公元2023年5月1日",
        "2023年五月一日",
    ] {
        assert_eq!(parse_date(written), Ok(date(2023, 5, 1)), "{written}");
    }
    assert_eq!(parse_date("二零二三年十二月二十一日"), Ok(date(2023, 12, 21)));
    assert_eq!(parse_date("5/13/2023"), Ok(date(2023, 5, 13)));
    assert_eq!(parse_date("13/5/2023"), Ok(date(2023, 5, 13)));
    assert_eq!(parse_date("68/5/1"), Ok(date(1968, 5, 1)));
    assert_eq!(parse_date("2024-02-29"), Ok(date(2024, 2, 29)));
}

#[test]
fn says_what_is_wrong() {
    for (written, wanted) in [
        ("", DateError::Empty),
        ("5月1日", DateError::NoYear),
        ("5/1", DateError::NoYear),
        ("12-25", DateError::NoYear),
        ("2023", DateError::NoMonth),
        ("2023年", DateError::NoMonth),
        ("2023年5月", DateError::NoDay),
        ("2023-05", DateError::NoDay),
        ("202305", DateError::NoDay),
        ("2023-02-30", DateError::Impossible { year: 2023, month: 2, day: 30 }),
        ("2023-13-01", DateError::Impossible { year: 2023, month: 13, day: 1 }),
        ("20230230", DateError::Impossible { year: 2023, month: 2, day: 30 }),
        ("2023-02-29", DateError::Impossible { year: 2023, month: 2, day: 29 }),
        ("1/5/2023", DateError::Ambiguous),
        ("2023-05-01 25:00", DateError::Time),
        ("2023-05-01 左右", DateError::Time),
        ("昨天", DateError::Form),
        ("13812346138", DateError::Form),
        ("99999999", DateError::Form),
    ] {
        assert_eq!(parse_date(written), Err(wanted), "{written}");
    }
    assert_eq!(DateError::Impossible { year: 2023, month: 2, day: 30 }.zh(), "没有 2023 年 2 月 30 日这一天");
}

#[test]
fn times_as_people_write_them() {
    let half_past_two = Moment::Local(datetime(2023, 5, 1, 14, 30, 0, 0));
    for written in [
        "2023-05-01 14:30",
        "2023-05-01 14:30:00",
        "2023年5月1日 下午2:30",
        "2023年5月1日下午2点30分",
        "2023/5/1 2:30 PM",
        "2023/5/1 2:30pm",
        "2023-05-01T14:30",
        "20230501143000",
        "202305011430",
        "20230501 143000",
        "2023.5.1 14时30分",
        "2023年5月1日 14点半",
        "2023年5月1日 星期一 14:30",
        "2023-05-01 14：30",
        "45047.604166667",
    ] {
        assert_eq!(parse_datetime(written), Ok(half_past_two), "{written}");
    }
    for (written, wanted) in [
        ("2023-05-01", datetime(2023, 5, 1, 0, 0, 0, 0)),
        ("2023-05-01 14:30:05", datetime(2023, 5, 1, 14, 30, 5, 0)),
        ("2023-05-01 14:30:05.25", datetime(2023, 5, 1, 14, 30, 5, 250_000_000)),
        ("2023-05-01 12:15 AM", datetime(2023, 5, 1, 0, 15, 0, 0)),
        ("2023-05-01 12:15 PM", datetime(2023, 5, 1, 12, 15, 0, 0)),
        ("2023-05-01 中午12:15", datetime(2023, 5, 1, 12, 15, 0, 0)),
        ("2023-05-01 凌晨3点", datetime(2023, 5, 1, 3, 0, 0, 0)),
        ("2023-05-01 晚上8点整", datetime(2023, 5, 1, 20, 0, 0, 0)),
        ("2023-05-01 24:00", datetime(2023, 5, 2, 0, 0, 0, 0)),
    ] {
        assert_eq!(parse_datetime(written), Ok(Moment::Local(wanted)), "{written}");
    }
}

#[test]
fn a_zone_makes_an_instant() {
    let instant = Moment::Instant("2023-05-01T06:30:00Z".parse().expect("a timestamp"));
    for written in [
        "2023-05-01T14:30:00+08:00",
        "2023-05-01T06:30:00Z",
        "2023-05-01T06:30:00.000z",
        "2023-05-01 14:30 +0800",
        "2023-05-01T14:30+08",
        "2023-05-01 14:30 UTC+8",
        "2023-05-01T14:30:00+08:00[Asia/Shanghai]",
        "2023-05-01T01:30:00-05:00",
        "2023-05-01 14:30 北京时间",
    ] {
        assert_eq!(parse_datetime(written), Ok(instant), "{written}");
    }
    assert_eq!(parse_datetime("2023-05-01T14:30:00+99:00"), Err(DateError::Time));
}

#[test]
fn excel_serials() {
    // The known corners of the 1900 system.
    for (serial, wanted) in [
        (1.0, datetime(1900, 1, 1, 0, 0, 0, 0)),
        (59.0, datetime(1900, 2, 28, 0, 0, 0, 0)),
        (61.0, datetime(1900, 3, 1, 0, 0, 0, 0)),
        (25_569.0, datetime(1970, 1, 1, 0, 0, 0, 0)),
        (45_047.0, datetime(2023, 5, 1, 0, 0, 0, 0)),
        (45_047.604_166_666_664, datetime(2023, 5, 1, 14, 30, 0, 0)),
        (45_047.999_999_9, datetime(2023, 5, 2, 0, 0, 0, 0)),
        (2_958_465.0, datetime(9999, 12, 31, 0, 0, 0, 0)),
    ] {
        assert_eq!(excel_serial(serial), Some(wanted), "{serial}");
    }
    for serial in [60.0, 0.5, -1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
        assert_eq!(excel_serial(serial), None, "{serial}");
    }
}

proptest! {
    #[test]
    fn every_day_reads_back(days in 0_i64..80_000) {
        let day = date(1900, 1, 1).checked_add(jiff::Span::new().days(days)).expect("a day");
        let (y, m, d) = (day.year(), day.month(), day.day());
        for written in [format!("{y}/{m}/{d}"), format!("{y}年{m}月{d}日"), format!("{y}.{m:02}.{d:02}"), format!("{y}{m:02}{d:02}")] {
            prop_assert_eq!(parse_date(&written), Ok(day), "{}", written);
        }
    }

    #[test]
    fn never_panics(text in any::<String>(), date in "[-0-9年月日/.: TZ+上下午点分半二十]{0,30}") {
        let _ = (parse_datetime(&text), parse_datetime(&date), parse_date(&format!("2023-05-01{text}")));
    }
}
