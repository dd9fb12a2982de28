use proptest::prelude::*;

use super::{PhoneError, PhoneKind, mask, parse, split};
use crate::Reason;

fn text(written: &str) -> String {
    parse(written).unwrap_or_else(|error| panic!("{written}: {error}")).text()
}

#[test]
fn mobiles_as_people_write_them() {
    for written in [
        "13812346138",
        "138 1234 6138",
        "138-1234-6138",
        "+86 13812346138",
        "0086-138-1234-6138",
        "86-13812346138",
        "8613812346138",
        "（+86）138 1234 6138",
        "１３８１２３４６１３８",
        "013812346138",
        "手机：13812346138",
        "Tel: 138.1234.6138",
        "\u{200b}13812346138 ",
        "+86（138）12346138",
        "'13812346138",
    ] {
        let phone = parse(written).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(
            (phone.text().as_str(), phone.kind, phone.country),
            ("13812346138", PhoneKind::Mobile, 86),
            "{written}"
        );
        assert_eq!(phone.key(), "13812346138");
    }
    assert_eq!(text("13812346138转801"), "13812346138-801");
}

#[test]
fn landlines_split_at_the_area_code() {
    for (written, wanted) in [
        ("053260619201", "0532-60619201"),
        ("0532 6061 9201", "0532-60619201"),
        ("(0532)60619201", "0532-60619201"),
        ("（０５３２）６０６１９２０１", "0532-60619201"),
        ("0532—60619201", "0532-60619201"),
        ("05326061920", "0532-6061920"),
        ("0532 606 1920", "0532-6061920"),
        ("+86 532 6061 9201", "0532-60619201"),
        ("+86-0532-60619201", "0532-60619201"),
        ("86-532-60619201", "0532-60619201"),
        ("010-62345678", "010-62345678"),
        ("01062345678", "010-62345678"),
        ("+861062345678", "010-62345678"),
        ("021-6123-4567", "021-61234567"),
        ("53260619201", "0532-60619201"),
        ("60619201", "60619201"),
        ("8382466", "8382466"),
    ] {
        assert_eq!(text(written), wanted, "{written}");
        assert_eq!(parse(written).map(|phone| phone.kind), Ok(PhoneKind::Landline), "{written}");
    }
}

#[test]
fn extensions() {
    for written in [
        "0532-60619201-801",
        "0532-60619201转801",
        "0532 60619201 转 801",
        "0532-60619201 ext. 801",
        "053260619201x801",
        "0532-60619201（分机801）",
        "0532-60619201#801",
        "0532-60619201分机：801",
        "0532-6061-9201-801",
    ] {
        assert_eq!(text(written), "0532-60619201-801", "{written}");
        assert_eq!(parse(written).expect("a number").key(), "053260619201");
    }
    assert_eq!(text("60619201-801"), "60619201-801");
    assert_eq!(text("400-810-8888转2"), "400-810-8888-2");
}

#[test]
fn service_numbers() {
    for (written, wanted) in [
        ("4008108888", "400-810-8888"),
        ("400-8108-888", "400-810-8888"),
        ("800 810 8888", "800-810-8888"),
        ("95588", "95588"),
        ("955995", "955995"),
        ("12345", "12345"),
        ("10086", "10086"),
        ("0532-95588", "95588"),
    ] {
        assert_eq!(text(written), wanted, "{written}");
        assert_eq!(parse(written).map(|phone| phone.kind), Ok(PhoneKind::Service), "{written}");
    }
}

#[test]
fn numbers_abroad() {
    for (written, wanted, key) in [
        ("+852 2345 6789", "+852 23456789", "85223456789"),
        ("00852-23456789", "+852 23456789", "85223456789"),
        ("+853 2888 1234", "+853 28881234", "85328881234"),
        ("+886-2-2345-6789", "+886 223456789", "886223456789"),
        ("+1 (415) 555-2671", "+1 4155552671", "14155552671"),
        ("+44 (0)20 7946 0958", "+44 2079460958", "442079460958"),
        ("+81 3-1234-5678", "+81 312345678", "81312345678"),
    ] {
        let phone = parse(written).unwrap_or_else(|error| panic!("{written}: {error}"));
        assert_eq!(
            (phone.text().as_str(), phone.key().as_str(), phone.kind),
            (wanted, key, PhoneKind::Abroad),
            "{written}"
        );
    }
}

