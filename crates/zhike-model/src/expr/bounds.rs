//! How large a number an expression can reach. PostgreSQL raises an error where a double overflows or underflows, SQLite goes
//! on with infinity: neither may happen, so expressions that could are refused when they are checked.

use super::{Arithmetic, Expr, Literal, Path, Stored};

/// What is refused beyond.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Characters of an expression.
    pub length: usize,
    /// Levels of nesting of operators and calls.
    pub depth: usize,
    /// Nodes of the tree.
    pub nodes: usize,
    /// Relations within relations.
    pub relations: usize,
    /// The largest number that can be written.
    pub number: f64,
    /// Digits after the point that can be written.
    pub decimals: usize,
    /// Characters of a text literal.
    pub text: usize,
    /// Items of a list.
    pub list: usize,
    /// Powers of ten an intermediate result may reach, up and down.
    pub magnitude: f64,
}

pub const LIMITS: Limits = Limits {
    length: 10_000,
    depth: 32,
    nodes: 600,
    relations: 3,
    number: 1e15,
    decimals: 6,
    text: 1000,
    list: 500,
    magnitude: 290.0,
};

/// Powers of ten between which a number's magnitude lies, unless it is zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Magnitude {
    least: f64,
    most: f64,
}

/// A double has 53 bits: a difference of two that is not zero is at least this many powers of ten below the smaller.
const DIGITS: f64 = 16.0;

impl Magnitude {
    const WHOLE: Self = Self { least: 0.0, most: 19.0 };

    pub(super) fn within_limits(self) -> bool {
        self.least >= -LIMITS.magnitude && self.most <= LIMITS.magnitude
    }

    fn union(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// The magnitude of a Number, from the magnitudes of what it is made of. A stored integer is at most 2^63 < 10^19.
pub(super) fn magnitude(expr: &Expr) -> Magnitude {
    match expr {
        Expr::Field(Path { stored: Stored::Number { scale }, .. }) => Magnitude { least: -f64::from(*scale), most: 19.0 },
        Expr::Literal(Literal::Number(number)) if *number != 0.0 => {
            let power = number.abs().log10();
            Magnitude { least: power.floor(), most: power.ceil() }
        }
        Expr::Arithmetic(op, left, right) => {
            let (a, b) = (magnitude(left), magnitude(right));
            match op {
                Arithmetic::Add | Arithmetic::Subtract => {
                    let both = a.union(b);
                    Magnitude { least: both.least - DIGITS, most: both.most + 1.0 }
                }
                Arithmetic::Multiply => Magnitude { least: a.least + b.least, most: a.most + b.most },
                Arithmetic::Divide => Magnitude { least: a.least - b.most, most: a.most - b.least },
                // It holds the quotient and the product on the way.
                Arithmetic::Remainder => Magnitude {
                    least: (a.least - b.most).min(a.least.min(b.least) - DIGITS),
                    most: (a.most - b.least).max(a.most + b.most - b.least).max(a.most.max(b.most) + 1.0),
                },
            }
        }
        Expr::Negate(a) | Expr::Abs(a) => magnitude(a),
        Expr::Round(a) => Magnitude { least: 0.0, most: magnitude(a).most.max(0.0) + 1.0 },
        Expr::Least(all) | Expr::Greatest(all) => all.iter().map(magnitude).reduce(Magnitude::union).unwrap_or(Magnitude::WHOLE),
        Expr::If { then, otherwise, .. } => magnitude(then).union(magnitude(otherwise)),
        _ => Magnitude::WHOLE,
    }
}
