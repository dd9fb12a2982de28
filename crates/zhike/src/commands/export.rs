//! `zhike export`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Mutex,
};

use clap::{Arg, ArgMatches, Command, value_parser};
use zhike_model::SortKey;
use zhike_records::{ExportFormat, ListQuery};
use zhike_types::{Lang, text};

use super::Outcome;
use crate::{
    options::{actor, open, option, t},
    progress::Progress,
    say::say,
};

pub fn command(lang: Lang) -> Command {
    Command::new("export")
        .about(t(lang, "导出一个列表的全部记录", "Write all records of a list to a file"))
        .arg(
            Arg::new("object")
                .display_order(0)
                .value_name(t(lang, "对象", "OBJECT"))
                .help(t(lang, "例如 account", "Such as account"))
                .required(true),
        )
        .arg(option(
            "filter",
            "CEL",
            t(lang, "条件，例如 'status == \"active\"'", "Which records: 'status == \"active\"'"),
        ))
        .arg(option(
            "sort",
            t(lang, "字段", "FIELDS"),
            t(lang, "顺序，例如 -created_at,name", "The order: -created_at,name"),
        ))
        .arg(option(
            "fields",
            t(lang, "字段", "FIELDS"),
            t(lang, "哪些列，用逗号隔开；默认为列表的列", "The columns, apart by commas; the list's own by default"),
        ))
        .arg(
            option(
                "format",
                t(lang, "格式", "FORMAT"),
                t(
                    lang,
                    "csv 或 xlsx；不写就看文件名，再不然是 csv",
                    "csv or xlsx; by the file's name when left out, else csv",
                ),
            )
            .value_parser(["csv", "xlsx"])
            .hide_possible_values(true),
        )
        .arg(
            option(
                "out",
                t(lang, "文件", "FILE"),
                t(lang, "写到哪里，默认是“对象.格式”", "Where to, OBJECT.FORMAT by default"),
            )
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(option(
            "user",
            t(lang, "登录名", "LOGIN"),
            t(lang, "以谁的权限；不写就是全部", "With whose rights; all of them when left out"),
        ))
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let engine = open(matches).await?;
    let actor = actor(&engine, matches, lang).await?;
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let object = text("object");
    let out = matches.get_one::<PathBuf>("out").cloned();
    let format = format_of(matches.get_one::<String>("format").map(String::as_str), out.as_deref());
    let ending = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Xlsx => "xlsx",
    };
    let out = out.unwrap_or_else(|| PathBuf::from(format!("{object}.{ending}")));
    let query = ListQuery {
        object: object.clone(),
        filter: text("filter"),
        sort: sort(&text("sort")),
        fields: matches
            .get_one::<String>("fields")
            .map(|names| names.split(',').map(|name| name.trim().to_owned()).collect()),
        ..ListQuery::default()
    };
    let total = engine.count(&actor, &object, &query.filter, false).await?.max(0) as u64;
    let bar = Mutex::new(Progress::new(object, total));
    let report = |rows| {
        if let Ok(mut bar) = bar.lock() {
            bar.set(rows, total);
        }
    };
    let rows = engine.export(&actor, &query, format, &out, &report).await;
    if let Ok(bar) = bar.lock() {
        bar.end();
    }
    let rows = rows?;
    engine.close().await;
    let path = out.display();
    say!("{}", text!("导出 {rows} 行到 {path}", "{rows} rows written to {path}").get(lang));
    Ok(ExitCode::SUCCESS)
}

/// What was asked for, else what the file's name says.
fn format_of(asked: Option<&str>, out: Option<&Path>) -> ExportFormat {
    let ending = out.and_then(Path::extension).and_then(|ending| ending.to_str()).unwrap_or_default();
    if asked.unwrap_or(ending).eq_ignore_ascii_case("xlsx") { ExportFormat::Xlsx } else { ExportFormat::Csv }
}

fn sort(words: &str) -> Vec<SortKey> {
    let words = words.split(',').map(str::trim).filter(|word| !word.is_empty());
    words
        .map(|word| match word.strip_prefix('-') {
            Some(field) => SortKey { field: field.to_owned(), descending: true },
            None => SortKey { field: word.to_owned(), descending: false },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use zhike_records::ExportFormat;

    use super::format_of;

    #[test]
    fn the_format_is_the_one_asked_for_or_the_files_own() {
        assert_eq!(format_of(None, None), ExportFormat::Csv);
        assert_eq!(format_of(None, Some(Path::new("客户.XLSX"))), ExportFormat::Xlsx);
        assert_eq!(format_of(Some("csv"), Some(Path::new("a.xlsx"))), ExportFormat::Csv);
    }
}
