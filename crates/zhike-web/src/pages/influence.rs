//! 影响力图: a customer's people by whom they report to, drawn by the server; each is a link, and a table below says the same in words.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::Path;
use zhike_crm::influence::{Influence, influence};
use zhike_records::Record;
use zhike_types::Lang;

use crate::{
    fault::Answer,
    frame::{Frame, html},
    session::Signed,
    ui::{self, Markup, escape},
    value::{Shower, shortened, title_of},
    words::{Say as _, t},
};

/// A person's box, and the room between boxes.
const WIDTH: f64 = 172.0;
const HEIGHT: f64 = 64.0;
const ACROSS: f64 = 20.0;
const DOWN: f64 = 36.0;

#[derive(Template)]
#[template(path = "influence/page.html")]
struct Page {
    frame: Frame,
    lang: Lang,
    account: String,
    map: Markup,
    people: Vec<Person>,
    /// What is missing for the picture to say something.
    gaps: Vec<String>,
    more: bool,
    new: Option<String>,
    plan: Option<String>,
}

struct Person {
    id: String,
    name: String,
    title: Markup,
    role: Markup,
    attitude: Markup,
    influence: Markup,
    above: String,
}

pub async fn show(signed: Signed, Path(id): Path<String>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let found = influence(engine, &signed.actor, super::id(&id)?).await?;
    let shower = Shower::cell(engine, lang);
    let person = |(i, person): (usize, &Record)| Person {
        id: person.id.to_string(),
        name: title_of(engine, person, lang),
        title: shower.show(person, "title"),
        role: shower.show(person, "decision_role"),
        attitude: shower.show(person, "attitude"),
        influence: shower.show(person, "influence"),
        above: found.above[i].map(|above| title_of(engine, &found.people[above], lang)).unwrap_or_default(),
    };
    let name = title_of(engine, &found.account, lang);
    let account = found.account.id;
    let may = |object: &str| engine.may(&signed.actor, object).create;
    html(&Page {
        frame: Frame::new(&signed, lang.t("影响力图", "Influence map"), "/account")
            .crumb(lang.t("客户", "Accounts"), "/account")
            .crumb(shortened(&name, 40), format!("/account/{account}")),
        lang,
        account: account.to_string(),
        map: draw(&signed, &found, &name),
        people: found.people.iter().enumerate().map(person).collect(),
        gaps: gaps(&found, lang),
        more: found.more,
        new: may("contact").then(|| format!("/contact/new?account={account}")),
        plan: may("account_plan").then(|| format!("/account_plan/new?account={account}")),
    })
}

fn gaps(found: &Influence, lang: Lang) -> Vec<String> {
    let is = |field: &str, key: &str| found.people.iter().any(|person| person.value(field).as_text() == Some(key));
    let mut gaps = Vec::new();
    if found.people.is_empty() {
        return gaps;
    }
    if !is("decision_role", "decision") {
        gaps.push(lang.t("还不知道谁是决策人", "Who decides is not known yet").to_owned());
    }
    if !is("attitude", "champion") {
        gaps.push(lang.t("还没有人替我们推动", "Nobody champions us yet").to_owned());
    }
    let against = |person: &&Record| {
        person.value("attitude").as_text() == Some("against") && person.value("influence").as_text() == Some("high")
    };
    let against = found.people.iter().filter(against).count();
    if against > 0 {
        gaps.push(t!(lang, "{against} 位影响力高的人反对我们", "{against} people of much influence are against us"));
    }
    let unknown = found.people.iter().filter(|person| person.value("attitude").is_null()).count();
    if unknown > 0 {
        gaps.push(t!(lang, "{unknown} 位的态度还没有填", "the attitude of {unknown} people is not filled in"));
    }
    gaps
}

