//! One field's control.

use askama::Template;
use zhike_types::Lang;

use crate::{ui::Markup, words::Say};

/// A label, a control, its help and its error.
#[derive(Template)]
#[template(path = "form/control.html")]
pub struct Control {
    pub lang: Lang,
    pub id: String,
    pub name: String,
    pub label: String,
    pub help: Option<String>,
    pub required: bool,
    pub error: Option<String>,
    pub notice: Option<String>,
    pub wide: bool,
    /// Not shown as long as the fields it depends on say so.
    pub hidden: bool,
    pub depends: bool,
    /// Other fields show or hide with it.
    pub decides: bool,
    pub object: String,
    pub kind: Kind,
}

impl askama::filters::HtmlSafe for Control {}

pub enum Kind {
    Text {
        value: String,
        input: &'static str,
        most: Option<usize>,
    },
    Long {
        value: String,
    },
    Number {
        value: String,
        unit: String,
    },
    /// An amount and the currency beside it, sent as `{name}_currency`.
    Money {
        value: String,
        currencies: Vec<Choice>,
    },
    /// One file; what is there now, and a tick to take it out.
    File {
        image: bool,
        now: Option<Markup>,
        /// Sent as soon as it is chosen: in a cell that is edited in place.
        at_once: bool,
    },
    Date {
        value: String,
    },
    DateTime {
        value: String,
    },
    Boolean {
        on: bool,
    },
    Select {
        options: Vec<Choice>,
        blank: bool,
    },
    Many {
        options: Vec<Choice>,
        free: bool,
    },
    Region {
        value: String,
    },
    Pick {
        url: String,
        create: Option<String>,
        chosen: Option<Choice>,
        target: String,
    },
    /// To be read here, not written.
    Shown {
        value: Markup,
    },
}

/// An `<option>`.
pub struct Choice {
    pub key: String,
    pub label: String,
    pub chosen: bool,
    pub tone: String,
}

impl Choice {
    pub fn new(key: &str, label: &str, chosen: bool) -> Self {
        Self { key: key.to_owned(), label: label.to_owned(), chosen, tone: String::new() }
    }

    #[must_use]
    pub fn toned(mut self, tone: Option<&str>) -> Self {
        tone.unwrap_or_default().clone_into(&mut self.tone);
        self
    }
}

impl Control {
    /// Its form must be sent as multipart.
    pub fn uploads(&self) -> bool {
        matches!(self.kind, Kind::File { .. })
    }

    /// The control alone, for a cell that is edited in place.
    pub fn bare(&self) -> Bare<'_> {
        Bare { control: self }
    }

    fn has_label_for(&self) -> bool {
        !matches!(self.kind, Kind::Shown { .. } | Kind::Boolean { .. } | Kind::File { .. })
    }

    /// `aria-describedby`: the help and the error, where they are.
    fn described(&self) -> String {
        let mut ids = Vec::new();
        if self.help.is_some() {
            ids.push(format!("{}-help", self.id));
        }
        if self.error.is_some() {
            ids.push(format!("{}-error", self.id));
        }
        ids.join(" ")
    }
}

/// A control without label and help.
#[derive(Template)]
#[template(path = "form/bare.html")]
pub struct Bare<'a> {
    control: &'a Control,
}

impl askama::filters::HtmlSafe for Bare<'_> {}
