//! 季度告知书: made for one customer or a whole roster, and taken along as PDFs in one archive.

use std::io::{BufWriter, Write as _};

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use zhike_crm::statement::{Stated, StatementWish, make_statements, statements_of};
use zhike_records::{Actor, Engine, Period, Span};
use zhike_types::{Error, Lang, Result, Text, Uuid};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::export::stream;
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

/// More documents make no archive that one waits for.
const MOST: usize = 300;
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

/// Each is on record as printed.
pub async fn pack(engine: &Engine, actor: &Actor, roster: Uuid, period: Period) -> Result<Response> {
    let found = statements_of(engine, actor, roster, period).await?;
    if found.is_empty() {
        let message = Text::new(
            "这个季度还没有出具告知书。请先点“给全部客户出具”。",
            "There are no statements of this quarter yet. Make them first.",
        );
        return Err(Error::Conflict(message));
    }
    if found.len() > MOST {
        let message = Text::new("一次最多打包 300 份，请在告知书列表里分批打印。", "At most 300 at a time.");
        return Err(Error::Conflict(message));
    }
    let out = tempfile::Builder::new().prefix("zhike-export-").suffix(".zip").tempfile().map_err(Error::internal)?;
    let mut zip = ZipWriter::new(BufWriter::new(out.reopen().map_err(Error::internal)?));
    // as they are: a PDF does not get smaller
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for statement in &found {
        let made = print::print(engine, actor, "statement", statement.id, "statement").await?;
        // the number tells customers of one name apart
        let name = title_of(engine, statement, actor.lang);
        let account = statement.reference("account").map(|(title, _)| title.text.clone()).unwrap_or_default();
        let name = format!("{account}-{name}.pdf").replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-");
        zip.start_file(name, stored).map_err(Error::internal)?;
        zip.write_all(&made.pdf).map_err(Error::internal)?;
    }
    let written = zip.finish().map_err(Error::internal)?;
    written.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    let name = format!("{}-{}.zip", actor.lang.t("季度告知书", "statements"), period.code());
    Ok(stream(tokio::fs::File::from_std(out.reopen().map_err(Error::internal)?), &name, "application/zip", false))
}
