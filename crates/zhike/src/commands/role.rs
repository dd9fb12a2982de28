//! `zhike role`

use std::process::ExitCode;

use clap::{ArgMatches, Command};
use zhike_records::{Actor, Source};
use zhike_types::Lang;

use super::Outcome;
use crate::{
    options::{open, t},
    say::say,
};

pub fn command(lang: Lang) -> Command {
    let list = Command::new("list").about(t(lang, "列出角色", "List the roles"));
    Command::new("role").about(t(lang, "角色", "Roles")).subcommand_required(true).subcommand(list)
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (_, matches) = matches.subcommand().expect("a command is required");
    let engine = open(matches).await?;
    for role in engine.roles(&Actor::system(Source::Command)).await? {
        say!("{:<16} {:>6}  {}", role.name, role.users, role.label.get(lang));
    }
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}
