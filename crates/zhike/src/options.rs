//! Options as all commands have them: long, and the same as a variable `ZHIKE_…`.

use clap::{Arg, ArgAction, ArgMatches, builder::BoolishValueParser};
use tokio::task::JoinHandle;
use zhike_records::{Actor, Engine, Options, Source};
use zhike_types::{Lang, text};

use crate::failure::Failure;

/// Chooses between the languages.
pub fn t(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// `--on-duplicate POLICY`, and `ZHIKE_ON_DUPLICATE`.
pub fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help).env(variable(name)).hide_env(true).hide_default_value(true)
}

/// `--dry-run`, and `ZHIKE_DRY_RUN=1`.
pub fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
        .value_parser(BoolishValueParser::new())
        .env(variable(name))
        .hide_env(true)
}

fn variable(name: &str) -> String {
    format!("ZHIKE_{}", name.replace('-', "_").to_uppercase())
}

/// Where the data is: every command takes these.
pub fn site(lang: Lang) -> [Arg; 2] {
    [
        option(
            "data",
            t(lang, "目录", "DIR"),
            t(lang, "数据目录，默认 ./zhike-data", "The data folder, ./zhike-data by default"),
        )
        .default_value("zhike-data")
        .value_parser(clap::value_parser!(std::path::PathBuf))
        .global(true)
        .display_order(900),
        option(
            "database",
            t(lang, "地址", "URL"),
            t(
                lang,
                "数据库地址 postgres://…，不写就用数据目录里的 SQLite",
                "The database, postgres://…; SQLite in the data folder when left out",
            ),
        )
        .hide_env_values(true)
        .global(true)
        .display_order(901),
    ]
}

/// Opens the installation that the options name.
pub async fn open(matches: &ArgMatches) -> Result<Engine, Failure> {
    Ok(Engine::open(named(matches)).await?)
}

/// The same, for a command that writes a lot.
pub async fn open_bulk(matches: &ArgMatches) -> Result<Engine, Failure> {
    Ok(Engine::open(named(matches).bulk()).await?)
}

/// What an installation does beside its commands: telling, sealing, keeping the database in order. Abort it at the end.
pub fn beside(engine: &Engine) -> JoinHandle<()> {
    let engine = engine.clone();
    zhike_jobs::spawn("background", async move { engine.run_background().await })
}

fn named(matches: &ArgMatches) -> Options {
    let data = matches.get_one::<std::path::PathBuf>("data").expect("it has a default");
    let url = matches.get_one::<String>("database").filter(|url| !url.is_empty());
    let mut options = Options::new(data, url.cloned());
    // only `serve` has it
    if let Ok(Some(connections)) = matches.try_get_one::<u32>("connections") {
        options.db.connections = *connections;
    }
    options
}

/// Who acts: the user named by `--user`, else the operator, who may do everything.
pub async fn actor(engine: &Engine, matches: &ArgMatches, lang: Lang) -> Result<Actor, Failure> {
    let Some(login) = matches.get_one::<String>("user") else {
        return Ok(Actor::system(Source::Command).with_lang(lang));
    };
    let user = engine.user_by_login(login).await?.ok_or_else(|| nobody(login))?;
    Ok(engine.actor_of_user(user, Source::Command).await?.with_lang(lang))
}

pub fn nobody(login: &str) -> Failure {
    Failure::Said(text!(
        "没有登录名为 {login} 的用户。用 zhike user list 看看有谁。",
        "There is no user with the sign-in name {login}. See `zhike user list`."
    ))
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn every_option_is_a_variable() {
        assert_eq!(variable("on-duplicate"), "ZHIKE_ON_DUPLICATE");
    }
}