fn draw(signed: &Signed, found: &Influence, name: &str) -> Markup {
    if found.people.is_empty() {
        return Markup::default();
    }
    let (lang, engine) = (signed.lang(), &signed.app.engine);
    let at = |i: usize| {
        let place = found.places[i];
        (4.0 + place.column * (WIDTH + ACROSS), 4.0 + place.row as f64 * (HEIGHT + DOWN))
    };
    let columns = found.places.iter().map(|place| place.column).fold(0.0, f64::max);
    let rows = found.places.iter().map(|place| place.row).max().unwrap_or_default();
    let (width, height) = (8.0 + columns * (WIDTH + ACROSS) + WIDTH, 8.0 + rows as f64 * (HEIGHT + DOWN) + HEIGHT);
    let told = t!(lang, "{name} 的影响力图", "Influence map of {name}");
    let mut svg = format!(
        r#"<svg class="influence" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="group" aria-label="{}">"#,
        escape(&told)
    );
    for (i, above) in found.above.iter().enumerate() {
        let Some(above) = above else { continue };
        let ((x, y), (top_x, top_y)) = (at(i), at(*above));
        let (from, to, middle) = (top_y + HEIGHT, y, y - DOWN / 2.0);
        write!(
            svg,
            r#"<path class="influence-line" d="M{:.1} {from:.1}V{middle:.1}H{:.1}V{to:.1}"/>"#,
            top_x + WIDTH / 2.0,
            x + WIDTH / 2.0
        )
        .expect("a string takes what is written");
    }
    for (i, person) in found.people.iter().enumerate() {
        let (x, y) = at(i);
        let tone = |field: &str| {
            let option = person.object.field(field).and_then(|known| known.option(person.value(field).as_text()?));
            option.and_then(|option| option.tone.clone()).unwrap_or_else(|| "none".to_owned())
        };
        let shown = |field: &str| engine.show(person, field, lang);
        let who = title_of(engine, person, lang);
        let facts = [shown("decision_role"), shown("title")];
        let facts = facts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        let stance = [shown("attitude"), influence_words(&shown("influence"), lang)];
        let stance = stance.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        let stance = if stance.is_empty() { lang.t("态度未知", "attitude unknown").to_owned() } else { stance };
        let weight = match person.value("influence").as_text() {
            Some("high") => "high",
            Some("low") => "low",
            _ => "middle",
        };
        write!(
            svg,
            r#"<a href="/contact/{}" class="influence-person" data-tone="{}" data-weight="{weight}"><title>{} {} {}</title><rect class="influence-box" x="{x:.1}" y="{y:.1}" width="{WIDTH}" height="{HEIGHT}" rx="6"/><rect class="influence-mark" x="{x:.1}" y="{y:.1}" width="5" height="{HEIGHT}" rx="2"/><text class="influence-name" x="{:.1}" y="{:.1}">{}</text><text x="{:.1}" y="{:.1}">{}</text><text class="influence-stance" x="{:.1}" y="{:.1}">{}</text></a>"#,
            person.id,
            escape(&tone("attitude")),
            escape(&who),
            escape(&facts),
            escape(&stance),
            x + 14.0,
            y + 21.0,
            escape(&fitted(&who, 10)),
            x + 14.0,
            y + 38.0,
            escape(&fitted(&facts, 12)),
            x + 14.0,
            y + 54.0,
            escape(&fitted(&stance, 12)),
        )
        .expect("a string takes what is written");
    }
    svg.push_str("</svg>");
    Markup(svg)
}

fn influence_words(influence: &str, lang: Lang) -> String {
    if influence.is_empty() { String::new() } else { t!(lang, "影响力{influence}", "{influence} influence") }
}

/// As many Han characters as the box is wide; two letters take the room of one.
fn fitted(text: &str, most: usize) -> String {
    let width = |letter: char| if letter.is_ascii() { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= most * 2 {
        return text.to_owned();
    }
    let mut room = most * 2 - 1;
    let kept = text.chars().take_while(|&letter| {
        let fits = width(letter) <= room;
        room = room.saturating_sub(width(letter));
        fits
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn a_long_name_is_cut_where_the_box_ends() {
        assert_eq!(fitted("王建国", 10), "王建国");
        assert_eq!(fitted("一二三四五六", 4), "一二三…");
        assert_eq!(fitted("abcdefgh", 4), "abcdefgh");
        assert_eq!(fitted("abcdefghi", 4), "abcdefg…");
    }
}
