//! The machine and the moment of a measurement: a number without them says nothing.

use std::process::Command;

use zhike_types::{Clock as _, SystemClock, Zone};

/// One line: processor, cores, memory, kernel.
pub fn facts() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after_colon = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let processor = after_colon(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let kibibytes = after_colon(&read("/proc/meminfo"), "MemTotal")
        .and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{processor}, {cores} cores, {:.0} GiB memory, Linux {}", kibibytes / 1024.0 / 1024.0, kernel.trim())
}

/// `2026-11-21, commit 1a2b3c4`; says when the checkout has changes that are not committed.
pub fn moment() -> String {
    let date = Zone::default().civil(SystemClock.now()).date();
    let commit = output("git", &["rev-parse", "--short", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    let changed =
        output("git", &["status", "--porcelain", "--untracked-files=no"]).is_some_and(|lines| !lines.is_empty());
    format!("{date}, commit {commit}{}", if changed { " and uncommitted changes" } else { "" })
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
