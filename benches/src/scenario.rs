//! What is measured, as data: one entry a line of the report.

use std::sync::Arc;

use zhike_tests::encoded;
use zhike_text::pinyin_of::initials;

use crate::{
    connection::Request,
    dice::Dice,
    rows::DEALS_CLOSE,
    sample::{DEEP_SORT, Sample},
};

/// Numbers of clients at once.
const CLIENTS: &[usize] = &[1, 8, 64];

/// The filter of the view that [`saved_view`] saves.
const SAVED_FILTER: &str = r#"status == "active" && source == "exhibition""#;
const SAVED_SORT: &str = "-updated_at";

/// The view as the API takes it. Saving it makes the index that it needs, in the background.
pub fn saved_view() -> serde_json::Value {
    serde_json::json!({
        "label": { "zh": "展会来的现实客户", "en": "Active, met at an exhibition" },
        "columns": ["name", "status", "source", "phone", "owner"],
        "filter": SAVED_FILTER,
        "sort": [SAVED_SORT],
    })
}

/// One kind of request.
pub struct Scenario {
    pub name: &'static str,
    /// What issue 2 aims at.
    pub aim: &'static str,
    pub clients: &'static [usize],
    pub expected: u16,
    /// Asked by a browser with a session; otherwise by a program with a token.
    pub page: bool,
    pub request: fn(&Sample, &mut Dice) -> Request,
}

