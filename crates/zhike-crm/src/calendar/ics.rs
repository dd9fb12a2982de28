//! iCalendar (RFC 5545): a calendar as other programs read it. Times are UTC, so that no time zone need be described.

use std::fmt::Write as _;

use zhike_types::date_of;

/// When something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whole days since 1970-01-01, first and last.
    Days(i64, i64),
    /// Milliseconds since 1970; without an end it is a point in time.
    At(i64, Option<i64>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same whenever it is asked for.
    pub uid: String,
    /// When it was changed last, milliseconds since 1970.
    pub changed: i64,
    pub when: When,
    pub summary: String,
    pub description: String,
    pub url: String,
    /// Its kind's name.
    pub category: String,
    pub done: bool,
}

/// Octets of a line at most, without its end (RFC 5545, 3.1).
const LINE: usize = 75;
const REFRESH: &str = "PT30M";

/// The whole file.
pub fn feed(name: &str, events: &[Event], now: i64) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| fold(&mut out, &format!("{name}:{value}"));
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", "-//Zhike//Zhike CRM//ZH");
    line("CALSCALE", "GREGORIAN");
    line("METHOD", "PUBLISH");
    line("X-WR-CALNAME", &escape(name));
    line("NAME", &escape(name));
    line("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    line("X-PUBLISHED-TTL", REFRESH);
    for event in events {
        line("BEGIN", "VEVENT");
        line("UID", &escape(&event.uid));
        line("DTSTAMP", &utc(now));
        line("LAST-MODIFIED", &utc(event.changed));
        match event.when {
            When::Days(first, last) => {
                line("DTSTART;VALUE=DATE", &day(first));
                // the day after the last (3.6.1)
                line("DTEND;VALUE=DATE", &day(last.max(first) + 1));
            }
            When::At(start, end) => {
                line("DTSTART", &utc(start));
                // an end is later than the beginning, or is left out (3.8.2.2)
                if let Some(end) = end.filter(|&end| end > start) {
                    line("DTEND", &utc(end));
                }
            }
        }
        line("SUMMARY", &escape(&event.summary));
        if !event.description.is_empty() {
            line("DESCRIPTION", &escape(&event.description));
        }
        if !event.url.is_empty() {
            line("URL", &event.url.replace(char::is_control, ""));
        }
        line("CATEGORIES", &escape(&event.category));
        line("STATUS", "CONFIRMED");
        line("TRANSP", if event.done || matches!(event.when, When::Days(..)) { "TRANSPARENT" } else { "OPAQUE" });
        line("END", "VEVENT");
    }
    line("END", "VCALENDAR");
    out
}

/// Text (3.3.11): what means something is marked, ends of lines are `\n`, other control characters go.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' | '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded where it is too long: never inside a character.
fn fold(out: &mut String, line: &str) {
    let mut room = LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

fn utc(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%Y%m%dT%H%M%SZ").to_string()).unwrap_or_default()
}

fn day(days: i64) -> String {
    let mut text = String::new();
    if let Some(date) = date_of(days) {
        let _ = write!(text, "{:04}{:02}{:02}", date.year(), date.month(), date.day());
    }
    text
}
