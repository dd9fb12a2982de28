//! The processes: which changes take approval and who signs. For who has the duty.

mod step;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
};
use zhike_model::{APPROVAL_STEPS_MOST, ApprovalLock, ApprovalRule, ApprovalTrigger, Field, FieldKind, Object};
use zhike_records::{ApprovalProcess, ApprovalProcessInput};
use zhike_types::{Error, FieldError, Lang, Text, Uuid};

use super::{DUTY, PLACE, who_words};
use crate::{
    fault::{self, Answer, Fault},
    frame::{Frame, html, html_as},
    link::Pairs,
    pages::list::chips::{builder, names},
    session::{Flash, Signed},
    ui::{self, Markup},
    words::{Say, t},
};

const PROCESSES: &str = "/approvals/processes";
struct Line {
    id: String,
    version: i64,
    name: String,
    object: String,
    when: String,
    who: String,
    active: bool,
    seeded: bool,
}

#[derive(Template)]
#[template(path = "approvals/processes.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    lines: Vec<Line>,
    /// What a process can be about: name and label.
    objects: Vec<(String, String)>,
}

fn only_keepers(signed: &Signed) -> Result<(), Fault> {
    if signed.actor.rights.may(DUTY) { Ok(()) } else { Err(Error::NotFound.into()) }
}

pub async fn list(signed: Signed) -> Answer {
    only_keepers(&signed)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let roles = engine.roles(&signed.actor).await?;
    let processes = engine.approval_processes(&signed.actor).await?;
    let lines = processes.iter().map(|process| {
        let object = model.object(&process.object);
        let steps = process.rule.steps.iter().map(|step| who_words(&step.name, &step.who, &roles, lang));
        Line {
            id: process.id.to_string(),
            version: process.version,
            name: process.name.get(lang).to_owned(),
            object: object.map_or(process.object.as_str(), |object| object.label.get(lang)).to_owned(),
            when: object.map(|object| when(object, &process.rule, lang)).unwrap_or_default(),
            who: steps.collect::<Vec<_>>().join(" → "),
            active: process.active,
            seeded: process.seeded,
        }
    });
    html(&ListPage {
        frame: Frame::new(&signed, lang.t("审批流程", "Processes of approval"), PROCESSES)
            .crumb(lang.t("审批", "Approvals"), PLACE),
        lang,
        lines: lines.collect(),
        objects: subjects(&signed),
    })
}

/// What people make and change, in the order of the rail.
fn subjects(signed: &Signed) -> Vec<(String, String)> {
    let model = signed.app.engine.model();
    let objects = model.objects().iter().filter(|object| object.group.as_deref().is_some_and(|group| group != "admin"));
    objects.map(|object| (object.name.clone(), object.label.get(signed.lang()).to_owned())).collect()
}

/// `状态 改为 已批准、已发出；条件 total > 100000`
fn when(object: &Object, rule: &ApprovalRule, lang: Lang) -> String {
    let label = |name: &String| object.field(name).map_or(name.as_str(), |field| field.label.get(lang)).to_owned();
    let trigger = match &rule.trigger {
        ApprovalTrigger::Create => lang.t("新建时", "when one is made").to_owned(),
        ApprovalTrigger::Change { fields } => {
            let names = fields.iter().map(label).collect::<Vec<_>>().join(lang.t("、", ", "));
            t!(lang, "修改{names}", "when {names} changes")
        }
        ApprovalTrigger::Becomes { field, to, .. } => {
            let option = |key: &String| {
                let option = object.field(field).and_then(|field| field.option(key));
                option.map_or(key.as_str(), |option| option.label.get(lang)).to_owned()
            };
            let to = to.iter().map(option).collect::<Vec<_>>().join(lang.t("、", ", "));
            let field = label(field);
            t!(lang, "{field}改为{to}", "when {field} becomes {to}")
        }
    };
    if rule.condition.is_empty() {
        return trigger;
    }
    let condition = &rule.condition;
    t!(lang, "{trigger}，且 {condition}", "{trigger}, where {condition}")
}

struct Select {
    name: String,
    label: String,
    /// Key, label, whether it takes approval, whether it may come from there, whether it stands there meanwhile.
    options: Vec<(String, String, bool, bool, bool)>,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "approvals/process.html")]
struct ProcessPage {
    frame: Frame,
    lang: Lang,
    action: String,
    version: i64,
    object: String,
    object_label: String,
    name: String,
    name_en: String,
    active: bool,
    on: &'static str,
    fields: Vec<(String, String, bool)>,
    selects: Vec<Select>,
    condition: String,
    builder: Markup,
    whole: bool,
    steps: Vec<step::StepForm>,
    may_add: bool,
    /// The step that was moved: the button that moved it keeps the focus.
    moved: Option<(usize, bool)>,
    errors: Vec<FieldError>,
    problem: Option<String>,
}

impl ProcessPage {
    fn error(&self, field: &str) -> Option<String> {
        let found: Vec<&str> =
            self.errors.iter().filter(|error| error.field == field).map(|error| error.message.get(self.lang)).collect();
        (!found.is_empty()).then(|| found.join(self.lang.t("；", "; ")))
    }

