//! `zhike demo`

use std::{collections::HashMap, process::ExitCode};

use clap::{ArgMatches, Command, value_parser};
use zhike_crm::demo::{self, PASSWORD, Plan};
use zhike_db::schema;
use zhike_records::{Actor, Source};
use zhike_types::Lang;

use super::Outcome;
use crate::{
    options::{beside, flag, open_bulk, option, t},
    progress::Progress,
    say::say,
};

/// The fact that says which demo the data began with: `seed customers`.
pub const MADE: &str = "demo";

pub fn parse_made(text: &str) -> Option<(u64, u64)> {
    let (seed, customers) = text.split_once(' ')?;
    Some((seed.parse().ok()?, customers.parse().ok()?))
}

pub fn command(lang: Lang) -> Command {
    Command::new("demo")
        .about(t(lang, "填入逼真的演示数据", "Fill with realistic made data"))
        .arg(
            option("customers", "N", t(lang, "多少个客户，默认 500", "How many customers, 500 by default"))
                .default_value("500")
                .value_parser(value_parser!(u64).range(1..=10_000_000)),
        )
        .arg(
            option(
                "seed",
                "S",
                t(
                    lang,
                    "随机种子，默认 1；相同的种子得到相同的数据",
                    "1 by default; the same seed gives the same data",
                ),
            )
            .default_value("1")
            .value_parser(value_parser!(u64)),
        )
        .arg(
            option(
                "interactions",
                "N",
                t(
                    lang,
                    "平均每个客户多少条跟进，默认 3（十万以上为 1）",
                    "Interactions a customer on average; 3, or 1 from 100,000 customers on",
                ),
            )
            .value_parser(value_parser!(f64)),
        )
        .arg(flag("add", t(lang, "追加到已有客户的数据里", "Add to data that holds customers already")))
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let engine = open_bulk(matches).await?;
    let background = beside(&engine);
    let plan = Plan {
        customers: *matches.get_one("customers").expect("it has a default"),
        seed: *matches.get_one("seed").expect("it has a default"),
        interactions: matches.get_one("interactions").copied(),
        add: matches.get_flag("add"),
    };
    let actor = Actor::system(Source::Command).with_lang(lang);
    let model = engine.model();
    let label = |object: &str| {
        model.object(object).map_or_else(|| object.to_owned(), |known| known.plural.get(lang).to_owned())
    };
    let mut bar = Progress::new(label("account"), plan.customers);
    let mut latest: HashMap<&str, u64> = HashMap::new();
    let filled = demo::fill(&engine, &actor, &plan, &mut |progress| {
        latest.insert(progress.object, progress.done);
        if progress.object == "account" {
            bar.set(progress.done, progress.total);
        }
    })
    .await;
    bar.end();
    let filled = filled?;
    let mut tx = engine.db().begin().await?;
    if schema::meta(&mut tx, MADE).await?.is_none() {
        schema::set_meta(&mut tx, MADE, &format!("{} {}", plan.seed, plan.customers)).await?;
    }
    tx.commit().await?;
    for (object, count) in &filled.records {
        say!("{count:>10}  {}", label(object));
    }
    say!("{}", t(lang, "运行 zhike serve 后，可以这样登录：", "Run `zhike serve`, then sign in as:"));
    for login in demo::logins(plan.seed, plan.customers).into_iter().take(6) {
        say!("  {:<12} {PASSWORD:<12} {} {}", login.login, login.name, login.position);
    }
    background.abort();
    let _ = background.await;
    engine.index_all_words().await?;
    engine.settle().await?;
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}
