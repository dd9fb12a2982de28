//! `zhike serve`

use std::{process::ExitCode, time::Duration};

use clap::{ArgMatches, Command, value_parser};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use zhike_crm::demo::{self, PASSWORD};
use zhike_db::schema;
use zhike_records::Engine;
use zhike_types::{Lang, text};
use zhike_web::{App, DemoLogin};

use super::Outcome;
use crate::{
    failure::Failure,
    options::{beside, flag, open, option, t},
    say::say,
};

/// Requests under way may take this long after the server was told to stop.
const GRACE: Duration = Duration::from_secs(30);

pub fn command(lang: Lang) -> Command {
    Command::new("serve")
        .about(t(lang, "启动服务", "Answer on an address"))
        .arg(
            option(
                "listen",
                t(lang, "地址", "ADDR"),
                t(lang, "监听的地址，默认 127.0.0.1:8080", "The address to answer on, 127.0.0.1:8080 by default"),
            )
            .default_value("127.0.0.1:8080"),
        )
        .arg(
            option(
                "connections",
                "N",
                t(
                    lang,
                    "数据库连接数，SQLite 默认 4（只读），PostgreSQL 默认 16",
                    "Connections to the database: 4 for reading by default with SQLite, 16 with PostgreSQL",
                ),
            )
            .value_parser(value_parser!(u32).range(1..=1000)),
        )
        .arg(flag(
            "https",
            t(lang, "用户通过 https 访问（前面有代理）", "People reach it by https (a proxy stands in front)"),
        ))
        .arg(flag(
            "behind-proxy",
            t(lang, "信任代理写的 X-Forwarded-For", "Believe the X-Forwarded-For of the proxy in front"),
        ))
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    // before anybody can know that the server is there, and stop it
    let mut signals = Signals::heard()?;
    let address = matches.get_one::<String>("listen").expect("it has a default");
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::Said(text!(
            "不能监听 {address}：{error}。换一个端口试试：--listen 127.0.0.1:8081",
            "Cannot listen on {address}: {error}. Try another port: --listen 127.0.0.1:8081"
        ))
    })?;
    let engine = open(matches).await?;
    let logins = demo_logins(&engine, lang).await?;
    let base = format!("http://{}", listener.local_addr()?);
    say!("listening on {base}");
    welcome(&engine, &base, &logins, lang).await?;

    zhike_crm::mail::register(&engine);
    engine.work()?;
    let background = beside(&engine);
    let app = App::new(engine.clone())
        .with_demo_logins(logins)
        .with_https(matches.get_flag("https"))
        .behind_proxy(matches.get_flag("behind-proxy"));
    let (stop, mut stopped) = watch::channel(false);
    let told = zhike_jobs::spawn("signals", async move {
        signals.next().await;
        stop.send_replace(true);
    });
    let mut patience = stopped.clone();
    let serving = zhike_web::serve(app, listener, async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    });
    tokio::select! {
        served = serving => served?,
        () = async {
            let _ = patience.wait_for(|stopped| *stopped).await;
            let Ok(mut again) = Signals::heard() else { return };
            tokio::select! {
                () = tokio::time::sleep(GRACE) => {}
                () = again.next() => {}
            }
        } => tracing::warn!("stopped before all requests were answered"),
    }
    told.abort();
    background.abort();
    let _ = background.await;
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C, and what a service manager sends: heard from the moment this is made.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn heard() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Says how to get in: the demo's users, or the link by which the first administrator is made.
async fn welcome(engine: &Engine, base: &str, logins: &[DemoLogin], lang: Lang) -> Result<(), Failure> {
    if let Some(key) = engine.setup_key().await? {
        say!(
            "{}",
            t(
                lang,
                "还没有用户。打开这个链接建立管理员（只能用一次）：",
                "Nobody can sign in yet. Open this link to make the administrator (it works once):"
            )
        );
        say!("  {base}/setup?key={key}");
    }
    if !logins.is_empty() {
        say!("{}", t(lang, "演示数据，可以这样登录：", "Demo data; sign in as:"));
        for login in logins.iter().take(6) {
            say!("  {:<12} {:<12} {}", login.login, login.password, login.who);
        }
    }
    Ok(())
}

/// The users of demo data, one of each role first; none when the data is somebody's own.
async fn demo_logins(engine: &Engine, lang: Lang) -> Result<Vec<DemoLogin>, Failure> {
    let made = schema::meta(&mut engine.db().read().await?, super::demo::MADE).await?;
    let Some((seed, customers)) = made.as_deref().and_then(super::demo::parse_made) else { return Ok(Vec::new()) };
    let separator = t(lang, " · ", ", ");
    let logins = demo::logins(seed, customers).into_iter().take(6);
    Ok(logins
        .map(|login| DemoLogin {
            login: login.login,
            password: PASSWORD.to_owned(),
            who: [login.name.as_str(), login.position, login.department.as_str()].join(separator),
        })
        .collect())
}
