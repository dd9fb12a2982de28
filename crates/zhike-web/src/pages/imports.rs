//! Imports, step by step: upload, match columns, look at the first rows, run, result.

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use tokio::io::AsyncWriteExt as _;
use zhike_model::MatchRule;
use zhike_records::{ImportCounts, ImportInfo, ImportState, OnDuplicate, OnReview, Pool, PreviewRow, RowBand, RowLike};
use zhike_types::{Error, Lang, Text};

mod columns;
mod part;

use super::{export::stream_path, files::broken};
use crate::{
    fault::{Answer, Fault},
    form::Choice,
    frame::{Frame, html, html_as},
    link::Pairs,
    session::{Asked, Flash, Signed},
    ui,
    value::{iso, stamp},
    words::{Say, t},
};

use columns::{ColumnLine, columns, missing, planned};
use part::Part;

#[derive(Template)]
#[template(path = "imports/list.html")]
struct ImportsPage {
    frame: Frame,
    lang: Lang,
    lines: Vec<ImportLine>,
    offered: Vec<(String, String)>,
}

struct ImportLine {
    id: String,
    file: String,
    object: String,
    state: &'static str,
    tone: &'static str,
    counts: ImportCounts,
    iso: String,
    stamp: String,
}

pub async fn list(signed: Signed) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let lines = engine.imports(&signed.actor, 100).await?.into_iter().map(|info| {
        let (state, tone) = state_words(info.state, lang);
        let object =
            model.object(&info.object).map_or_else(|| info.object.clone(), |object| object.plural.get(lang).to_owned());
        ImportLine {
            id: info.id.to_string(),
            file: info.file_name,
            object,
            state,
            tone,
            counts: info.counts,
            iso: iso(engine.zone(), info.created_at),
            stamp: stamp(engine.zone(), info.created_at),
        }
    });
    html(&ImportsPage {
        frame: Frame::new(&signed, lang.t("导入", "Imports"), "/imports"),
        lang,
        lines: lines.collect(),
        offered: offered(&signed),
    })
}

fn offered(signed: &Signed) -> Vec<(String, String)> {
    let engine = &signed.app.engine;
    let model = engine.model();
    model
        .objects()
        .iter()
        .filter(|object| object.group.is_some() && engine.may(&signed.actor, &object.name).import)
        .map(|object| (object.name.clone(), object.plural.get(signed.lang()).to_owned()))
        .collect()
}

fn state_words(state: ImportState, lang: Lang) -> (&'static str, &'static str) {
    match state {
        ImportState::Draft => (lang.t("待对应", "to be matched"), "gray"),
        ImportState::Checking => (lang.t("试算中", "checking"), "blue"),
        ImportState::Checked => (lang.t("已试算", "checked"), "blue"),
        ImportState::Waiting => (lang.t("排队中", "waiting"), "blue"),
        ImportState::Running => (lang.t("导入中", "running"), "blue"),
        ImportState::Done => (lang.t("已完成", "done"), "green"),
        ImportState::Failed => (lang.t("失败", "failed"), "red"),
        ImportState::Undoing => (lang.t("撤销中", "being undone"), "amber"),
        ImportState::Undone => (lang.t("已撤销", "undone"), "gray"),
    }
}

#[derive(Template)]
#[template(path = "imports/new.html")]
struct NewImportPage {
    frame: Frame,
    lang: Lang,
    objects: Vec<Choice>,
    /// Of what is part of something else: what a sheet of it must say.
    part: Option<Part>,
    error: Option<String>,
}

pub async fn new(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let object = pairs.get("object").unwrap_or("account");
    let part = Part::of(&signed, object, pairs.get("for")).await?;
    upload_page(&signed, StatusCode::OK, object, part, None)
}

fn upload_page(signed: &Signed, status: StatusCode, object: &str, part: Option<Part>, error: Option<String>) -> Answer {
    let lang = signed.lang();
    let mut objects: Vec<Choice> =
        offered(signed).into_iter().map(|(name, label)| Choice::new(&name, &label, name == object)).collect();
    if let Some(part) = &part {
        objects.insert(0, Choice::new(object, &part.label, true));
    }
    if objects.is_empty() {
        return Err(Error::Forbidden(Text::new("您没有导入数据的权限。", "You may not import data.")).into());
    }
    html_as(
        status,
        &NewImportPage {
            frame: Frame::new(signed, lang.t("导入数据", "Import data"), "/imports")
                .crumb(lang.t("导入", "Imports"), "/imports"),
            lang,
            objects,
            part,
            error,
        },
    )
}

