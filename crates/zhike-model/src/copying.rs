//! A record that begins with what another has: a quote's new version, the order of a quote.

use zhike_types::Text;

/// What can be made of a record of an object (`[[copy]]` of a pack). The one it is made of stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    pub name: String,
    /// The object of the new record; it may be the same.
    pub to: String,
    /// What one does, as on a button.
    pub label: Text,
    /// The new record's reference to the one it was made of.
    pub link: Option<String>,
    /// Fields of both that the new one begins with.
    pub same: Vec<String>,
    /// Other fields of the new one, and CEL over the one it is made of. By name, for their order says nothing.
    pub fill: Vec<(String, String)>,
    /// A relation of both: its records are made anew for the new one, with every field that both kinds have.
    pub lines: Option<String>,
}
