//! The organisation as a tree.

use std::collections::{HashMap, HashSet};

use askama::Template;
use zhike_records::{ListQuery, Record};
use zhike_types::{Lang, Uuid};

use crate::{
    fault::Answer,
    frame::{Frame, html},
    session::Signed,
    ui,
    value::title_of,
    words::Say,
};

#[derive(Template)]
#[template(path = "admin/departments.html")]
struct DepartmentsPage {
    frame: Frame,
    lang: Lang,
    lines: Vec<Line>,
    may_create: bool,
}

struct Line {
    id: String,
    name: String,
    code: String,
    manager: String,
    /// Ends of the levels above, as indents.
    depth: usize,
}

pub async fn show(signed: Signed) -> Answer {
    let object = signed.object("department")?;
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let query = ListQuery {
        object: object.name.clone(),
        sort: object.default_view().sort.clone(),
        limit: 1_000,
        lenient: true,
        ..ListQuery::default()
    };
    let page = engine.list(&signed.actor, &query).await?;
    let lines = in_order(&page.records).into_iter().map(|(record, depth)| Line {
        id: record.id.to_string(),
        name: title_of(engine, record, lang),
        code: engine.show(record, "code", lang),
        manager: record.reference("manager").map(|(title, _)| title.text.clone()).unwrap_or_default(),
        depth,
    });
    let may_create = engine.may(&signed.actor, &object.name).create;
    html(&DepartmentsPage {
        frame: Frame::new(&signed, lang.t("组织架构", "Organisation"), "/admin/departments"),
        lang,
        lines: lines.collect(),
        may_create,
    })
}

/// Every department under its parent, with its depth; one whose parent is not there stands at the top, one in a circle too.
fn in_order(records: &[Record]) -> Vec<(&Record, usize)> {
    let known: HashSet<Uuid> = records.iter().map(|record| record.id).collect();
    let mut children: HashMap<Option<Uuid>, Vec<&Record>> = HashMap::new();
    for record in records {
        let parent = record.value("parent").as_id().filter(|parent| known.contains(parent));
        children.entry(parent).or_default().push(record);
    }
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    let tops = children.get(&None).cloned().unwrap_or_default();
    let mut open: Vec<(&Record, usize)> = records.iter().rev().map(|record| (record, 0)).collect();
    open.extend(tops.into_iter().rev().map(|record| (record, 0)));
    while let Some((record, depth)) = open.pop() {
        if seen.insert(record.id) {
            order.push((record, depth));
            let below = children.get(&Some(record.id)).into_iter().flatten();
            open.extend(below.rev().map(|child| (*child, depth + 1)));
        }
    }
    order
}
