//! What the audit tells, in words: what was done, from where, and what it changed.

use zhike_model::{Field, FieldKind, Model, Object};
use zhike_records::{FieldChange, Mention, Mentioned};
use zhike_types::Lang;

use crate::{
    rich,
    ui::{Markup, escape},
    value::shortened,
    words::{Say, t},
};

/// A field before and after, to be shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Difference {
    pub label: String,
    pub before: Markup,
    pub after: Markup,
}

/// What was done, in a word; one that has none is shown as it stands in the audit.
pub fn action(action: &str, lang: Lang) -> String {
    match action {
        "create" => lang.t("新建", "created"),
        "import" => lang.t("导入", "imported"),
        "export" => lang.t("导出", "exported"),
        "change" => lang.t("修改", "changed"),
        "unlink" => lang.t("解除关联", "unlinked"),
        "delete" => lang.t("删除", "deleted"),
        "restore" => lang.t("恢复", "restored"),
        "purge" => lang.t("彻底删除", "deleted for good"),
        "merge" => lang.t("合并", "merged into"),
        "merged" => lang.t("被合并", "merged away"),
        "move" => lang.t("随合并转移", "moved by a merge"),
        "unmerge" => lang.t("撤销合并", "merge undone"),
        "scan" => lang.t("扫描查重", "scanned for duplicates"),
        "told-apart" => lang.t("判为不同客户", "told apart from another"),
        "told-same" => lang.t("判为同一客户", "told to be the same as another"),
        "told-open" => lang.t("撤回判定", "took a decision back"),
        "dispute" => lang.t("提出撞单申诉", "claimed it"),
        "dispute-answered" => lang.t("说明撞单申诉", "answered a claim"),
        "dispute-file" => lang.t("补充申诉附件", "added evidence to a claim"),
        "dispute-withdrawn" => lang.t("撤回撞单申诉", "withdrew the claim"),
        "dispute-claimant" => lang.t("裁决：归申诉人", "decided: to the claimant"),
        "dispute-holder" => lang.t("裁决：维持原归属", "decided: it stays as it was"),
        "dispute-joint" => lang.t("裁决：共同跟进", "decided: worked together"),
        "print" => lang.t("打印", "printed"),
        "claim" => lang.t("从公海领取", "claimed it from a pool"),
        "assign" => lang.t("分配", "assigned it"),
        "return" => lang.t("退回公海", "gave it back to a pool"),
        "reclaim" => lang.t("自动收回到公海", "taken back to a pool by rule"),
        "go-along" => lang.t("随上级记录转给新负责人", "went along to the next owner"),
        "check-in" => lang.t("签到", "checked in"),
        "convert" => lang.t("转为客户", "converted it"),
        "convert-along" => lang.t("随线索转到客户", "went along with a conversion"),
        "convert-back" => lang.t("撤销转化", "took a conversion back"),
        "hand-over" => lang.t("交接", "handed over"),
        "hand-back" => lang.t("撤销交接", "hand-over taken back"),
        "approval-submit" => lang.t("提交审批", "asked for approval"),
        "approval-resubmit" => lang.t("重新提交审批", "asked for approval again"),
        "approval-approve" => lang.t("审批同意", "approved a step"),
        "approval-pass" => lang.t("审批通过", "approved; it passed"),
        "approval-reject" => lang.t("审批驳回", "rejected the request"),
        "approval-return" => lang.t("审批退回", "sent the request back"),
        "approval-add" => lang.t("审批加签", "asked others to sign"),
        "approval-remind" => lang.t("审批超时提醒", "reminded of the request"),
        "approval-delegate" => lang.t("审批转交", "handed the request on"),
        "approval-withdraw" => lang.t("撤回审批", "withdrew the request"),
        "approval-comment" => lang.t("审批留言", "commented on the request"),
        "approval-process" => lang.t("保存审批流程", "saved a process of approval"),
        "approval-absence" => lang.t("设置审批代理", "named a deputy"),
        "approval-absence-ended" => lang.t("取消审批代理", "ended a deputy"),
        "sign-in" => lang.t("登录", "signed in"),
        "sign-in-failed" => lang.t("登录失败", "failed to sign in"),
        "password" => lang.t("修改密码", "changed the password"),
        "credential" => lang.t("设置账号", "set the login"),
        "roles" => lang.t("分配角色", "gave roles"),
        "role" => lang.t("保存角色", "saved a role"),
        "role-deleted" => lang.t("删除角色", "deleted a role"),
        "calendar-feed" => lang.t("生成日历订阅地址", "made an address of the calendar"),
        "calendar-feed-ended" => lang.t("作废日历订阅地址", "took the calendar's address back"),
        "mail-server" => lang.t("设置邮件服务器", "set the mail server"),
        "mail-server-ended" => lang.t("停用邮件", "switched mail off"),
        "token" => lang.t("生成令牌", "made a token"),
        "token-revoked" => lang.t("作废令牌", "revoked a token"),
        "view" => lang.t("共享视图", "shared a view"),
        "view-deleted" => lang.t("删除视图", "deleted a view"),
        "pack" => lang.t("更新模型", "changed the model"),
        other => other,
    }
    .to_owned()
}

/// By what way it came in, and the address it came from: `page (192.0.2.7)`.
pub fn source(source: &str, lang: Lang) -> (String, String) {
    let (way, address) = source.split_once(' ').unwrap_or((source, ""));
    let word = match way {
        "page" => lang.t("页面", "page"),
        "system" => lang.t("系统", "system"),
        "api" => lang.t("接口", "API"),
        "import" => lang.t("导入", "import"),
        "form" => lang.t("网页表单", "web form"),
        "command" => lang.t("命令行", "command line"),
        other => other,
    };
    (word.to_owned(), address.trim_matches(['(', ')']).to_owned())
}

