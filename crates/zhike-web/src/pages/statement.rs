//! 季度告知书: made for one customer or a whole roster, and taken along as PDFs in one archive.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
    vec::IntoIter,
};

use askama::Template;
use axum::{
    Form,
    body::Body,
    extract::{Path, Query},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use zhike_crm::statement::{Stated, StatementWish, make_statements, statements_of};
use zhike_records::{Actor, Engine, Period, Record, Span};
use zhike_types::{Error, Lang, Result, Text, Uuid};
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::export::disposition;
use crate::{
    fault::Answer,
    form::Choice,
    frame::sheet,
    link::Pairs,
    print,
    session::{Flash, Signed},
    value::title_of,
    words::{Say, t},
};

const QUARTERS: i64 = 9;

/// The quarters to choose from, the one that ended last first.
pub fn quarters(signed: &Signed) -> Vec<(String, String)> {
    let engine = &signed.app.engine;
    let now = Period::holding(Span::Quarter, engine.zone().day_of(engine.now()));
    let mut all: Vec<Period> = (1..QUARTERS).map(|back| now.moved(-back)).collect();
    all.insert(1, now);
    all.iter().map(|one| (one.code(), one.label(signed.lang()))).collect()
}

#[derive(Template)]
#[template(path = "roster/statement.html")]
struct StatementSheet {
    lang: Lang,
    id: String,
    name: String,
    quarters: Vec<Choice>,
}

/// Which quarter, for one customer.
pub async fn form(signed: Signed, Path(id): Path<String>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let account = engine.read(&signed.actor, "account", super::id(&id)?).await?;
    let title = lang.t("季度告知书", "Quarterly statement");
    let all = quarters(&signed);
    let quarters = all.iter().enumerate().map(|(i, (code, label))| Choice::new(code, label, i == 0)).collect();
    let page = StatementSheet { lang, id: account.id.to_string(), name: title_of(engine, &account, lang), quarters };
    sheet(&signed, StatusCode::OK, title, "/account", &page)
}

fn period(pairs: &Pairs) -> Result<Period> {
    Period::parse(pairs.get("period").unwrap_or_default())
}

/// Makes one customer's, and shows it.
pub async fn make_one(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let account = super::id(&id)?;
    let wish = StatementWish {
        roster: None,
        accounts: vec![account],
        period: period(&pairs)?,
        again: pairs.get("again") == Some("true"),
    };
    let made = make_statements(&signed.app.engine, &signed.actor, &wish).await?;
    let lang = signed.lang();
    Ok(match made.made.first() {
        Some(id) => Flash::new(lang.t("告知书出好了，可以打印成 PDF", "The statement is made; print it as PDF"))
            .redirect(&format!("/statement/{id}")),
        None => {
            let said = lang.t("这个季度已经出过告知书，没有重出", "There is one of this quarter already; it stays");
            Flash::new(said).redirect(&format!("/account/{account}?tab=roster_entries"))
        }
    })
}

/// Makes them for everybody on a roster.
pub async fn make_all(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let roster = super::id(&id)?;
    let period = period(&pairs)?;
    let wish =
        StatementWish { roster: Some(roster), accounts: Vec::new(), period, again: pairs.get("again") == Some("true") };
    let Stated { made, kept } = make_statements(&signed.app.engine, &signed.actor, &wish).await?;
    let (lang, made) = (signed.lang(), made.len());
    let said = match kept {
        0 => t!(lang, "出具了 {made} 份季度告知书", "{made} statements made"),
        kept => t!(lang, "新出 {made} 份，已有的 {kept} 份保持不变", "{made} made; {kept} that were there stay"),
    };
    Ok(Flash::new(said).redirect(&format!("{}/{roster}", super::roster::PLACE)))
}

/// All of a roster's for a quarter as PDFs in one archive.
pub async fn archive(signed: Signed, Path(id): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    Ok(pack(&signed.app.engine, &signed.actor, super::id(&id)?, period(&pairs)?).await?)
}

/// Each is on record as printed. The archive is sent while it is made, one document after the other: a roster may have thousands.
pub async fn pack(engine: &Engine, actor: &Actor, roster: Uuid, period: Period) -> Result<Response> {
    let found = statements_of(engine, actor, roster, period).await?;
    if found.is_empty() {
        let message = Text::new(
            "这个季度还没有出具告知书。请先点“给全部客户出具”。",
            "There are no statements of this quarter yet. Make them first.",
        );
        return Err(Error::Conflict(message));
    }
    let written = Pieces::default();
    let zip = ZipWriter::new_stream(written.clone());
    let packing =
        Packing { engine: engine.clone(), actor: actor.clone(), rest: found.into_iter(), zip: Some(zip), written };
    let pieces = futures_util::stream::try_unfold(packing, async |packing| {
        Box::pin(packing.next()).await.inspect_err(|error| tracing::warn!(%error, "an archive of statements broke off"))
    });
    let name = format!("{}-{}.zip", actor.lang.t("季度告知书", "statements"), period.code());
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&name, false)),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// An archive that is being made.
struct Packing {
    engine: Engine,
    actor: Actor,
    rest: IntoIter<Record>,
    /// None when it is whole.
    zip: Option<ZipWriter<StreamWriter<Pieces>>>,
    written: Pieces,
}

impl Packing {
    /// The bytes of one more document, or of the archive's end.
    async fn next(mut self) -> io::Result<Option<(Vec<u8>, Self)>> {
        let Some(mut zip) = self.zip.take() else { return Ok(None) };
        match self.rest.next() {
            Some(statement) => {
                let (engine, actor) = (&self.engine, &self.actor);
                let made = print::print(engine, actor, "statement", statement.id, "statement").await;
                let made = made.map_err(|error| io::Error::other(error.message().en))?;
                // as they are: a PDF does not get smaller
                let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
                zip.start_file(file_name(engine, actor, &statement), stored)?;
                zip.write_all(&made.pdf)?;
                self.zip = Some(zip);
            }
            None => drop(zip.finish()?),
        }
        Ok(Some((self.written.take(), self)))
    }
}

/// The number tells customers of one name apart.
fn file_name(engine: &Engine, actor: &Actor, statement: &Record) -> String {
    let name = title_of(engine, statement, actor.lang);
    let account = statement.reference("account").map(|(title, _)| title.text.clone()).unwrap_or_default();
    format!("{account}-{name}.pdf").replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-")
}

/// What was written and not yet sent.
#[derive(Clone, Default)]
struct Pieces(Arc<Mutex<Vec<u8>>>);

impl Pieces {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
