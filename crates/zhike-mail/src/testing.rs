//! A mail server on this machine for tests: takes letters, or answers what it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::{Security, Server};

/// What it does instead of taking the next letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Answers the recipient with this code.
    Recipient(u16),
    /// Answers the sender with this code.
    Sender(u16),
    /// Answers with this code when the letter is about to come.
    Data(u16),
    /// Reads the letter and answers with this code.
    Letter(u16),
    /// Hangs up before it reads the letter.
    HangUp,
}

/// A letter that it took.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    pub from: String,
    pub to: String,
    pub raw: String,
}

impl Taken {
    /// A header, words decoded.
    pub fn header(&self, name: &str) -> String {
        decoded(&self.line(name))
    }

    /// Whom a header names: name and address.
    pub fn mailbox(&self, name: &str) -> (String, String) {
        let line = self.line(name);
        let Some((named, address)) = line.strip_suffix('>').and_then(|line| line.rsplit_once(" <")) else {
            return (String::new(), line);
        };
        let quoted = named.strip_prefix('"').and_then(|named| named.strip_suffix('"'));
        (quoted.map_or_else(|| decoded(named), unescaped), address.to_owned())
    }

    fn line(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
        let line = head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    }

    /// The plain part (0) or the HTML part (1).
    pub fn part(&self, place: usize) -> String {
        let code = self.raw.split("Content-Transfer-Encoding: base64\r\n\r\n").nth(place + 1).unwrap_or_default();
        let code = code.split("\r\n--").next().unwrap_or_default().replace("\r\n", "");
        String::from_utf8(STANDARD.decode(code).unwrap_or_default()).unwrap_or_default().replace("\r\n", "\n")
    }
}

/// RFC 5322: what stands behind a backslash is itself.
fn unescaped(text: &str) -> String {
    let mut escaped = false;
    let own = |c: &char| {
        escaped = !escaped && *c == '\\';
        !escaped
    };
    text.chars().filter(own).collect()
}

/// RFC 2047: encoded words beside each other are one text.
pub fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("=?utf-8?b?") {
        let (before, word) = rest.split_at(at);
        if bytes.is_empty() || !before.trim().is_empty() {
            out.push_str(&String::from_utf8_lossy(&std::mem::take(&mut bytes)));
            out.push_str(before);
        }
        let (code, after) = word["=?utf-8?b?".len()..].split_once("?=").unwrap_or_default();
        bytes.extend(STANDARD.decode(code).unwrap_or_default());
        rest = after;
    }
    out.push_str(&String::from_utf8_lossy(&bytes));
    out + rest
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    moods: VecDeque<Mood>,
    password: String,
    connections: usize,
}

/// The server; ends when it is dropped.
pub struct FakeServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FakeServer {
    #[expect(clippy::disallowed_methods, reason = "a test's own server ends with the test")]
    pub async fn start(password: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let state = Arc::new(Mutex::new(State { password: password.to_owned(), ..State::default() }));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { serve(tcp, &state).await.unwrap_or_default() });
            }
        });
        Self { port, state, task }
    }

    /// How to reach it, signed in with a password.
    pub fn server(&self, password: &str) -> Server {
        Server {
            host: "127.0.0.1".into(),
            port: self.port,
            security: Security::None,
            user: "crm@example.com".into(),
            password: password.into(),
            from: "crm@example.com".into(),
            from_name: "知客".into(),
        }
    }

    pub fn then(&self, moods: &[Mood]) {
        self.state.lock().expect("no holder panics").moods.extend(moods);
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().expect("no holder panics").taken.clone()
    }

    pub fn connections(&self) -> usize {
        self.state.lock().expect("no holder panics").connections
    }
}

async fn serve(tcp: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    state.lock().expect("no holder panics").connections += 1;
    let mut wire = BufReader::new(tcp);
    wire.write_all(b"220 fake ESMTP\r\n").await?;
    let (mut letter, mut signed) = (Taken::default(), false);
    let mut line = String::new();
    loop {
        line.clear();
        if wire.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let (verb, rest) = command.split_once([' ', ':']).unwrap_or((command, ""));
        let mood = |wanted: fn(&Mood) -> bool| {
            let mut state = state.lock().expect("no holder panics");
            if state.moods.front().is_some_and(wanted) { state.moods.pop_front() } else { None }
        };
        let said = match verb {
            "EHLO" => "250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN".to_owned(),
            "AUTH" => {
                let word = STANDARD.decode(rest.trim_start_matches("PLAIN ")).unwrap_or_default();
                let password = state.lock().expect("no holder panics").password.clone();
                signed = String::from_utf8_lossy(&word).ends_with(&format!("\0{password}"));
                if signed { "235 welcome" } else { "535 authentication failed" }.to_owned()
            }
            "MAIL" if !signed => "530 sign in first".to_owned(),
            "MAIL" => {
                letter = Taken { from: rest.to_owned(), ..Taken::default() };
                match mood(|mood| matches!(mood, Mood::Sender(_))) {
                    Some(Mood::Sender(code)) => format!("{code} sender"),
                    _ => "250 sender ok".to_owned(),
                }
            }
            "RCPT" => {
                rest.trim_start_matches("TO:").clone_into(&mut letter.to);
                match mood(|mood| matches!(mood, Mood::Recipient(_))) {
                    Some(Mood::Recipient(code)) => format!("{code} mailbox"),
                    _ => "250 recipient ok".to_owned(),
                }
            }
            "DATA" if mood(|mood| *mood == Mood::HangUp).is_some() => return Ok(()),
            "DATA" => {
                if let Some(Mood::Data(code)) = mood(|mood| matches!(mood, Mood::Data(_))) {
                    wire.write_all(format!("{code} data\r\n").as_bytes()).await?;
                    continue;
                }
                wire.write_all(b"354 go on\r\n").await?;
                letter.raw.clear();
                loop {
                    line.clear();
                    if wire.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    letter.raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                match mood(|mood| matches!(mood, Mood::Letter(_))) {
                    Some(Mood::Letter(code)) => format!("{code} letter"),
                    _ => {
                        state.lock().expect("no holder panics").taken.push(letter.clone());
                        "250 taken".to_owned()
                    }
                }
            }
            "QUIT" => return wire.write_all(b"221 bye\r\n").await,
            _ => "250 ok".to_owned(),
        };
        wire.write_all(format!("{said}\r\n").as_bytes()).await?;
    }
}
