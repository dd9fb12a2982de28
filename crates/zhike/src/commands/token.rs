//! `zhike token`

use std::process::ExitCode;

use clap::{ArgMatches, Command, value_parser};
use zhike_records::{Actor, Source};
use zhike_types::Lang;

use super::Outcome;
use crate::{
    options::{nobody, open, option, t},
    say::say,
};

pub fn command(lang: Lang) -> Command {
    let create = Command::new("create")
        .about(t(lang, "生成访问令牌，只显示一次", "Make a bearer token; it is shown once"))
        .arg(
            option("user", t(lang, "登录名", "LOGIN"), t(lang, "以哪个用户的身份", "Whose token it is")).required(true),
        )
        .arg(
            option(
                "scope",
                t(lang, "范围", "SCOPE"),
                t(
                    lang,
                    "* 或 account:read contact:write 这样的词，默认 *",
                    "* or words such as account:read contact:write; * by default",
                ),
            )
            .default_value("*"),
        )
        .arg(option("name", t(lang, "名称", "NAME"), t(lang, "用在哪里，默认“命令行”", "What it is for")))
        .arg(
            option("days", "N", t(lang, "有效天数，1 到 366，默认 365", "Days it lives, 1 to 366; 365 by default"))
                .value_parser(value_parser!(i64)),
        );
    Command::new("token").about(t(lang, "访问令牌", "Bearer tokens")).subcommand_required(true).subcommand(create)
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (_, matches) = matches.subcommand().expect("a command is required");
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let engine = open(matches).await?;
    let login = text("user").expect("it is required");
    let user = engine.user_by_login(login).await?.ok_or_else(|| nobody(login))?;
    let actor = Actor::system(Source::Command).with_lang(lang);
    let name = text("name").unwrap_or(t(lang, "命令行", "command line"));
    let scope = text("scope").unwrap_or("*");
    let (_, bearer) = engine.create_token(&actor, user, name, scope, matches.get_one("days").copied()).await?;
    say!("{bearer}");
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}
