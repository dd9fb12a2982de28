use proptest::prelude::*;

use crate::{
    Connection, Envelope, Failure, Kind, Letter, Line, Section, Security, is_address,
    testing::{FakeServer, Mood, Taken},
};

fn envelope(subject: &str, name: &str, text: &str) -> Envelope {
    Envelope {
        id: "0192".into(),
        to: "lin@example.com".into(),
        to_name: name.into(),
        subject: subject.into(),
        text: text.into(),
        html: format!("<p>{text}</p>"),
        at: 1_795_334_400_000,
    }
}

fn read(envelope: &Envelope) -> Taken {
    from(envelope, "知客")
}

fn from(envelope: &Envelope, name: &str) -> Taken {
    let address = |text: &str| text.parse().expect("an address");
    let written = envelope.written(&address("crm@example.com"), name, &address(&envelope.to));
    Taken { raw: String::from_utf8(written).expect("ASCII"), ..Taken::default() }
}

/// As a header can hold it.
fn cleaned(text: &str) -> String {
    let blank = text.replace(char::is_control, " ");
    blank.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}

proptest! {
    #[test]
    fn any_text_comes_back(
        subject in "\\PC{1,60}|.{1,400}|[a-c \u{6d77}]{1,300}",
        name in ".{1,400}|[a-c \u{6d77}\"\\\\.]{1,200}",
        text in ".{0,300}",
    ) {
        let taken = from(&envelope(&subject, &name, &text), &name);
        prop_assert_eq!(trimmed(&taken.header("Subject")), trimmed(&cleaned(&subject)));
        for (header, address) in [("To", "lin@example.com"), ("From", "crm@example.com")] {
            let (named, at) = taken.mailbox(header);
            prop_assert_eq!(at, address);
            prop_assert_eq!(trimmed(&named), trimmed(&cleaned(&name)));
        }
        prop_assert_eq!(taken.part(0), text.clone());
        for line in taken.raw.split_terminator("\r\n") {
            // RFC 5322, 2.1.1
            prop_assert!(line.len() <= 998, "{line}");
            prop_assert!(line.is_ascii() && !line.contains(['\r', '\n']));
        }
    }
}

#[test]
fn no_name_begins_a_header() {
    let bad = "林晓\r\nBcc: all@example.com\r\n\r\n<script>";
    let taken = read(&envelope(bad, bad, "x"));
    let head = taken.raw.split("\r\n\r\n").next().expect("a head");
    let names: Vec<&str> =
        head.split("\r\n").filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(':').next()).collect();
    assert_eq!(
        names,
        ["Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type", "Auto-Submitted"]
    );
    let long = "海".repeat(300);
    assert_eq!(read(&envelope(&long, &long, "x")).header("Subject"), long);
    assert_eq!(read(&envelope("Your day", "Lin", "x")).header("Subject"), "Your day");
    assert_eq!(read(&envelope("x", "", "x")).header("To"), "lin@example.com");
    let odd = "林 \"晓\" <a@b>, =?utf-8?b?YQ==?=";
    assert_eq!(read(&envelope("x", odd, "x")).mailbox("To"), (odd.to_owned(), "lin@example.com".to_owned()));
    assert_eq!(taken.header("Date"), "Sun, 22 Nov 2026 08:00:00 +0000");
    assert_eq!(taken.header("Message-ID"), "<0192@example.com>");
}

#[test]
fn addresses() {
    for good in ["a@b", "lin.xiao+crm@mail.example.com"] {
        assert!(is_address(good), "{good}");
    }
    for bad in
        ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>\r\nDATA", "林@例.cn", "<a@b>", "a@.b", "\"a b\"@c", "a@[::1]"]
    {
        assert!(!is_address(bad), "{bad}");
    }
}

