//! How far long work is: a bar on a terminal, a line for every tenth elsewhere.

use std::{io::IsTerminal as _, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// The progress of one thing.
pub struct Progress {
    what: String,
    total: u64,
    bar: Option<ProgressBar>,
    /// The tenths that were said.
    said: u64,
}

impl Progress {
    /// `total` 0: not known yet.
    pub fn new(what: impl Into<String>, total: u64) -> Self {
        let what = what.into();
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total);
            let style = "{msg:<14} {wide_bar:.cyan/dim} {human_pos}/{human_len} {per_sec} {eta}";
            bar.set_style(ProgressStyle::with_template(style).expect("the template is right"));
            bar.set_message(what.clone());
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        Self { what, total, bar, said: 0 }
    }

    pub fn set(&mut self, done: u64, total: u64) {
        self.total = total;
        if let Some(bar) = &self.bar {
            bar.set_length(total.max(done));
            bar.set_position(done);
            return;
        }
        let tenth = (done * 10).checked_div(total).unwrap_or(0);
        if tenth > self.said {
            self.said = tenth;
            eprintln!("{} {done}/{total}", self.what);
        }
    }

    /// It is done: the bar goes, for the result says it.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