/// All of them, in the order of the report. Creating comes last: it changes what the others read.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "List, shipped view: two filters, sorted",
        aim: "p99 ≤ 15 ms",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |_, _| {
            // packs/core/account.toml, view `neglected`.
            let filter = r#"status in ["potential", "expected", "active"] && (last_follow_up_at == null || last_follow_up_at < now - duration("720h"))"#;
            list(filter, "last_follow_up_at")
        },
    },
    Scenario {
        name: "List, saved view: two filters, sorted",
        aim: "p99 ≤ 15 ms",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |_, _| list(SAVED_FILTER, SAVED_SORT),
    },
    Scenario {
        name: "List, any owner's view: newest first",
        aim: "1,000 requests/s at 8 clients",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |_, _| Request::get("/api/v1/account?sort=-created_at&limit=50"),
    },
    Scenario {
        name: "List, other filter and sort",
        aim: "p99 ≤ 600 ms",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |_, dice| {
            let employees = 10 * dice.below(50);
            let level = dice.one_of(&["A", "B", "C", "D"]);
            list(&format!(r#"level == "{level}" && employees > {employees}"#), "-annual_revenue")
        },
    },
    Scenario {
        name: "List, a page behind the 90,000th customer",
        aim: "as the first page",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |sample, dice| {
            let after = sample.deep.get(dice.below(sample.deep.len())).map_or("", String::as_str);
            Request::get(format!("/api/v1/account?sort={DEEP_SORT}&limit=50&after={}", encoded(after)))
        },
    },
    Scenario {
        name: "Search: two characters, initials, phone's end, e-mail's start",
        aim: "p99 ≤ 30 ms",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |sample, dice| Request::get(format!("/api/v1/search?q={}", encoded(&words(sample, dice)))),
    },
    Scenario {
        name: "Record, JSON",
        aim: "",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |sample, dice| Request::get(format!("/api/v1/account/{}", dice.one_of(&sample.ids))),
    },
    Scenario {
        name: "Record, page",
        aim: "p99 ≤ 15 ms",
        clients: CLIENTS,
        expected: 200,
        page: true,
        request: |sample, dice| Request::get(format!("/account/{}", dice.one_of(&sample.ids))),
    },
    Scenario {
        name: "List, page",
        aim: "",
        clients: CLIENTS,
        expected: 200,
        page: true,
        request: |_, _| Request::get("/account"),
    },
    Scenario {
        // the first cards of each stage, by the board's index, however many customers there are
        name: "Board, page: 20 cards a stage",
        aim: "p99 ≤ 50 ms",
        clients: CLIENTS,
        expected: 200,
        page: true,
        request: |_, _| Request::get("/account/board"),
    },
    Scenario {
        // the cards again, with count and sum of each stage: as many as one owner has
        name: "Board, JSON: cards, counts and sums of one owner's customers",
        aim: "p99 ≤ 50 ms for 10,000",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |sample, dice| {
            let owner: &String = dice.one_of(&sample.owners);
            Request::get(format!("/api/v1/account/board?filter={}", encoded(&format!("owner == \"{owner}\""))))
        },
    },
    Scenario {
        // stages that are records; one month's share of the deals that were imported
        name: "Board of deals, JSON: a month's, cards, counts and sums",
        aim: "p99 ≤ 50 ms for 10,000",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |_, dice| {
            let month = 1 + dice.below(12);
            let filter = format!("result == \"open\" && close_month == {DEALS_CLOSE}{month:02}");
            Request::get(format!("/api/v1/opportunity/board?filter={}", encoded(&filter)))
        },
    },
    Scenario {
        name: "Board of deals, page: 20 cards a stage",
        aim: "p99 ≤ 50 ms",
        clients: CLIENTS,
        expected: 200,
        page: true,
        request: |_, _| Request::get("/opportunity/board"),
    },
    Scenario {
        // open deals by month, category and owner, from an index of their own
        name: "Forecast, JSON: twelve months",
        aim: "p99 ≤ 50 ms for 100,000",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |_, _| Request::get(format!("/api/v1/forecast?from={DEALS_CLOSE}-01&months=12")),
    },
    Scenario {
        name: "Is this customer there already? A name as another would write it, and a phone",
        aim: "p99 ≤ 20 ms",
        clients: CLIENTS,
        expected: 200,
        page: false,
        request: |sample, dice| {
            let name: &String = dice.one_of(&sample.names);
            let name = rewritten(name);
            let phone = if sample.phones.is_empty() { String::new() } else { dice.one_of(&sample.phones).clone() };
            let body = serde_json::json!({ "name": name, "phone": phone });
            Request::post("/api/v1/account/matches", body.to_string())
        },
    },
    Scenario {
        name: "Create a customer",
        aim: "p99 ≤ 15 ms",
        clients: CLIENTS,
        expected: 201,
        page: false,
        request: |_, dice| {
            let body = serde_json::json!({ "name": made_name(dice), "kind": "enterprise", "status": "potential" });
            // it is looked for all the same; of thousands of names made by chance two may sound alike
            let allowed = "Zhike-Duplicates: allow\r\nX-Reason: measuring\r\n";
            Request::post("/api/v1/account", body.to_string()).with_headers(allowed)
        },
    },
];

fn list(filter: &str, sort: &str) -> Request {
    Request::get(format!("/api/v1/account?filter={}&sort={sort}&limit=50", encoded(filter)))
}

/// What a clerk types: two characters from the middle of a name, its initials, a phone's last four digits, an e-mail's start.
fn words(sample: &Sample, dice: &mut Dice) -> String {
    let kind = dice.below(4);
    if kind == 2 && !sample.phones.is_empty() {
        let digits: Vec<char> = dice.one_of(&sample.phones).chars().filter(char::is_ascii_digit).collect();
        return digits[digits.len().saturating_sub(4)..].iter().collect();
    }
    if kind == 3 && !sample.emails.is_empty() {
        return dice.one_of(&sample.emails).chars().take(5).collect();
    }
    let name: Vec<char> = dice.one_of(&sample.names).chars().collect();
    // Behind the place, where a name's own two characters stand: 青岛[海尔]…
    let start = 2.min(name.len().saturating_sub(2));
    if kind == 1 {
        return initials(&name[start..].iter().take(4).collect::<String>());
    }
    name[start..].iter().take(2).collect()
}

/// A company's name with its place behind: 青岛海尔电器有限公司 → 海尔电器有限公司（青岛）.
fn rewritten(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let (place, rest) = letters.split_at(2.min(letters.len()));
    format!("{}（{}）", rest.iter().collect::<String>(), place.iter().collect::<String>())
}

/// A company that is not there yet: four of 256 characters make four thousand million names.
pub fn made_name(dice: &mut Dice) -> String {
    // Every 64th of the code table from 一 (U+4E00) on: far apart, so that names do not look alike.
    let core: String = (0..4).filter_map(|_| char::from_u32(0x4e00 + 64 * dice.below(256) as u32)).collect();
    format!("{core}贸易有限公司")
}

/// A scenario's requests, with what says who asks.
pub fn requests(scenario: &'static Scenario, sample: &Arc<Sample>, headers: &str, salt: u64) -> crate::load::Next {
    let sample = Arc::clone(sample);
    let headers = headers.to_owned();
    // Each run and each client throws other dice, or a second run would create what the first one did.
    Arc::new(move |dice: &mut Dice| {
        let mut own = Dice::new(salt ^ dice.below(usize::MAX) as u64);
        (scenario.request)(&sample, &mut own).with_headers(&headers)
    })
}
