//! A board stands on a flow, and shows what there is.

use zhike_types::{Text, text};

use super::super::{place::Problems, table::unknown_word};
use crate::{Board, Field, Model, Object};

/// More do not fit on a card.
const FACTS: usize = 3;

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        if let Some(board) = &object.layout.board {
            Checker { object, problems }.board(board);
        }
    }
}

struct Checker<'a> {
    object: &'a Object,
    problems: &'a Problems<'a>,
}

impl<'a> Checker<'a> {
    fn under(&self, path: &str, message: Text) {
        self.problems.under(&format!("{}/board/{path}", self.object.name), message);
    }

    /// The field of that name; says where it is not.
    fn field(&self, name: &str, path: &str) -> Option<&'a Field> {
        let field = self.object.field(name);
        if field.is_none() {
            self.under(path, unknown_word(name, self.object.fields.iter().map(|field| field.name.as_str())));
        }
        field
    }

    fn board(&self, board: &Board) {
        let name = &board.field;
        if self.field(name, "field").is_some() && self.object.flows.iter().all(|flow| flow.field != *name) {
            self.under(
                "field",
                text!(
                    "看板的字段要有流程：请给“{name}”加上 [[flow]]。",
                    "A board stands on a flow: give `{name}` a [[flow]]."
                ),
            );
        }
        if board.card.len() > FACTS {
            self.under("card", Text::new("卡片上最多三项。", "A card has room for three facts."));
        }
        for (i, name) in board.card.iter().enumerate() {
            if self.field(name, &format!("card/{i}")).is_some() && board.card[..i].contains(name) {
                self.under(
                    &format!("card/{i}"),
                    text!("“{name}”出现了两次，请删掉一个。", "`{name}` stands here twice. Remove one."),
                );
            }
        }
        if let Some(name) = &board.sum
            && self.field(name, "sum").is_some_and(|field| !field.kind.is_number())
        {
            self.under("sum", text!("“{name}”不是数字，不能合计。", "`{name}` is no number, so it cannot be summed."));
        }
        for (i, key) in board.sort.iter().enumerate() {
            let (at, name) = (format!("sort/{i}"), &key.field);
            if self.field(name, &at).is_some_and(|field| !field.kind.is_sortable()) {
                self.under(&at, text!("“{name}”不能排序。", "`{name}` cannot be sorted by."));
            }
        }
    }
}
