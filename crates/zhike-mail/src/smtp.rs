//! A conversation with a mail server. `lettre` speaks; here stands in which order, how long is waited for what, and what a "no" means at
//! each step: who it is about, and who has to do something.

use std::{
    error::Error as _,
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    time::Duration,
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::ClientId,
        response::Response,
    },
};
use tokio::{net::lookup_host, time::timeout};
use zhike_types::boxed;

use crate::{Envelope, Failure, Kind, Security, Server};

/// How long the server's name and each of its addresses may take.
const REACH: Duration = Duration::from_secs(10);
/// How long an answer may take, the first one with the way there and TLS; after a whole letter it may take longer, for it is looked through then.
const ANSWER: Duration = Duration::from_secs(30);
const TAKEN: Duration = Duration::from_mins(2);

type Result<T> = std::result::Result<T, Failure>;

/// An open conversation: signed in, ready for letters.
pub struct Connection {
    wire: AsyncSmtpConnection,
    from: Address,
    from_name: String,
    /// After a failure that left it between two letters.
    broken: bool,
}

impl Connection {
    /// Reaches the server, goes into TLS as it is set, signs in.
    #[boxed]
    pub async fn open(server: &Server) -> Result<Self> {
        let from = server.from.parse().map_err(|_| Failure::new(Kind::Sender, format!("{:?}", server.from)))?;
        let at = addresses(server).await?;
        let me = own_name(at.first());
        let tls = || {
            TlsParameters::new(server.host.clone()).map_err(|error| Failure::new(Kind::Certificate, innermost(&error)))
        };
        let first = if server.security == Security::Tls { Some(tls()?) } else { None };
        let opened = AsyncSmtpConnection::connect_tokio1(at.as_slice(), Some(REACH), &me, first, None);
        let mut wire = within(ANSWER, opened, |error| not_open(error, server)).await?;
        if server.security == Security::StartTls {
            if !wire.can_starttls() {
                return Err(Failure::new(Kind::NoTls, wire.server_info().to_string()));
            }
            within(ANSWER, wire.starttls(tls()?, &me), |error| match said(error) {
                Some(answer) => Failure::new(Kind::NoTls, answer),
                None if error.is_response() => Failure::new(Kind::Dropped, innermost(error)),
                None => Failure::new(Kind::Certificate, innermost(error)),
            })
            .await?;
        }
        if !server.user.is_empty() {
            let who = Credentials::new(server.user.clone(), server.password.clone());
            within(ANSWER, wire.auth(DEFAULT_MECHANISMS, &who), |error| {
                refused(error, |code| if code < 500 { Kind::Busy } else { Kind::SignIn })
            })
            .await?;
        }
        Ok(Self { wire, from, from_name: server.from_name.clone(), broken: false })
    }

    /// Hands a letter over; what the server said when it took it. A letter that it did not take leaves it ready for the next.
    #[boxed]
    pub async fn send(&mut self, letter: &Envelope) -> Result<String> {
        let sent = self.hand_over(letter).await;
        if let Err(failure) = &sent
            && (matches!(failure.kind, Kind::Dropped | Kind::TimedOut)
                || !matches!(timeout(ANSWER, self.wire.command(Rset)).await, Ok(Ok(_))))
        {
            self.broken = true;
        }
        sent
    }

    /// Step by step, for the same code is another matter at each.
    async fn hand_over(&mut self, letter: &Envelope) -> Result<String> {
        let address = letter.to.parse::<Address>().ok().filter(|_| crate::is_address(&letter.to));
        let Some(to) = address else { return Err(Failure::new(Kind::Refused, format!("{:?}", letter.to))) };
        let text = letter.written(&self.from, &self.from_name, &to);
        // 421: it is about to hang up; 45x: of this moment
        let sender = |error: &Error| refused(error, |code| if code < 500 { Kind::Busy } else { Kind::Sender });
        within(ANSWER, self.wire.command(Mail::new(Some(self.from.clone()), Vec::new())), sender).await?;
        let not_taken = |error: &Error| {
            refused(error, |code| match code {
                421 => Kind::Busy,
                400..500 => Kind::Later,
                _ => Kind::Refused,
            })
        };
        within(ANSWER, self.wire.command(Rcpt::new(to, Vec::new())), not_taken).await?;
        let ready = within(ANSWER, self.wire.command(Data), not_taken).await?;
        // an answer to something else: what came before TLS may have been said by anybody (CVE-2011-0411), and lettre keeps it
        if !ready.has_code(354) {
            return Err(Failure::new(Kind::Dropped, whole(&ready)));
        }
        let taken = within(TAKEN, self.wire.message(&text), not_taken).await?;
        Ok(whole(&taken))
    }

