//! 审批流程: what takes approval and who signs in which order. A pack may declare one; people keep them. No I/O.

use serde::{Deserialize, Serialize};
use zhike_types::{FieldError, Text, Uuid, text};

use crate::{Field, FieldKind, Model, Object, expr};

/// The most steps of a process, and people of a step.
pub const APPROVAL_STEPS_MOST: usize = 10;
pub const APPROVAL_PEOPLE_MOST: usize = 50;
/// A year.
pub const APPROVAL_HOURS_MOST: i64 = 8_760;
/// How far up a step may ask.
pub const APPROVAL_LEVELS_MOST: i64 = 5;

/// What takes approval, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRule {
    pub trigger: ApprovalTrigger,
    /// CEL over the record as it would be; empty: always.
    #[serde(default)]
    pub condition: String,
    pub steps: Vec<ApprovalStep>,
    #[serde(default)]
    pub locks: ApprovalLock,
}

/// Which writes are asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApprovalTrigger {
    /// A record is made.
    Create,
    /// One of the fields gets another value.
    Change { fields: Vec<String> },
    /// A select field gets one of these values; of a record that has one of `from`, or any.
    Becomes {
        field: String,
        to: Vec<String>,
        #[serde(default)]
        from: Vec<String>,
        /// The value that it has while it is decided.
        #[serde(default)]
        meanwhile: Option<String>,
    },
}

impl ApprovalTrigger {
    /// The fields that it looks at.
    pub fn fields(&self) -> &[String] {
        match self {
            Self::Create => &[],
            Self::Change { fields } => fields,
            Self::Becomes { field, .. } => std::slice::from_ref(field),
        }
    }
}

/// Some people who sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalStep {
    /// What it is called; empty: by who signs.
    #[serde(default)]
    pub name: String,
    pub who: ApprovalWho,
    #[serde(default)]
    pub sign: ApprovalSign,
    /// CEL over the record as it would be: where it holds, nobody is asked.
    #[serde(default)]
    pub skip: String,
    /// Where there is nobody of that kind, the step is left out.
    #[serde(default)]
    pub optional: bool,
    /// What happens where somebody has it for too long; none: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<ApprovalTimeout>,
}

/// After so many hours since somebody was asked. Whether people work at that time is not known: hours are hours of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalTimeout {
    pub hours: i64,
    pub then: ApprovalThen,
}

/// What happens then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalThen {
    /// They are reminded, and again after as long.
    Remind,
    /// The one above them signs in their place.
    Superior,
    /// It counts as signed.
    Pass,
    /// The request is refused.
    Reject,
}

/// Who signs. Whoever asks never signs for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ApprovalWho {
    /// In this order, where one signs after the other.
    Users { users: Vec<Uuid> },
    /// Everybody who has the role, by its code.
    Role { role: String },
    /// The manager of the department of who asks, or so many levels further up.
    Manager {
        #[serde(default = "one")]
        level: i64,
    },
    /// The record's owner.
    Owner,
}

fn one() -> i64 {
    1
}

/// How several sign.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalSign {
    /// 或签: one of them.
    Any,
    /// 会签: all of them, in any order.
    #[default]
    All,
    /// 依次: all of them, one after the other.
    Serial,
}

/// What may not be changed while it is decided.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalLock {
    #[default]
    Record,
    /// What is asked for, and what the conditions read.
    Fields,
}

/// A process that comes with a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalSeed {
    /// Known by it for ever.
    pub key: String,
    pub label: Text,
    /// Writes are asked about from the first day on, not only once somebody has switched it on.
    pub active: bool,
    pub rule: ApprovalRule,
}

