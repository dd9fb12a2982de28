//! `zhike doctor`

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use zhike_types::Lang;

use super::Outcome;
use crate::{
    options::{open, t},
    say::say,
};

pub fn command(lang: Lang) -> Command {
    Command::new("doctor").about(t(
        lang,
        "检查数据库、审计链、搜索索引和文件",
        "Check database, audit chain, search indexes and files",
    ))
}

/// Prints what was looked at; fails when something is not well.
pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let engine = open(matches).await?;
    let findings = engine.doctor().await?;
    for finding in &findings {
        say!("{} {}", if finding.well { "✓" } else { "✗" }, finding.text.get(lang));
    }
    engine.close().await;
    let ill = findings.iter().filter(|finding| !finding.well).count();
    if ill == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "{}",
        match lang {
            Lang::Zh => format!("{ill} 处有问题。请先备份数据目录，再联系支持。"),
            Lang::En => format!("{ill} findings need attention. Back up the data folder before anything else."),
        }
    );
    Ok(ExitCode::FAILURE)
}
