//! The typed tree.

use zhike_types::Uuid;

/// What an expression's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    Bool,
    /// A double: integers, decimals, money in major units, percent as 12.5.
    Number,
    Text,
    Date,
    DateTime,
    Duration,
    /// A reference, a file, `me`.
    Id,
    /// Multi-select and tags.
    Keys,
}

/// A checked expression. Operands have the types their node needs; nothing is left to decide at run time.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    Literal(Literal),
    Constant(Constant),
    Field(Path),
    /// Bool. True where the operand is null (an empty list of keys is null).
    IsNull(Box<Expr>),
    /// Bool.
    Not(Box<Expr>),
    /// Bool; two operands or more.
    And(Vec<Expr>),
    /// Bool; two operands or more.
    Or(Vec<Expr>),
    /// Bool, null-safe; both sides have one type, which is not `Keys`.
    Equal(Box<Expr>, Box<Expr>),
    /// Bool, null-safe: a number field against something that reads no field, exactly ([`super::stored_bound`]).
    EqualStored(Path, Box<Expr>),
    /// Bool; false when a side is null. Number, Text, Date, DateTime or Duration, the same on both sides.
    Compare(Order, Box<Expr>, Box<Expr>),
    /// Bool: a number, date or duration field against something that reads no field, exactly. A date field may stand
    /// against a Date or a DateTime ([`super::date_bound`]).
    CompareStored(Order, Path, Box<Expr>),
    /// Bool: the item is one of the list; `null` says whether the list holds null. Items read no field. A number field
    /// is compared exactly.
    In {
        item: Box<Expr>,
        list: Vec<Expr>,
        null: bool,
    },
    /// Bool: the keys hold this one.
    Holds {
        keys: Path,
        key: String,
    },
    /// Bool; false when the text is null. The part reads no field.
    Text {
        test: TextTest,
        text: Box<Expr>,
        part: Box<Expr>,
    },
    /// Number: `left op right`, null when one is; division and remainder by zero give null.
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    /// Number.
    Negate(Box<Expr>),
    /// Number.
    Abs(Box<Expr>),
    /// Number: to the nearest whole, half away from zero: `trunc(x + 0.5)`, `trunc(x - 0.5)` for negative x.
    Round(Box<Expr>),
    /// Number: the least, null when one is null.
    Least(Vec<Expr>),
    /// Number: the greatest, null when one is null.
    Greatest(Vec<Expr>),
    /// Text; null when one part is.
    Concat(Vec<Expr>),
    /// Number: code points of a text.
    Length(Box<Expr>),
    /// Number: how many keys; 0 for none.
    KeyCount(Path),
    /// Date or DateTime, as `at` is, moved by a Duration; a Date only by whole days.
    Shift {
        at: Box<Expr>,
        by: Box<Expr>,
        back: bool,
    },
    /// Duration between two DateTimes, or two Dates.
    Between(Box<Expr>, Box<Expr>),
    /// Duration: sum or difference (`back`) of two.
    AddDuration {
        left: Box<Expr>,
        right: Box<Expr>,
        back: bool,
    },
    /// DateTime: the start of a Date's day.
    StartOfDay(Box<Expr>),
    /// Number: a part of a Date's or DateTime's calendar day or time; null outside the years 0001 to 9999.
    Part(DatePart, Box<Expr>),
    /// Number: whole units of a Duration, towards zero.
    InUnits(DurationUnit, Box<Expr>),
    /// Of the type of its branches; a null condition takes the second.
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// Related records that meet the condition: any (Bool), exactly one (Bool), how many (Number).
    Related {
        quantifier: Quantifier,
        records: Records,
        condition: Option<Box<Expr>>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    Null(Type),
    Bool(bool),
    /// At most 15 significant digits: its shortest decimal form is what was written.
    Number(f64),
    Text(String),
    /// Days since 1970-01-01.
    Date(i64),
    /// Milliseconds since 1970-01-01T00:00Z.
    DateTime(i64),
    /// Milliseconds.
    Duration(i64),
    Id(Uuid),
}

/// What the moment and the actor give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    Now,
    Today,
    Me,
    MyDepartment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// `a - b * trunc(a / b)`.
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatePart {
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0 is Sunday.
    Weekday,
    /// 0 to 23; DateTime only.
    Hour,
    /// 0 to 59; DateTime only.
    Minute,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationUnit {
    Days,
    Hours,
    Minutes,
    Seconds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    Any,
    One,
    Count,
}

/// A field of the record or of one reached from it through references.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    /// Where it starts: 0 is the record itself, 1 the variable of the outermost `exists` around it, and so on.
    pub var: usize,
    /// References to follow, in order.
    pub steps: Vec<Step>,
    /// The object that holds the field.
    pub object: String,
    /// Its name; `id` is the record's own identifier.
    pub field: String,
    pub stored: Stored,
}

/// One reference followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// The object that holds the reference.
    pub object: String,
    pub field: String,
    /// The object it leads to.
    pub target: String,
}

/// How the field is stored, and so how it is read (see [`zhike_types::Value`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stored {
    Bool,
    /// An integer × 10^scale; money by its minor units.
    Number {
        scale: u32,
    },
    Text,
    /// Days.
    Date,
    /// Milliseconds.
    DateTime,
    /// Seconds.
    Duration,
    Id,
    /// `|a|b|`.
    Keys,
    /// Beside a money's amount: the code of its currency. Null where the amount is.
    Currency,
}