#[test]
fn a_note_behind_a_number_is_not_part_of_it() {
    for (written, wanted) in [
        ("13812346138(微信同号)", "13812346138"),
        ("138-1234-6138 张经理", "13812346138"),
        ("0532-60619201（办公室）", "0532-60619201"),
        ("0532-60619201转801（办公室）", "0532-60619201-801"),
    ] {
        assert_eq!(parse(written).map(|phone| phone.text()).as_deref(), Ok(wanted), "{written}");
    }
    assert_eq!(parse("13812微信"), Err(PhoneError::Character('微')));
}

#[test]
fn says_what_is_wrong() {
    for (written, wanted) in [
        ("", PhoneError::Empty),
        ("无", PhoneError::Character('无')),
        ("1381234613", PhoneError::Unknown),
        ("12812346138", PhoneError::Mobile),
        ("138123461388", PhoneError::Unknown),
        ("0500-60619201", PhoneError::AreaCode),
        ("0532-606192", PhoneError::Local(6)),
        ("234", PhoneError::Short(3)),
        ("138****6138", PhoneError::Character('*')),
        ("138123461381381234613", PhoneError::Long(21)),
    ] {
        assert_eq!(parse(written), Err(wanted), "{written}");
    }
    assert_eq!(PhoneError::Local(6).zh(), "区号之后应为 7 或 8 位号码，现有 6 位");
    assert_eq!(PhoneError::AreaCode.to_string(), "there is no such area code");
}

#[test]
fn masks() {
    for (written, wanted) in [
        ("13812346138", "138****6138"),
        ("0532-60619201", "0532-****9201"),
        ("0532-60619201-801", "0532-****9201"),
        ("60619201", "****9201"),
        ("400-810-8888", "400-810-8888"),
        ("+852 23456789", "+852 ****6789"),
        ("13812346138/13912345678", "138****6138 / 139****5678"),
        ("微信号abc123", "*****c123"),
        ("无", "*"),
    ] {
        assert_eq!(mask(written), wanted, "{written}");
    }
}

#[test]
fn several_in_one_cell() {
    for (cell, wanted) in [
        ("13812346138/13912345678", vec!["13812346138", "13912345678"]),
        ("13812346138、0532-60619201；400 810 8888", vec!["13812346138", "0532-60619201", "400 810 8888"]),
        ("13812346138, 13912345678", vec!["13812346138", "13912345678"]),
        ("13812346138 13912345678", vec!["13812346138", "13912345678"]),
        ("138 1234 6138", vec!["138 1234 6138"]),
        ("0532 60619201", vec!["0532 60619201"]),
        ("0532 60619201 13812346138", vec!["0532 60619201", "13812346138"]),
        ("010/62345678", vec!["010/62345678"]),
        ("+86 138 1234 6138\n139 1234 5678", vec!["+86 138 1234 6138", "139 1234 5678"]),
        (" ", vec![]),
    ] {
        assert_eq!(split(cell), wanted, "{cell}");
    }
}

proptest! {
    #[test]
    fn the_canonical_text_reads_back(text in "(1[3-9][0-9]{9})|(0(532|755|10|21)[2-8][0-9]{7}(-[0-9]{1,4})?)|(400[0-9]{7}(转[0-9]{1,7})?)|(10086x[0-9]{1,4})|(\\+852 ?[2-9][0-9]{7})") {
        let phone = parse(&text).expect("a number");
        prop_assert_eq!(parse(&phone.text()), Ok(phone.clone()));
        prop_assert!(phone.key().bytes().all(|b| b.is_ascii_digit()));
    }

    #[test]
    fn never_panics(text in any::<String>(), digits in "[-0-9 +()x转/*]{0,24}") {
        for text in [text, digits] {
            if let Ok(phone) = parse(&text) {
                prop_assert_eq!(parse(&phone.text()).map(|again| again.key()), Ok(phone.key()));
            }
            mask(&text);
            split(&text);
        }
    }
}
