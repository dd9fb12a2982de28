//! Amounts of money in capitals (人民币大写), as contracts, invoices and cheques in China carry them beside the figures, because
//! they are hard to alter. 中国人民银行《支付结算办法》附一《正确填写票据和结算凭证的基本规定》.

const DIGITS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const PLACES: [(u64, &str); 4] = [(1_000, "仟"), (100, "佰"), (10, "拾"), (1, "")];

/// An amount in fen (hundredths of a yuan) in capitals: 140950 is 壹仟肆佰零玖元伍角整.
pub fn capitals(fen: i64) -> String {
    let mut out = String::from(if fen < 0 { "负" } else { "" });
    let fen = fen.unsigned_abs();
    let (yuan, tenth, hundredth) = (fen / 100, fen / 10 % 10, fen % 10);
    if yuan > 0 {
        out.push_str(&whole(yuan));
        out.push('元');
    }
    if tenth > 0 {
        out.push_str(DIGITS[tenth as usize]);
        out.push('角');
    }
    if hundredth > 0 {
        if yuan > 0 && tenth == 0 {
            out.push('零');
        }
        out.push_str(DIGITS[hundredth as usize]);
        out.push('分');
    }
    match (fen, hundredth) {
        (0, _) => out.push_str("零元整"),
        (_, 0) => out.push('整'),
        _ => {}
    }
    out
}

/// A whole number above 0: 亿 and 万 divide it, and what follows them is led by 零 where its first place is empty.
fn whole(number: u64) -> String {
    for (unit, name) in [(100_000_000, "亿"), (10_000, "万")] {
        if number >= unit {
            let rest = number % unit;
            let nought = if rest > 0 && rest < unit / 10 { "零" } else { "" };
            let rest = if rest > 0 { whole(rest) } else { String::new() };
            return format!("{}{name}{nought}{rest}", whole(number / unit));
        }
    }
    let mut out = String::new();
    let mut nought = false;
    for (place, name) in PLACES {
        let digit = (number / place % 10) as usize;
        if digit == 0 {
            nought = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut nought) {
            out.push('零');
        }
        out.push_str(DIGITS[digit]);
        out.push_str(name);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::capitals;

    #[test]
    fn the_rules_examples() {
        for (fen, expected) in [
            (0, "零元整"),
            (5, "伍分"),
            (30, "叁角整"),
            (105, "壹元零伍分"),
            (140_950, "壹仟肆佰零玖元伍角整"),
            (600_714, "陆仟零柒元壹角肆分"),
            (168_032, "壹仟陆佰捌拾元叁角贰分"),
            (10_700_053, "壹拾万柒仟元伍角叁分"),
            (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
            (32_504, "叁佰贰拾伍元零肆分"),
            (1_000_000, "壹万元整"),
            (1_000_100, "壹万零壹元整"),
            (10_000_000_000, "壹亿元整"),
            (10_000_000_100, "壹亿零壹元整"),
            (10_010_000_000, "壹亿零壹拾万元整"),
            (12_345_678_901_234, "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"),
            (-1_234, "负壹拾贰元叁角肆分"),
            (i64::MIN, "负玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零捌分"),
        ] {
            assert_eq!(capitals(fen), expected, "{fen}");
        }
    }

    /// Reads capitals back.
    fn read(text: &str) -> i64 {
        let (yuan, rest) = text.split_once('元').unwrap_or(("", text));
        let tail = rest.chars().fold((0, 0), |(sum, digit), letter| match letter {
            '角' => (sum + digit * 10, 0),
            '分' => (sum + digit, 0),
            letter => (sum, value(letter)),
        });
        number(yuan) * 100 + tail.0
    }

    fn number(text: &str) -> i64 {
        for (name, unit) in [("亿", 100_000_000), ("万", 10_000)] {
            if let Some((above, below)) = text.rsplit_once(name) {
                return number(above) * unit + number(below);
            }
        }
        let (sum, digit) = text.chars().fold((0, 0), |(sum, digit), letter| match letter {
            '仟' => (sum + digit * 1_000, 0),
            '佰' => (sum + digit * 100, 0),
            '拾' => (sum + digit * 10, 0),
            letter => (sum, value(letter)),
        });
        sum + digit
    }

    fn value(digit: char) -> i64 {
        "零壹贰叁肆伍陆柒捌玖".chars().position(|one| one == digit).unwrap_or(0) as i64
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(fen in 0_i64..=i64::MAX) {
            let text = capitals(fen);
            prop_assert_eq!(read(&text), fen, "{}", text);
            prop_assert!(!text.contains("零零") && !text.contains("零万") && !text.contains("零亿"), "{}", text);
        }
    }
}