    fn trigger_error(&self) -> Option<String> {
        let found = self.errors.iter().filter(|error| error.field.starts_with("trigger"));
        let found: Vec<&str> = found.map(|error| error.message.get(self.lang)).collect();
        (!found.is_empty()).then(|| found.join(self.lang.t("；", "; ")))
    }

    /// Whether the button that moves a step this way was just used, or stands in for one that cannot be used any more.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands references")]
    fn is_moved(&self, at: &usize, up: bool) -> bool {
        let last = self.steps.len().saturating_sub(1);
        self.moved.is_some_and(|(moved, way)| {
            let way = if moved == 0 { false } else { way || moved == last };
            moved == *at && way == up
        })
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands references")]
    fn step_error(&self, at: &usize, what: &str) -> Option<String> {
        self.error(&format!("steps.{at}.{what}"))
    }
}

/// `?object=quote`
pub async fn new(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    only_keepers(&signed)?;
    let object = signed.object(pairs.get("object").unwrap_or_default())?;
    let input = ApprovalProcessInput {
        name: Text::default(),
        object: object.name.clone(),
        active: true,
        rule: ApprovalRule {
            trigger: ApprovalTrigger::Change { fields: Vec::new() },
            condition: String::new(),
            steps: vec![step::blank()],
            locks: ApprovalLock::Record,
        },
    };
    html(&page(&signed, &object, None, 0, &input, 0, None).await?)
}

pub async fn show(signed: Signed, Path(id): Path<String>) -> Answer {
    only_keepers(&signed)?;
    let process = signed.app.engine.approval_process(&signed.actor, crate::pages::id(&id)?).await?;
    let object = signed.object(&process.object)?;
    let (id, version) = (process.id, process.version);
    html(&page(&signed, &object, Some(id), version, &input_of(process), 0, None).await?)
}

fn input_of(process: ApprovalProcess) -> ApprovalProcessInput {
    ApprovalProcessInput { name: process.name, object: process.object, active: process.active, rule: process.rule }
}

/// Switches one on or off.
pub async fn switch(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    only_keepers(&signed)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let process = engine.approval_process(&signed.actor, crate::pages::id(&id)?).await?;
    let (id, seen) = (process.id, pairs.get("version").and_then(|text| text.parse().ok()));
    let active = pairs.get("active") == Some("true");
    let input = ApprovalProcessInput { active, ..input_of(process) };
    let saved = engine.save_approval_process(&signed.actor, Some(id), seen, input).await?;
    let name = saved.name.get(lang);
    let text = if active {
        t!(lang, "已启用「{name}」", "{name} is in use")
    } else {
        t!(lang, "已停用「{name}」，审批中的不受影响", "{name} is out of use; what is under way goes on")
    };
    Ok(Flash::new(text).redirect(PROCESSES))
}

pub async fn create(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    save_as(signed, None, pairs).await
}

pub async fn save(signed: Signed, Path(id): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let id = crate::pages::id(&id)?;
    save_as(signed, Some(id), pairs).await
}

async fn save_as(signed: Signed, id: Option<Uuid>, pairs: Pairs) -> Answer {
    only_keepers(&signed)?;
    let lang = signed.lang();
    let object = signed.object(pairs.get("object").unwrap_or_default())?;
    let version = pairs.get("version").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut input = read(&object, &pairs);
    if pairs.get("_do") == Some("more") {
        return html(&page(&signed, &object, id, version, &input, 1, None).await?);
    }
    let moved = pairs.get("_do").and_then(|what| what.split_once('-'));
    if let Some((way @ ("up" | "down"), at)) = moved {
        let at = step::place(&pairs, at.parse().unwrap_or(0));
        let to = if way == "up" { at.saturating_sub(1) } else { at + 1 };
        let steps = &mut input.rule.steps;
        let to = to.min(steps.len().saturating_sub(1));
        if at < steps.len() {
            steps.swap(at, to);
        }
        let mut page = page(&signed, &object, id, version, &input, 0, None).await?;
        page.moved = Some((to, way == "up"));
        return html(&page);
    }
    let seen = id.is_some().then_some(version);
    match signed.app.engine.save_approval_process(&signed.actor, id, seen, input.clone()).await {
        Ok(process) => {
            let name = process.name.get(lang);
            Ok(Flash::new(t!(lang, "已保存「{name}」", "{name} is saved")).redirect(PROCESSES))
        }
        Err(error @ (Error::Invalid(_) | Error::Stale { .. })) => {
            html_as(fault::status(&error), &page(&signed, &object, id, version, &input, 0, Some(&error)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What the form says.
fn read(object: &Object, pairs: &Pairs) -> ApprovalProcessInput {
    let text = |name: &str| pairs.get(name).unwrap_or_default().to_owned();
    let trigger = match pairs.get("on") {
        Some("create") => ApprovalTrigger::Create,
        Some("becomes") => {
            let field = text("field");
            let keys = |what: &str| pairs.all(&format!("{what}-{field}")).map(str::to_owned).collect::<Vec<_>>();
            ApprovalTrigger::Becomes {
                to: keys("to"),
                from: keys("from"),
                meanwhile: pairs.get(&format!("meanwhile-{field}")).map(str::to_owned),
                field,
            }
        }
        _ => ApprovalTrigger::Change { fields: pairs.all("fields").map(str::to_owned).collect() },
    };
    ApprovalProcessInput {
        name: Text::new(text("name"), text("name_en")),
        object: object.name.clone(),
        active: pairs.get("active").is_some(),
        rule: ApprovalRule {
            trigger,
            condition: text("filter"),
            steps: step::read(pairs),
            locks: if pairs.get("locks") == Some("fields") { ApprovalLock::Fields } else { ApprovalLock::Record },
        },
    }
}

/// `more`: so many blank steps behind.
async fn page(
    signed: &Signed,
    object: &Object,
    id: Option<Uuid>,
    version: i64,
    input: &ApprovalProcessInput,
    more: usize,
    failed: Option<&Error>,
) -> Result<ProcessPage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let rule = &input.rule;
    let states = engine.field_states(&signed.actor, object);
    let titles = names(signed, object, &rule.condition).await;
    let roles = engine.roles(&signed.actor).await?;
    let mut steps = Vec::new();
    let blanks = std::iter::repeat_n(step::blank(), more);
    for (at, step) in rule.steps.iter().cloned().chain(blanks).take(APPROVAL_STEPS_MOST).enumerate() {
        steps.push(step::form(signed, &roles, at, step).await);
    }
    let on = match rule.trigger {
        ApprovalTrigger::Create => "create",
        ApprovalTrigger::Change { .. } => "change",
        ApprovalTrigger::Becomes { .. } => "becomes",
    };
    let name = input.name.get(lang);
    let title = if id.is_none() { lang.t("新建审批流程", "New process").to_owned() } else { name.to_owned() };
    Ok(ProcessPage {
        frame: Frame::new(signed, title, PROCESSES)
            .crumb(lang.t("审批", "Approvals"), PLACE)
            .crumb(lang.t("审批流程", "Processes"), PROCESSES),
        lang,
        action: id.map_or_else(|| PROCESSES.to_owned(), |id| format!("{PROCESSES}/{id}")),
        version,
        object: object.name.clone(),
        object_label: object.label.get(lang).to_owned(),
        name: input.name.zh.to_string(),
        name_en: if input.name.en == input.name.zh { String::new() } else { input.name.en.to_string() },
        active: input.active,
        on,
        fields: written(object)
            .map(|field| {
                let chosen =
                    matches!(&rule.trigger, ApprovalTrigger::Change { fields } if fields.contains(&field.name));
                (field.name.clone(), field.label.get(lang).to_owned(), chosen)
            })
            .collect(),
        selects: selects(object, &rule.trigger, lang),
        condition: rule.condition.clone(),
        builder: builder(object, lang, &states, &titles),
        whole: rule.locks == ApprovalLock::Record,
        may_add: steps.len() < APPROVAL_STEPS_MOST,
        moved: None,
        steps,
        errors: match failed {
            Some(Error::Invalid(errors)) => errors.clone(),
            _ => Vec::new(),
        },
        problem: failed.map(|error| match error {
            Error::Invalid(_) => lang.t("有几处需要修改，见下面。", "Some things need changing; see below.").to_owned(),
            error => error.message().get(lang).to_owned(),
        }),
    })
}

/// The fields that people write.
fn written(object: &Object) -> impl Iterator<Item = &Field> {
    object.writable_fields().filter(|field| !field.system && !matches!(field.kind, FieldKind::AutoNumber { .. }))
}

fn selects(object: &Object, trigger: &ApprovalTrigger, lang: Lang) -> Vec<Select> {
    let fields = written(object).filter(|field| matches!(field.kind, FieldKind::Select { .. }));
    let mut all: Vec<Select> = fields
        .map(|field| {
            let (to, from, meanwhile): (&[String], &[String], Option<&String>) = match trigger {
                ApprovalTrigger::Becomes { field: chosen, to, from, meanwhile } if *chosen == field.name => {
                    (to, from, meanwhile.as_ref())
                }
                _ => (&[], &[], None),
            };
            let chosen = matches!(trigger, ApprovalTrigger::Becomes { field: chosen, .. } if *chosen == field.name);
            let option = |option: &zhike_model::SelectOption| {
                let key = &option.key;
                let label = option.label.get(lang).to_owned();
                (key.clone(), label, to.contains(key), from.contains(key), meanwhile == Some(key))
            };
            Select {
                name: field.name.clone(),
                label: field.label.get(lang).to_owned(),
                options: field.kind.options().iter().map(option).collect(),
                chosen,
            }
        })
        .collect();
    // one is chosen, so that the form can be sent
    if all.iter().all(|select| !select.chosen)
        && let Some(first) = all.first_mut()
    {
        first.chosen = true;
    }
    all
}
