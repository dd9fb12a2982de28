//! Amounts of the made world: whole cents, and they add up.

use zhike_types::{Currency, Value};

/// A product on an offer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// Which product.
    pub product: usize,
    /// Cents.
    pub price: i64,
    pub quantity: i64,
    /// Tenths of a per cent.
    pub discount: i64,
}

impl Line {
    /// Prices are whole tens of yuan, so that nothing is lost.
    pub fn amount(&self) -> i64 {
        self.price * self.quantity * (1_000 - self.discount) / 1_000
    }
}

pub(super) fn yuan(cents: i64) -> Value {
    Value::money(cents, Currency::CNY)
}

/// An amount in parts of so many per cent; the last gets what is left.
pub(super) fn parts(amount: i64, percents: &[i64]) -> Vec<i64> {
    let mut left = amount;
    let mut parts: Vec<i64> = percents
        .iter()
        .map(|percent| {
            let part = amount / 100 * percent;
            left -= part;
            part
        })
        .collect();
    if let Some(last) = parts.last_mut() {
        *last += left;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Line, parts};

    #[test]
    fn nothing_is_lost() {
        let parts = parts(1_234_567, &[30, 60, 10]);
        assert_eq!(parts.iter().sum::<i64>(), 1_234_567);
        let line = Line { product: 0, price: 168_000, quantity: 3, discount: 50 };
        assert_eq!(line.amount(), 478_800);
    }
}
