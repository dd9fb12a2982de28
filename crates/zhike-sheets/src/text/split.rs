//! Text to rows and fields, after RFC 4180 and what Excel does beyond it.
//!
//! A reader of our own, as three things are needed together: a separator of three bytes (`，`), row numbers that count
//! blank lines as Excel does, and a bound on a field, or one stray quotation mark would pull the rest of the file into
//! memory.

use memchr::{memchr, memchr3};

use super::separator::Separator;
use crate::error::{Limit, SheetError};
use crate::limits::Limits;

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Row(Vec<String>),
    /// The text is used up in the middle of a row, or at its start.
    NeedsMore,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quotation mark inside a quoted field: its end, or the first of a doubled mark.
    QuoteSeen,
}

#[derive(Debug)]
pub(super) struct Splitter {
    separator: &'static str,
    limits: Limits,
    state: State,
    field: String,
    fields: Vec<String>,
    /// A carriage return ended the last row: a line feed right after it belongs to it.
    after_return: bool,
    /// Anything of the row was seen, be it an empty quoted field.
    begun: bool,
    width: usize,
}

impl Splitter {
    pub(super) fn new(separator: Separator, limits: Limits) -> Self {
        Self {
            separator: separator.as_str(),
            limits,
            state: State::FieldStart,
            field: String::new(),
            fields: Vec::new(),
            after_return: false,
            begun: false,
            width: 0,
        }
    }

    /// Goes on at `position` in `text` until a row is whole. `ended` says that no text follows. `row` is the number of
    /// the row being read, for errors.
    pub(super) fn step(&mut self, text: &str, position: &mut usize, ended: bool, row: u64) -> Result<Step, SheetError> {
        let bytes = text.as_bytes();
        if self.after_return && *position < bytes.len() {
            self.after_return = false;
            if bytes[*position] == b'\n' {
                *position += 1;
            }
        }
        while *position < bytes.len() {
            let rest = &bytes[*position..];
            self.begun = true;
            match self.state {
                State::FieldStart if rest[0] == b'"' => {
                    *position += 1;
                    self.state = State::Quoted;
                }
                State::Quoted => {
                    let end = memchr(b'"', rest);
                    let run = end.unwrap_or(rest.len());
                    self.append(&text[*position..*position + run], row)?;
                    *position += run;
                    if end.is_some() {
                        *position += 1;
                        self.state = State::QuoteSeen;
                    }
                }
                State::QuoteSeen if rest[0] == b'"' => {
                    *position += 1;
                    self.append("\"", row)?;
                    self.state = State::Quoted;
                }
                State::FieldStart | State::QuoteSeen => self.state = State::Plain,
                State::Plain => {
                    let mark = memchr3(self.separator.as_bytes()[0], b'\n', b'\r', rest);
                    let run = mark.unwrap_or(rest.len());
                    if run > 0 {
                        self.append(&text[*position..*position + run], row)?;
                        *position += run;
                    }
                    match mark.map(|at| rest[at]) {
                        None => {}
                        Some(b'\n') => {
                            *position += 1;
                            return self.finish_row(row);
                        }
                        Some(b'\r') => {
                            *position += 1;
                            self.after_return = true;
                            return self.finish_row(row);
                        }
                        Some(_) if text[*position..].starts_with(self.separator) => {
                            *position += self.separator.len();
                            self.finish_field(row)?;
                        }
                        // Another character that begins with the same byte as a full-width comma.
                        Some(_) => {
                            let length = text[*position..].chars().next().map_or(1, char::len_utf8);
                            self.append(&text[*position..*position + length], row)?;
                            *position += length;
                        }
                    }
                }
            }
        }
        match (ended, self.begun) {
            (false, _) => Ok(Step::NeedsMore),
            (true, false) => Ok(Step::End),
            (true, true) if self.state == State::Quoted => Err(SheetError::UnclosedQuote { row }),
            (true, true) => self.finish_row(row),
        }
    }

    fn append(&mut self, text: &str, row: u64) -> Result<(), SheetError> {
        if self.field.len() + text.len() > self.limits.cell {
            return Err(match self.state {
                State::Quoted => SheetError::UnclosedQuote { row },
                _ => SheetError::TooMuch {
                    limit: Limit::Cell,
                    allowed: self.limits.cell as u64,
                    row: Some(row),
                    column: Some(self.fields.len()),
                },
            });
        }
        self.field.push_str(text);
        Ok(())
    }

    fn finish_field(&mut self, row: u64) -> Result<(), SheetError> {
        if self.fields.len() >= self.limits.columns {
            return Err(SheetError::TooMuch {
                limit: Limit::Columns,
                allowed: self.limits.columns as u64,
                row: Some(row),
                column: None,
            });
        }
        let field = if self.field.is_empty() { String::new() } else { self.field.as_str().to_owned() };
        self.field.clear();
        self.fields.push(field);
        self.state = State::FieldStart;
        Ok(())
    }

    fn finish_row(&mut self, row: u64) -> Result<Step, SheetError> {
        self.finish_field(row)?;
        self.begun = false;
        let next = Vec::with_capacity(self.width.max(self.fields.len()));
        self.width = self.fields.len();
        Ok(Step::Row(std::mem::replace(&mut self.fields, next)))
    }
}
