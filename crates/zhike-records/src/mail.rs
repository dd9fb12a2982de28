//! 邮件提醒: what people are told by mail, and the server that takes the letters. Who is to be told of what is written into the table
//! `mail` in the transaction of what happened; a job reads it later, writes each letter as its reader may see things at that moment, and
//! sends it. The letters themselves are written above (`zhike-crm`).

mod choices;
mod outbox;
mod rounds;
mod server;
mod tell;

pub use choices::MailChoices;
pub use outbox::{Mail, MailCounts, MailItem, MailLine, MailPage, MailReader};
pub use server::{MailServer, MailTrouble};
pub(crate) use {
    rounds::{ROUND, run},
    tell::{asked, given, given_one},
};

/// The job that sends.
pub const MAIL_JOB: &str = "mail";
/// The duty of who sets the server.
pub(crate) const DUTY: &str = "model";

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
