//! What is written is read back by a parser of its own, whatever the texts are.

use std::collections::HashMap;

use super::super::{Event, When, feed};

/// Marsaglia's xorshift: the same texts each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn text(&mut self, most: u64) -> String {
        const ALL: [&str; 16] =
            ["拜", "访", "a", "Z", " ", ",", ";", "\\", "\n", ":", "\"", "😀", "𠮷", "é", "\\n", "BEGIN:VEVENT"];
        (0..self.below(most)).map(|_| ALL[self.below(16) as usize]).collect()
    }

    fn event(&mut self, number: usize) -> Event {
        let at = 1_600_000_000_000 + self.below(400_000_000) as i64 * 1_000;
        let when = match self.below(3) {
            0 => When::Days(at / 86_400_000, at / 86_400_000 + self.below(3) as i64),
            1 => When::At(at, None),
            _ => When::At(at, Some(at + 60_000 + self.below(100) as i64 * 60_000)),
        };
        Event {
            uid: format!("task-{number}@zhike"),
            changed: at,
            when,
            summary: self.text(120),
            description: self.text(200),
            url: format!("https://crm.example.com/task/{number}"),
            category: self.text(6),
            done: self.below(2) == 0,
        }
    }
}

/// Content lines, unfolded; a line is no longer than 75 octets and ends in CR LF.
fn lines(text: &str) -> Vec<(String, String)> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
    let mut whole: Vec<String> = Vec::new();
    for line in text.trim_end_matches("\r\n").split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        match (line.strip_prefix(' '), whole.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => whole.push(line.to_owned()),
        }
    }
    whole
        .iter()
        .map(|line| line.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned())).expect("a name"))
        .collect()
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next().expect("something is marked") {
                'n' | 'N' => out.push('\n'),
                c => out.push(c),
            },
            c => out.push(c),
        }
    }
    out
}

fn events(text: &str) -> Vec<HashMap<String, String>> {
    let mut found = Vec::new();
    for (name, value) in lines(text) {
        match (name.as_str(), value.as_str()) {
            ("BEGIN", "VEVENT") => found.push(HashMap::new()),
            _ => {
                if let Some(event) = found.last_mut() {
                    event.insert(name, value);
                }
            }
        }
    }
    found
}

fn instant(text: &str) -> i64 {
    let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).expect("a time in UTC");
    at.to_zoned(jiff::tz::TimeZone::UTC).expect("a moment").timestamp().as_millisecond()
}

fn day(text: &str) -> i64 {
    zhike_types::days_of(jiff::civil::Date::strptime("%Y%m%d", text).expect("a day"))
}

#[test]
fn what_is_written_reads_back() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    for _ in 0..200 {
        let told: Vec<Event> = (0..dice.below(4) as usize).map(|number| dice.event(number)).collect();
        let name = dice.text(40);
        let text = feed(&name, &told, 1_700_000_000_000);
        let head = lines(&text);
        assert_eq!(head.first(), Some(&("BEGIN".into(), "VCALENDAR".into())));
        assert_eq!(head.last(), Some(&("END".into(), "VCALENDAR".into())));
        let read = events(&text);
        assert_eq!(read.len(), told.len());
        for (event, read) in told.iter().zip(&read) {
            assert_eq!(read["UID"], event.uid);
            assert_eq!(instant(&read["DTSTAMP"]), 1_700_000_000_000);
            assert_eq!(unescape(&read["SUMMARY"]), event.summary);
            assert_eq!(read.get("DESCRIPTION").map(|text| unescape(text)).unwrap_or_default(), event.description);
            assert_eq!(read["URL"], event.url);
            assert_eq!(unescape(&read["CATEGORIES"]), event.category);
            match event.when {
                When::Days(first, last) => {
                    assert_eq!(day(&read["DTSTART;VALUE=DATE"]), first);
                    assert_eq!(day(&read["DTEND;VALUE=DATE"]), last + 1);
                }
                When::At(start, end) => {
                    assert_eq!(instant(&read["DTSTART"]), start);
                    assert_eq!(read.get("DTEND").map(|text| instant(text)), end);
                }
            }
        }
    }
}

#[test]
fn no_text_breaks_out_of_its_line() {
    let event = Event {
        uid: "x".into(),
        changed: 0,
        when: When::Days(0, 0),
        summary: "a\r\nEND:VEVENT\rb\u{7}".into(),
        description: String::new(),
        url: "https://x/\r\nATTENDEE:mailto:y".into(),
        category: "c".into(),
        done: false,
    };
    let read = events(&feed("n", &[event], 0));
    assert_eq!(unescape(&read[0]["SUMMARY"]), "a\nEND:VEVENT\nb");
    assert!(!read[0].contains_key("ATTENDEE"), "{read:?}");
}
