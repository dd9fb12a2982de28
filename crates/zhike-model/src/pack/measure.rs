//! `[[measure]]`.

use zhike_types::text;

use super::{PackSource, table::Table};
use crate::Measure;

pub(super) fn measures(tables: Vec<Table<'_>>, object: &str, source: &PackSource) -> Vec<Measure> {
    tables.into_iter().map(|table| measure(table, object, source)).collect()
}

fn measure(table: Table<'_>, object: &str, source: &PackSource) -> Measure {
    let name = table.required_string("name", "name = \"signed\"");
    let table = table.named(format!("{object}/measure/{name}"));
    // as with fields: what a later version of a pack measures cannot meet a customer's own
    if source.is_custom() != name.starts_with("x_") {
        table.problem_at(
            "name",
            if source.is_custom() {
                text!(
                    "自定义指标的名称要以 x_ 开头，例如“x_{name}”。",
                    "A custom measure's name begins with x_, such as `x_{name}`."
                )
            } else {
                text!(
                    "x_ 开头的名称留给自定义指标，请把“{name}”改掉。",
                    "Names that begin with x_ are for custom measures. Rename `{name}`."
                )
            },
        );
    }
    let measure = Measure {
        name,
        label: table.required_label("label"),
        help: table.label("help"),
        sum: table.string("sum"),
        at: table.required_string("at", "at = \"signed_on\""),
        filter: table.string("filter").unwrap_or_default(),
        credit: table.string("credit").unwrap_or_else(|| "owner".to_owned()),
        splits: table.string("splits"),
        product: table.string("product"),
    };
    table.finish();
    measure
}
