//! What stands around a page: rail, top bar, tab bar, messages. And the way out of a handler.

use std::{fmt::Display, sync::Arc};

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use zhike_model::Object;
use zhike_records::Basis;
use zhike_types::Lang;

use crate::{
    fault::Answer,
    pages::{
        admin::mail, approvals, calendar, concentration, disputes, existence, forecast, handover, performance, pool,
        review, roster,
    },
    session::{Flash, Prefs, Signed},
    ui::{self, Markup},
    words::Say,
};

/// The frame of one page.
pub struct Frame {
    pub prefs: Prefs,
    pub lang: Lang,
    pub title: String,
    pub crumbs: Vec<Crumb>,
    pub groups: Vec<RailGroup>,
    pub tabs: Vec<RailItem>,
    pub me: String,
    pub flash: Option<Flash>,
    /// Where quick create begins.
    pub create: String,
    pub at_home: bool,
}

pub struct Crumb {
    pub label: String,
    pub href: String,
}

/// A group of the rail.
pub struct RailGroup {
    pub name: String,
    pub label: String,
    pub items: Vec<RailItem>,
}

pub struct RailItem {
    pub label: String,
    pub icon: String,
    pub href: String,
    pub current: bool,
    /// Where the number comes from that asks for action; fetched after the page.
    pub count: Option<&'static str>,
}

impl RailItem {
    /// A page that is no list of an object; `place` is where the reader is.
    fn page(label: &str, icon: &str, href: &str, place: &str) -> Self {
        Self { label: label.into(), icon: icon.into(), href: href.into(), current: place == href, count: None }
    }
}

impl Frame {
    /// The frame of a page of this title. `place` is the rail's address that the page belongs to: `/account`.
    pub fn new(signed: &Signed, title: impl Into<String>, place: &str) -> Self {
        let lang = signed.lang();
        let groups = rail(signed, place);
        let tabs = tab_bar(lang, &groups, place);
        Self {
            prefs: signed.prefs,
            lang,
            title: title.into(),
            crumbs: Vec::new(),
            tabs,
            me: signed.actor.name.to_string(),
            flash: signed.flash.clone(),
            create: "/create".into(),
            at_home: place == "/",
            groups,
        }
    }

    /// Another step of "where I am", before the page's own title.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: href.into() });
        self
    }
}

fn rail(signed: &Signed, place: &str) -> Vec<RailGroup> {
    let model = signed.app.engine.model();
    let lang = signed.lang();
    let item = |object: &Object| RailItem {
        label: object.plural.get(lang).to_owned(),
        icon: object.icon.clone(),
        href: format!("/{}", object.name),
        current: place == format!("/{}", object.name),
        count: (object.name == "task").then_some("/myday/overdue"),
    };
    let may = |object: &Object| signed.app.engine.may(&signed.actor, &object.name).read;
    let mut groups: Vec<RailGroup> = model
        .groups()
        .iter()
        .map(|group| {
            let members =
                model.objects().iter().filter(|object| object.group.as_deref() == Some(&group.name) && may(object));
            let mut items: Vec<RailItem> = members.map(|object| item(object)).collect();
            items.extend(duplicate_items(signed, &group.name, place));
            if group.name == "sales" {
                items.extend(performance_items(signed, place));
            }
            if group.name == "key_accounts" {
                items.splice(0..0, key_account_items(signed, place));
            }
            if group.name == "work" {
                items.insert(0, calendar_item(signed, place));
                items.push(approvals_item(signed, place));
            }
            if group.name == "admin" {
                items.extend(admin_items(signed, place));
            }
            RailGroup { name: group.name.clone(), label: group.label.get(lang).to_owned(), items }
        })
        .collect();
    groups.retain(|group| !group.items.is_empty());
    groups
}

/// 日历, before what stands in it.
fn calendar_item(signed: &Signed, place: &str) -> RailItem {
    RailItem::page(signed.lang().t("日历", "Calendar"), "calendar-days", calendar::PLACE, place)
}

/// 审批, beside what else there is to do.
fn approvals_item(signed: &Signed, place: &str) -> RailItem {
    let item = RailItem::page(signed.lang().t("审批", "Approvals"), "badge-check", approvals::PLACE, place);
    RailItem { count: Some("/approvals/waiting"), ..item }
}

/// 防撞客, beside the objects that it is about.
fn duplicate_items(signed: &Signed, group: &str, place: &str) -> Vec<RailItem> {
    let lang = signed.lang();
    let here = |objects: Vec<Arc<Object>>| objects.iter().any(|object| object.group.as_deref() == Some(group));
    let item = |label: &str, icon: &str, href: &str| RailItem::page(label, icon, href, place);
    let mut items = Vec::new();
    // one page asks about all of them
    if here(existence::objects(signed).into_iter().take(1).collect()) {
        items.push(item(lang.t("查重", "Is it taken?"), "scan-search", existence::PLACE));
    }
    if review::objects(signed).first().is_some_and(|object| object.group.as_deref() == Some(group)) {
        items.push(item(lang.t("重复客户", "Duplicates"), "merge", review::PLACE));
    }
    let account = signed.app.engine.model().object("account").and_then(|object| object.group.clone());
    if account.as_deref() == Some(group) && signed.app.engine.may(&signed.actor, "account").read {
        if pool::offered(signed) {
            items.push(item(lang.t("公海", "Pools"), "waves", pool::PLACE));
        }
        let disputes = item(lang.t("撞单申诉", "Disputes"), "gavel", disputes::PLACE);
        items.push(RailItem { count: Some("/disputes/waiting"), ..disputes });
    }
    items
}