/// The records of a relation, starting like a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Records {
    pub var: usize,
    pub steps: Vec<Step>,
    /// The object the relation belongs to.
    pub object: String,
    /// The inverse name: `contacts`.
    pub relation: String,
    /// The object whose records they are, and its reference field: `contact`, `account`.
    pub target: String,
    pub field: String,
    /// The reference is polymorphic: its `_object` column must name `object`.
    pub any: bool,
    /// The number of the variable that stands for one of them, and its name as written.
    pub binds: usize,
    pub name: String,
}

impl Stored {
    pub fn ty(self) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Number { .. } => Type::Number,
            Self::Text | Self::Currency => Type::Text,
            Self::Date => Type::Date,
            Self::DateTime => Type::DateTime,
            Self::Duration => Type::Duration,
            Self::Id => Type::Id,
            Self::Keys => Type::Keys,
        }
    }
}

impl Literal {
    pub fn ty(&self) -> Type {
        match self {
            Self::Null(ty) => *ty,
            Self::Bool(_) => Type::Bool,
            Self::Number(_) => Type::Number,
            Self::Text(_) => Type::Text,
            Self::Date(_) => Type::Date,
            Self::DateTime(_) => Type::DateTime,
            Self::Duration(_) => Type::Duration,
            Self::Id(_) => Type::Id,
        }
    }
}

impl Order {
    /// Of the same two, the other way round: `a < b` is `b > a`.
    #[must_use]
    pub fn flip(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
        }
    }

    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
        }
    }

    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterEqual => ordering.is_ge(),
        }
    }
}

impl Expr {
    pub fn ty(&self) -> Type {
        match self {
            Self::Literal(literal) => literal.ty(),
            Self::Constant(Constant::Now) | Self::StartOfDay(_) => Type::DateTime,
            Self::Constant(Constant::Today) => Type::Date,
            Self::Constant(Constant::Me | Constant::MyDepartment) => Type::Id,
            Self::Field(path) => path.stored.ty(),
            Self::IsNull(_)
            | Self::Not(_)
            | Self::And(_)
            | Self::Or(_)
            | Self::Equal(..)
            | Self::EqualStored(..)
            | Self::Compare(..)
            | Self::CompareStored(..)
            | Self::In { .. }
            | Self::Holds { .. }
            | Self::Text { .. }
            | Self::Related { quantifier: Quantifier::Any | Quantifier::One, .. } => Type::Bool,
            Self::Arithmetic(..)
            | Self::Negate(_)
            | Self::Abs(_)
            | Self::Round(_)
            | Self::Least(_)
            | Self::Greatest(_)
            | Self::Length(_)
            | Self::KeyCount(_)
            | Self::Part(..)
            | Self::InUnits(..)
            | Self::Related { quantifier: Quantifier::Count, .. } => Type::Number,
            Self::Concat(_) => Type::Text,
            Self::Shift { at, .. } => at.ty(),
            Self::Between(..) | Self::AddDuration { .. } => Type::Duration,
            Self::If { then, .. } => then.ty(),
        }
    }

    /// The operands, for walks over the tree.
    pub fn children(&self) -> Vec<&Self> {
        match self {
            Self::Literal(_) | Self::Constant(_) | Self::Field(_) | Self::Holds { .. } | Self::KeyCount(_) => {
                Vec::new()
            }
            Self::IsNull(a)
            | Self::Not(a)
            | Self::EqualStored(_, a)
            | Self::CompareStored(_, _, a)
            | Self::Negate(a)
            | Self::Abs(a)
            | Self::Round(a)
            | Self::Length(a)
            | Self::StartOfDay(a)
            | Self::Part(_, a)
            | Self::InUnits(_, a) => vec![a],
            Self::And(all) | Self::Or(all) | Self::Least(all) | Self::Greatest(all) | Self::Concat(all) => {
                all.iter().collect()
            }
            Self::Equal(a, b) | Self::Compare(_, a, b) | Self::Arithmetic(_, a, b) | Self::Between(a, b) => vec![a, b],
            Self::In { item, list, .. } => std::iter::once(&**item).chain(list).collect(),
            Self::Text { text, part, .. } => vec![text, part],
            Self::Shift { at, by, .. } => vec![at, by],
            Self::AddDuration { left, right, .. } => vec![left, right],
            Self::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Self::Related { condition, .. } => condition.iter().map(|condition| &**condition).collect(),
        }
    }

    /// The field this node itself reads, if it reads one.
    pub fn own_path(&self) -> Option<&Path> {
        match self {
            Self::Field(path)
            | Self::EqualStored(path, _)
            | Self::CompareStored(_, path, _)
            | Self::Holds { keys: path, .. }
            | Self::KeyCount(path) => Some(path),
            _ => None,
        }
    }

    /// Whether its value is the same for every record: it reads no field and no relation.
    pub fn is_constant(&self) -> bool {
        self.own_path().is_none()
            && !matches!(self, Self::Related { .. })
            && self.children().into_iter().all(Self::is_constant)
    }
}
