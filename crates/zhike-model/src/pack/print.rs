//! `[[print]]`, with its `[[print.block]]`.

use zhike_types::Text;

use super::table::Table;
use crate::{Print, PrintBlock, PrintParty};

pub(super) fn prints(tables: Vec<Table<'_>>, object: &str) -> Vec<Print> {
    tables.into_iter().map(|table| print(table, object)).collect()
}

fn print(table: Table<'_>, object: &str) -> Print {
    let name = table.required_string("name", "name = \"quote\"");
    let path = format!("{object}/print/{name}");
    let table = table.named(path.clone());
    let print = Print {
        name,
        label: table.required_label("label"),
        head: table.strings("head"),
        blocks: table
            .tables("block")
            .into_iter()
            .enumerate()
            .filter_map(|(at, block)| self::block(block, &format!("{path}/block/{at}")))
            .collect(),
    };
    if print.blocks.is_empty() {
        table.problem(Text::new(
            "缺少 [[print.block]]：至少写一段要打印的内容。",
            "[[print.block]] is missing: say what is printed.",
        ));
    }
    table.finish();
    print
}

/// A block has one key that says what it is.
fn block(table: Table<'_>, path: &str) -> Option<PrintBlock> {
    let table = table.named(path.to_owned());
    let block = if table.has("title") {
        table.label("title").map(PrintBlock::Title)
    } else if table.has("heading") {
        table.label("heading").map(PrintBlock::Heading)
    } else if table.has("text") {
        table.label("text").map(PrintBlock::Text)
    } else if table.has("field") {
        table.string("field").map(PrintBlock::Field)
    } else if table.has("facts") {
        Some(PrintBlock::Facts(table.strings("facts")))
    } else if table.has("table") {
        table.string("table").map(|relation| PrintBlock::Table { relation, columns: table.strings("columns") })
    } else if table.has("sums") {
        Some(PrintBlock::Sums(table.strings("sums")))
    } else if table.has("capitals") {
        table.string("capitals").map(PrintBlock::Capitals)
    } else if table.has("parties") {
        let parties = table.tables("parties").into_iter().enumerate();
        Some(PrintBlock::Parties(parties.map(|(at, one)| party(one, &format!("{path}/parties/{at}"))).collect()))
    } else {
        table.problem(Text::new(
            "请写明这一段是什么：title、heading、text、field、facts、table、sums、capitals 或 parties。",
            "Say what the block is: title, heading, text, field, facts, table, sums, capitals or parties.",
        ));
        None
    };
    table.finish();
    block
}

fn party(table: Table<'_>, path: &str) -> PrintParty {
    let table = table.named(path.to_owned());
    let by_hand = table.tables("by_hand").into_iter().map(|one| {
        let label = Text::new(one.required_string("zh", "zh = \"…\""), one.required_string("en", "en = \"…\""));
        one.finish();
        label
    });
    let party =
        PrintParty { role: table.required_label("role"), facts: table.strings("facts"), by_hand: by_hand.collect() };
    table.finish();
    party
}
