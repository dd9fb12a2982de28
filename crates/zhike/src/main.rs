//! `zhike`: the one binary. Each command is a file under `commands`; what they share is beside it.

mod commands;
mod failure;
mod locale;
mod log;
mod options;
mod progress;
mod say;
mod usage;

use std::process::ExitCode;

/// Statements and rows travel between threads: the system's allocator spends a quarter of an import on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let environment = locale::Environment::of_process();
    let lang = environment.lang();
    log::start(environment.get("ZHIKE_LOG"), environment.get("NO_COLOR").is_some());
    let matches = match commands::zhike(lang).try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return usage::report(&error, lang),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the system gives threads");
    let ended = runtime.block_on(commands::run(&matches, lang));
    // background tasks hold nothing that must be finished: jobs are leased, writes are transactions
    runtime.shutdown_background();
    match ended {
        Ok(code) => code,
        Err(failure) => failure.report(lang),
    }
}
