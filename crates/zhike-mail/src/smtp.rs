//! A conversation with a mail server: RFC 5321, with STARTTLS (RFC 3207) and AUTH (RFC 4954, PLAIN and LOGIN).

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, pki_types::ServerName},
};
use zhike_types::boxed;

use crate::{Envelope, Failure, Kind, Security, Server};

/// How long the server's name and each of its addresses may take.
const REACH: Duration = Duration::from_secs(10);
/// How long an answer may take; after a whole letter it may take longer, for it is looked through then.
const ANSWER: Duration = Duration::from_secs(30);
const TAKEN: Duration = Duration::from_mins(2);
/// An answer's longest line and most lines: who sends more is no mail server.
const LINE: u64 = 4_096;
const LINES: usize = 100;

type Result<T> = std::result::Result<T, Failure>;

trait Duplex: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Duplex for T {}

/// An open conversation: signed in, ready for letters.
pub struct Connection {
    wire: BufReader<Box<dyn Duplex>>,
    from: String,
    from_name: String,
    /// After a failure that left it between two letters.
    broken: bool,
}

struct Answer {
    code: u16,
    /// All lines, without codes.
    lines: Vec<String>,
}

impl Answer {
    fn said(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" "))
    }

    fn offers(&self, word: &str) -> bool {
        self.lines.iter().any(|line| line.split(' ').next().is_some_and(|first| first.eq_ignore_ascii_case(word)))
    }

    /// What stands behind `AUTH`; some servers write `AUTH=`.
    fn sign_ins(&self) -> Vec<String> {
        let all = self.lines.iter().filter_map(|line| {
            let line = line.to_ascii_uppercase();
            line.strip_prefix("AUTH ").or_else(|| line.strip_prefix("AUTH=")).map(str::to_owned)
        });
        all.flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}

impl Connection {
    /// Reaches the server, goes into TLS as it is set, signs in.
    #[boxed]
    pub async fn open(server: &Server) -> Result<Self> {
        let tcp = reach(server).await?;
        let me = tcp.local_addr().map_or_else(
            |_| "[127.0.0.1]".to_owned(),
            |at| match at.ip() {
                std::net::IpAddr::V4(ip) => format!("[{ip}]"),
                std::net::IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
            },
        );
        let wire: Box<dyn Duplex> = match server.security {
            Security::Tls => secured(server, Box::new(tcp)).await?,
            Security::StartTls | Security::None => Box::new(tcp),
        };
        let mut open = Self {
            wire: BufReader::new(wire),
            from: server.from.clone(),
            from_name: server.from_name.clone(),
            broken: false,
        };
        let greeting = open.answer(ANSWER).await.map_err(|failure| match failure.kind {
            Kind::Dropped => Failure { kind: Kind::Unreachable, ..failure },
            _ => failure,
        })?;
        if greeting.code != 220 {
            return Err(Failure::new(Kind::Busy, greeting.said()));
        }
        let mut offers = open.hello(&me).await?;
        if server.security == Security::StartTls {
            if !offers.offers("STARTTLS") {
                return Err(Failure::new(Kind::NoTls, offers.said()));
            }
            let ready = open.ask("STARTTLS").await?;
            // what came before TLS was said by anybody (CVE-2011-0411)
            if ready.code != 220 || !open.wire.buffer().is_empty() {
                return Err(Failure::new(Kind::NoTls, ready.said()));
            }
            open.wire = BufReader::new(secured(server, open.wire.into_inner()).await?);
            offers = open.hello(&me).await?;
        }
        if !server.user.is_empty() {
            open.sign_in(server, &offers).await?;
        }
        Ok(open)
    }

    async fn hello(&mut self, me: &str) -> Result<Answer> {
        let offers = self.ask(&format!("EHLO {me}")).await?;
        if offers.code == 250 { Ok(offers) } else { Err(Failure::new(Kind::Busy, offers.said())) }
    }

    async fn sign_in(&mut self, server: &Server, offers: &Answer) -> Result<()> {
        let known = offers.sign_ins();
        let has = |name: &str| known.iter().any(|known| known == name);
        let done = if has("PLAIN") {
            let word = STANDARD.encode(format!("\0{}\0{}", server.user, server.password));
            self.ask(&format!("AUTH PLAIN {word}")).await?
        } else if has("LOGIN") {
            let mut last = self.ask("AUTH LOGIN").await?;
            for word in [&server.user, &server.password] {
                if last.code != 334 {
                    break;
                }
                last = self.ask(&STANDARD.encode(word)).await?;
            }
            last
        } else {
            return Err(Failure::new(Kind::NoSignIn, offers.said()));
        };
        match done.code {
            235 => Ok(()),
            400..500 => Err(Failure::new(Kind::Busy, done.said())),
            _ => Err(Failure::new(Kind::SignIn, done.said())),
        }
    }

    /// Hands a letter over; what the server said when it took it. A letter that it did not take leaves it ready for the next.
    #[boxed]
    pub async fn send(&mut self, letter: &Envelope) -> Result<String> {
        let sent = self.hand_over(letter).await;
        if let Err(failure) = &sent
            && (matches!(failure.kind, Kind::Dropped | Kind::TimedOut)
                || !self.ask("RSET").await.is_ok_and(|answer| answer.code == 250))
        {
            self.broken = true;
        }
        sent
    }

