//! The table of a merge: records as columns, fields as rows.

use zhike_model::{Field, FieldKind, Object, Role};
use zhike_records::{Choice, FieldState, MergeProposal, ProposedField, Record};
use zhike_types::{FieldError, Lang, Value};

use super::{ALL, Asked};
use crate::{
    filter,
    session::Signed,
    ui::{self, Markup, escape},
    value::{Shower, shortened, stamp, subtitle_of, title_of},
    words::{Say, t},
};

/// A value is shown up to so many characters.
const SHOWN: usize = 240;
/// So many kinds of what moves along are named.
const KINDS: usize = 4;

/// One of the records.
pub struct Column {
    pub id: String,
    pub number: usize,
    pub name: String,
    pub hint: String,
    pub related: String,
    pub made: String,
    pub version: i64,
    pub stays: bool,
    pub may_stay: bool,
}

/// A field.
pub struct Row {
    pub field: String,
    pub label: String,
    pub cells: Vec<Cell>,
    /// Takes the values of all.
    pub united: Option<Cell>,
    /// What was proposed, so that a choice is told from it.
    pub was: String,
    /// It may be chosen.
    pub open: bool,
    pub error: Option<String>,
}

/// One record's value of a field.
pub struct Cell {
    pub key: String,
    pub number: usize,
    pub html: Markup,
    /// In words, for who hears it.
    pub said: String,
    pub chosen: bool,
}

/// What several are called: 客户, customers.
pub fn many(object: &Object, lang: Lang) -> String {
    match lang {
        Lang::Zh => object.plural.zh.to_string(),
        Lang::En => object.plural.en.to_lowercase(),
    }
}

pub fn columns(signed: &Signed, proposal: &MergeProposal) -> Vec<Column> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let columns = proposal.records.iter().zip(&proposal.related).enumerate();
    columns
        .map(|(place, (record, related))| Column {
            id: record.id.to_string(),
            number: place + 1,
            name: title_of(engine, record, lang),
            hint: subtitle_of(engine, record, lang),
            related: match related {
                0 => lang.t("没有关联记录", "nothing related").to_owned(),
                related => t!(lang, "{} 条关联记录", "{} related", ui::count(*related)),
            },
            made: record
                .role_value(Role::CreatedAt)
                .as_int()
                .map(|at| stamp(engine.zone(), at).chars().take(10).collect())
                .unwrap_or_default(),
            version: record.version,
            stays: record.id == proposal.survivor,
            may_stay: record.may_change,
        })
        .collect()
}

/// The fields in which the records differ, and the others that are filled.
pub fn rows(signed: &Signed, proposal: &MergeProposal, asked: &Asked, errors: &[FieldError]) -> (Vec<Row>, Vec<Row>) {
    let (mut differing, mut same) = (Vec::new(), Vec::new());
    for proposed in &proposal.fields {
        let Some(field) = proposal.object.field(&proposed.field) else { continue };
        let row = row(signed, proposal, asked, field, proposed, errors);
        if proposed.differs {
            differing.push(row);
        } else if proposal.records.iter().any(|record| filled(record.value(&field.name))) {
            same.push(row);
        }
    }
    // who it is comes first
    differing.sort_by_key(|row| row.field != proposal.object.title);
    (differing, same)
}

fn filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Text(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        _ => true,
    }
}

fn row(
    signed: &Signed,
    proposal: &MergeProposal,
    asked: &Asked,
    field: &Field,
    proposed: &ProposedField,
    errors: &[FieldError],
) -> Row {
    let lang = signed.lang();
    let label = field.label.get(lang);
    let choice = asked.choices.get(&field.name).copied().unwrap_or(proposed.choice);
    let cells = proposal.records.iter().enumerate().map(|(place, record)| {
        let (html, text) = value(signed, record, field);
        Cell {
            key: record.id.to_string(),
            number: place + 1,
            said: t!(lang, "{label}：{text}（第 {} 条）", "{label}: {text} (record {})", place + 1),
            html,
            chosen: choice == Choice::Of(record.id),
        }
    });
    let list = matches!(field.kind, FieldKind::MultiSelect { .. } | FieldKind::Tags);
    let word = if list { lang.t("并集", "All of them") } else { lang.t("全部保留", "Keep all") };
    Row {
        field: field.name.clone(),
        label: label.to_owned(),
        cells: cells.collect(),
        united: (proposed.can_unite && proposed.differs).then(|| Cell {
            key: ALL.to_owned(),
            number: 0,
            html: Markup(escape(word)),
            said: t!(lang, "{label}：{word}", "{label}: {word}"),
            chosen: choice == Choice::United,
        }),
        was: match proposed.choice {
            Choice::United => ALL.to_owned(),
            Choice::Of(id) => id.to_string(),
        },
        open: proposed.may_choose && proposed.differs,
        error: errors.iter().find(|error| error.field == field.name).map(|error| error.message.get(lang).to_owned()),
    }
}

