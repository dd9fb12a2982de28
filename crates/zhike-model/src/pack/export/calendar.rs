//! `[[calendar]]`, `[check_in]` and `[[trace]]` again.

use super::Writer;
use crate::{Calendar, CheckIn, Trace};

impl Writer {
    pub(super) fn calendar(&mut self, calendar: &Calendar) {
        self.section("[[calendar]]");
        self.text("name", &calendar.name);
        self.label("label", &calendar.label);
        self.text("start", &calendar.start);
        self.optional("end", calendar.end.as_deref());
        self.optional("about", calendar.about.as_deref());
        self.optional("filter", Some(calendar.filter.as_str()).filter(|filter| !filter.is_empty()));
        self.optional("done", calendar.done.as_deref());
        self.flag("moves", calendar.moves);
        if let Some(minutes) = calendar.remind {
            self.key("remind", &minutes.to_string());
        }
    }

    pub(super) fn check_in(&mut self, check_in: &CheckIn) {
        self.section("[check_in]");
        for (key, value) in [
            ("open", &check_in.open),
            ("at", &check_in.at),
            ("by", &check_in.by),
            ("place", &check_in.place),
            ("latitude", &check_in.latitude),
            ("longitude", &check_in.longitude),
            ("accuracy", &check_in.accuracy),
            ("photo", &check_in.photo),
        ] {
            self.text(key, value);
        }
    }

    pub(super) fn trace(&mut self, trace: &Trace) {
        self.section("[[trace]]");
        self.text("object", &trace.object);
        self.text("link", &trace.link);
        self.text("when", &trace.when);
        if !trace.fill.is_empty() {
            self.section("[trace.fill]");
        }
        for (field, expression) in &trace.fill {
            self.text(field, expression);
        }
    }
}
