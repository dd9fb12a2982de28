//! 客户数 × 毛利: customers by how much each brings and how many bring as much, after Kotler's table (Marketing Management, "levels of
//! relationship marketing"): many who bring little get the loosest tie, few who bring much the closest.

use zhike_types::{Error, Result, Text};

use crate::Record;

/// From the most to the least.
pub(super) const LEVELS: [&str; 3] = ["high", "medium", "low"];

/// What a scheme measures by, and where the lines are.
pub(super) struct Lines {
    /// CEL over the customer, a number.
    measure: String,
    /// Hundredths.
    high_from: i64,
    low_below: i64,
    many_from: i64,
    few_to: i64,
}

/// So many customers on one level, and whether that is many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierBand {
    /// `high`, `medium`, `low`.
    pub level: &'static str,
    /// `many`, `medium`, `few`.
    pub size: &'static str,
    pub customers: i64,
}

impl Lines {
    /// Of a scheme of which a tier asks for cells of the table.
    pub fn of(scheme: &Record) -> Result<Self> {
        let number = |field: &'static str| {
            let message = Text::new(
                "有级别按「客户数 × 毛利」定，请先在方案里填好高、低、多、少的分界。",
                "A tier goes by customers × margin: say in the scheme what is high, low, many and few.",
            );
            scheme.value(field).as_int().ok_or_else(|| Error::invalid(field, "required", message))
        };
        let measure = scheme.value("measure").as_text().map_or("", str::trim);
        Ok(Self {
            measure: if measure.is_empty() { "margin" } else { measure }.to_owned(),
            high_from: number("high_from")?,
            low_below: number("low_below")?,
            many_from: number("many_from")?,
            few_to: number("few_to")?,
        })
    }

    /// Who is on a level. Whose measure is not known is on none.
    pub fn condition(&self, level: &str) -> String {
        let (measure, high, low) = (&self.measure, plain(self.high_from), plain(self.low_below));
        match level {
            "high" => format!("{measure} >= {high}"),
            "low" => format!("{measure} < {low}"),
            _ => format!("{measure} >= {low} && {measure} < {high}"),
        }
    }

    pub fn size(&self, customers: i64) -> &'static str {
        if customers >= self.many_from {
            "many"
        } else if customers <= self.few_to {
            "few"
        } else {
            "medium"
        }
    }
}

/// Hundredths as CEL writes them.
fn plain(hundredths: i64) -> String {
    let (sign, number) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    match number % 100 {
        0 => format!("{sign}{}", number / 100),
        part => format!("{sign}{}.{part:02}", number / 100),
    }
}
