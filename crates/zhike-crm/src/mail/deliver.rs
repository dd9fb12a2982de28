//! The job that sends: one letter after the other over one connection, no more a minute than is set.

use std::time::Duration;

use zhike_mail::{Connection, Envelope, Letter, is_address};
use zhike_records::{Actor, Ended, Engine, MAIL_JOB, Mail, MailReader, MailServer, Run, Source};
use zhike_types::{Error, Result, boxed};

use super::{letters, rules::spoken_to};

/// Has the letters sent by whoever works on this installation's jobs. Before `Engine::work`.
pub fn register(engine: &Engine) {
    let engine = engine.clone();
    engine.clone().on_job(MAIL_JOB, move |job| {
        let engine = engine.clone();
        async move { deliver(&engine, Some(&job)).await }
    });
}

/// Sends what is due, until nothing is, or until the server is in trouble.
#[boxed]
pub async fn deliver(engine: &Engine, job: Option<&Run>) -> Result<Ended> {
    let Some(server) = engine.mail_server(&Actor::system(Source::System)).await? else { return Ok(Ended::Done) };
    let mut open = None;
    let ended = send_due(engine, job, &server, &mut open).await;
    if let Some(open) = open {
        open.close().await;
    }
    ended
}

async fn send_due(
    engine: &Engine,
    job: Option<&Run>,
    server: &MailServer,
    open: &mut Option<Connection>,
) -> Result<Ended> {
    let pause = Duration::from_millis(60_000 / server.per_minute.unsigned_abs().max(1));
    loop {
        if job.is_some_and(Run::stopping) {
            return Ok(Ended::Stopped);
        }
        let Some(mail) = engine.take_mail().await? else { return Ok(Ended::Done) };
        let (reader, letter) = match written(engine, &mail, server).await {
            Ok(Ok(written)) => written,
            Ok(Err(why)) => {
                engine.mail_skipped(job, mail.id, why).await?;
                continue;
            }
            Err(error @ Error::Unavailable(_)) => return Err(error),
            Err(error) => {
                // one letter that cannot be written holds up no other
                tracing::error!(mail = %mail.id, kind = mail.kind, %error, "a letter could not be written");
                engine.mail_again(job, mail.id, "", &error.message().en, None).await?;
                continue;
            }
        };
        let envelope = Envelope {
            id: mail.id.to_string(),
            to: reader.address,
            to_name: reader.actor.name.to_string(),
            subject: letter.subject.clone(),
            text: letter.text(),
            html: letter.html(),
            at: engine.now(),
        };
        let sent = match open {
            Some(known) => known.send(&envelope).await,
            None => match Connection::open(&spoken_to(server)).await {
                Ok(new) => open.insert(new).send(&envelope).await,
                Err(failure) => Err(failure),
            },
        };
        if open.as_ref().is_some_and(Connection::is_broken) {
            *open = None;
        }
        let to = envelope.to.as_str();
        match sent {
            Ok(answer) => engine.mail_sent(job, mail.id, to, &answer).await?,
            Err(failure) if failure.is_final() => engine.mail_failed(job, mail.id, to, &failure.answer).await?,
            Err(failure) => {
                let trouble = failure.is_servers().then(|| failure.text());
                engine.mail_again(job, mail.id, to, &failure.answer, trouble.as_ref()).await?;
                if trouble.is_some() {
                    tracing::warn!(kind = ?failure.kind, answer = failure.answer, "the mail server is in trouble; letters wait");
                    return Ok(Ended::Done);
                }
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// The letter and its reader, or why there is none.
async fn written(
    engine: &Engine,
    mail: &Mail,
    server: &MailServer,
) -> Result<std::result::Result<(MailReader, Letter), &'static str>> {
    let Some(reader) = engine.mail_reader(mail.user).await?.filter(|reader| is_address(&reader.address)) else {
        return Ok(Err("address"));
    };
    let choices = reader.choices;
    let wanted = match mail.kind.as_str() {
        "approval" => choices.approvals,
        "given" => choices.given,
        "reclaim" => choices.reclaim,
        _ => choices.digest.is_some(),
    };
    if !wanted {
        return Ok(Err("unwanted"));
    }
    if mail.kind == "digest" && engine.zone().day_of(mail.at) != engine.zone().day_of(engine.now()) {
        return Ok(Err("late"));
    }
    let letter = letters::letter(engine, &reader.actor, mail, &server.site).await?;
    Ok(letter.map(|letter| (reader, letter)).ok_or("nothing"))
}
