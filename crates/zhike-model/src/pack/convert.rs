//! `[convert]`, with its `[[convert.target]]`.

use zhike_types::Text;

use super::table::Table;
use crate::{Conversion, ConversionTarget};

pub(super) fn convert(table: Option<Table<'_>>, object: &str) -> Option<Conversion> {
    let table = table?.named(format!("{object}/convert"));
    let conversion = Conversion {
        field: table.required_string("field", "field = \"state\""),
        stage: table.required_string("stage", "stage = \"converted\""),
        open: table.strings("open"),
        targets: table.tables("target").into_iter().map(|one| target(one, object)).collect(),
    };
    if conversion.targets.is_empty() {
        table.problem(Text::new(
            "缺少 [[convert.target]]：至少写明转成哪个对象。",
            "[[convert.target]] is missing: name the object that it becomes.",
        ));
    }
    table.finish();
    Some(conversion)
}

fn target(table: Table<'_>, object: &str) -> ConversionTarget {
    let name = table.required_string("object", "object = \"account\"");
    let path = format!("{object}/convert/{name}");
    let table = table.named(path.clone());
    let fill = table.table("fill").map(|fill| fill.named(format!("{path}/fill")));
    let target = ConversionTarget {
        object: name,
        into: table.required_string("into", "into = \"converted_account\""),
        when: table.string("when"),
        asks: table.strings("asks"),
        fill: fill.map(|fill| fill.texts()).unwrap_or_default(),
    };
    table.finish();
    target
}