impl ApprovalRule {
    /// All that is wrong with it, by the place where it is wrong: `trigger.field`, `condition`, `steps.0.skip`.
    pub fn problems(&self, model: &Model, object: &Object) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.trigger.problems(object, &mut errors);
        condition(model, object, "condition", &self.condition, &mut errors);
        if self.steps.is_empty() {
            push(&mut errors, "steps", "required", Text::new("至少要有一步。", "There must be a step."));
        }
        if self.steps.len() > APPROVAL_STEPS_MOST {
            let message = text!("最多 {APPROVAL_STEPS_MOST} 步。", "{APPROVAL_STEPS_MOST} steps at most.");
            push(&mut errors, "steps", "too_many", message);
        }
        for (i, step) in self.steps.iter().enumerate() {
            condition(model, object, &format!("steps.{i}.skip"), &step.skip, &mut errors);
            step.who.problems(&format!("steps.{i}.who"), &mut errors);
            if step.timeout.is_some_and(|timeout| !(1..=APPROVAL_HOURS_MOST).contains(&timeout.hours)) {
                let message = Text::new("时限是 1 小时到 365 天。", "From an hour to 365 days.");
                push(&mut errors, &format!("steps.{i}.timeout"), "invalid", message);
            }
            if step.name.chars().count() > 60 {
                push(
                    &mut errors,
                    &format!("steps.{i}.name"),
                    "too_long",
                    Text::new("最多 60 字。", "60 characters at most."),
                );
            }
        }
        errors
    }

    /// The record's own fields that its conditions read.
    pub fn reads(&self, model: &Model, object: &Object) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let conditions = std::iter::once(&self.condition).chain(self.steps.iter().map(|step| &step.skip));
        for condition in conditions.filter(|condition| !condition.trim().is_empty()) {
            let Ok(parsed) = expr::parse_condition(model, &object.name, condition) else { continue };
            for name in expr::needs(&parsed).fields {
                if object.field(&name).is_some() && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

impl ApprovalTrigger {
    fn problems(&self, object: &Object, errors: &mut Vec<FieldError>) {
        match self {
            Self::Create => {}
            Self::Change { fields } => {
                if fields.is_empty() {
                    push(errors, "trigger.fields", "required", Text::new("请选择字段。", "Choose the fields."));
                }
                for name in fields {
                    match object.field(name) {
                        None => push(
                            errors,
                            "trigger.fields",
                            "unknown",
                            text!("没有「{name}」这个字段。", "There is no field `{name}`."),
                        ),
                        Some(field) if !is_written(field) => push(
                            errors,
                            "trigger.fields",
                            "read_only",
                            text!(
                                "「{name}」由系统填写，不能要求审批。",
                                "`{name}` is written by the system; it cannot take approval."
                            ),
                        ),
                        Some(_) => {}
                    }
                }
            }
            Self::Becomes { field: name, to, from, meanwhile } => {
                let known = object.field(name).filter(|field| matches!(field.kind, FieldKind::Select { .. }));
                let Some(field) = known.filter(|field| is_written(field)) else {
                    push(
                        errors,
                        "trigger.field",
                        "unknown",
                        Text::new("请选择一个单选字段。", "Choose a select field."),
                    );
                    return;
                };
                if to.is_empty() {
                    push(
                        errors,
                        "trigger.to",
                        "required",
                        Text::new("请选择要审批的值。", "Choose the values that take approval."),
                    );
                }
                let places = [
                    ("trigger.to", to.as_slice()),
                    ("trigger.from", from),
                    ("trigger.meanwhile", meanwhile.as_slice()),
                ];
                for (place, keys) in places {
                    for key in keys.iter().filter(|key| field.option(key).is_none()) {
                        push(errors, place, "unknown", text!("没有「{key}」这个选项。", "There is no option `{key}`."));
                    }
                }
                if meanwhile.as_ref().is_some_and(|key| to.contains(key)) {
                    let message = Text::new(
                        "审批中的值不能同时是要审批的值。",
                        "The value meanwhile cannot be one that takes approval.",
                    );
                    push(errors, "trigger.meanwhile", "invalid", message);
                }
            }
        }
    }
}

impl ApprovalWho {
    fn problems(&self, place: &str, errors: &mut Vec<FieldError>) {
        match self {
            Self::Users { users } if users.is_empty() => {
                push(errors, place, "required", Text::new("请选择由谁审批。", "Choose who signs."));
            }
            Self::Users { users } if users.len() > APPROVAL_PEOPLE_MOST => {
                let message =
                    text!("一步最多 {APPROVAL_PEOPLE_MOST} 人。", "{APPROVAL_PEOPLE_MOST} people a step at most.");
                push(errors, place, "too_many", message);
            }
            Self::Role { role } if role.trim().is_empty() => {
                push(errors, place, "required", Text::new("请选择角色。", "Choose a role."));
            }
            Self::Manager { level } if !(1..=APPROVAL_LEVELS_MOST).contains(level) => {
                let message =
                    text!("级数是 1 到 {APPROVAL_LEVELS_MOST}。", "A level is from 1 to {APPROVAL_LEVELS_MOST}.");
                push(errors, place, "invalid", message);
            }
            _ => {}
        }
    }
}

/// People write it; the system does not.
fn is_written(field: &Field) -> bool {
    let computed =
        matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. } | FieldKind::AutoNumber { .. });
    !computed && !field.read_only && !field.system
}

fn condition(model: &Model, object: &Object, place: &str, condition: &str, errors: &mut Vec<FieldError>) {
    if condition.trim().is_empty() {
        return;
    }
    if let Err(error) = expr::parse_condition(model, &object.name, condition) {
        let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
        push(errors, place, "invalid", text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}"));
    }
}

fn push(errors: &mut Vec<FieldError>, place: &str, code: &'static str, message: Text) {
    errors.push(FieldError { field: place.to_owned(), code, message });
}
