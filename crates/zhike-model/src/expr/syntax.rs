//! Text to CEL's own syntax tree, within the limits.

use cel::common::ast::{Expr as Cel, IdedExpr, SourceInfo};
use zhike_types::{Text, text};

use super::{ExprError, LIMITS, scan};

/// A parsed text that still knows where each node stands in it.
pub(super) struct Syntax {
    pub root: IdedExpr,
    info: SourceInfo,
}

impl Syntax {
    /// `labelled` gives the field whose label a word is, for the advice to who writes one.
    pub(super) fn parse(source: &str, labelled: impl Fn(&str) -> Option<String>) -> Result<Self, ExprError> {
        let limit = LIMITS.length;
        if source.trim().is_empty() {
            return Err(ExprError::new(1, Text::new("表达式是空的。", "The expression is empty.")));
        }
        if source.chars().count() > limit {
            return Err(ExprError::new(
                1,
                text!("表达式太长，最多 {limit} 个字符。", "The expression is too long: at most {limit} characters."),
            ));
        }
        let outside = scan::outside(source)?;
        if let Some((at, word)) = scan::foreign_word(&outside) {
            return Err(ExprError::new(at, scan::foreign(&word, labelled(&word))));
        }
        if let Some(at) = scan::too_deep(&outside) {
            return Err(ExprError::new(
                at,
                Text::new(
                    "表达式套得太深，请拆成几个公式字段。",
                    "The expression nests too deep: split it into formula fields.",
                ),
            ));
        }
        // Without the standard macros `exists`, `has` and the like stay the calls that were written.
        match cel::Env::default().parser().max_recursion_depth(LIMITS.depth as u16 * 4).parse_with_source_info(source) {
            Ok((root, info)) => Ok(Self { root, info }),
            Err(errors) => {
                let first = errors.errors.first();
                let at = first.map_or(1, |error| column(source, error.pos));
                let what = first.map_or("", |error| error.msg.trim());
                if what.contains("<EOF>") {
                    return Err(ExprError::new(
                        at,
                        Text::new(
                            "表达式没有写完，请检查括号和运算符。",
                            "The expression ends too early. Check brackets and operators.",
                        ),
                    ));
                }
                // The parser goes on to list every token it knows.
                let what = what.split(" expecting ").next().unwrap_or_default().trim_start_matches("Syntax error: ");
                Err(ExprError::new(
                    at,
                    text!(
                        "表达式从第 {at} 个字符起看不懂（{what}）。请检查括号、引号和运算符。",
                        "The expression cannot be read from character {at} on ({what}). Check brackets, quotes and operators."
                    ),
                ))
            }
        }
    }

    /// The character a node begins at, from 1.
    pub(super) fn at(&self, node: &IdedExpr) -> usize {
        let inner = match &node.expr {
            // A call's own place is its operator or bracket: its first operand begins earlier.
            Cel::Call(call) => {
                call.target.as_deref().or_else(|| call.args.first().filter(|_| call.func_name.contains('_')))
            }
            Cel::Select(select) => Some(&*select.operand),
            _ => None,
        };
        let own = self.info.offset_for(node.id).map_or(1, |(start, _)| start as usize + 1);
        inner.map_or(own, |inner| own.min(self.at(inner)))
    }
}

/// Line and column (both from 1) of the parser's error to a character from 1.
fn column(source: &str, (line, column): (isize, isize)) -> usize {
    let before: usize = source
        .split_inclusive('\n')
        .take(usize::try_from(line - 1).unwrap_or(0))
        .map(|line| line.chars().count())
        .sum();
    (before + usize::try_from(column).unwrap_or(0)).min(source.chars().count().max(1))
}