/// Takes the file as it comes in, to disk, bit by bit.
pub async fn upload(signed: Signed, mut form: Multipart) -> Answer {
    let mut object = "account".to_owned();
    let (mut made, mut within) = (None, None);
    while let Some(mut part) = form.next_field().await.map_err(broken)? {
        if part.name() == Some("object") {
            object = part.text().await.map_err(broken)?;
            continue;
        }
        if part.name() == Some("for") {
            within = Some(part.text().await.map_err(broken)?);
            continue;
        }
        let Some(name) = part.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else { continue };
        let kept = tempfile::Builder::new().prefix("zhike-import-").tempfile()?;
        let mut file = tokio::fs::File::from_std(kept.reopen()?);
        while let Some(bytes) = part.chunk().await.map_err(broken)? {
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        made = Some(signed.app.engine.import_upload(&signed.actor, &object, &name, kept.path()).await);
    }
    let again = async |error: String| {
        let part = Part::of(&signed, &object, within.as_deref()).await?;
        upload_page(&signed, StatusCode::UNPROCESSABLE_ENTITY, &object, part, Some(error))
    };
    match made {
        Some(Ok(info)) => Ok(Redirect::to(&format!("/imports/{}", info.id)).into_response()),
        Some(Err(error @ (Error::Invalid(_) | Error::Conflict(_)))) => {
            again(error.message().get(signed.lang()).to_owned()).await
        }
        Some(Err(error)) => Err(error.into()),
        None => again(signed.lang().t("请先选择文件。", "Choose a file first.").to_owned()).await,
    }
}

#[derive(Template)]
#[template(path = "imports/import.html")]
struct ImportPage {
    frame: Frame,
    lang: Lang,
    info: ImportInfo,
    object: String,
    label: String,
    step: Step,
    columns: Vec<ColumnLine>,
    preview: Vec<PreviewRow>,
    /// Into which new records without an owner may go.
    pools: Vec<Pool>,
    /// Whether rows are weighed against what is there, or met by single values alone.
    compared: bool,
    /// Required fields that no column fills.
    missing: Vec<String>,
    problem: Option<String>,
    percent: i64,
    when: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Match,
    Preview,
    Run,
    Result,
}

impl ImportPage {
    /// What would become of a row.
    fn outcome(&self, row: &PreviewRow) -> String {
        let lang = self.lang;
        match row.outcome.as_str() {
            "create" | "created" => lang.t("新建", "create").to_owned(),
            "update" | "updated" => lang.t("更新", "update").to_owned(),
            "skip" | "skipped" => lang.t("跳过", "skip").to_owned(),
            "fail" | "failed" => lang.t("失败", "fail").to_owned(),
            other => other.to_owned(),
        }
    }

    /// Whether the row is about a record that is there, with its tone.
    fn band(&self, row: &PreviewRow) -> Option<(&'static str, &'static str)> {
        let lang = self.lang;
        row.band.map(|band| match band {
            RowBand::Same => (lang.t("已有", "known"), "blue"),
            RowBand::Review => (lang.t("疑似重复", "may be a duplicate"), "amber"),
            RowBand::New => (lang.t("新的", "new"), "gray"),
        })
    }

    fn goes_to(&self, pool: &Pool) -> bool {
        self.info.plan.pool == Some(pool.id)
    }

    /// The pool that is chosen.
    fn pool(&self) -> Option<&str> {
        let chosen = self.info.plan.pool?;
        self.pools.iter().find(|pool| pool.id == chosen).map(|pool| pool.name.as_str())
    }

    /// What a row and a record have in common.
    fn why(&self, like: &RowLike) -> String {
        like.reasons.iter().map(|text| text.get(self.lang)).collect::<Vec<_>>().join(self.lang.t("、", ", "))
    }

    /// Why a cell cannot be taken.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as the template hands it over")]
    fn wrong(&self, row: &PreviewRow, column: &usize) -> String {
        let mine = row.problems.iter().filter(|(place, _)| *place == Some(*column));
        mine.map(|(_, text)| text.get(self.lang)).collect::<Vec<_>>().join(self.lang.t("；", "; "))
    }
}

pub async fn show(signed: Signed, Path(id): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let info = signed.app.engine.import_info(&signed.actor, super::id(&id)?).await?;
    let step = match info.state {
        ImportState::Draft | ImportState::Checked if pairs.get("step") == Some("match") => Step::Match,
        ImportState::Checked => Step::Preview,
        ImportState::Draft if pairs.get("step") == Some("preview") => Step::Preview,
        ImportState::Draft => Step::Match,
        ImportState::Checking | ImportState::Waiting | ImportState::Running | ImportState::Undoing => Step::Run,
        ImportState::Done | ImportState::Failed | ImportState::Undone => Step::Result,
    };
    // A poll finds the run at its end: steps, buttons and title change too.
    if signed.asked == Asked::Part && step != Step::Run {
        return Ok((StatusCode::NO_CONTENT, [("hx-redirect", format!("/imports/{}", info.id))]).into_response());
    }
    html(&page(&signed, info, step, None).await?)
}

async fn page(signed: &Signed, info: ImportInfo, step: Step, problem: Option<String>) -> Result<ImportPage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let object = model.object(&info.object).cloned().ok_or(Error::NotFound)?;
    let targets = engine.import_targets(&signed.actor, &info.object)?;
    let preview =
        if step == Step::Preview { engine.import_preview(&signed.actor, info.id, 20).await? } else { Vec::new() };
    let done = info.counts.created + info.counts.updated + info.counts.skipped + info.counts.failed;
    let total = info.total_rows.unwrap_or(0).max(1);
    Ok(ImportPage {
        frame: Frame::new(signed, info.file_name.clone(), "/imports").crumb(lang.t("导入", "Imports"), "/imports"),
        lang,
        object: object.name.clone(),
        label: object.plural.get(lang).to_owned(),
        columns: columns(&info.plan, &targets, &object, lang),
        missing: missing(&info.plan, &targets, &object, lang),
        pools: engine.pools_to_fill(&signed.actor, &info.object).await?,
        compared: object.title_field().matching == Some(MatchRule::Organisation),
        preview,
        problem,
        percent: (done * 100 / total).clamp(0, 100),
        when: stamp(engine.zone(), info.created_at),
        step,
        info,
    })
}

