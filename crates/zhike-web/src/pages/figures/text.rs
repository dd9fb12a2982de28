//! Numbers of figures as people read them.

use zhike_model::{AggregateOp, Field, FieldKind};
use zhike_types::{Lang, Value};

use crate::{ui, words::Say};

/// A figure over a field: whole numbers are scaled as the field is, averages stand in the field's own unit.
pub fn figure_text(field: &Field, op: AggregateOp, value: &Value, lang: Lang) -> String {
    if op == AggregateOp::Count {
        return value.as_int().map(ui::count).unwrap_or_default();
    }
    let scale = field.kind.scale();
    let number = match value {
        Value::Int(int) => number_text(*int as f64 / 10_f64.powi(scale as i32), scale as usize),
        Value::Money(money) => number_text(
            money.minor as f64 / 10_f64.powi(money.currency.scale() as i32),
            money.currency.scale() as usize,
        ),
        Value::Real(real) => {
            number_text(*real, if scale == 0 && op != AggregateOp::Average { 0 } else { scale.max(2) as usize })
        }
        _ => return lang.t("—", "—").to_owned(),
    };
    match field.kind.value_kind() {
        FieldKind::Money { currency } => format!("{}{number}", currency.symbol()),
        FieldKind::Percent { .. } => format!("{number}%"),
        _ => number,
    }
}

/// `1,234.50`
pub fn number_text(number: f64, digits: usize) -> String {
    let plain = format!("{:.digits$}", number.abs());
    let (whole, fraction) =
        plain.split_once('.').map_or((plain.as_str(), None), |(whole, fraction)| (whole, Some(fraction)));
    let grouped = whole.parse::<i64>().map_or_else(|_| whole.to_owned(), ui::count);
    let sign = if number < 0.0 { "-" } else { "" };
    fraction.map_or_else(|| format!("{sign}{grouped}"), |fraction| format!("{sign}{grouped}.{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn numbers_read_well() {
        for (number, digits, text) in
            [(1234.5, 2, "1,234.50"), (-0.5, 1, "-0.5"), (1_000_000.0, 0, "1,000,000"), (0.0, 2, "0.00")]
        {
            assert_eq!(number_text(number, digits), text);
        }
    }
}
