//! What must hold of every record of an object, and the records an installation begins with.

use zhike_types::{Text, Value};

/// A condition that every record meets. Where it reads nothing but what people fill in, it is judged before anything is written;
/// where it reads other records or computed fields, with everything written. Imported rows are asked, too.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// By it an extension of the object puts another in its place.
    pub name: String,
    /// CEL; holds where all is well.
    pub holds: String,
    /// The field under which a form shows the message.
    pub field: String,
    /// What to do.
    pub message: Text,
    /// Imported rows are not asked: it is about who writes, or when, and lists bring history.
    pub by_hand: bool,
}

/// What cannot be changed any more while a condition holds of a record: an offer that was approved, an order that was confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    /// By it an extension of the object puts another in its place.
    pub name: String,
    /// CEL over the record's own fields; locked while it holds.
    pub when: String,
    /// Fields of the record. A write that ends the condition may change them.
    pub fields: Vec<String>,
    /// Relations: their records are neither made, changed, moved nor deleted.
    pub relations: Vec<String>,
    /// What to do.
    pub message: Text,
}

/// A record that a new installation gets, once: what people make of it afterwards stays.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstRecord {
    /// Known by it for ever, also to first records that refer to it.
    pub key: String,
    /// By field, as stored; of a reference the key of another first record.
    pub values: Vec<(String, Value)>,
}
