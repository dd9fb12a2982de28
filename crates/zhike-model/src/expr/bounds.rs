//! How large a number an expression can reach. PostgreSQL raises an error where a double overflows or underflows, SQLite goes
//! on with infinity: neither may happen, so expressions that could are refused when they are checked.

use super::{Arithmetic, Expr, Literal, Path, Stored};

/// What is refused beyond.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Characters of an expression.
    pub length: usize,
    /// Brackets within brackets.
    pub depth: usize,
    /// Operators, calls and brackets within each other.
    pub nesting: usize,
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
    depth: 24,
    nesting: 64,
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
    /// Every value is a multiple of (about) this power of ten: what is left when two of them almost cancel.
    grain: f64,
}

/// A double has 53 bits, 16 digits.
const DIGITS: f64 = 16.0;

impl Magnitude {
    /// A stored integer is at most 2^63 < 10^19.
    const WHOLE: Self = Self { least: 0.0, most: 19.0, grain: 0.0 };

    fn between(least: f64, most: f64) -> Self {
        Self { least, most, grain: least - DIGITS }
    }

    pub(super) fn within_limits(self) -> bool {
        self.grain.min(self.least) >= -LIMITS.magnitude && self.most <= LIMITS.magnitude
    }

    fn union(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most), grain: self.grain.min(other.grain) }
    }

    fn sum(self, other: Self) -> Self {
        let both = self.union(other);
        Self { least: both.grain, most: both.most + 2_f64.log10(), grain: both.grain }
    }

    fn product(self, other: Self) -> Self {
        Self::between(self.least + other.least, self.most + other.most)
    }

    fn quotient(self, other: Self) -> Self {
        Self::between(self.least - other.most, self.most - other.least)
    }
}

/// The magnitude of a Number, from the magnitudes of what it is made of.
pub(super) fn magnitude(expr: &Expr) -> Magnitude {
    match expr {
        Expr::Field(Path { stored: Stored::Number { scale: 0 }, .. }) => Magnitude::WHOLE,
        Expr::Field(Path { stored: Stored::Number { scale }, .. }) => Magnitude::between(-f64::from(*scale), 19.0),
        Expr::Literal(Literal::Number(number)) if *number != 0.0 => {
            let power = number.abs().log10();
            Magnitude::between(power.floor(), power.ceil())
        }
        Expr::Arithmetic(op, left, right) => {
            let (a, b) = (magnitude(left), magnitude(right));
            match op {
                Arithmetic::Add | Arithmetic::Subtract => a.sum(b),
                Arithmetic::Multiply => a.product(b),
                Arithmetic::Divide => a.quotient(b),
                // The quotient and its product with the divisor are made on the way.
                Arithmetic::Remainder => {
                    let whole = a.quotient(b).union(Magnitude::WHOLE);
                    a.sum(whole.product(b)).union(whole)
                }
            }
        }
        Expr::Negate(a) | Expr::Abs(a) => magnitude(a),
        Expr::Round(a) => Magnitude { least: 0.0, most: magnitude(a).most.max(0.0) + 1.0, grain: 0.0 },
        Expr::Least(all) | Expr::Greatest(all) => {
            all.iter().map(magnitude).reduce(Magnitude::union).unwrap_or(Magnitude::WHOLE)
        }
        Expr::If { then, otherwise, .. } => magnitude(then).union(magnitude(otherwise)),
        // Sums of stored seconds, in milliseconds.
        Expr::InUnits(..) => Magnitude { most: 25.0, ..Magnitude::WHOLE },
        _ => Magnitude::WHOLE,
    }
}