/// A value without links: a click on it chooses it.
fn value(signed: &Signed, record: &Record, field: &Field) -> (Markup, String) {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let held = record.value(&field.name);
    let text = match field.kind.value_kind() {
        _ if !filled(held) => {
            return (Markup(r#"<span class="none">—</span>"#.into()), lang.t("空", "empty").to_owned());
        }
        FieldKind::Rich => shortened(&crate::rich::plain(&engine.show(record, &field.name, lang)), SHOWN),
        _ => shortened(&engine.show(record, &field.name, lang), SHOWN),
    };
    let shown = match field.kind.value_kind() {
        _ if record.state(&field.name) == FieldState::Masked => Shower::cell(engine, lang).show(record, &field.name),
        FieldKind::Select { .. } | FieldKind::MultiSelect { .. } | FieldKind::Tags => {
            Shower::cell(engine, lang).show(record, &field.name)
        }
        _ => Markup(escape(&text)),
    };
    (shown, text)
}

/// What will happen, in one sentence.
pub async fn effect(signed: &Signed, proposal: &MergeProposal) -> String {
    let lang = signed.lang();
    let away: Vec<String> = proposal
        .records
        .iter()
        .filter(|record| record.id != proposal.survivor)
        .map(|record| record.id.to_string())
        .collect();
    let records = proposal.records.iter().zip(&proposal.related);
    let total: i64 = records.filter(|(record, _)| record.id != proposal.survivor).map(|(_, related)| related).sum();
    let stays = proposal.records.iter().position(|record| record.id == proposal.survivor);
    let name = stays.map(|at| title_of(&signed.app.engine, &proposal.records[at], lang)).unwrap_or_default();
    let name = shortened(&name, 40);
    let place = stays.unwrap_or_default() + 1;
    let count = away.len();
    if total == 0 {
        return t!(
            lang,
            "合并后只留下第 {place} 条「{name}」，另外 {count} 条并入它。以后随时可以撤销。",
            "Only record {place}, “{name}”, stays; {count} go into it. The merge can be undone at any time."
        );
    }
    let moving = moving(signed, proposal, &away, total).await;
    t!(
        lang,
        "合并后只留下第 {place} 条「{name}」，另外 {count} 条并入它，关联的 {moving}移到它名下。以后随时可以撤销。",
        "Only record {place}, “{name}”, stays; {count} go into it, and with them {moving}. The merge can be undone at any time."
    )
}

/// 3 条联系人、12 条跟进记录和 2 条其他记录: by kind as far as the actor sees them.
async fn moving(signed: &Signed, proposal: &MergeProposal, away: &[String], total: i64) -> String {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let mut kinds: Vec<(String, i64)> = Vec::new();
    for relation in model.relations(&proposal.object.name).iter().filter(|relation| !relation.name.is_empty()) {
        let Some(child) = model.object(&relation.object).filter(|child| engine.may(&signed.actor, &child.name).read)
        else {
            continue;
        };
        let named = |id: &String| {
            if relation.any { format!("{}:{id}", proposal.object.name) } else { id.clone() }
        };
        let ids: Vec<String> = away.iter().map(named).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let Some(filter) = filter::one_of(&relation.field, &ids) else { continue };
        // a reference that one may not ask about is among the others
        let count = engine.count(&signed.actor, &child.name, &filter, false).await.unwrap_or(0);
        if count > 0 {
            let label = many(child, lang);
            match kinds.iter_mut().find(|(known, _)| *known == label) {
                Some((_, sum)) => *sum += count,
                None => kinds.push((label, count)),
            }
        }
    }
    kinds.sort_by_key(|(_, count)| -count);
    kinds.truncate(KINDS);
    let others = total - kinds.iter().map(|(_, count)| count).sum::<i64>();
    let mut parts: Vec<String> =
        kinds.iter().map(|(label, count)| t!(lang, "{} 条{label}", "{} {label}", ui::count(*count))).collect();
    if others > 0 {
        let others = ui::count(others);
        parts.push(match kinds.as_slice() {
            [] => t!(lang, "{others} 条记录", "{others} related records"),
            _ => t!(lang, "{others} 条其他记录", "{others} other records"),
        });
    }
    match (parts.pop(), parts.is_empty()) {
        (Some(last), false) => {
            t!(lang, "{}和 {last}", "{} and {last}", parts.join(lang.t("、", ", ")))
        }
        (Some(only), true) => only,
        (None, _) => String::new(),
    }
}

/// Why the actor cannot merge these records into that one.
pub fn blocked(signed: &Signed, proposal: &MergeProposal) -> Option<String> {
    let lang = signed.lang();
    let stays = |record: &Record| record.id == proposal.survivor;
    let records = || proposal.records.iter().enumerate();
    if let Some((place, _)) = records().find(|(_, record)| stays(record) && !record.may_change) {
        return Some(t!(
            lang,
            "您不能修改第 {} 条，它不能作为保留的一条。请另选一条。",
            "You may not change record {}, so it cannot be the one that stays. Choose another.",
            place + 1
        ));
    }
    let bound: Vec<String> = records()
        .filter(|(_, record)| !stays(record) && !record.may_delete)
        .map(|(place, _)| (place + 1).to_string())
        .collect();
    (!bound.is_empty()).then(|| {
        t!(
            lang,
            "您不能删除第 {} 条，所以不能把它并入别的记录。可以请它的负责人来合并。",
            "You may not delete record {}, so it cannot go into another. Ask its owner to merge.",
            bound.join(lang.t("、", ", "))
        )
    })
}