/// What sales come to, beside the objects of selling.
fn performance_items(signed: &Signed, place: &str) -> Vec<RailItem> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let pages = [
        (!engine.measures(&signed.actor).is_empty(), lang.t("业绩榜", "Rankings"), "award", performance::PLACE),
        (engine.forecasts(&signed.actor), lang.t("预测", "Forecast"), "trending-up", forecast::PLACE),
    ];
    pages
        .into_iter()
        .filter(|(shown, ..)| *shown)
        .map(|(_, label, icon, href)| RailItem::page(label, icon, href, place))
        .collect()
}

/// Who keeps whom, and how much comes from how few: before the objects of key accounts.
fn key_account_items(signed: &Signed, place: &str) -> Vec<RailItem> {
    let lang = signed.lang();
    let sees =
        [Basis::Paid, Basis::Signed].into_iter().any(|basis| signed.app.engine.concentrates(&signed.actor, basis));
    let pages = [
        (roster::offered(signed), lang.t("名单", "Rosters"), "clipboard-list", roster::PLACE),
        (sees, lang.t("客户集中度", "Concentration"), "chart-column", concentration::PLACE),
    ];
    pages
        .into_iter()
        .filter(|(shown, ..)| *shown)
        .map(|(_, label, icon, href)| RailItem::page(label, icon, href, place))
        .collect()
}

/// Pages of the administration that are not lists of an object.
fn admin_items(signed: &Signed, place: &str) -> Vec<RailItem> {
    let lang = signed.lang();
    let rights = &signed.actor.rights;
    let may = |object: &str| signed.app.engine.may(&signed.actor, object);
    let imports = signed.app.engine.model().objects().iter().any(|object| may(&object.name).import);
    let pages = [
        (rights.may("users"), lang.t("账号与角色", "Logins"), "key-round", "/admin/users"),
        (rights.may("users"), lang.t("角色权限", "Roles"), "shield", "/admin/roles"),
        (rights.may(handover::DUTY), lang.t("交接", "Hand-overs"), "arrow-right-left", handover::PLACE),
        (rights.may(approvals::DUTY), lang.t("审批流程", "Processes"), "workflow", "/approvals/processes"),
        (may("department").read, lang.t("组织架构", "Organisation"), "git-branch", "/admin/departments"),
        (rights.may("model"), lang.t("数据模型", "Data model"), "database", "/admin/model"),
        (rights.may(mail::DUTY), lang.t("邮件", "Mail"), "mail", mail::PLACE),
        (rights.may("audit"), lang.t("操作日志", "Audit"), "history", "/admin/audit"),
        (imports, lang.t("导入", "Imports"), "upload", "/imports"),
        (true, lang.t("回收站", "Recycle bin"), "trash-2", "/bin"),
    ];
    pages
        .into_iter()
        .filter(|(shown, ..)| *shown)
        .map(|(_, label, icon, href)| RailItem::page(label, icon, href, place))
        .collect()
}

/// The five of a phone's bottom bar: today, the first object of the first two groups, search, everything else.
fn tab_bar(lang: Lang, groups: &[RailGroup], place: &str) -> Vec<RailItem> {
    let item = |label: &str, icon: &str, href: &str| RailItem::page(label, icon, href, place);
    let mut tabs = vec![item(lang.t("今天", "Today"), "sun", "/")];
    let firsts = groups.iter().filter(|group| group.name != "admin").take(2).filter_map(|group| group.items.first());
    tabs.extend(firsts.map(|first| item(&first.label, &first.icon, &first.href)));
    tabs.push(item(lang.t("搜索", "Search"), "search", "/search"));
    tabs.push(item(lang.t("更多", "More"), "menu", "/menu"));
    tabs
}

/// A rendered page.
pub fn html(template: &impl Template) -> Answer {
    html_as(StatusCode::OK, template)
}

/// A rendered page with another status (422 for a form with messages).
pub fn html_as(status: StatusCode, template: &impl Template) -> Answer {
    Ok((status, Html(template.render()?)).into_response())
}

/// A page whose content is one `.sheet`; alone it is what a dialog or drawer shows.
#[derive(Template)]
#[template(path = "sheet.html")]
pub struct SheetPage {
    pub frame: Frame,
    pub sheet: Markup,
}

/// A sheet for whoever asks: bare for a dialog, in the frame for a page.
pub fn sheet(signed: &Signed, status: StatusCode, title: &str, place: &str, sheet: &impl Display) -> Answer {
    let sheet = Markup(sheet.to_string());
    if signed.sheet() {
        return Ok((status, Html(sheet.0)).into_response());
    }
    html_as(status, &SheetPage { frame: Frame::new(signed, title, place), sheet })
}

/// What to tell the page after a dialog's form was taken.
#[derive(serde::Serialize, Default)]
pub struct Saved {
    pub object: String,
    pub id: String,
    pub label: String,
    pub url: String,
    pub text: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub undo: String,
}

/// The answer to a form that was taken: a dialog closes and tells its page, a page goes on.
pub fn saved(signed: &Signed, saved: Saved) -> Response {
    if signed.sheet() {
        return trigger("zk-saved", &saved);
    }
    Flash::new(saved.text).undo(saved.undo).redirect(&saved.url)
}

/// 204 with an event for the page's scripts.
pub fn trigger(event: &str, detail: &impl serde::Serialize) -> Response {
    let json = serde_json::json!({ event: detail }).to_string();
    (StatusCode::NO_CONTENT, [("hx-trigger", ascii(&json))]).into_response()
}

/// JSON in a header: ASCII only, other characters as `\uXXXX`.
pub fn ascii(json: &str) -> String {
    use std::fmt::Write as _;
    let mut line = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            line.push(letter);
        } else {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                write!(line, "\\u{unit:04x}").expect("a string takes what is written");
            }
        }
    }
    line
}

#[cfg(test)]
mod tests;
