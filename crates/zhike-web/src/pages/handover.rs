//! 交接: the hand-overs that were made, and taking one back. A new one is in `new`.

pub mod new;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query};
use zhike_records::{Handover, HandoverLine};
use zhike_types::{Lang, Uuid};

use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html},
    link::Pairs,
    session::{Flash, Signed},
    ui,
    value::{iso, shortened, stamp, title_of},
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/handover";
/// The duty of who may.
pub const DUTY: &str = "handover";
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "handover/list.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    lines: Vec<Line>,
    more: Option<String>,
}

struct Line {
    id: String,
    between: String,
    what: String,
    reason: String,
    who: String,
    iso: String,
    stamp: String,
    undone: Option<String>,
}

pub async fn list(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let page = signed.app.engine.handovers(&signed.actor, before, SHOWN).await?;
    let mut names = Names::default();
    let mut lines = Vec::with_capacity(page.handovers.len());
    for handover in &page.handovers {
        lines.push(line(&signed, handover, &mut names).await?);
    }
    html(&ListPage {
        frame: Frame::new(&signed, lang.t("交接", "Hand-overs"), PLACE),
        lang,
        lines,
        more: page.next.map(|seq| pairs.with("before", seq.to_string()).on(PLACE)),
    })
}

async fn line(signed: &Signed, handover: &Handover, names: &mut Names) -> Result<Line, Fault> {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let from = names.of(signed, handover.from).await?;
    let mut to: Vec<Uuid> = handover.lines.iter().map(|line| line.to).collect();
    to.sort_unstable();
    to.dedup();
    let to = names.list(signed, &to).await?;
    let kept = |kept: i64| match kept {
        0 => String::new(),
        kept => t!(lang, "，{kept} 条之后又换了负责人，保持不变", "; {kept} had another owner since and stay there"),
    };
    let undone = handover.undone.as_ref().map(|undone| {
        let (who, at, kept) = (&undone.actor, stamp(zone, undone.at), kept(undone.kept));
        t!(lang, "{who} 于 {at} 撤销{kept}", "taken back by {who}, {at}{kept}")
    });
    Ok(Line {
        id: handover.id.to_string(),
        between: t!(lang, "{from} → {to}", "{from} → {to}"),
        what: counted(signed, &handover.lines),
        reason: handover.reason.clone(),
        who: handover.actor.clone(),
        iso: iso(zone, handover.at),
        stamp: stamp(zone, handover.at),
        undone,
    })
}

pub async fn undo(signed: Signed, Path(id): Path<String>) -> Answer {
    let lang = signed.lang();
    let undone = signed.app.engine.undo_handover(&signed.actor, super::id(&id)?).await?;
    let kept = undone.undone.map_or(0, |undone| undone.kept);
    let said = match kept {
        0 => lang.t("已撤销，记录都回到原负责人名下", "Taken back; all records are with their owner again").to_owned(),
        kept => t!(
            lang,
            "已撤销；{kept} 条之后又换了负责人，保持不变",
            "Taken back; {kept} records had another owner since and stay there"
        ),
    };
    Ok(Flash::new(said).redirect(PLACE))
}

/// `客户 12、联系人 30`.
fn counted(signed: &Signed, lines: &[HandoverLine]) -> String {
    let lang = signed.lang();
    let model = signed.app.engine.model();
    let mut counts: Vec<(&str, i64)> = Vec::new();
    for line in lines {
        match counts.iter_mut().find(|(object, _)| *object == line.object) {
            Some((_, count)) => *count += line.count,
            None => counts.push((&line.object, line.count)),
        }
    }
    let word = |(object, count): (&str, i64)| {
        let label = model.object(object).map_or(object, |object| object.plural.get(lang)).to_owned();
        format!("{label} {}", ui::count(count))
    };
    counts.into_iter().map(word).collect::<Vec<_>>().join(lang.t("、", ", "))
}

/// What users are called, each asked once.
#[derive(Default)]
struct Names(HashMap<Uuid, String>);

impl Names {
    async fn of(&mut self, signed: &Signed, id: Uuid) -> Result<String, Fault> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let engine = &signed.app.engine;
        let name = match engine.read(&signed.actor, "user", id).await {
            Ok(user) => shortened(&title_of(engine, &user, signed.lang()), 30),
            Err(zhike_types::Error::NotFound) => signed.lang().t("已删除的用户", "a deleted user").to_owned(),
            Err(error) => return Err(error.into()),
        };
        self.0.insert(id, name.clone());
        Ok(name)
    }

    async fn list(&mut self, signed: &Signed, ids: &[Uuid]) -> Result<String, Fault> {
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            names.push(self.of(signed, *id).await?);
        }
        Ok(names.join(signed.lang().t("、", ", ")))
    }
}
