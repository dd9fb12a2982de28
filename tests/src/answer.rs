//! An HTTP answer, with the questions that tests ask of it.

use serde_json::Value;
use ureq::http::HeaderMap;

/// Status, headers and the whole body.
#[derive(Debug)]
pub struct Answer {
    /// Method and path, for failures.
    pub(crate) request: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// # Panics
    /// When the status is another; the text shows the beginning of the body.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "a status is often all that a test asks for")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.request, self.beginning());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// # Panics
    /// When the body is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} is not JSON ({error}): {}", self.request, self.beginning()))
    }

    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// # Panics
    /// When the body does not hold the text.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "a check, chained or not")]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.text().contains(text), "{} does not show “{text}”: {}", self.request, self.beginning());
        self
    }

    /// # Panics
    /// When the body holds the text.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "a check, chained or not")]
    pub fn hides(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "{} shows “{text}”", self.request);
        self
    }

    fn beginning(&self) -> String {
        self.text().chars().take(2_000).collect()
    }
}
