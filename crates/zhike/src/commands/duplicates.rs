//! `zhike duplicates`: which records are one customer.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Mutex,
};

use clap::{Arg, ArgMatches, Command, value_parser};
use zhike_records::{Actor, Duplicates, Engine, Source};
use zhike_types::{Lang, text};

use super::Outcome;
use crate::{
    failure::Failure,
    options::{open, option, t},
    progress::Progress,
    say::say,
};

pub fn command(lang: Lang) -> Command {
    let object = || {
        Arg::new("object")
            .value_name(t(lang, "对象", "OBJECT"))
            .help(t(lang, "查哪种记录，默认 account", "Which records, account by default"))
            .default_value("account")
            .hide_default_value(true)
    };
    Command::new("duplicates")
        .about(t(lang, "查重：找出其实是同一客户的记录", "Find the records that are one customer"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("scan").about(t(lang, "查一遍，只说有多少", "Look, and say how many there are")).arg(object()),
        )
        .subcommand(
            Command::new("export")
                .about(t(
                    lang,
                    "查一遍，把每一对写成 CSV：分数、原因、导入时的行号",
                    "Look, and write every pair as CSV: score, reasons, rows of the import",
                ))
                .arg(object())
                .arg(
                    option(
                        "out",
                        t(lang, "文件", "FILE"),
                        t(lang, "写到哪里，默认是标准输出", "Where to, standard output by default"),
                    )
                    .value_parser(value_parser!(PathBuf)),
                ),
        )
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (name, matches) = matches.subcommand().expect("it is required");
    let engine = open(matches).await?;
    let object = matches.get_one::<String>("object").expect("it has a default");
    let found = find(&engine, object, lang).await?;
    if name == "scan" {
        tell(&found, lang);
    } else {
        export(&engine, object, &found, matches, lang).await?;
    }
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn find(engine: &Engine, object: &str, lang: Lang) -> Result<Duplicates, Failure> {
    let actor = Actor::system(Source::Command).with_lang(lang);
    let total = engine.count(&actor, object, "", false).await?.max(0) as u64;
    let bar = Mutex::new(Progress::new(object.to_owned(), total));
    let found = engine
        .duplicates(&actor, object, &|seen| {
            if let Ok(mut bar) = bar.lock() {
                bar.set(seen, total);
            }
        })
        .await;
    if let Ok(bar) = bar.lock() {
        bar.end();
    }
    Ok(found?)
}

fn tell(found: &Duplicates, lang: Lang) {
    let (same, review) = found.counts();
    let (records, groups) = (found.records(), found.groups);
    say!(
        "{}",
        text!(
            "查了 {records} 条：{groups} 组同一客户（{same} 对），{review} 对待人工核对。",
            "{records} records: {groups} groups that are each one customer ({same} pairs), {review} pairs to look at."
        )
        .get(lang)
    );
}

async fn export(
    engine: &Engine,
    object: &str,
    found: &Duplicates,
    matches: &ArgMatches,
    lang: Lang,
) -> Result<(), Failure> {
    let rows = engine.imported_rows(object).await?;
    let out = matches.get_one::<PathBuf>("out");
    let writer: Box<dyn Write> = match out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|error| {
            let path = path.display();
            Failure::Said(text!("不能写文件 {path}：{error}", "{path} cannot be written: {error}"))
        })?)),
        None => Box::new(BufWriter::new(std::io::stdout().lock())),
    };
    let lines = found.write_csv(&rows, lang, writer)?;
    if let Some(path) = out {
        let path = path.display();
        say!("{}", text!("写了 {lines} 对到 {path}", "{lines} pairs written to {path}").get(lang));
    }
    Ok(())
}
