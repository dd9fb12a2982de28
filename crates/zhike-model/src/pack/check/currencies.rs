//! Whose currency a computed amount is in.

use zhike_types::Text;

use super::super::place::Problems;
use crate::{Field, FieldKind, Model, Object, RollupOp};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        for field in &object.fields {
            let Some(of) = &field.currency_of else { continue };
            if !computes_money(field) || !(is_amount(object, field, of) || sums(field, of)) {
                problems.under(
                    &format!("{}/field/{}/currency_of", object.name, field.name),
                    Text::new(
                        "currency_of 只用于金额的公式和汇总，写本对象的另一个金额字段；求和也可以写它汇总的关系。",
                        "`currency_of` is for computed amounts: another amount of this object, or of a sum the relation that it sums.",
                    ),
                );
            }
        }
    }
}

fn computes_money(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. })
        && matches!(field.kind.value_kind(), FieldKind::Money { .. })
}

fn is_amount(object: &Object, field: &Field, of: &str) -> bool {
    of != field.name && object.field(of).is_some_and(|of| matches!(of.kind.value_kind(), FieldKind::Money { .. }))
}

fn sums(field: &Field, of: &str) -> bool {
    matches!(&field.kind, FieldKind::Rollup { relation, op: RollupOp::Sum, .. } if relation == of)
}