/// Keeps the chosen columns and goes on: another look at the columns (`then=match`), or the first rows.
pub async fn plan(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let id = super::id(&id)?;
    let engine = &signed.app.engine;
    let info = engine.import_info(&signed.actor, id).await?;
    let plan = planned(info.plan.clone(), &pairs);
    match engine.import_plan(&signed.actor, id, plan).await {
        Ok(_) => Ok(Redirect::to(&format!(
            "/imports/{id}?step={}",
            if pairs.get("then") == Some("match") { "match" } else { "preview" }
        ))
        .into_response()),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let text = error.message().get(signed.lang()).to_owned();
            let info = ImportInfo { plan: planned(info.plan.clone(), &pairs), ..info };
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page(&signed, info, Step::Match, Some(text)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn start(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let id = super::id(&id)?;
    let dry = pairs.get("dry") == Some("1");
    signed.app.engine.import_start(&signed.actor, id, dry).await?;
    Ok(Redirect::to(&format!("/imports/{id}")).into_response())
}

pub async fn undo(signed: Signed, Path(id): Path<String>) -> Answer {
    let id = super::id(&id)?;
    signed.app.engine.import_undo(&signed.actor, id).await?;
    Ok(Flash::new(t!(signed.lang(), "正在撤销这次导入", "This import is being undone"))
        .redirect(&format!("/imports/{id}")))
}

/// The failed rows, in the input's own format, with a column of reasons.
pub async fn errors(signed: Signed, Path(id): Path<String>) -> Answer {
    let (name, path) = signed.app.engine.import_errors(&signed.actor, super::id(&id)?).await?;
    stream_path(&path, &name, "application/octet-stream", false).await
}
