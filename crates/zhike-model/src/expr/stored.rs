//! Exact comparison of a stored integer with a number, and other bounds that keep a filter on the bare column.

use super::Order;

/// How a stored integer (× 10^scale) stands to a number, as a comparison of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Compare the stored integer with this.
    Is(Order, i64),
    /// Any stored integer satisfies it.
    Always,
    /// None does.
    Never,
}

impl Bound {
    pub fn holds(self, stored: i64) -> bool {
        match self {
            Self::Is(order, bound) => order.holds(stored.cmp(&bound)),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// `stored / 10^scale  order  number`, in exact decimal arithmetic; the number is its shortest decimal form.
///
/// `stored / 100 < 12.345` is `stored < 1235`, `> 12.345` is `stored > 1234`.
pub fn stored_bound(order: Order, number: f64, scale: u32) -> Bound {
    let (floor, exact) = scaled_floor(number, scale);
    integer_bound(order, floor, exact)
}

/// The stored integer equal to the number, if one is.
pub fn stored_equal(number: f64, scale: u32) -> Option<i64> {
    let (floor, exact) = scaled_floor(number, scale);
    i64::try_from(floor).ok().filter(|_| exact)
}

/// `start of day(stored)  order  instant`: a date field against a moment. `instant` is in milliseconds, `offset` in seconds.
pub fn date_bound(order: Order, instant: f64, offset: i64) -> Bound {
    const DAY: i128 = 86_400_000;
    let local = instant as i128 + i128::from(offset) * 1000;
    integer_bound(order, local.div_euclid(DAY), local.rem_euclid(DAY) == 0)
}

/// Against a number whose floor this is, and which is whole or not.
fn integer_bound(order: Order, floor: i128, exact: bool) -> Bound {
    // Between two integers `<` and `<=` are both "at most the floor", `>` and `>=` both "more than the floor".
    let order = match order {
        order if exact => order,
        Order::Less | Order::LessEqual => Order::LessEqual,
        Order::Greater | Order::GreaterEqual => Order::Greater,
    };
    match i64::try_from(floor) {
        Ok(bound) => Bound::Is(order, bound),
        Err(_) if (floor > 0) == matches!(order, Order::Less | Order::LessEqual) => Bound::Always,
        Err(_) => Bound::Never,
    }
}

/// floor(number × 10^scale) and whether that is all of it. Saturates far outside `i64`.
fn scaled_floor(number: f64, scale: u32) -> (i128, bool) {
    let text = format!("{}", number.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let scale = scale as usize;
    if whole.len() + scale > 30 {
        return (if number < 0.0 { i128::MIN } else { i128::MAX }, true);
    }
    let kept = &fraction[..fraction.len().min(scale)];
    let lost = fraction[kept.len()..].bytes().any(|digit| digit != b'0');
    let digits = format!("{whole}{kept:0<scale$}");
    let magnitude: i128 = digits.parse().unwrap_or(i128::MAX);
    if number < 0.0 { (-magnitude - i128::from(lost), !lost) } else { (magnitude, !lost) }
}

/// A decimal literal (`12.50`) as an integer × 10^scale; none when it is no number, or digits would be lost.
pub fn scaled_literal(text: &str, scale: u32) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let scale = scale as usize;
    if whole.is_empty()
        || fraction.len() > scale
        || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let magnitude: i64 = format!("{whole}{fraction:0<scale$}").parse().ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

/// The least text greater than every text that begins with the prefix; none when there is none.
///
/// With it `startsWith` is a range of an index, by code points, as both databases order text.
pub fn next_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}
