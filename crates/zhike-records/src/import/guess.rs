//! Which column goes where, told from its label first and its values second. Each field is taken by one column at most.

use zhike_model::{Field, FieldKind, MatchRule};
use zhike_text::{fold, words, words::Content};
use zhike_types::Zone;

use super::target::{Side, Target, Targets};
use crate::{Given, validate};

/// A column as the file has it.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub label: String,
    /// Some dozens of its values, blanks left out.
    pub values: Vec<String>,
}

/// Fewer values than this say nothing of a column.
const FEW: usize = 5;

/// Labels as those who mark failed rows write them: never data.
const NO_DATA: [&str; 6] = ["失败原因", "错误原因", "原因", "reason", "序号", "no."];

/// (target, because) of each column.
pub(crate) fn guess(targets: &Targets, columns: &[Column]) -> Vec<Option<(String, &'static str)>> {
    let mut out: Vec<Option<(String, &'static str)>> = vec![None; columns.len()];
    let mut taken: Vec<&str> = Vec::new();
    let mut scored: Vec<(u32, usize, &Target, &'static str)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let label = plain(&column.label);
        if label.is_empty() || NO_DATA.contains(&label.as_str()) {
            continue;
        }
        for target in &targets.all {
            if let Some((score, because)) = by_label(targets, target, &label)
                && !speaks_otherwise(field_of(targets, target), &column.values)
            {
                scored.push((score, at, target, because));
            }
        }
    }
    // best first; among equals the record's own field, then the column further left
    scored.sort_by_key(|(score, at, target, _)| (std::cmp::Reverse(*score), target.side == Side::Child, *at));
    for (_, at, target, because) in scored {
        if out[at].is_none() && !taken.contains(&target.name.as_str()) {
            out[at] = Some((target.name.clone(), because));
            taken.push(&target.name);
        }
    }
    for (at, column) in columns.iter().enumerate() {
        if out[at].is_some() || NO_DATA.contains(&plain(&column.label).as_str()) {
            continue;
        }
        let samples: Vec<&str> = column.values.iter().map(String::as_str).collect();
        let Some(content) = words::guess(&samples) else { continue };
        let free = by_content(targets, content).into_iter().find(|target| !taken.contains(&target.name.as_str()));
        if let Some(target) = free {
            out[at] = Some((target.name.clone(), "content"));
            taken.push(&target.name);
        }
    }
    people_only(targets, &mut out);
    out
}

/// Whether hardly a value is one of the field's: a column 状态 with the words of another system would fail every row.
fn speaks_otherwise(field: &Field, values: &[String]) -> bool {
    let tells = matches!(
        field.kind,
        FieldKind::Select { .. } | FieldKind::MultiSelect { .. } | FieldKind::Region | FieldKind::Boolean
    );
    let is_wrong = |value: &&String| validate::parse(field, &Given::Text((*value).clone()), &Zone::default()).is_err();
    tells && values.len() >= FEW && values.iter().filter(is_wrong).count() * 4 > values.len() * 3
}

/// Without blanks, brackets' hints and signs: `手机（必填）` is `手机`.
fn plain(label: &str) -> String {
    let folded = fold(label);
    let bare = folded.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let bare = if bare.trim().is_empty() { &folded } else { bare };
    bare.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':' | '：' | '_' | '-')).collect()
}

fn by_label(targets: &Targets, target: &Target, label: &str) -> Option<(u32, &'static str)> {
    let field = field_of(targets, target);
    let object = targets.object(target.side);
    let is = |word: &str| plain(word) == label;
    if is(&field.label.zh) || is(&field.label.en) || is(&field.name) {
        return Some((100, "label"));
    }
    // 联系人手机, contact mobile: the object's name in front
    let with_object = [(&object.label.zh, &field.label.zh), (&object.label.en, &field.label.en)];
    if with_object.iter().any(|(object, field)| is(&format!("{object}{field}")) || is(&format!("{object}的{field}"))) {
        return Some((95, "label"));
    }
    if field.synonyms.iter().any(|word| is(word)) {
        return Some((90, "synonym"));
    }
    let contains = |word: &str| {
        let word = plain(word);
        let long = word.chars().count();
        (long >= 2 && label.contains(&word)).then_some(long as u32)
    };
    let best = [field.label.zh.as_ref(), field.label.en.as_ref()]
        .into_iter()
        .chain(field.synonyms.iter().map(String::as_str))
        .filter_map(contains)
        .max()?;
    // a label that says much more than the word is about something else
    let length = label.chars().count() as u32;
    (best * 2 >= length).then_some((40 + best.min(20), "part"))
}

fn field_of<'t>(targets: &'t Targets, target: &Target) -> &'t Field {
    &targets.object(target.side).fields[target.field]
}

/// Fields for a content, the likeliest first.
fn by_content(targets: &Targets, content: Content) -> Vec<&Target> {
    let find = |side: Side, fits: &dyn Fn(&Field) -> bool| {
        targets
            .all
            .iter()
            .filter(move |target| target.side == side)
            .filter(move |target| fits(field_of(targets, target)))
            .collect::<Vec<_>>()
    };
    let kind = |wanted: fn(&FieldKind) -> bool| move |field: &Field| wanted(&field.kind);
    let both = |first: Side, fits: &dyn Fn(&Field) -> bool| {
        let second = if first == Side::Root { Side::Child } else { Side::Root };
        let mut found = find(first, fits);
        found.extend(find(second, fits));
        found
    };
    match content {
        Content::Mobile => both(Side::Child, &kind(|kind| matches!(kind, FieldKind::Phone))),
        Content::Phone => both(Side::Root, &kind(|kind| matches!(kind, FieldKind::Phone))),
        Content::Email => both(Side::Child, &kind(|kind| matches!(kind, FieldKind::Email))),
        Content::CreditCode => find(Side::Root, &kind(|kind| matches!(kind, FieldKind::CreditCode))),
        Content::IdNumber => both(Side::Child, &kind(|kind| matches!(kind, FieldKind::IdNumber))),
        Content::Url => find(Side::Root, &kind(|kind| matches!(kind, FieldKind::Url))),
        Content::Region => find(Side::Root, &kind(|kind| matches!(kind, FieldKind::Region))),
        Content::CompanyName => find(Side::Root, &|field| field.matching == Some(MatchRule::Organisation)),
        Content::PersonName => both(Side::Child, &|field| field.matching == Some(MatchRule::Person)),
        // a bare date or number could be anything
        Content::Date | Content::DateTime | Content::Number | Content::Percent | Content::Money | Content::Boolean => {
            Vec::new()
        }
    }
}

/// A list of people (姓名, 手机) brought in as customers: the people are the customers.
fn people_only(targets: &Targets, out: &mut [Option<(String, &'static str)>]) {
    let (Some(root), Some(child)) = (targets.title(Side::Root), targets.title(Side::Child)) else { return };
    let has =
        |out: &[Option<(String, &'static str)>], name: &str| out.iter().flatten().any(|(target, _)| target == name);
    if has(out, &root.name) || !has(out, &child.name) {
        return;
    }
    for at in 0..out.len() {
        let Some((name, because)) = out[at].clone() else { continue };
        let Some(target) = targets.get(&name).filter(|target| target.side == Side::Child) else { continue };
        let twin = if target.name == child.name {
            Some(root)
        } else {
            let field = field_of(targets, target);
            targets.root.index_of(&field.name).and_then(|field| targets.at(Side::Root, field))
        };
        out[at] = twin.filter(|twin| !has(out, &twin.name)).map(|twin| (twin.name.clone(), because));
    }
}
