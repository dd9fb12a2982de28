//! What every handler gets.

use std::sync::Arc;

use zhike_records::Engine;

use crate::throttle::Throttle;

/// The engine and how this installation is reached. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub engine: Engine,
    /// People reach it by https: the session's cookie says so.
    pub https: bool,
    /// Believe `X-Forwarded-For` and `X-Forwarded-Proto` of the proxy in front.
    pub behind_proxy: bool,
    /// Shown on the sign-in page of a demo.
    pub demo_logins: Arc<[DemoLogin]>,
    /// True once the server is told to stop: streams that would go on for ever end then.
    pub stopping: Arc<tokio::sync::watch::Sender<bool>>,
    /// How often costly things were asked for.
    pub(crate) throttle: Arc<Throttle>,
}

/// A user to try a demo as.
#[derive(Debug, Clone)]
pub struct DemoLogin {
    pub login: String,
    pub password: String,
    /// Who it is: `王芳 · 销售经理 · 华东区`.
    pub who: String,
}

impl App {
    pub fn new(engine: Engine) -> Self {
        Self {
            engine,
            https: false,
            behind_proxy: false,
            demo_logins: Arc::new([]),
            stopping: Arc::new(tokio::sync::watch::Sender::new(false)),
            throttle: Arc::default(),
        }
    }

    #[must_use]
    pub fn with_demo_logins(mut self, logins: Vec<DemoLogin>) -> Self {
        self.demo_logins = logins.into();
        self
    }

    #[must_use]
    pub fn with_https(mut self, https: bool) -> Self {
        self.https = https;
        self
    }

    #[must_use]
    pub fn behind_proxy(mut self, trusted: bool) -> Self {
        self.behind_proxy = trusted;
        self
    }
}
