//! Finding anything: the page of results, and the command palette's fragment.

use askama::Template;
use axum::extract::Query;
use zhike_records::{Hit, SearchGroup};
use zhike_types::Lang;

use super::{existence, review};
use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html},
    link::{Pairs, encode},
    session::Signed,
    ui::{self, Markup, escape},
    value::{shortened, subtitle_of, title_of},
    words::Say,
};

/// Found records of one object.
struct Found {
    label: String,
    icon: String,
    lines: Vec<FoundLine>,
    /// The object's list with the same words.
    all: Option<String>,
}

struct FoundLine {
    href: String,
    name: Markup,
    /// What matched, when it is not the name.
    matched: Markup,
    hint: String,
}

#[derive(Template)]
#[template(path = "search/page.html")]
struct SearchPage {
    frame: Frame,
    lang: Lang,
    text: String,
    groups: Vec<Found>,
}

#[derive(Template)]
#[template(path = "search/palette.html")]
struct PalettePart {
    lang: Lang,
    text: String,
    groups: Vec<Found>,
    actions: Vec<Action>,
    /// Where to ask whose a company of this name is.
    existence: Option<String>,
}

struct Action {
    label: String,
    icon: &'static str,
    href: String,
    act: &'static str,
    drawer: bool,
    key: &'static str,
}

pub async fn page(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let text = pairs.get("q").unwrap_or_default().trim().to_owned();
    let groups = find(&signed, &text, 20).await?;
    let lang = signed.lang();
    html(&SearchPage { frame: Frame::new(&signed, lang.t("搜索", "Search"), "/search"), lang, text, groups })
}

/// With nothing typed: views and actions; with something: records first, then what fits of these.
pub async fn palette(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let text = pairs.get("q").unwrap_or_default().trim().to_owned();
    let groups = if text.is_empty() { recent(&signed).await? } else { find(&signed, &text, 6).await? };
    let actions = actions(&signed, &text).await?;
    let asks = text.chars().count() > 1 && !existence::objects(&signed).is_empty();
    let existence = asks.then(|| format!("{}?q={}", existence::PLACE, encode(&text)));
    html(&PalettePart { lang: signed.lang(), text, groups, actions, existence })
}

async fn find(signed: &Signed, text: &str, limit: usize) -> Result<Vec<Found>, Fault> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let groups = signed.app.engine.search(&signed.actor, text, &[], limit).await?;
    Ok(groups.iter().map(|group| found(signed, group, text)).collect())
}

fn found(signed: &Signed, group: &SearchGroup, text: &str) -> Found {
    let lang = signed.lang();
    Found {
        label: group.object.plural.get(lang).to_owned(),
        icon: group.object.icon.clone(),
        lines: group.hits.iter().map(|hit| line(signed, hit)).collect(),
        all: group.more.then(|| format!("/{}?q={}", group.object.name, encode(text))),
    }
}

fn line(signed: &Signed, hit: &Hit) -> FoundLine {
    let lang = signed.lang();
    let record = &hit.record;
    let title = title_of(&signed.app.engine, record, lang);
    let by_name = hit.field == record.object.title;
    let shown = marked(&hit.text, hit.range);
    let label = record.object.field(&hit.field).map(|field| escape(field.label.get(lang))).unwrap_or_default();
    FoundLine {
        href: format!("/{}/{}", record.object.name, record.id),
        name: if by_name { shown.clone() } else { Markup(escape(&shortened(&title, 80))) },
        matched: if by_name { Markup::default() } else { Markup(format!("{label} {shown}")) },
        hint: subtitle_of(&signed.app.engine, record, lang),
    }
}

/// The text around what matched, with the match marked.
fn marked(text: &str, range: Option<(usize, usize)>) -> Markup {
    let Some((from, to)) = range.filter(|(from, to)| from <= to && text.get(*from..*to).is_some()) else {
        return Markup(escape(&shortened(text, 80)));
    };
    let before: String = text[..from].chars().rev().take(24).collect::<Vec<_>>().into_iter().rev().collect();
    let after: String = text[to..].chars().take(48).collect();
    let dots = |cut: bool| if cut { "…" } else { "" };
    Markup(format!(
        "{}{}<mark>{}</mark>{}{}",
        dots(before.len() < from),
        escape(&before),
        escape(&text[from..to]),
        escape(&after),
        dots(after.len() < text.len() - to)
    ))
}

