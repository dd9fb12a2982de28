//! `zhike pool`: public pools.

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use zhike_types::{Lang, text};

use super::Outcome;
use crate::{
    options::{flag, open, t},
    say::say,
};

pub fn command(lang: Lang) -> Command {
    let reclaim = Command::new("reclaim")
        .about(t(
            lang,
            "按各公海的规则收回（服务运行时每小时自动做）",
            "Take records back by the pools' rules (a running server does it each hour)",
        ))
        .arg(flag("dry-run", t(lang, "只说会收回多少，什么都不改", "Say how many it would be, change nothing")));
    Command::new("pool")
        .about(t(lang, "公海", "Public pools"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(reclaim)
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (_, matches) = matches.subcommand().expect("a command is required");
    let engine = open(matches).await?;
    let dry = matches.get_flag("dry-run");
    let pools = if dry { engine.reclaim_counts().await } else { engine.reclaim().await };
    engine.close().await;
    let pools = pools?;
    let mut broken = false;
    for pool in &pools {
        let (name, records) = (&pool.pool, pool.records);
        broken |= pool.broken;
        let line = match (pool.broken, dry) {
            (true, _) => {
                text!("{name}：收回条件看不懂，请到公海设置里修改", "{name}: its rule cannot be read; set it right")
            }
            (false, true) => text!("{name}：会收回 {records} 条", "{name}: {records} would be taken back"),
            (false, false) => text!("{name}：收回 {records} 条", "{name}: {records} taken back"),
        };
        say!("{}", line.get(lang));
    }
    if pools.is_empty() {
        say!("{}", t(lang, "没有公海设了收回条件。", "No pool has a rule."));
    }
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
