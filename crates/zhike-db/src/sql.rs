//! A statement and its arguments.

use uuid::Uuid;
use zhike_types::Value;

use crate::copy;

/// One bound argument. An absent value keeps its type: PostgreSQL wants to know it.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Bool(Option<bool>),
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Id(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
}

/// A statement under construction: `$1` arguments on both databases.
#[derive(Debug, Clone, Default)]
pub struct Sql {
    text: String,
    args: Vec<Arg>,
    /// The rows of a COPY.
    copied: Option<Vec<u8>>,
}

impl Sql {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), args: Vec::new(), copied: None }
    }

    /// Fixed text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// An argument: writes its `$n`.
    pub fn bind(&mut self, arg: impl Into<Arg>) -> &mut Self {
        self.args.push(arg.into());
        self.text.push('$');
        push_number(self.args.len(), &mut self.text);
        self
    }

    /// A name of the model or of the schema, quoted.
    ///
    /// # Panics
    /// When the name is not `[a-z0-9_]+`: names are checked when a pack is read, so this is a bug.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.push(&quoted(name))
    }

    /// Keys as literals, `'a', 'b'`: only with a literal does a database see that an index's own condition holds.
    ///
    /// # Panics
    /// When one is not a key ([`is_key`]).
    pub fn keys(&mut self, keys: &[impl AsRef<str>]) -> &mut Self {
        for (i, key) in keys.iter().map(AsRef::as_ref).enumerate() {
            assert!(is_key(key), "`{key}` is not a key");
            self.push(if i == 0 { "'" } else { ", '" }).push(key).push("'");
        }
        self
    }

    /// `alias."column"`.
    pub fn column(&mut self, alias: &str, column: &str) -> &mut Self {
        self.push(alias).push(".").name(column)
    }

    /// `$1, $2, …` for a list; an empty list writes `NULL`, which nothing equals.
    pub fn list<A: Into<Arg>>(&mut self, args: impl IntoIterator<Item = A>) -> &mut Self {
        let mut first = true;
        for arg in args {
            if !std::mem::take(&mut first) {
                self.push(", ");
            }
            self.bind(arg);
        }
        if first {
            self.push("NULL");
        }
        self
    }

    /// `($1), ($2), …`: the rows of a `VALUES` of one column of numbers; of an empty list one that equals nothing.
    pub fn values(&mut self, numbers: &[i64]) -> &mut Self {
        for (i, number) in numbers.iter().enumerate() {
            self.push(if i == 0 { "(" } else { ", (" }).bind(*number).push(")");
        }
        if numbers.is_empty() {
            self.push("(CAST(NULL AS BIGINT))");
        }
        self
    }

    /// As [`Sql::list`], the last repeated up to the next power of two: lists of any length make few texts, each of them prepared
    /// once and kept.
    pub fn padded<A: Into<Arg> + Clone>(&mut self, args: &[A]) -> &mut Self {
        let missing = args.len().next_power_of_two() - args.len();
        self.list(args.iter().chain(args.last().into_iter().cycle().take(missing)).cloned())
    }

    /// Rows for columns of a table, as PostgreSQL takes thousands of them: without the planner, and a page at a time. The other
    /// database knows nothing of it.
    pub fn copy(table: &str, columns: &[&str]) -> Self {
        let mut sql = Self::new("COPY ");
        sql.name(table).push(" (");
        for (i, column) in columns.iter().enumerate() {
            sql.push(if i == 0 { "" } else { ", " }).name(column);
        }
        sql.push(") FROM STDIN (FORMAT binary)");
        sql.copied = Some(copy::head());
        sql
    }

    /// A row of a [`Sql::copy`]: a value for each column, of the column's own type.
    pub fn row<'a>(&mut self, args: impl IntoIterator<Item = &'a Arg, IntoIter: ExactSizeIterator>) -> &mut Self {
        if let Some(copied) = &mut self.copied {
            copy::row(args.into_iter(), copied);
        }
        self
    }

    /// The rows of a [`Sql::copy`], to their end.
    pub(crate) fn take_copied(&mut self) -> Option<Vec<u8>> {
        let mut copied = self.copied.take()?;
        copy::end(&mut copied);
        Some(copied)
    }

    /// Takes over another statement's text and arguments, renumbering them.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        let mut rest = other.text.as_str();
        while let Some(at) = rest.find('$') {
            let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            self.text.push_str(&rest[..at]);
            match rest[at + 1..at + 1 + digits].parse::<usize>() {
                Ok(number) => {
                    self.bind(other.args[number - 1].clone());
                }
                Err(_) => self.text.push('$'),
            }
            rest = &rest[at + 1 + digits..];
        }
        self.text.push_str(rest);
        self
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn args(&self) -> &[Arg] {
        &self.args
    }

    /// With `?` for `$1`, `$2` … where they stand once each and in order. SQLite takes `$1` for a name and looks names up one by one: a
    /// statement with thousands of them would take time by their square. A long one is best made so before it is its turn.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let mut count = 0;
        let mut pieces = self.text.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit);
            let (length, number) =
                digits.fold((0, 0), |(length, number), digit| (length + 1, number * 10 + usize::from(digit - b'0')));
            count += 1;
            if number != count || length > 6 {
                return self;
            }
            text.push('?');
            text.push_str(&piece[length..]);
        }
        self.text = text;
        self
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Arg>) {
        (self.text, self.args)
    }
}

