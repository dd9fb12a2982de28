//! Views, layout and board as a pack writes them.

use std::fmt::Write as _;

use super::{Writer, list, quote, sort_words};
use crate::{Board, Layout, SortKey, TabKind, View, pack::layout::AGGREGATES};

impl Writer {
    pub(super) fn view(&mut self, view: &View) {
        self.section("[[view]]");
        self.text("name", &view.name);
        self.label("label", &view.label);
        self.words("columns", &view.columns);
        if !view.filter.is_empty() {
            self.text("filter", &view.filter);
        }
        self.sort(&view.sort);
        if !view.totals.is_empty() {
            let totals: Vec<String> = view
                .totals
                .iter()
                .map(|total| {
                    let op = AGGREGATES.iter().find(|(_, op)| *op == total.op).map_or("count", |(name, _)| name);
                    format!("{{ field = {}, op = {} }}", quote(&total.field), quote(op))
                })
                .collect();
            self.key("totals", &format!("[{}]", totals.join(", ")));
        }
        self.words("quick", &view.quick);
    }

    pub(super) fn sort(&mut self, sort: &[SortKey]) {
        self.words("sort", &sort_words(sort));
    }

    pub(super) fn layout(&mut self, layout: &Layout) {
        self.section("[layout]");
        self.words("facts", &layout.facts);
        self.words("badges", &layout.badges);
        self.words("quick_create", &layout.quick_create);
        if let Some(board) = &layout.board {
            self.board(board);
        }
        for section in &layout.sections {
            self.section("[[layout.section]]");
            self.label("label", &section.label);
            self.key("columns", &section.columns.to_string());
            self.words("fields", &section.fields);
            self.flag("folded", section.folded);
        }
        for tab in &layout.tabs {
            self.section("[[layout.tab]]");
            self.label("label", &tab.label);
            let (kind, relations): (&str, &[String]) = match &tab.kind {
                TabKind::Timeline => ("timeline", &[]),
                TabKind::Details => ("details", &[]),
                TabKind::Related(relations) => ("related", relations),
                TabKind::Files => ("files", &[]),
                TabKind::History => ("history", &[]),
            };
            self.text("kind", kind);
            self.words("relations", relations);
        }
        for related in &layout.related {
            self.section("[[layout.related]]");
            self.text("relation", &related.relation);
            self.words("columns", &related.columns);
            self.sort(&related.sort);
        }
    }

    pub(super) fn board(&mut self, board: &Board) {
        let mut line = format!("{{ field = {}", quote(&board.field));
        if let Some(sum) = &board.sum {
            let _ = write!(line, ", sum = {}", quote(sum));
        }
        for (key, words) in [("card", board.card.clone()), ("sort", sort_words(&board.sort))] {
            if !words.is_empty() {
                let _ = write!(line, ", {key} = {}", list(&words));
            }
        }
        self.key("board", &format!("{line} }}"));
    }
}