    async fn hand_over(&mut self, letter: &Envelope) -> Result<String> {
        if !crate::is_address(&letter.to) {
            return Err(Failure::new(Kind::Refused, format!("{:?}", letter.to)));
        }
        let from = self.ask(&format!("MAIL FROM:<{}>", self.from)).await?;
        match from.code {
            250 => {}
            // 421: it is about to hang up; 45x: of this moment
            400..500 => return Err(Failure::new(Kind::Busy, from.said())),
            _ => return Err(Failure::new(Kind::Sender, from.said())),
        }
        for (command, wanted) in [(format!("RCPT TO:<{}>", letter.to), 250..=251), ("DATA".to_owned(), 354..=354)] {
            let answer = self.ask(&command).await?;
            if !wanted.contains(&answer.code) {
                return Err(not_taken(&answer));
            }
        }
        let mut body = String::new();
        for line in letter.written(&self.from, &self.from_name).split_terminator("\r\n") {
            // a line of one dot would end the letter (RFC 5321, 4.5.2)
            if line.starts_with('.') {
                body.push('.');
            }
            body.push_str(line);
            body.push_str("\r\n");
        }
        body.push_str(".\r\n");
        self.say(body.as_bytes()).await?;
        let taken = self.answer(TAKEN).await?;
        if taken.code == 250 { Ok(taken.said()) } else { Err(not_taken(&taken)) }
    }

    /// Whether it can take no more letters.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Says goodbye; whether that is heard does not matter.
    #[boxed]
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.say(b"QUIT\r\n")).await;
    }

    async fn ask(&mut self, command: &str) -> Result<Answer> {
        // no user name and no address begins a command of its own
        if command.contains(['\r', '\n', '\0']) {
            return Err(Failure::new(Kind::Refused, "a line break in a command"));
        }
        self.say(format!("{command}\r\n").as_bytes()).await?;
        self.answer(ANSWER).await
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<()> {
        let said = async {
            self.wire.write_all(bytes).await?;
            self.wire.flush().await
        };
        match timeout(TAKEN, said).await {
            Ok(said) => said.map_err(|error| Failure::new(Kind::Dropped, error.to_string())),
            Err(_) => Err(Failure::new(Kind::TimedOut, "")),
        }
    }

    async fn answer(&mut self, within: Duration) -> Result<Answer> {
        match timeout(within, self.read_answer()).await {
            Ok(answer) => answer,
            Err(_) => Err(Failure::new(Kind::TimedOut, format!("{} s", within.as_secs()))),
        }
    }

    async fn read_answer(&mut self) -> Result<Answer> {
        let mut lines = Vec::new();
        while lines.len() < LINES {
            let mut bytes = Vec::new();
            let read = (&mut self.wire).take(LINE).read_until(b'\n', &mut bytes).await;
            let read = read.map_err(|error| Failure::new(Kind::Dropped, error.to_string()))?;
            if read == 0 || bytes.last() != Some(&b'\n') {
                return Err(Failure::new(Kind::Dropped, "the connection was closed"));
            }
            let line = String::from_utf8_lossy(&bytes);
            let line = line.trim_end();
            let (code, rest) = line.split_at_checked(3).unwrap_or((line, ""));
            let Ok(code) = code.parse::<u16>() else { return Err(Failure::new(Kind::Unreachable, line)) };
            lines.push(rest.get(1..).unwrap_or_default().to_owned());
            if !rest.starts_with('-') {
                return Ok(Answer { code, lines });
            }
        }
        Err(Failure::new(Kind::Unreachable, "the answer has no end"))
    }
}

fn not_taken(answer: &Answer) -> Failure {
    match answer.code {
        421 => Failure::new(Kind::Busy, answer.said()),
        400..500 => Failure::new(Kind::Later, answer.said()),
        _ => Failure::new(Kind::Refused, answer.said()),
    }
}

async fn reach(server: &Server) -> Result<TcpStream> {
    let late = |_| Failure::new(Kind::TimedOut, server.host.as_str());
    let found = timeout(REACH, lookup_host((server.host.as_str(), server.port))).await.map_err(late)?;
    let found = found.map_err(|error| Failure::new(Kind::Unresolved, error.to_string()))?;
    let mut last = Failure::new(Kind::Unresolved, server.host.as_str());
    for address in found {
        last = match timeout(REACH, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => Failure::new(Kind::Unreachable, format!("{address}: {error}")),
            Err(_) => Failure::new(Kind::TimedOut, address.to_string()),
        };
    }
    Err(last)
}

async fn secured(server: &Server, wire: Box<dyn Duplex>) -> Result<Box<dyn Duplex>> {
    let bad = |error: String| Failure::new(Kind::Certificate, error);
    let name = ServerName::try_from(server.host.clone()).map_err(|error| bad(error.to_string()))?;
    let connecting = TlsConnector::from(trust()).connect(name, wire);
    match timeout(ANSWER, connecting).await {
        Ok(Ok(tls)) => Ok(Box::new(tls)),
        Ok(Err(error)) => Err(bad(error.to_string())),
        Err(_) => Err(Failure::new(Kind::TimedOut, "TLS")),
    }
}

/// Whom the machine trusts; read once.
fn trust() -> Arc<ClientConfig> {
    static TRUST: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    let trust = TRUST.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
    });
    Arc::clone(trust)
}