fn push_number(number: usize, text: &mut String) {
    if number >= 10 {
        push_number(number / 10, text);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// As [`Sql::name`] writes it.
pub(crate) fn quoted(name: &str) -> String {
    assert!(is_name(name), "`{name}` is not a column or table name");
    format!("\"{name}\"")
}

pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a text is a word such as options have for keys: a letter, then letters, digits, `_` and `-`, all of them ASCII.
pub fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 40
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// `sql!("SELECT a FROM t WHERE b = $1", b)`: a fixed text and its arguments in order.
#[macro_export]
macro_rules! sql {
    ($text:expr $(, $arg:expr)* $(,)?) => {
        $crate::Sql::with($text, vec![$($crate::Arg::from($arg)),*])
    };
}

impl Sql {
    /// A text whose `$1`… stand for the arguments in order.
    pub fn with(text: &str, args: Vec<Arg>) -> Self {
        Self { text: text.to_owned(), args, copied: None }
    }
}

/// Cuts a slice into pieces of `most`, then of halves of it: few different lengths, so that a statement over a piece is prepared
/// once and found again.
pub fn portions<T>(mut items: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    let mut size = most;
    std::iter::from_fn(move || {
        if items.is_empty() {
            return None;
        }
        while size > items.len() {
            size /= 2;
        }
        let (piece, rest) = items.split_at(size.max(1));
        items = rest;
        Some(piece)
    })
}

impl From<bool> for Arg {
    fn from(value: bool) -> Self {
        Self::Bool(Some(value))
    }
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<f64> for Arg {
    fn from(value: f64) -> Self {
        Self::Real(Some(value))
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<&String> for Arg {
    fn from(value: &String) -> Self {
        Self::Text(Some(value.clone()))
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Uuid> for Arg {
    fn from(value: Uuid) -> Self {
        Self::Id(Some(value))
    }
}

impl From<Vec<u8>> for Arg {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

impl From<Option<i64>> for Arg {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<Option<String>> for Arg {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

impl From<Option<&str>> for Arg {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<Option<Uuid>> for Arg {
    fn from(value: Option<Uuid>) -> Self {
        Self::Id(value)
    }
}

/// The main column's argument of a value that is not null.
impl From<&Value> for Arg {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Text(None),
            Value::Bool(flag) => Self::Bool(Some(*flag)),
            Value::Int(int) => Self::Int(Some(*int)),
            Value::Real(real) => Self::Real(Some(*real)),
            Value::Text(text) | Value::Json(text) => Self::Text(Some(text.clone())),
            Value::Money(money) => Self::Int(Some(money.minor)),
            Value::Id(id) | Value::Any(_, id) => Self::Id(Some(*id)),
            Value::List(keys) => Self::Text(Some(Value::join_keys(keys))),
        }
    }
}
