//! Money in a form: an amount, and a small choice of currencies beside it.

use zhike_types::{Currency, Value};

use super::{Choice, Kind};

/// The currencies that Chinese firms are paid in; a field's own and a record's own come before them.
const USUAL: [&str; 10] = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "KRW", "SGD", "AUD", "TWD"];

/// `1234.50 USD`: how a form holds an amount.
pub fn money(value: &Value) -> Option<String> {
    match value {
        Value::Money(money) => Some(format!("{} {}", money.plain(), money.currency.code())),
        _ => None,
    }
}

/// The control over what a form holds, be it half typed.
pub fn control(text: &str, usual: Currency) -> Kind {
    let (value, code) = match text.trim().rsplit_once(' ') {
        Some((amount, code)) if Currency::parse(code).is_some() => (amount.to_owned(), code.to_owned()),
        _ => (text.to_owned(), usual.code().to_owned()),
    };
    let mut codes = vec![code.as_str(), usual.code()];
    codes.extend(USUAL);
    let mut currencies: Vec<Choice> = Vec::new();
    for known in codes {
        if !currencies.iter().any(|choice| choice.key == known) {
            currencies.push(Choice::new(known, known, known == code));
        }
    }
    Kind::Money { value, currencies }
}

#[cfg(test)]
mod tests {
    use zhike_types::{Currency, Money, Value};

    use super::{Kind, control, money};

    #[test]
    fn an_amount_keeps_its_currency_and_the_usual_ones_are_offered() {
        let dollars = Currency::parse("USD").expect("a code");
        let text = money(&Value::Money(Money { minor: 123_450, currency: dollars })).expect("money");
        assert_eq!(text, "1234.50 USD");
        let Kind::Money { value, currencies } = control(&text, Currency::CNY) else { panic!("a money control") };
        assert_eq!(value, "1234.50");
        let chosen: Vec<&str> = currencies.iter().filter(|it| it.chosen).map(|it| it.key.as_str()).collect();
        assert_eq!(chosen, ["USD"]);
        assert!(currencies.iter().any(|it| it.key == "CNY") && currencies.len() == 10);
    }

    #[test]
    fn what_is_no_amount_stays_as_it_was_typed() {
        let Kind::Money { value, .. } = control("十二 万", Currency::CNY) else { panic!("a money control") };
        assert_eq!(value, "十二 万");
    }
}
