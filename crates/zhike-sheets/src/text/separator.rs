//! Which character parts the columns.

use super::split::{Splitter, Step};
use crate::limits::Limits;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    #[default]
    Comma,
    Tab,
    Semicolon,
    Pipe,
    /// `，`, of those who type tables by hand.
    FullWidthComma,
}

impl Separator {
    /// In order of preference where the text does not decide.
    const ALL: [Self; 5] = [Self::Comma, Self::Tab, Self::Semicolon, Self::Pipe, Self::FullWidthComma];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::Tab => "\t",
            Self::Semicolon => ";",
            Self::Pipe => "|",
            Self::FullWidthComma => "，",
        }
    }
}

const ROWS_LOOKED_AT: usize = 200;

/// The separator, and whether the first line is Excel's own note of it (`sep=;`). `whole` says that the sample is the
/// whole file, so that its last line is complete.
pub(super) fn detect(sample: &str, whole: bool, file_name: &str) -> (Separator, bool) {
    let first_line = sample.lines().next().unwrap_or_default().trim_end();
    if let Some(mark) = first_line.strip_prefix("sep=")
        && let Some(separator) = Separator::ALL.into_iter().find(|separator| separator.as_str() == mark)
    {
        return (separator, true);
    }
    let by_name = file_name.to_lowercase().ends_with(".tsv").then_some(Separator::Tab);
    let mut best = (by_name.unwrap_or_default(), 0.0);
    for separator in by_name.into_iter().chain(Separator::ALL) {
        let score = score(sample, whole, separator);
        if score > best.1 + 1e-9 {
            best = (separator, score);
        }
    }
    (best.0, false)
}

/// Higher for more columns, and much higher when nearly all rows have the same number of them: a comma that only turns
/// up inside addresses gives a different count in every row. 0 for a separator that parts nothing.
fn score(sample: &str, whole: bool, separator: Separator) -> f64 {
    let mut splitter = Splitter::new(separator, Limits::default());
    let (mut position, mut counts, mut failed) = (0, Vec::new(), false);
    while counts.len() < ROWS_LOOKED_AT {
        match splitter.step(sample, &mut position, whole, 1) {
            Ok(Step::Row(fields)) if fields.iter().all(|field| field.trim().is_empty()) => {}
            Ok(Step::Row(fields)) => counts.push(fields.len()),
            Ok(_) => break,
            Err(_) => {
                failed = true;
                break;
            }
        }
    }
    let Some(&widest) = counts.iter().max() else { return 0.0 };
    let mut tally = vec![0usize; widest + 1];
    for count in &counts {
        tally[*count] += 1;
    }
    // Of two counts equally frequent the greater: a title line above few rows must not decide.
    let Some(mode) = (2..=widest).max_by_key(|count| (tally[*count], *count)).filter(|count| tally[*count] > 0) else {
        return 0.0;
    };
    let share = tally[mode] as f64 / counts.len() as f64;
    let score = share * share * (mode as f64).ln();
    if failed { score / 2.0 } else { score }
}
