//! `zhike duplicates`: which records are one customer.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Mutex,
    time::Duration,
};

use clap::{Arg, ArgMatches, Command, value_parser};
use zhike_records::{Actor, DailyLimits, Duplicates, Engine, Scan, ScanState, Source};
use zhike_types::{Error, Lang, text};

use super::Outcome;
use crate::{
    failure::Failure,
    options::{open, option, t},
    progress::Progress,
    say::say,
};

/// How often it is looked how far a scan is.
const LOOK: Duration = Duration::from_millis(50);

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
            Command::new("scan")
                .about(t(
                    lang,
                    "查一遍，说有多少，结果留给核对",
                    "Look, say how many there are, and keep them for review",
                ))
                .arg(object()),
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
        .subcommand(
            Command::new("limits")
                .about(t(
                    lang,
                    "每人每天能问多少：查看，或用选项修改",
                    "How much a user may ask a day: shown, or set by an option",
                ))
                .arg(
                    option("questions", "N", t(lang, "查重页每天可问的次数", "Questions on the page “Is it taken?”"))
                        .value_parser(value_parser!(u32)),
                )
                .arg(
                    option(
                        "told",
                        "N",
                        t(
                            lang,
                            "填表时每天可被提示的、归别人所有的客户数",
                            "Customers of others told of while forms are filled",
                        ),
                    )
                    .value_parser(value_parser!(u32)),
                ),
        )
}

async fn limits(engine: &Engine, matches: &ArgMatches, lang: Lang) -> Result<(), Failure> {
    let known = engine.daily_limits().await?;
    let asked = |name: &str| matches.get_one::<u32>(name).copied();
    let (questions, told) = (asked("questions").unwrap_or(known.questions), asked("told").unwrap_or(known.told));
    let actor = Actor::system(Source::Command).with_lang(lang);
    engine.set_daily_limits(&actor, DailyLimits { questions, told }).await?;
    say!(
        "{}",
        text!(
            "每人每天：查重 {questions} 次；填表时提示 {told} 个归别人所有的客户。",
            "A user and day: {questions} questions; told of {told} customers of others while filling forms."
        )
        .get(lang)
    );
    Ok(())
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (name, matches) = matches.subcommand().expect("it is required");
    let engine = open(matches).await?;
    if name == "limits" {
        limits(&engine, matches, lang).await?;
        engine.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    let object = matches.get_one::<String>("object").expect("it has a default");
    if name == "scan" {
        scan(&engine, object, lang).await?;
    } else {
        let found = find(&engine, object, lang).await?;
        export(&engine, object, &found, matches, lang).await?;
    }
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Scans as a job, as the page does: the result is kept, and a scan that is killed here is taken up elsewhere.
async fn scan(engine: &Engine, object: &str, lang: Lang) -> Result<(), Failure> {
    let actor = Actor::system(Source::Command).with_lang(lang);
    let mut scan = match engine.scan_start(&actor, object).await {
        // one that is under way is as good
        Err(Error::Conflict(refused)) => match engine.scan_latest(&actor, object).await? {
            Some(scan) if scan.is_open() => {
                engine.work()?;
                scan
            }
            _ => return Err(Failure::Said(refused)),
        },
        started => started?,
    };
    let mut bar = Progress::new(object.to_owned(), 0);
    while scan.is_open() {
        if let ScanState::Running { done, total } = scan.state {
            bar.set(done, total);
        }
        tokio::time::sleep(LOOK).await;
        scan = engine.scan_of(&actor, object, scan.id).await?;
    }
    bar.end();
    if let ScanState::Failed { message } = scan.state {
        return Err(Failure::Said(message));
    }
    tell(&scan, lang);
    Ok(())
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

fn tell(scan: &Scan, lang: Lang) {
    let Scan { records, groups, same_pairs: same, review_pairs: review, .. } = *scan;
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