async fn recent(signed: &Signed) -> Result<Vec<Found>, Fault> {
    let lang = signed.lang();
    let records = signed.app.engine.recent(&signed.actor, 6).await?;
    let lines: Vec<FoundLine> = records
        .iter()
        .map(|record| FoundLine {
            href: format!("/{}/{}", record.object.name, record.id),
            name: Markup(escape(&shortened(&title_of(&signed.app.engine, record, lang), 80))),
            matched: Markup::default(),
            hint: record.object.label.get(lang).to_owned(),
        })
        .collect();
    Ok(if lines.is_empty() {
        Vec::new()
    } else {
        vec![Found { label: lang.t("最近看过", "Seen lately").into(), icon: "history".into(), lines, all: None }]
    })
}

async fn actions(signed: &Signed, text: &str) -> Result<Vec<Action>, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let mut all = Vec::new();
    let go = |label: String, icon, href: String| Action { label, icon, href, act: "", drawer: false, key: "" };
    if !existence::objects(signed).is_empty() {
        all.push(go(lang.t("查重", "Is it taken?").into(), "scan-search", existence::PLACE.into()));
    }
    if !review::objects(signed).is_empty() {
        all.push(go(lang.t("重复客户", "Duplicates").into(), "merge", review::PLACE.into()));
    }
    for object in
        model.objects().iter().filter(|object| object.group.is_some() && engine.may(&signed.actor, &object.name).read)
    {
        let name = &object.name;
        all.push(go(
            format!("{}{}", lang.t("打开", "Open "), object.plural.get(lang)),
            "layout-list",
            format!("/{name}"),
        ));
        if engine.may(&signed.actor, name).create {
            all.push(Action {
                drawer: true,
                ..go(format!("{}{}", lang.t("新建", "New "), object.label.get(lang)), "plus", format!("/{name}/new"))
            });
        }
        if !text.is_empty() {
            let views = engine.views(&signed.actor, name).await?;
            all.extend(views.iter().map(|saved| {
                let key = if saved.id.is_nil() { saved.view.name.clone() } else { saved.id.to_string() };
                go(
                    format!("{} · {}", object.plural.get(lang), saved.view.label.get(lang)),
                    "bookmark",
                    format!("/{name}?view={key}"),
                )
            }));
        }
    }
    all.push(go(lang.t("导入数据", "Import data").into(), "upload", "/imports/new?object=account".into()));
    all.push(go(lang.t("回收站", "Recycle bin").into(), "trash-2", "/bin".into()));
    all.push(go(lang.t("设置", "Settings").into(), "settings", "/settings".into()));
    let act = |label: &str, icon, act| Action {
        label: label.to_owned(),
        icon,
        href: String::new(),
        act,
        drawer: false,
        key: "",
    };
    all.push(act(lang.t("深色外观", "Dark theme"), "moon", "theme-dark"));
    all.push(act(lang.t("浅色外观", "Light theme"), "sun", "theme-light"));
    all.push(Action { key: "?", ..act(lang.t("快捷键", "Keyboard shortcuts"), "keyboard", "shortcuts") });
    let wanted = text.to_lowercase();
    all.retain(|action| text.is_empty() || action.label.to_lowercase().contains(&wanted));
    all.truncate(if text.is_empty() { 14 } else { 8 });
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn matches_are_marked_and_escaped() {
        assert_eq!(marked("青岛海风<贸易>", Some((6, 12))).0, "青岛<mark>海风</mark>&lt;贸易&gt;");
        assert_eq!(marked("abc", None).0, "abc");
        assert_eq!(marked("abc", Some((2, 9))).0, "abc");
    }
}
