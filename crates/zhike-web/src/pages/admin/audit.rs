//! The audit over all records: who did what, when, from where. For the duty `audit`.

use askama::Template;
use axum::extract::Query;
use zhike_records::{AuditQuery, LogEntry};
use zhike_types::Lang;

use crate::{
    fault::Answer,
    form::Choice,
    frame::{Frame, html},
    link::Pairs,
    session::Signed,
    ui,
    value::{iso, shortened, stamp, who},
    words::Say,
};

const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    lang: Lang,
    objects: Vec<Choice>,
    lines: Vec<Line>,
    more: Option<String>,
}

struct Line {
    who: String,
    what: String,
    object: String,
    /// The record's page, where there is one.
    href: Option<String>,
    reason: String,
    /// Label, before, after.
    diff: Vec<(String, String, String)>,
    source: String,
    iso: String,
    stamp: String,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let query = AuditQuery {
        object: pairs.get("object").map(str::to_owned),
        user: None,
        before: pairs.get("before").and_then(|text| text.parse().ok()),
        limit: ROWS,
    };
    let entries = engine.audit_log(&signed.actor, &query).await?;
    let next = entries.last().filter(|_| entries.len() == ROWS).map(|last| last.entry.seq.to_string());
    let asked = query.object.as_deref().unwrap_or_default();
    let model = engine.model();
    let objects = model.objects().iter().map(|object| (object.name.as_str(), object.label.get(lang))).chain([
        ("role", lang.t("角色", "Role")),
        ("view", lang.t("视图", "View")),
        ("model", lang.t("数据模型", "Model")),
    ]);
    html(&AuditPage {
        frame: Frame::new(&signed, lang.t("操作日志", "Audit"), "/admin/audit"),
        lang,
        objects: std::iter::once(("", lang.t("全部", "Everything")))
            .chain(objects)
            .map(|(key, label)| Choice::new(key, label, key == asked))
            .collect(),
        lines: entries.iter().map(|entry| line(&signed, entry)).collect(),
        more: next.map(|next| pairs.with("before", next).on("/admin/audit")),
    })
}

fn line(signed: &Signed, log: &LogEntry) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let object = model.object(&log.object);
    let entry = &log.entry;
    let label = |name: &str| {
        let field = object.and_then(|object| object.field(name));
        field.map_or_else(|| name.to_owned(), |field| field.label.get(lang).to_owned())
    };
    let diff = entry.changes.iter().filter(|change| change.before != change.after);
    Line {
        who: who(entry.actor_id.is_some().then_some(&entry.actor), lang),
        what: action(&entry.action, lang),
        object: object.map_or_else(|| log.object.clone(), |object| object.label.get(lang).to_owned()),
        href: log
            .record_id
            .filter(|_| object.is_some() && entry.action != "purge")
            .map(|id| format!("/{}/{id}", log.object)),
        reason: entry.reason.clone().unwrap_or_default(),
        diff: diff
            .map(|change| (label(&change.field), shortened(&change.before, 80), shortened(&change.after, 80)))
            .collect(),
        source: entry.source.clone(),
        iso: iso(engine.zone(), entry.at),
        stamp: stamp(engine.zone(), entry.at),
    }
}

/// What was done, in a word; one that has none is shown as it stands in the audit.
fn action(action: &str, lang: Lang) -> String {
    match action {
        "create" => lang.t("新建", "created"),
        "import" => lang.t("导入", "imported"),
        "export" => lang.t("导出", "exported"),
        "change" => lang.t("修改", "changed"),
        "unlink" => lang.t("解除关联", "unlinked"),
        "delete" => lang.t("删除", "deleted"),
        "restore" => lang.t("恢复", "restored"),
        "purge" => lang.t("彻底删除", "deleted for good"),
        "sign-in" => lang.t("登录", "signed in"),
        "sign-in-failed" => lang.t("登录失败", "failed to sign in"),
        "token" => lang.t("生成令牌", "made a token"),
        "token-revoked" => lang.t("作废令牌", "revoked a token"),
        other => other,
    }
    .to_owned()
}