    /// Whether it can take no more letters.
    pub fn is_broken(&self) -> bool {
        self.broken || self.wire.has_broken()
    }

    /// Says goodbye; whether that is heard does not matter.
    #[boxed]
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.wire.quit()).await;
    }
}

/// What came in time; otherwise why not.
async fn within<T>(
    time: Duration,
    step: impl Future<Output = std::result::Result<T, Error>>,
    why: impl Fn(&Error) -> Failure,
) -> Result<T> {
    match timeout(time, step).await {
        Ok(done) => done.map_err(|error| if error.is_timeout() { timed_out(&error) } else { why(&error) }),
        Err(_) => Err(Failure::new(Kind::TimedOut, format!("{} s", time.as_secs()))),
    }
}

fn timed_out(error: &Error) -> Failure {
    Failure::new(Kind::TimedOut, innermost(error))
}

/// The server said no, with a code whose meaning depends on the step; or it said nothing any more.
fn refused(error: &Error, kind: impl Fn(u16) -> Kind) -> Failure {
    match (error.status(), said(error)) {
        (Some(code), Some(answer)) => {
            let kind = match u16::from(code) {
                // whatever the step: it wants to know who we are, or does not believe it
                530 | 534 | 535 => Kind::SignIn,
                code => kind(code),
            };
            Failure::new(kind, answer)
        }
        // of what it offers nothing fits, or it asks for what we do not know
        _ if error.is_client() => Failure::new(Kind::NoSignIn, innermost(error)),
        _ => Failure::new(Kind::Dropped, innermost(error)),
    }
}

/// Why there is no conversation at all. With TLS from the first byte, whatever fails after the way there stood is about that.
fn not_open(error: &Error, server: &Server) -> Failure {
    if let Some(answer) = said(error) {
        return Failure::new(Kind::Busy, answer);
    }
    let reached = match io_error(error) {
        // the system's own "no" is about the way there, unless it had been gone already; TLS has none
        Some(io) => {
            io.raw_os_error().is_none()
                || matches!(io.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
        }
        None => !error.is_response(),
    };
    let kind = if reached && server.security == Security::Tls { Kind::Certificate } else { Kind::Unreachable };
    Failure::new(kind, innermost(error))
}

/// The server's answer: code and words.
fn said(error: &Error) -> Option<String> {
    let code = error.status()?;
    Some(format!("{code} {}", error.source().map(ToString::to_string).unwrap_or_default()))
}

fn whole(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))
}

fn innermost(error: &Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

fn io_error(error: &Error) -> Option<&io::Error> {
    let mut next = error.source();
    while let Some(one) = next {
        if let Some(io) = one.downcast_ref() {
            return Some(io);
        }
        next = one.source();
    }
    None
}

/// Looked up by ourselves: lettre tells a name that nobody knows from a port at which nobody answers only by the system's words.
async fn addresses(server: &Server) -> Result<Vec<SocketAddr>> {
    let unresolved = |why: &str| Failure::new(Kind::Unresolved, why);
    match timeout(REACH, lookup_host((server.host.as_str(), server.port))).await {
        Ok(Ok(found)) => match found.collect::<Vec<_>>() {
            none if none.is_empty() => Err(unresolved(&server.host)),
            found => Ok(found),
        },
        Ok(Err(error)) => Err(unresolved(&error.to_string())),
        Err(_) => Err(Failure::new(Kind::TimedOut, server.host.as_str())),
    }
}

/// The address by which this machine reaches the server, to greet it with; nothing is sent to find it.
fn own_name(to: Option<&SocketAddr>) -> ClientId {
    let found = to.and_then(|to| {
        let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(any).ok()?;
        socket.connect(to).ok()?;
        socket.local_addr().ok()
    });
    match found.map(|own| own.ip()) {
        Some(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Some(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        None => ClientId::default(),
    }
}
