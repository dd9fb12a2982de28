//! `zhike import`: what the import page does, at the prompt.

mod mapping;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Arg, ArgMatches, Command, value_parser};
use zhike_records::{Actor, Engine, ImportCounts, ImportInfo, ImportState, OnDuplicate, OnReview};
use zhike_types::{Lang, Text, Uuid, text};

use super::Outcome;
use crate::{
    failure::Failure,
    options::{actor, beside, flag, open_bulk, option, t},
    progress::Progress,
    say::say,
};

/// How often one looks how far it is.
const LOOK: Duration = Duration::from_millis(200);

pub fn command(lang: Lang) -> Command {
    Command::new("import")
        .about(t(
            lang,
            "导入 XLSX、XLS、CSV、TSV；中断后再运行一次会接着导入",
            "Import XLSX, XLS, CSV, TSV; run again after an interruption to go on",
        ))
        .arg(
            Arg::new("object")
                .display_order(0)
                .value_name(t(lang, "对象", "OBJECT"))
                .help(t(lang, "例如 account", "Such as account"))
                .required(true),
        )
        .arg(
            Arg::new("file")
                .display_order(1)
                .value_name(t(lang, "文件", "FILE"))
                .help(t(lang, "要导入的表", "The list to import"))
                .value_parser(value_parser!(PathBuf))
                .required(true),
        )
        .arg(
            option(
                "mapping",
                t(lang, "文件", "FILE"),
                t(
                    lang,
                    "列对应，TOML：\"手机号\" = \"contact.mobile\"，空字符串表示不导入",
                    "Columns to fields, TOML: \"Phone\" = \"contact.mobile\"; an empty string leaves one out",
                ),
            )
            .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            option(
                "on-duplicate",
                t(lang, "办法", "POLICY"),
                t(
                    lang,
                    "遇到已有的记录：update 补空白（默认）、skip 跳过、create 照样新建",
                    "When a record is known: update (fill its blanks; the default), skip or create",
                ),
            )
            .value_parser(["skip", "update", "create"])
            .hide_possible_values(true),
        )
        .arg(
            option(
                "on-review",
                t(lang, "办法", "POLICY"),
                t(
                    lang,
                    "疑似重复、还不能肯定的行：create 照样新建（默认），查重时再决定；skip 跳过、fail 算失败，都连同原因退回",
                    "When a row may be a duplicate: create (the default; decide in the scan), skip, or fail; both give it back with the reason",
                ),
            )
            .value_parser(["create", "skip", "fail"])
            .hide_possible_values(true),
        )
        .arg(option(
            "pool",
            t(lang, "公海", "NAME"),
            t(
                lang,
                "没有写负责人的新记录放进这个公海，不归导入的人",
                "New records without an owner go to this public pool, not to the importer",
            ),
        ))
        .arg(flag("dry-run", t(lang, "只统计，不写入", "Only count what would happen")))
        .arg(option(
            "user",
            t(lang, "登录名", "LOGIN"),
            t(lang, "以谁的身份；不写就是系统", "As whom; the system when left out"),
        ))
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let file = matches.get_one::<PathBuf>("file").expect("it is required");
    if !file.is_file() {
        let path = file.display();
        return Err(Failure::Said(text!("没有文件 {path}。", "There is no file {path}.")));
    }
    let engine = open_bulk(matches).await?;
    let background = beside(&engine);
    let actor = actor(&engine, matches, lang).await?;
    let ended = tokio::select! {
        ended = import(&engine, &actor, matches, file, lang) => ended,
        _ = tokio::signal::ctrl_c() => Err(Failure::Said(Text::new(
            "导入中断了，已经导入的行不会丢。再运行同一条命令会接着导入。",
            "Interrupted; the rows imported so far are safe. Run the same command again to go on.",
        ))),
    };
    background.abort();
    let _ = background.await;
    engine.close().await;
    ended
}

/// The pool of that name into which the actor may put records of the object.
async fn pool(engine: &Engine, actor: &Actor, object: &str, name: &str) -> Result<Uuid, Failure> {
    let pools = engine.pools_to_fill(actor, object).await?;
    if let Some(pool) = pools.iter().find(|pool| pool.name == name) {
        return Ok(pool.id);
    }
    let names: Vec<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
    let (zh, en) = (names.join("、"), names.join(", "));
    Err(Failure::Said(if names.is_empty() {
        text!("没有可以放 {object} 的公海。", "There is no pool to put {object} records into.")
    } else {
        text!("没有公海“{name}”。可以用：{zh}。", "There is no pool “{name}”. There is: {en}.")
    }))
}

