//! Why a letter was not taken, in words that say what to do.

use zhike_types::{Text, text};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nobody knows the server's name.
    Unresolved,
    /// Nobody answers at the address and port, or somebody who is no mail server.
    Unreachable,
    TimedOut,
    /// Its certificate is not to be trusted, or it speaks no TLS there.
    Certificate,
    /// It does not offer STARTTLS.
    NoTls,
    /// It offers no sign-in that we know.
    NoSignIn,
    /// It does not take the user and password.
    SignIn,
    /// It does not take letters from the sender's address.
    Sender,
    /// It hung up in the middle.
    Dropped,
    /// It wants no letters at all now.
    Busy,
    /// It does not take this letter now (4xx).
    Later,
    /// It does not take this letter (5xx).
    Refused,
}

/// What came back instead of "taken".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: Kind,
    /// What the server said, or the machine.
    pub answer: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, answer: impl Into<String>) -> Self {
        let answer: String = answer.into();
        let answer = answer.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
        Self { kind, answer }
    }

    /// It is about the server or its settings: other letters would fare no better.
    pub fn is_servers(&self) -> bool {
        !matches!(self.kind, Kind::Later | Kind::Refused)
    }

    /// This letter will never be taken.
    pub fn is_final(&self) -> bool {
        self.kind == Kind::Refused
    }

    /// For the administrator.
    pub fn text(&self) -> Text {
        let answer = &self.answer;
        match self.kind {
            Kind::Unresolved => text!(
                "找不到邮件服务器：域名不能解析。请检查服务器地址是否写对、本机的 DNS 是否正常。（{answer}）",
                "The mail server's name cannot be resolved. Check the host name and this machine's DNS. ({answer})"
            ),
            Kind::Unreachable => text!(
                "连不上邮件服务器：连接被拒绝或没有应答。请检查端口和加密方式是否匹配、防火墙是否放行。（{answer}）",
                "The mail server cannot be reached: refused, or no answer. Check that port and encryption belong together, and the firewall. ({answer})"
            ),
            Kind::TimedOut => text!(
                "邮件服务器没有及时应答。请检查端口和加密方式是否匹配、防火墙是否放行。（{answer}）",
                "The mail server did not answer in time. Check that port and encryption belong together, and the firewall. ({answer})"
            ),
            Kind::Certificate => text!(
                "不能建立加密连接：证书不可信、已过期，或与服务器地址不符。自建证书请先装进本机的系统证书库。（{answer}）",
                "No encrypted connection: the certificate is not trusted, has expired or is another host's. A company's own certificate belongs into this machine's store. ({answer})"
            ),
            Kind::NoTls => text!(
                "服务器不支持 STARTTLS。请改用 SSL/TLS（通常是 465 端口）。（{answer}）",
                "The server does not offer STARTTLS. Use SSL/TLS (usually port 465). ({answer})"
            ),
            Kind::NoSignIn => text!(
                "服务器没有提供可用的登录方式。请换一种加密方式，或把用户名留空。（{answer}）",
                "The server offers no sign-in that can be used. Choose another encryption, or leave the user empty. ({answer})"
            ),
            Kind::SignIn => text!(
                "用户名或密码不对。多数企业邮箱要用「客户端专用密码」（授权码），不是登录密码，并且要先开启 SMTP 服务。（{answer}）",
                "User or password are wrong. Most company mailboxes want a password for programs, not the one for signing in, and SMTP must be switched on there. ({answer})"
            ),
            Kind::Sender => text!(
                "服务器不接受这个发件地址。发件地址通常必须与用户名是同一个邮箱。（{answer}）",
                "The server does not take letters from this sender. Usually the sender must be the mailbox that signs in. ({answer})"
            ),
            Kind::Dropped => text!(
                "邮件服务器中途断开了连接。请稍后再试。（{answer}）",
                "The mail server hung up in the middle. Try again later. ({answer})"
            ),
            Kind::Busy => text!(
                "邮件服务器暂时不接受邮件，可能是发得太快。请稍后再试。（{answer}）",
                "The mail server takes no letters now, perhaps for there were too many. Try again later. ({answer})"
            ),
            Kind::Later => text!(
                "邮件服务器请稍后再发这一封。（{answer}）",
                "The mail server asks for this letter again later. ({answer})"
            ),
            Kind::Refused => text!(
                "邮件服务器拒收这一封，多半是收件地址不存在。（{answer}）",
                "The mail server refused this letter; mostly there is no such mailbox. ({answer})"
            ),
        }
    }
}
