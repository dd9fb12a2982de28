//! `zhike user`

use std::{io::Read as _, process::ExitCode};

use clap::{ArgMatches, Command};
use zhike_model::SortKey;
use zhike_records::{Actor, Engine, Input, ListQuery, Source};
use zhike_types::{Lang, Text, Uuid, text};

use super::Outcome;
use crate::{
    failure::Failure,
    options::{flag, nobody, open, option, t},
    say::say,
};

pub fn command(lang: Lang) -> Command {
    let login = || option("login", t(lang, "登录名", "LOGIN"), t(lang, "登录名", "The sign-in name")).required(true);
    let password =
        || flag("password-stdin", t(lang, "从标准输入读密码", "Read the password from standard input")).required(true);
    let create = Command::new("create")
        .about(t(lang, "新建可以登录的用户", "Make a user who can sign in"))
        .arg(login())
        .arg(option("name", t(lang, "姓名", "NAME"), t(lang, "姓名", "The person's name")).required(true))
        .arg(
            option(
                "role",
                t(lang, "角色", "ROLE"),
                t(lang, "角色，见 zhike role list，默认 sales", "A role of `zhike role list`; sales by default"),
            )
            .default_value("sales"),
        )
        .arg(password());
    let reset = Command::new("password")
        .about(t(lang, "重设密码，并结束其全部会话", "Set a password; all sessions of the user end"))
        .arg(login())
        .arg(password());
    let list = Command::new("list").about(t(lang, "列出用户", "List the users"));
    Command::new("user").about(t(lang, "用户", "Users")).subcommand_required(true).subcommands([create, reset, list])
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (name, matches) = matches.subcommand().expect("a command is required");
    let engine = open(matches).await?;
    let actor = Actor::system(Source::Command).with_lang(lang);
    match name {
        "create" => create(&engine, &actor, matches).await?,
        "password" => reset(&engine, &actor, matches).await?,
        _ => list(&engine, &actor).await?,
    }
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}

fn given<'a>(matches: &'a ArgMatches, name: &str) -> &'a str {
    matches.get_one::<String>(name).map(String::as_str).unwrap_or_default()
}

/// The first line, so that `echo secret |` works.
fn password() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failure::Said(Text::new("标准输入里没有密码。", "There is no password on standard input.")));
    }
    Ok(line.to_owned())
}

async fn create(engine: &Engine, actor: &Actor, matches: &ArgMatches) -> Result<(), Failure> {
    let wanted = given(matches, "role");
    let roles = engine.roles(actor).await?;
    let role = roles.iter().find(|role| role.name == wanted).ok_or_else(|| {
        let names = roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>().join(", ");
        Failure::Said(text!("没有角色 {wanted}，可以用：{names}。", "There is no role {wanted}; there are {names}."))
    })?;
    let (login, password) = (given(matches, "login"), password()?);
    // a second run after a failure finds the user that the first one made
    let user = match unfinished(engine, actor, login).await? {
        Some(user) => user,
        None => {
            engine
                .create(actor, "user", Input::default().set("name", given(matches, "name")).set("login", login))
                .await?
                .id
        }
    };
    engine.set_credential(actor, user, login, &password).await?;
    engine.set_roles(actor, user, &[role.id]).await?;
    say!("{user}");
    Ok(())
}

/// A user with this sign-in name who has no password yet.
async fn unfinished(engine: &Engine, actor: &Actor, login: &str) -> Result<Option<Uuid>, Failure> {
    if engine.user_by_login(login).await?.is_some() {
        return Ok(None);
    }
    let quoted = serde_json::Value::from(login).to_string();
    let query =
        ListQuery { object: "user".to_owned(), filter: format!("login == {quoted}"), limit: 1, ..ListQuery::default() };
    Ok(engine.list(actor, &query).await?.records.first().map(|record| record.id))
}

async fn reset(engine: &Engine, actor: &Actor, matches: &ArgMatches) -> Result<(), Failure> {
    let login = given(matches, "login");
    let user = engine.user_by_login(login).await?.ok_or_else(|| nobody(login))?;
    Ok(engine.set_credential(actor, user, login, &password()?).await?)
}

async fn list(engine: &Engine, actor: &Actor) -> Result<(), Failure> {
    let query = ListQuery {
        object: "user".to_owned(),
        sort: vec![SortKey { field: "login".to_owned(), descending: false }],
        limit: 1000,
        ..ListQuery::default()
    };
    for user in engine.list_all(actor, query).await? {
        let active = if user.value("active").as_bool() == Some(false) { "-" } else { "+" };
        say!("{active} {:<20} {}", user.value("login").as_text().unwrap_or_default(), user.title());
    }
    Ok(())
}