async fn import(engine: &Engine, actor: &Actor, matches: &ArgMatches, file: &Path, lang: Lang) -> Outcome {
    let object = matches.get_one::<String>("object").expect("it is required");
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut info = engine.import_upload(actor, object, &name, file).await?;
    if matches!(info.state, ImportState::Draft | ImportState::Checked) {
        let mut plan = info.plan.clone();
        plan.on_duplicate = match matches.get_one::<String>("on-duplicate").map(String::as_str) {
            Some("skip") => OnDuplicate::Skip,
            Some("update") => OnDuplicate::Update,
            Some("create") => OnDuplicate::Create,
            _ => plan.on_duplicate,
        };
        plan.on_review = match matches.get_one::<String>("on-review").map(String::as_str) {
            Some("create") => OnReview::Create,
            Some("skip") => OnReview::Skip,
            Some("fail") => OnReview::Fail,
            _ => plan.on_review,
        };
        if let Some(name) = matches.get_one::<String>("pool") {
            plan.pool = Some(pool(engine, actor, object, name).await?);
        }
        if let Some(path) = matches.get_one::<PathBuf>("mapping") {
            mapping::apply(&mut plan, path)?;
        }
        info = engine.import_plan(actor, info.id, plan).await?;
        show_plan(&info, lang);
        info = engine.import_start(actor, info.id, matches.get_flag("dry-run")).await?;
    } else if matches.get_flag("dry-run") {
        return Err(Failure::Said(Text::new(
            "这个文件上次的导入还没有结束。不带 --dry-run 再运行一次，让它完成。",
            "The last import of this file has not ended. Run it once without --dry-run to let it finish.",
        )));
    } else {
        eprintln!("{}", t(lang, "接着上次没有完成的导入。", "Going on with the import that was interrupted."));
    }
    let mut bar = Progress::new(t(lang, "导入", "Importing"), info.total_rows.unwrap_or(0).max(0) as u64);
    while matches!(info.state, ImportState::Waiting | ImportState::Checking | ImportState::Running) {
        tokio::time::sleep(LOOK).await;
        info = engine.import_info(actor, info.id).await?;
        bar.set(info.counts.rows.max(0) as u64, info.total_rows.unwrap_or(0).max(0) as u64);
    }
    bar.end();
    say!("{}", table(&info.counts, lang));
    if info.state == ImportState::Failed {
        let unknown = Text::new("导入没有完成。", "The import did not finish.");
        return Err(Failure::Said(info.error.clone().unwrap_or(unknown)));
    }
    if info.returns_rows() && info.state == ImportState::Done {
        let (name, errors) = engine.import_errors(actor, info.id).await?;
        let beside = file.with_file_name(name);
        std::fs::copy(&errors, &beside).map_err(|error| Failure::file(&beside, &error))?;
        let path = beside.display();
        say!(
            "{}",
            text!(
                "没导进去的行和原因在 {path}，改好后可以再导入这个文件。",
                "The rows left out and why are in {path}; correct and import that file."
            )
            .get(lang)
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Which column goes where, so that a wrong guess is seen.
fn show_plan(info: &ImportInfo, lang: Lang) {
    for column in &info.plan.columns {
        let target = column.target.as_deref().unwrap_or(t(lang, "（不导入）", "(left out)"));
        say!("  {} → {target}", column.label);
    }
}

fn table(counts: &ImportCounts, lang: Lang) -> String {
    let mut lines = vec![
        (t(lang, "行数", "rows"), counts.rows),
        (t(lang, "新建", "created"), counts.created),
        (t(lang, "更新", "updated"), counts.updated),
        (t(lang, "跳过", "skipped"), counts.skipped),
        (t(lang, "失败", "failed"), counts.failed),
    ];
    if counts.review > 0 {
        lines.push((t(lang, "其中疑似重复", "of them may be duplicates"), counts.review));
    }
    let lines = lines.into_iter().map(|(name, count)| format!("{count:>10}  {name}"));
    lines.collect::<Vec<_>>().join("\n")
}
