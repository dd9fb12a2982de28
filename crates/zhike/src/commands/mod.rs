//! All commands. Each file holds one: what it takes, what it does.

mod demo;
mod doctor;
mod duplicates;
mod export;
mod import;
mod model;
mod pool;
mod role;
mod serve;
mod token;
mod user;

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use zhike_types::Lang;

use crate::{
    failure::Failure,
    options::{site, t},
};

pub type Outcome = Result<ExitCode, Failure>;

/// The command line, described in one language.
pub fn zhike(lang: Lang) -> Command {
    let commands = [
        serve::command(lang),
        demo::command(lang),
        import::command(lang),
        export::command(lang),
        duplicates::command(lang),
        pool::command(lang),
        user::command(lang),
        role::command(lang),
        token::command(lang),
        model::command(lang),
        doctor::command(lang),
    ];
    let zhike = Command::new("zhike")
        .about(t(lang, "知客：客户关系管理系统", "Zhike: customer relationship management"))
        .after_help(t(
            lang,
            "每个选项也可以写成环境变量：--on-duplicate 即 ZHIKE_ON_DUPLICATE。ZHIKE_LOG=debug 看更多日志。",
            "Every option is also a variable: --on-duplicate is ZHIKE_ON_DUPLICATE. ZHIKE_LOG=debug shows more of the log.",
        ))
        .args(site(lang))
        .arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .help(t(lang, "显示版本", "Print the version"))
                .display_order(998)
                .action(ArgAction::Version),
        )
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(commands);
    in_language(zhike, lang)
}

/// Headings and the help option, which clap would write in English, for a command and all below it.
fn in_language(command: Command, lang: Lang) -> Command {
    let options = t(lang, "选项", "Options");
    let positional = t(lang, "参数", "Arguments");
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .help(t(lang, "显示帮助", "Print help"))
        .action(ArgAction::Help)
        .display_order(999);
    let command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(help)
        .subcommand_help_heading(t(lang, "命令", "Commands"))
        .subcommand_value_name(t(lang, "命令", "COMMAND"))
        .help_template(t(
            lang,
            "{about}\n\n用法: {usage}\n\n{all-args}{after-help}\n",
            "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}\n",
        ))
        .mut_args(|arg| {
            let heading = if arg.is_positional() { positional } else { options };
            arg.help_heading(heading)
        });
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, |below| in_language(below, lang)))
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (name, matches) = matches.subcommand().expect("a command is required");
    match name {
        "serve" => serve::run(matches, lang).await,
        "demo" => demo::run(matches, lang).await,
        "import" => import::run(matches, lang).await,
        "export" => export::run(matches, lang).await,
        "duplicates" => duplicates::run(matches, lang).await,
        "pool" => pool::run(matches, lang).await,
        "user" => user::run(matches, lang).await,
        "role" => role::run(matches, lang).await,
        "token" => token::run(matches, lang).await,
        "model" => model::run(matches, lang).await,
        "doctor" => doctor::run(matches, lang).await,
        _ => unreachable!("clap knows no other command"),
    }
}

#[cfg(test)]
mod tests;
