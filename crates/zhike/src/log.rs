//! The program's log, on the standard error stream.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// Our own messages; of libraries only what went wrong.
const DEFAULT: &str = "warn,zhike=info,zhike_web=info,zhike_records=info,zhike_jobs=info,zhike_crm=info";

/// `filter` as RUST_LOG has it: `debug`, `zhike_records=trace,warn`.
pub fn start(filter: Option<String>, plain: bool) {
    let filter = filter.and_then(|filter| EnvFilter::try_new(filter).ok()).unwrap_or_else(|| EnvFilter::new(DEFAULT));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(!plain && std::io::stderr().is_terminal())
        .init();
}
