//! Who acts, with what rights, from where. Every read and write takes one.

use std::sync::Arc;

use zhike_types::{Lang, Uuid};

use crate::{Claim, Rights, pool::Lens};

/// By what way a request came in; stands in the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Page,
    Api,
    Import,
    Command,
    /// A form that anybody fills in.
    Form,
    System,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Api => "api",
            Self::Import => "import",
            Self::Command => "command",
            Self::Form => "form",
            Self::System => "system",
        }
    }
}

/// Who acts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Actor {
    /// None for the system itself.
    pub user_id: Option<Uuid>,
    pub name: Arc<str>,
    pub department_id: Option<Uuid>,
    /// The actor's department and all below it.
    pub departments: Arc<[Uuid]>,
    pub rights: Arc<Rights>,
    pub source: Source,
    pub lang: Lang,
    /// The network address, or the machine's user for commands.
    pub address: Arc<str>,
    /// The idempotency key that this request acts under.
    pub once: Option<Arc<Claim>>,
    /// It looks into a public pool, and at nothing else.
    pub lens: Option<Arc<Lens>>,
}

impl Actor {
    /// The system, or an operator at the command line: everything is allowed and on record.
    pub fn system(source: Source) -> Self {
        Self {
            user_id: None,
            name: "system".into(),
            department_id: None,
            departments: Arc::new([]),
            rights: Arc::new(Rights::everything()),
            source,
            lang: Lang::Zh,
            address: "".into(),
            once: None,
            lens: None,
        }
    }

    #[must_use]
    pub fn with_lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    /// As `page (192.0.2.7)`, for the audit.
    pub fn origin(&self) -> String {
        if self.address.is_empty() {
            self.source.name().to_owned()
        } else {
            format!("{} ({})", self.source.name(), self.address)
        }
    }
}