#[test]
fn both_parts_say_the_same() {
    let letter = Letter {
        lang: "zh-CN",
        subject: "今天".into(),
        greeting: "您好，<林>".into(),
        sections: vec![Section {
            title: "待办".into(),
            lines: vec![Line {
                text: "寄\r\n样品 & 报价".into(),
                url: "https://crm/task/1?a=1&b=2".into(),
                note: "09:30".into(),
            }],
            more: Some(("全部".into(), "https://crm/task".into())),
        }],
        foot: "设置".into(),
        foot_url: "https://crm/settings".into(),
    };
    let text = letter.text();
    assert!(text.contains("· 寄 样品 & 报价  09:30\n  https://crm/task/1?a=1&b=2\n"), "{text}");
    let html = letter.html();
    assert!(html.contains("您好，&lt;林&gt;") && html.contains(r#"href="https://crm/task/1?a=1&amp;b=2""#), "{html}");
    assert!(html.contains("&amp; 报价") && !html.contains('\n'), "{html}");
}

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test);
}

async fn fails(fake: &FakeServer, change: impl Fn(&mut crate::Server)) -> Failure {
    let mut server = fake.server("secret");
    change(&mut server);
    match Connection::open(&server).await {
        Ok(_) => panic!("it opened"),
        Err(failure) => failure,
    }
}

#[test]
fn a_letter_is_taken_and_one_that_is_not_leaves_the_way_open() {
    run(async {
        let fake = FakeServer::start("secret").await;
        fake.then(&[Mood::Recipient(550), Mood::Recipient(451), Mood::Letter(554), Mood::Letter(452)]);
        let mut open = Connection::open(&fake.server("secret")).await.expect("it opens");
        let letter = envelope("今天的待办", "林晓", ".\r\n.一行\n.");
        for kind in [Kind::Refused, Kind::Later, Kind::Refused, Kind::Later] {
            assert_eq!(open.send(&letter).await.expect_err("not taken").kind, kind);
            assert!(!open.is_broken());
        }
        assert_eq!(open.send(&letter).await.expect("taken"), "250 taken");
        let taken = fake.taken();
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].from.as_str(), taken[0].to.as_str()), ("FROM:<crm@example.com>", "<lin@example.com>"));
        assert_eq!(taken[0].header("Subject"), "今天的待办");
        assert_eq!(taken[0].part(0), ".\n.一行\n.");
        fake.then(&[Mood::HangUp]);
        assert_eq!(open.send(&letter).await.expect_err("hung up").kind, Kind::Dropped);
        assert!(open.is_broken());
        assert_eq!(fake.connections(), 1);
    });
}

#[test]
fn each_failure_says_what_it_is() {
    run(async {
        let fake = FakeServer::start("secret").await;
        assert_eq!(fails(&fake, |server| server.password = "wrong".into()).await.kind, Kind::SignIn);
        assert_eq!(fails(&fake, |server| server.security = Security::StartTls).await.kind, Kind::NoTls);
        // it greets in the open where TLS is expected
        assert_eq!(fails(&fake, |server| server.security = Security::Tls).await.kind, Kind::Certificate);
        assert_eq!(fails(&fake, |server| server.host = "no-such-host.invalid".into()).await.kind, Kind::Unresolved);
        let closed =
            tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("it").port();
        let failure = fails(&fake, |server| server.port = closed).await;
        assert_eq!(failure.kind, Kind::Unreachable);
        assert!(failure.is_servers() && !failure.is_final());
        assert!(failure.text().zh.contains("连不上邮件服务器"), "{}", failure.text().zh);
        fake.then(&[Mood::Sender(553)]);
        let mut open = Connection::open(&fake.server("secret")).await.expect("it opens");
        let failure = open.send(&envelope("x", "x", "x")).await.expect_err("not this sender");
        assert_eq!((failure.kind, failure.is_servers()), (Kind::Sender, true));
        assert_eq!(failure.answer, "553 sender");
        // 530: it wants a sign-in; 250 for 354: an answer to something else
        for (mood, kind) in [
            (Mood::Sender(530), Kind::SignIn),
            (Mood::Sender(452), Kind::Busy),
            (Mood::Recipient(421), Kind::Busy),
            (Mood::Data(554), Kind::Refused),
            (Mood::Data(250), Kind::Dropped),
        ] {
            fake.then(&[mood]);
            let failure = open.send(&envelope("x", "x", "x")).await.expect_err("not taken");
            assert_eq!((failure.kind, open.is_broken()), (kind, kind == Kind::Dropped));
        }
        let printed = format!("{:?}", fake.server("secret"));
        assert!(!printed.contains("secret"), "{printed}");
    });
}
