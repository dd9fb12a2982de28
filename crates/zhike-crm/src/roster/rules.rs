//! What figures of rosters mean: whether there are too few customers or too many, how a share stands, which condition says that a customer
//! holds what its role asks for.

use zhike_types::Uuid;

/// How a roster's number of customers stands to what its role asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// So many are missing.
    Short(i64),
    Within,
    /// No more may be added.
    Full,
    /// So many too many: the maximum was lowered, or rosters were handed over.
    Above(i64),
}

pub fn standing(count: i64, minimum: Option<i64>, maximum: Option<i64>) -> Standing {
    match (minimum, maximum) {
        (_, Some(most)) if count > most => Standing::Above(count - most),
        (Some(least), _) if count < least => Standing::Short(least - count),
        (_, Some(most)) if count == most => Standing::Full,
        _ => Standing::Within,
    }
}

/// `part` of `whole` in thousandths, as people round; none of nothing.
pub fn share(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 2_000 + whole).div_euclid(2 * whole))
}

/// That a customer holds a product, or one of a category (or of those below it): now, or by an order. CEL over an entry of a roster.
pub fn held(product: Option<Uuid>, category: Option<Uuid>) -> Option<String> {
    let is = |path: &str| match (product, category) {
        (Some(id), _) => Some(format!("{path} == \"{id}\"")),
        (None, Some(id)) => Some(format!("({path}.category == \"{id}\" || {path}.category.parent == \"{id}\")")),
        (None, None) => None,
    };
    let (now, ordered) = (is("h.product")?, is("l.product")?);
    Some(format!(
        "(account.holdings.exists(h, h.until == null && {now}) || account.sales_orders.exists(o, \
         o.status in [\"confirmed\", \"delivering\", \"delivered\"] && o.lines.exists(l, {ordered})))"
    ))
}

/// That a customer of a role's rosters lacks something of what is asked for.
pub fn lacks(role: Uuid, held: &[String]) -> String {
    format!("roster.role == \"{role}\" && !({})", held.join(" && "))
}

#[cfg(test)]
mod tests {
    use super::{Standing, share, standing};

    #[test]
    fn too_few_too_many_and_just_right() {
        for (count, least, most, expected) in [
            (18, Some(25), Some(60), Standing::Short(7)),
            (25, Some(25), Some(60), Standing::Within),
            (60, Some(25), Some(60), Standing::Full),
            (61, Some(25), Some(60), Standing::Above(1)),
            (0, Some(0), None, Standing::Within),
            (9, None, None, Standing::Within),
        ] {
            assert_eq!(standing(count, least, most), expected, "{count}");
        }
    }

    #[test]
    fn shares_are_rounded_and_nothing_has_none() {
        assert_eq!((share(1, 3), share(2, 3), share(-1, 8), share(0, 5)), (Some(333), Some(667), Some(-125), Some(0)));
        assert_eq!(share(1, 0), None);
    }
}
