//! The lists that names and texts are put together from.

pub(in crate::demo) mod brand;
pub(in crate::demo) mod institution;
pub(in crate::demo) mod people;
pub(in crate::demo) mod phrases;
pub(in crate::demo) mod trade;

/// A character or word and how it is spelt in an address of the internet.
pub(in crate::demo) type Spelt = (&'static str, &'static str);

/// Reads `海hai云yun`: Han characters, each run followed by its spelling.
pub(in crate::demo) fn spelt(list: &'static str) -> Vec<Spelt> {
    let mut words = Vec::new();
    let mut rest = list;
    while let Some(letters) = rest.find(|c: char| c.is_ascii_lowercase()) {
        let end = rest[letters..].find(|c: char| !c.is_ascii_lowercase()).map_or(rest.len(), |length| letters + length);
        words.push((&rest[..letters], &rest[letters..end]));
        rest = &rest[end..];
    }
    words
}
