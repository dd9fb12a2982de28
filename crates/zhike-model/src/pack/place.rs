//! Where in the sources a thing was declared, and the problems found there.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use zhike_types::Text;

use super::{PackSource, Problem};

/// A byte offset in a source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub source: usize,
    pub offset: usize,
}

/// Collects problems. Every value that is read leaves its place under a path such as `account/field/status/default`, so that a
/// check made much later still knows the line.
pub(super) struct Problems<'a> {
    sources: &'a [PackSource],
    places: RefCell<HashMap<String, Place>>,
    found: RefCell<Vec<Problem>>,
    any: Cell<bool>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(sources: &'a [PackSource]) -> Self {
        Self { sources, places: RefCell::default(), found: RefCell::default(), any: Cell::new(false) }
    }

    pub(super) fn any(&self) -> bool {
        self.any.get()
    }

    pub(super) fn remember(&self, path: &str, place: Place) {
        self.places.borrow_mut().insert(path.to_owned(), place);
    }

    /// A problem at a byte offset.
    pub(super) fn at(&self, place: Place, message: Text) {
        let source = &self.sources[place.source];
        let before = source.text.get(..place.offset).unwrap_or(&source.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        self.any.set(true);
        self.found.borrow_mut().push(Problem {
            file: source.path.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
        });
    }

    /// A problem with what was declared under a path, or under the nearest declared thing above it.
    pub(super) fn under(&self, path: &str, message: Text) {
        self.at(self.place_of(path), message);
    }

    /// A problem at a character (from 1) of the expression declared under a path.
    pub(super) fn inside(&self, path: &str, column: usize, message: Text) {
        let mut place = self.place_of(path);
        let rest = self.sources[place.source].text.get(place.offset..).unwrap_or_default();
        let quotes = ["'''\n", "\"\"\"\n", "'''", "\"\"\"", "'", "\""].iter().find(|quote| rest.starts_with(**quote));
        // In a basic string an escape is two characters of the file and one of the value: a literal string is exact, this near.
        if let Some(quote) = quotes {
            let into = rest[quote.len()..].char_indices().nth(column.saturating_sub(1)).map_or(0, |(i, _)| i);
            place.offset += quote.len() + into;
        }
        self.at(place, message);
    }

    fn place_of(&self, path: &str) -> Place {
        let places = self.places.borrow();
        let mut path = path;
        loop {
            if let Some(place) = places.get(path) {
                return *place;
            }
            match path.rfind('/') {
                Some(cut) => path = &path[..cut],
                None => return Place { source: 0, offset: 0 },
            }
        }
    }

    /// All problems, in the order of the files and lines.
    pub(super) fn into_sorted(self) -> Vec<Problem> {
        let order: HashMap<&str, usize> =
            self.sources.iter().enumerate().map(|(i, source)| (source.path.as_str(), i)).collect();
        let mut found = self.found.into_inner();
        found.sort_by_key(|problem| (order.get(problem.file.as_str()).copied(), problem.line, problem.column));
        found.dedup();
        found
    }
}
