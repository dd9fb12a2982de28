//! What is printed is there, and an amount where one is wanted.

use zhike_types::{Text, text};

use super::super::{place::Problems, table::unknown_word};
use crate::{Field, FieldKind, Model, Object, Print, PrintBlock};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        for print in &object.prints {
            let place = format!("{}/print/{}", object.name, print.name);
            Checker { model, object, problems, place }.print(print);
        }
    }
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    problems: &'a Problems<'a>,
    place: String,
}

impl<'a> Checker<'a> {
    fn under(&self, at: &str, message: Text) {
        self.problems.under(&format!("{}/{at}", self.place), message);
    }

    fn print(&self, print: &Print) {
        if print.head.len() > 2 {
            self.under("head", Text::new("页眉只有左右两处。", "The head has two places: left and right."));
        }
        for (i, path) in print.head.iter().enumerate() {
            self.path(path, &format!("head/{i}"));
        }
        for (i, block) in print.blocks.iter().enumerate() {
            self.block(block, i);
        }
    }

    fn block(&self, block: &PrintBlock, i: usize) {
        let at = format!("block/{i}");
        for path in block.paths() {
            let field = self.path(path, &at);
            let amount = matches!(block, PrintBlock::Capitals(_));
            if amount && field.is_some_and(|field| !matches!(field.kind.value_kind(), FieldKind::Money { .. })) {
                self.under(&at, text!("“{path}”不是金额，不能大写。", "`{path}` is no amount of money."));
            }
        }
        if let PrintBlock::Table { relation, columns } = block {
            self.table(relation, columns, &at);
        }
    }

    fn table(&self, relation: &str, columns: &[String], at: &str) {
        let (of, relation) = match relation.split_once('.') {
            Some((reference, relation)) => {
                let Some(field) = self.path(reference, at) else { return };
                let FieldKind::Reference { object, .. } = &field.kind else {
                    self.under(at, refers_to_nothing(reference));
                    return;
                };
                (object.as_str(), relation)
            }
            None => (self.object.name.as_str(), relation),
        };
        let Some(child) = self.model.relation(of, relation).and_then(|relation| self.model.object(&relation.object))
        else {
            let known = self.model.relations(of);
            self.under(at, unknown_word(relation, known.iter().map(|relation| relation.name.as_str())));
            return;
        };
        if columns.is_empty() {
            self.under(at, Text::new("表格要有列：columns = [\"…\"]。", "A table has columns: columns = [\"…\"]."));
        }
        for name in columns.iter().filter(|name| child.field(name).is_none()) {
            self.under(at, unknown_word(name, child.fields.iter().map(|field| field.name.as_str())));
        }
    }

    /// The field at the end of a path; says where there is none.
    fn path(&self, path: &str, at: &str) -> Option<&'a Field> {
        let (first, second) = path.split_once('.').map_or((path, None), |(first, second)| (first, Some(second)));
        let Some(field) = self.object.field(first) else {
            self.under(at, unknown_word(first, self.object.fields.iter().map(|field| field.name.as_str())));
            return None;
        };
        let Some(second) = second else { return Some(field) };
        let FieldKind::Reference { object, .. } = &field.kind else {
            self.under(at, refers_to_nothing(first));
            return None;
        };
        let target = self.model.object(object)?;
        let field = target.field(second);
        if field.is_none() {
            self.under(at, unknown_word(second, target.fields.iter().map(|field| field.name.as_str())));
        }
        field
    }
}

fn refers_to_nothing(field: &str) -> Text {
    text!("“{field}”不引用别的记录，后面不能有“.”。", "`{field}` refers to no record: nothing follows it.")
}
