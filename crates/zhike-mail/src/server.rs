//! Which server takes the letters, and as whom.

/// How the way to the server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (usually port 465).
    Tls,
    /// Begins in the open and goes on in TLS (usually port 587); a server that does not offer it gets no letter.
    StartTls,
    /// In the open: for a server in the same house.
    None,
}

impl Security {
    pub const ALL: [Self; 3] = [Self::Tls, Self::StartTls, Self::None];

    pub fn key(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::None => "none",
        }
    }

    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.key() == key)
    }
}

/// A mail server, and the sender's address there.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Empty: it takes letters without a sign-in.
    pub user: String,
    pub password: String,
    pub from: String,
    pub from_name: String,
}

/// Never shows the password, wherever it is printed.
impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}:{} ({})", self.user, self.host, self.port, self.security.key())
    }
}
