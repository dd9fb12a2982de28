//! What a new record takes over from others: a line's price and cost from its product, a quote's price book from its customer.

use crate::{Field, FieldKind, Model, Object};

/// A table that a value is looked up in: a price by price book, product and quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The object whose records are looked through.
    pub object: String,
    /// Its field that is taken.
    pub value: String,
    /// Its fields, and what each must be: a field of the new record's own, or one behind a reference (`quote.price_book`).
    pub equal: Vec<(String, String)>,
    /// Its field of thresholds, and the new record's own number: of those not above it the greatest counts.
    pub up_to: Option<(String, String)>,
    /// CEL over its records: which count.
    pub filter: Option<String>,
}

impl Field {
    /// Whether a record can be made without anybody filling the field.
    pub fn fills_itself(&self) -> bool {
        self.default.is_some() || self.initial.is_some() || self.takes_over()
    }

    pub fn takes_over(&self) -> bool {
        !self.takes.is_empty() || self.lookup.is_some()
    }

    /// The record's own fields that decide what this one takes.
    pub fn taken_by(&self) -> impl Iterator<Item = &str> {
        let keys = self.lookup.iter().flat_map(|lookup| lookup.equal.iter().chain(&lookup.up_to)).map(|(_, own)| own);
        self.takes.iter().chain(keys).map(|path| path.split_once('.').map_or(path.as_str(), |(first, _)| first))
    }
}

/// The field that `field` or `reference.field` names, as seen from a record of the object.
pub fn led_to<'m>(model: &'m Model, object: &'m Object, path: &str) -> Option<&'m Field> {
    match path.split_once('.') {
        None => object.field(path),
        Some((reference, behind)) => model.object(object.field(reference)?.kind.reference_to()?)?.field(behind),
    }
}

impl FieldKind {
    /// Whether a value of the one, worked out or not, can stand in the other.
    pub fn holds_as(&self, other: &Self) -> bool {
        self.value_kind() == other.value_kind()
            || self.reference_to().is_some() && self.reference_to() == other.reference_to()
    }
}
