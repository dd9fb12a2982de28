//! `make bench`: fills an installation on each database, measures, and writes the report into a page.
//!
//! `zhike-benches PAGE`, with ZHIKE_BENCH_CUSTOMERS, ZHIKE_BENCH_SECONDS and ZHIKE_BENCH_ENGINES; scripts/bench.sh says more.

use std::{
    net::{SocketAddr, TcpListener},
    process::{Command, ExitCode},
    sync::Arc,
    time::{Duration, Instant},
};

use zhike_benches::{
    load::{self, Plan},
    machine,
    process::{folder_size, memory},
    report::{self, Line, Section},
    rows,
    sample::Sample,
    scenario::{SCENARIOS, Scenario, requests, saved_view},
};
use zhike_tests::{Client, Engine, Server, Site, demo};

/// How much is measured.
struct Scale {
    customers: u32,
    seconds: u64,
    imported: usize,
    deals: usize,
}

fn main() -> ExitCode {
    let scale = Scale {
        customers: number("ZHIKE_BENCH_CUSTOMERS", 1_000_000),
        seconds: u64::from(number("ZHIKE_BENCH_SECONDS", 10)),
        imported: number("ZHIKE_BENCH_ROWS", 100_000) as usize,
        deals: number("ZHIKE_BENCH_DEALS", 120_000) as usize,
    };
    let wanted = variable("ZHIKE_BENCH_ENGINES").unwrap_or_else(|| "sqlite,postgres".to_owned());
    let mut text = format!(
        "{} on {}. {} customers and as many contacts; {} seconds a line after a warm-up; the load runs on the same machine.\n",
        machine::moment(),
        machine::facts(),
        scale.customers,
        scale.seconds
    );
    let mut failed = false;
    for (name, engine) in [("sqlite", Engine::Sqlite), ("postgres", Engine::Postgres)] {
        if wanted.split(',').any(|word| word.trim() == name) {
            let mut section = measure(engine, &scale);
            failed |= section.lines.iter().any(|line| line.outcome.failed > 0);
            text.push('\n');
            text.push_str(&section.markdown());
        }
    }
    println!("\n{text}");
    if let Some(page) = std::env::args().nth(1) {
        let written = std::fs::read_to_string(&page)
            .map_err(|error| error.to_string())
            .and_then(|old| report::replace(&old, &text))
            .and_then(|new| std::fs::write(&page, new).map_err(|error| error.to_string()));
        if let Err(error) = written {
            eprintln!("{page} was not written: {error}");
            return ExitCode::FAILURE;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn measure(engine: Engine, scale: &Scale) -> Section {
    let site = Site::new(engine);
    let mut section = Section { engine: engine_name(engine), facts: vec![], lines: vec![] };

    let started = Instant::now();
    site.with_demo(scale.customers);
    section.fact("made by `zhike demo` in", format!("{:.0} s", started.elapsed().as_secs_f64()));
    section.fact("data folder", format!("{:.0} MiB", folder_size(&site.data()) as f64 / 1024.0 / 1024.0));

    let mut starts: Vec<_> = (0..5).map(|_| start_to_first_page(&site)).collect();
    starts.sort_unstable();
    section.fact("start to first page (median of 5)", format!("{:.2} s", starts[2].as_secs_f64()));

    // deals of customers that are there; an import by command wants the installation for itself
    let server = site.serve();
    let sample = Arc::new(Sample::take(&server.token(demo::ADMINISTRATOR)));
    drop(server);
    let file = site.file("deals.csv", rows::deals(scale.deals, &sample.names, 7));
    let started = Instant::now();
    let said = site.zhike(&["import".as_ref(), "opportunity".as_ref(), file.as_os_str()]).succeeded();
    println!("{}", said.stdout.trim());
    let rate = scale.deals as f64 / started.elapsed().as_secs_f64();
    section.fact("deals imported", format!("{} at {rate:.0} rows/s", scale.deals));

    let server = site.serve();
    let token = format!("Authorization: Bearer {}\r\n", site.token(demo::ADMINISTRATOR));
    let browser = server.signed_in(demo::ADMINISTRATOR);
    // A browser asks for compressed pages.
    let cookie = format!("Cookie: {}\r\nAccept-Encoding: gzip, br\r\n", browser.header("Cookie").unwrap_or_default());
    let program = server.token(demo::ADMINISTRATOR);
    program.post("/api/v1/views/account", &saved_view()).expect(201);
    for scenario in SCENARIOS {
        let headers = if scenario.page { &cookie } else { &token };
        for &clients in scenario.clients {
            section.lines.push(line(&server, scenario, clients, &sample, headers, scale, &section.engine));
        }
    }
    if let Some(memory) = memory(server.pid()) {
        section.fact("resident memory, now and at its peak", format!("{:.0} and {:.0} MiB", memory.now, memory.peak));
    }
    drop(server);

    let file = site.file("import.csv", rows::csv(scale.imported, 42));
    let started = Instant::now();
    let said = site.zhike(&["import".as_ref(), "account".as_ref(), file.as_os_str()]).succeeded();
    let took = started.elapsed().as_secs_f64();
    let rate = scale.imported as f64 / took;
    section.fact(
        "`zhike import`, customer and contact a row",
        format!("{} rows in {took:.1} s: {rate:.0} rows/s", scale.imported),
    );
    println!("{}", said.stdout.trim());
    section.fact("`zhike duplicates scan`", scan(&site));
    section
}

/// Time and peak memory of a scan of all customers.
#[expect(clippy::disallowed_methods, reason = "the scan's memory is looked at now and then, and nobody else waits")]
fn scan(site: &Site) -> String {
    let started = Instant::now();
    let mut child = site
        .command(&["duplicates", "scan"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut peak = 0.0_f64;
    let status = loop {
        peak = memory(child.id()).map_or(peak, |memory| peak.max(memory.peak));
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "the scan failed");
    format!("{:.1} s, {peak:.0} MiB at its peak (aim: 15 s, 1 GiB)", started.elapsed().as_secs_f64())
}

fn line(
    server: &Server<'_>,
    scenario: &'static Scenario,
    clients: usize,
    sample: &Arc<Sample>,
    headers: &str,
    scale: &Scale,
    engine: &str,
) -> Line {
    let address: SocketAddr = server.base().trim_start_matches("http://").parse().expect("the server says its address");
    let plan = Plan {
        clients,
        warm_up: Duration::from_secs(1),
        measured: Duration::from_secs(scale.seconds),
        expected: scenario.expected,
    };
    let next = requests(scenario, sample, headers, clients as u64);
    // One thread for the load: the other core is the server's.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(load::run(address, plan, &next));
    if let Some(failure) = &outcome.first_failure {
        eprintln!("{} of {}: {failure}", outcome.failed, scenario.name);
    }
    let mut line = Line { name: scenario.name, aim: scenario.aim, clients, outcome, memory: memory(server.pid()) };
    println!("{engine}: {}", line.markdown());
    line
}

/// From starting the process to the last byte of the sign-in page.
fn start_to_first_page(site: &Site) -> Duration {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    let started = Instant::now();
    let mut child = site
        .command(&["serve", "--listen", &free.to_string()])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    while std::net::TcpStream::connect(free).is_err() {
        assert!(started.elapsed() < Duration::from_mins(1), "the server did not listen within a minute");
        std::thread::yield_now();
    }
    Client::new(&format!("http://{free}")).get("/signin").expect(200);
    let took = started.elapsed();
    child.kill().and_then(|()| child.wait()).expect("the server runs");
    took
}

fn engine_name(engine: Engine) -> String {
    match engine {
        Engine::Sqlite => "SQLite".to_owned(),
        Engine::Postgres => {
            let server = variable("ZHIKE_TEST_POSTGRES").unwrap_or_default();
            let output = Command::new("psql").args([&server, "-Atqc", "SHOW server_version"]).output();
            let version = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
            format!("PostgreSQL {}", version.split_whitespace().next().unwrap_or_default())
        }
    }
}

fn number(name: &str, otherwise: u32) -> u32 {
    variable(name).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement's size is said in the environment, as scripts/bench.sh explains"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