/// What a mentioned record is called, at most so many characters; none when the reader may not see it or it is gone.
pub fn title(model: &Model, mention: &Mention, lang: Lang, most: usize) -> Option<String> {
    let object = model.object(&mention.object);
    let title = match object.map(|object| &object.title_field().kind) {
        Some(FieldKind::Rich) => rich::plain(mention.title()?),
        _ => mention.title()?.to_owned(),
    };
    if !title.trim().is_empty() {
        return Some(shortened(&title, most));
    }
    // it has none: the object's name and the end of the id, as in lists
    let label = object.map_or(mention.object.as_str(), |object| object.label.get(lang));
    Some(format!("{label} {}", &mention.id.simple().to_string()[24..]))
}

/// Where a mentioned record has its page.
pub fn address(mention: &Mention) -> String {
    let folder = match mention.object.as_str() {
        "attachment" => "files",
        other => other,
    };
    format!("/{folder}/{}", mention.id)
}

/// A change in words; none of what the system notes by itself (when and by whom it was changed).
pub fn difference(model: &Model, object: &Object, change: &FieldChange, lang: Lang, most: usize) -> Option<Difference> {
    let field = object.field(&change.field).filter(|field| tells(field))?;
    let side = |text: &str, mention: &Option<Mention>| match mention {
        Some(mention) => reference(model, mention, lang, most),
        None => Markup(escape(&plain(field, text, most))),
    };
    Some(Difference {
        label: field.label.get(lang).to_owned(),
        before: side(&change.before, &change.before_record),
        after: side(&change.after, &change.after_record),
    })
}

/// The same without links: before, after.
pub fn texts(model: &Model, field: &Field, change: &FieldChange, lang: Lang, most: usize) -> (String, String) {
    let side = |text: &str, mention: &Option<Mention>| match mention {
        Some(mention) => title(model, mention, lang, most).unwrap_or_else(|| absent(mention, lang).to_owned()),
        None => plain(field, text, most),
    };
    (side(&change.before, &change.before_record), side(&change.after, &change.after_record))
}

fn tells(field: &Field) -> bool {
    !field.system || matches!(field.name.as_str(), "owner" | "department" | "pool")
}

fn plain(field: &Field, text: &str, most: usize) -> String {
    match field.kind {
        FieldKind::Rich => shortened(&rich::plain(text), most),
        _ => shortened(text, most),
    }
}

fn reference(model: &Model, mention: &Mention, lang: Lang, most: usize) -> Markup {
    match title(model, mention, lang, most) {
        Some(title) => Markup(format!(r#"<a href="{}">{}</a>"#, escape(&address(mention)), escape(&title))),
        None => Markup(format!(r#"<span class="muted">{}</span>"#, absent(mention, lang))),
    }
}

/// Instead of a title.
fn absent(mention: &Mention, lang: Lang) -> &'static str {
    match mention.what {
        Mentioned::Gone => lang.t("（已删除）", "(deleted)"),
        Mentioned::Closed | Mentioned::Seen(_) => lang.t("（无权查看）", "(not yours to see)"),
    }
}

/// What an export, an import or a setting says of itself: its name, its words. None of what is the machine's own.
pub fn fact(object: Option<&Object>, change: &FieldChange, lang: Lang) -> Option<(String, String)> {
    let text = change.after.as_str();
    let label = match change.field.as_str() {
        "rows" => lang.t("行数", "rows"),
        "filter" => lang.t("条件", "filter"),
        "fields" => lang.t("字段", "fields"),
        "file" => lang.t("文件", "file"),
        "counts" => lang.t("结果", "result"),
        "name" => lang.t("名称", "name"),
        "body" => lang.t("内容", "content"),
        "rights" => lang.t("权限", "rights"),
        "shared" => lang.t("共享", "shared"),
        "approval_number" => lang.t("编号", "number"),
        "approval" | "approval_state" | "plan" => return None,
        other => other,
    };
    let words = match (change.field.as_str(), serde_json::from_str::<serde_json::Value>(text).ok()) {
        ("rows", Some(serde_json::Value::Number(number))) => number.as_i64().map(crate::ui::count)?,
        ("shared", Some(serde_json::Value::Bool(flag))) => {
            if flag { lang.t("是", "yes") } else { lang.t("否", "no") }.to_owned()
        }
        ("fields", Some(serde_json::Value::Array(names))) => {
            let named = names.iter().filter_map(|name| name.as_str()).map(|name| {
                let field = object.and_then(|object| object.field(name));
                field.map_or(name, |field| field.label.get(lang))
            });
            named.collect::<Vec<_>>().join(lang.t("、", ", "))
        }
        ("counts", Some(serde_json::Value::Object(counts))) => {
            let number =
                |name: &str| crate::ui::count(counts.get(name).and_then(serde_json::Value::as_i64).unwrap_or(0));
            let [created, updated, skipped, failed] = ["created", "updated", "skipped", "failed"].map(number);
            t!(
                lang,
                "新建 {}，更新 {}，跳过 {}，失败 {}",
                "{} created, {} updated, {} skipped, {} failed",
                created,
                updated,
                skipped,
                failed
            )
        }
        _ => text.to_owned(),
    };
    (!words.is_empty()).then(|| (label.to_owned(), words))
}
