//! The report: Markdown tables between two markers of docs/benchmarks.md.

use std::fmt::Write as _;

use crate::{load::Outcome, process::Memory};

const BEGIN: &str = "<!-- measured: begin -->";
const END: &str = "<!-- measured: end -->";

/// One line: a scenario at a number of clients.
pub struct Line {
    pub name: &'static str,
    pub aim: &'static str,
    pub clients: usize,
    pub outcome: Outcome,
    /// The server's memory after it.
    pub memory: Option<Memory>,
}

/// What was found on one database.
pub struct Section {
    /// `SQLite`, `PostgreSQL 15.18`
    pub engine: String,
    pub facts: Vec<(&'static str, String)>,
    pub lines: Vec<Line>,
}

impl Section {
    /// Adds a fact, and says it at once: a measurement takes an hour.
    pub fn fact(&mut self, name: &'static str, value: String) {
        println!("{}: {name}: {value}", self.engine);
        self.facts.push((name, value));
    }

    pub fn markdown(&mut self) -> String {
        let mut text = format!("### {}\n\n| | |\n| --- | --- |\n", self.engine);
        for (name, value) in &self.facts {
            line(&mut text, &format!("| {name} | {value} |"));
        }
        text.push_str("\n| Request | Clients | p50 | p99 | requests/s | memory | aim |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n");
        for measured in &mut self.lines {
            line(&mut text, &measured.markdown());
        }
        text
    }
}

impl Line {
    pub fn markdown(&mut self) -> String {
        let outcome = &mut self.outcome;
        let mut millis = |percent| match outcome.latencies.percentile(percent) {
            Some(took) => format!("{:.1} ms", took.as_secs_f64() * 1000.0),
            None => "–".to_owned(),
        };
        let (p50, p99) = (millis(50.0), millis(99.0));
        let memory = self.memory.map_or_else(|| "–".to_owned(), |memory| format!("{:.0} MiB", memory.now));
        let failed = if outcome.failed > 0 { format!(" **{} failed**", outcome.failed) } else { String::new() };
        let (name, aim, clients) = (self.name, self.aim, self.clients);
        format!("| {name}{failed} | {clients} | {p50} | {p99} | {:.0} | {memory} | {aim} |", outcome.per_second())
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes what is written");
}

/// The page with what stands between the markers replaced; an error says which marker is missing.
pub fn replace(page: &str, report: &str) -> Result<String, String> {
    let (before, rest) = page.split_once(BEGIN).ok_or_else(|| format!("the page has no line {BEGIN}"))?;
    let (_, after) =
        rest.split_once(END).ok_or_else(|| format!("the page has no line {END} behind the first marker"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", report.trim()))
}

#[cfg(test)]
mod tests;
