//! A field that stamps is a moment, and what it notes is another field of the record that people write.

use zhike_types::Text;

use super::super::place::Problems;
use crate::{FieldKind, Model};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        for field in &object.fields {
            let Some(of) = &field.stamps else { continue };
            let written = object.field(of).is_some_and(|of| !of.read_only && !of.system);
            if field.kind != FieldKind::DateTime || !written {
                problems.under(
                    &format!("{}/field/{}/stamps", object.name, field.name),
                    Text::new(
                        "stamps 只用于日期时间字段，写本对象的另一个由人填写的字段。",
                        "`stamps` is for a datetime: another field of this object that people write.",
                    ),
                );
            }
        }
    }
}
