use std::time::Duration;

use super::{BEGIN, END, Line, replace};
use crate::{load::Outcome, process::Memory};

#[test]
fn what_stands_between_the_markers_is_replaced() {
    let page = format!("# Figures\n\n{BEGIN}\nold\n{END}\n\nWords.\n");
    let once = replace(&page, "new\n").expect("both markers");
    assert_eq!(once, format!("# Figures\n\n{BEGIN}\n\nnew\n\n{END}\n\nWords.\n"));
    assert_eq!(replace(&once, "new").expect("both markers"), once);
}

#[test]
fn a_page_without_markers_is_left_alone() {
    assert!(replace("# Figures", "new").is_err());
    assert!(replace(&format!("{END}{BEGIN}"), "new").is_err());
}

#[test]
fn a_line_has_milliseconds_and_says_what_failed() {
    let mut outcome = Outcome { lasted: Duration::from_secs(2), failed: 3, ..Outcome::default() };
    outcome.latencies.record(Duration::from_micros(1_250));
    outcome.latencies.record(Duration::from_millis(20));
    let memory = Some(Memory { now: 99.6, peak: 120.0 });
    let mut line = Line { name: "List", aim: "p99 ≤ 15 ms", clients: 8, outcome, memory };
    assert_eq!(line.markdown(), "| List **3 failed** | 8 | 1.2 ms | 20.0 ms | 1 | 100 MiB | p99 ≤ 15 ms |");
}
