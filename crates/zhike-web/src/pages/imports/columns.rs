//! Which column becomes which field, and what is done with what is there already.

use std::collections::BTreeSet;

use zhike_model::{Field, Object};
use zhike_records::{ImportPlan, OnDuplicate, OnReview};
use zhike_types::{Lang, Text};

use crate::{form::Choice, link::Pairs, words::Say};

pub(super) struct ColumnLine {
    pub place: usize,
    pub label: String,
    pub samples: String,
    pub because: String,
    pub tone: &'static str,
    pub groups: Vec<(String, Vec<Choice>)>,
}

pub(super) fn columns(
    plan: &ImportPlan,
    targets: &[(String, Text, bool)],
    object: &Object,
    lang: Lang,
) -> Vec<ColumnLine> {
    plan.columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let mut groups: Vec<(String, Vec<Choice>)> = Vec::new();
            for (name, label, required) in targets {
                let owner = name.split('.').next().unwrap_or_default().to_owned();
                let text = if *required { format!("{} *", label.get(lang)) } else { label.get(lang).to_owned() };
                let choice = Choice::new(name, &text, column.target.as_deref() == Some(name));
                match groups.iter_mut().find(|(known, _)| *known == owner) {
                    Some((_, choices)) => choices.push(choice),
                    None => groups.push((owner, vec![choice])),
                }
            }
            for (name, _) in &mut groups {
                if *name == object.name {
                    object.label.get(lang).clone_into(name);
                } else if name == "contact" {
                    lang.t("联系人", "Contact").clone_into(name);
                }
            }
            let (because, tone) = because(&column.because, column.target.is_some(), lang);
            ColumnLine {
                place,
                label: column.label.clone(),
                samples: column.samples.join(lang.t("、", ", ")),
                because: because.to_owned(),
                tone,
                groups,
            }
        })
        .collect()
}

fn because(word: &str, chosen: bool, lang: Lang) -> (&'static str, &'static str) {
    match word {
        _ if !chosen => (lang.t("不导入", "left out"), "gray"),
        "label" => (lang.t("列名相同", "same name"), "green"),
        "synonym" => (lang.t("列名相近", "another word for it"), "green"),
        "content" => (lang.t("按内容识别", "by its content"), "blue"),
        "remembered" => (lang.t("上次的选择", "as last time"), "green"),
        _ => (lang.t("手工选择", "chosen"), "gray"),
    }
}

pub(super) fn missing(plan: &ImportPlan, targets: &[(String, Text, bool)], object: &Object, lang: Lang) -> Vec<String> {
    let filled: BTreeSet<&str> = plan.columns.iter().filter_map(|column| column.target.as_deref()).collect();
    let own = format!("{}.", object.name);
    let has_default = |name: &str| object.field(name).is_some_and(Field::fills_itself);
    targets
        .iter()
        .filter(|(name, _, required)| {
            *required && name.starts_with(&own) && !filled.contains(name.as_str()) && !has_default(&name[own.len()..])
        })
        .map(|(_, label, _)| label.get(lang).to_owned())
        .collect()
}

pub(super) fn planned(mut plan: ImportPlan, pairs: &Pairs) -> ImportPlan {
    let number = |name: &str| pairs.get(name).and_then(|text| text.parse::<u64>().ok());
    plan.sheet = number("sheet").map_or(plan.sheet, |sheet| sheet as usize);
    plan.header_row = number("header_row").unwrap_or(plan.header_row);
    for (place, column) in plan.columns.iter_mut().enumerate() {
        let Some(target) = pairs.any(&format!("column-{place}")) else { continue };
        let target = Some(target.to_owned()).filter(|target| !target.is_empty());
        if target != column.target {
            column.because = "you".into();
            column.target = target;
        }
    }
    plan.on_duplicate = match pairs.get("on_duplicate") {
        Some("skip") => OnDuplicate::Skip,
        Some("create") => OnDuplicate::Create,
        Some("fill" | "overwrite" | "update") => OnDuplicate::Update,
        _ => plan.on_duplicate,
    };
    plan.on_review = match pairs.get("on_review") {
        Some("create") => OnReview::Create,
        Some("skip") => OnReview::Skip,
        Some("fail") => OnReview::Fail,
        _ => plan.on_review,
    };
    if let Some(pool) = pairs.any("pool") {
        plan.pool = pool.parse().ok();
    }
    match pairs.get("on_duplicate") {
        Some("fill") => plan.fill_blanks = true,
        Some("overwrite") => plan.fill_blanks = false,
        _ => {}
    }
    plan
}
