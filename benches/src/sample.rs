//! What a load asks for: customers that are there, drawn from all over the data.

use serde_json::Value;
use zhike_tests::{Client, encoded};

/// Customers and cursors of a filled installation.
#[derive(Debug, Clone)]
pub struct Sample {
    pub ids: Vec<String>,
    pub names: Vec<String>,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    /// Ids of those who have customers, as often as they were met.
    pub owners: Vec<String>,
    /// `after` of pages deep in the list that [`DEEP_SORT`] orders.
    pub deep: Vec<String>,
}

/// The order of the list whose deep pages are asked for.
pub const DEEP_SORT: &str = "-created_at";
/// Customers a page, on the way down.
const STRIDE: usize = 200;
/// Pages walked: to the 100,000th customer, or to the end.
const PAGES: usize = 500;

impl Sample {
    /// Walks down the list, keeping a customer here and there.
    ///
    /// # Panics
    /// When the list has no customer.
    pub fn take(client: &Client) -> Self {
        let mut sample =
            Self { ids: vec![], names: vec![], phones: vec![], emails: vec![], owners: vec![], deep: vec![] };
        let mut after: Option<String> = None;
        for number in 0..PAGES {
            let cursor = after.as_deref().map_or_else(String::new, |after| format!("&after={}", encoded(after)));
            let path = format!("/api/v1/account?sort={DEEP_SORT}&limit={STRIDE}{cursor}");
            let page = client.get(&path).expect(200).json();
            for record in page["data"].as_array().into_iter().flatten().step_by(7) {
                sample.keep(record);
            }
            let Some(next) = page["next"].as_str() else { break };
            if number >= PAGES * 9 / 10 {
                sample.deep.push(next.to_owned());
            }
            after = Some(next.to_owned());
        }
        assert!(!sample.ids.is_empty(), "the list of customers is empty");
        assert!(!sample.owners.is_empty(), "no customer has an owner");
        // A small installation ends before the deep pages do: its last page is as deep as it gets.
        if sample.deep.is_empty() {
            sample.deep.extend(after);
        }
        sample
    }

    fn keep(&mut self, record: &Value) {
        let text = |field: &str| record[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        self.ids.extend(text("id"));
        self.names.extend(text("name"));
        self.phones.extend(text("phone").or_else(|| text("mobile")));
        self.emails.extend(text("email"));
        self.owners.extend(record["owner"]["id"].as_str().map(str::to_owned));
    }
}
