//! A step of a process in the form: what it shows, and what is read from it.

use zhike_model::{
    APPROVAL_LEVELS_MOST, APPROVAL_STEPS_MOST, ApprovalSign, ApprovalStep, ApprovalThen, ApprovalTimeout, ApprovalWho,
};
use zhike_records::RoleInfo;
use zhike_types::Uuid;

use crate::{
    link::Pairs,
    pages::approvals::{sign_words, then_words, who_words},
    session::Signed,
    value::title_of,
    words::{Say, t},
};

/// People that a step can name one by one.
const NAMED: usize = 5;
const THEN: [(&str, ApprovalThen); 4] = [
    ("remind", ApprovalThen::Remind),
    ("superior", ApprovalThen::Superior),
    ("pass", ApprovalThen::Pass),
    ("reject", ApprovalThen::Reject),
];

/// A step as the form shows it.
pub struct StepForm {
    pub at: usize,
    pub name: String,
    /// Key, label, whether it is this.
    pub who: Vec<(String, String, bool)>,
    pub people: Vec<Option<(String, String)>>,
    pub sign: Vec<(&'static str, &'static str, bool)>,
    pub skip: String,
    pub optional: bool,
    /// After how many, of what, and what then.
    pub after: String,
    pub days: bool,
    pub then: Vec<(&'static str, &'static str, bool)>,
}

/// A step before anybody filled it in.
pub fn blank() -> ApprovalStep {
    ApprovalStep {
        name: String::new(),
        who: ApprovalWho::Manager { level: 1 },
        sign: ApprovalSign::All,
        skip: String::new(),
        optional: false,
        timeout: None,
    }
}

/// The steps that the form says.
pub fn read(pairs: &Pairs) -> Vec<ApprovalStep> {
    let text = |name: &str| pairs.get(name).unwrap_or_default().to_owned();
    (0..APPROVAL_STEPS_MOST)
        .filter_map(|at| {
            let who = match pairs.get(&format!("who-{at}"))?.split_once(':') {
                Some(("manager", level)) => ApprovalWho::Manager { level: level.parse().unwrap_or(1) },
                Some(("role", role)) => ApprovalWho::Role { role: role.to_owned() },
                Some(("owner", _)) => ApprovalWho::Owner,
                Some(("users", _)) => {
                    let users = pairs.all(&format!("user-{at}")).filter_map(|id| Uuid::parse_str(id).ok()).collect();
                    ApprovalWho::Users { users }
                }
                _ => return None,
            };
            let sign = match pairs.get(&format!("sign-{at}")) {
                Some("any") => ApprovalSign::Any,
                Some("serial") => ApprovalSign::Serial,
                _ => ApprovalSign::All,
            };
            Some(ApprovalStep {
                name: text(&format!("name-{at}")),
                who,
                sign,
                skip: text(&format!("skip-{at}")),
                optional: pairs.get(&format!("optional-{at}")).is_some(),
                timeout: timeout(pairs, at),
            })
        })
        .collect()
}

/// What the form says of a step's time; what is no number becomes one that is refused.
fn timeout(pairs: &Pairs, at: usize) -> Option<ApprovalTimeout> {
    let after = pairs.get(&format!("after-{at}")).map(str::trim).filter(|text| !text.is_empty())?;
    let unit = if pairs.get(&format!("unit-{at}")) == Some("days") { 24 } else { 1 };
    let hours = after.parse::<i64>().unwrap_or(0).saturating_mul(unit);
    let then = pairs.get(&format!("then-{at}")).unwrap_or_default();
    let then = THEN.iter().find(|(key, _)| *key == then).map_or(ApprovalThen::Remind, |(_, then)| *then);
    Some(ApprovalTimeout { hours, then })
}

/// Where a step stands among those that are kept: those left out are none.
pub fn place(pairs: &Pairs, at: usize) -> usize {
    (0..at).filter(|before| pairs.get(&format!("who-{before}")).is_some_and(|who| who.contains(':'))).count()
}

/// The form of a step.
pub async fn form(signed: &Signed, roles: &[RoleInfo], at: usize, step: ApprovalStep) -> StepForm {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let mut who: Vec<(String, String, bool)> = Vec::new();
    for level in 1..=APPROVAL_LEVELS_MOST {
        let one = ApprovalWho::Manager { level };
        who.push((format!("manager:{level}"), who_words("", &one, roles, lang), step.who == one));
    }
    who.push(("owner:".to_owned(), who_words("", &ApprovalWho::Owner, roles, lang), step.who == ApprovalWho::Owner));
    for role in roles {
        let one = ApprovalWho::Role { role: role.name.clone() };
        let label = t!(lang, "角色：{}", "Role: {}", role.label.get(lang));
        who.push((format!("role:{}", role.name), label, step.who == one));
    }
    if let ApprovalWho::Role { role } = &step.who
        && roles.iter().all(|known| known.name != *role)
    {
        who.push((format!("role:{role}"), t!(lang, "角色：{role}（还没有）", "Role: {role} (not there yet)"), true));
    }
    let users = match &step.who {
        ApprovalWho::Users { users } => users.as_slice(),
        _ => &[],
    };
    let named = matches!(step.who, ApprovalWho::Users { .. });
    who.push(("users:".to_owned(), lang.t("指定的人（在下面选）", "People named below").to_owned(), named));
    let mut people = Vec::new();
    for user in users {
        let name = match engine.read(&signed.actor, "user", *user).await {
            Ok(record) => title_of(engine, &record, lang),
            Err(_) => lang.t("（已停用）", "(gone)").to_owned(),
        };
        people.push(Some((user.to_string(), name)));
    }
    people.resize(people.len().max(NAMED), None);
    let sign = [("all", ApprovalSign::All), ("any", ApprovalSign::Any), ("serial", ApprovalSign::Serial)];
    StepForm {
        at,
        name: step.name,
        who,
        people,
        sign: sign.map(|(key, sign)| (key, sign_words(sign, lang), step.sign == sign)).into(),
        skip: step.skip,
        optional: step.optional,
        after: match step.timeout.map(|timeout| timeout.hours) {
            Some(hours) if hours % 24 == 0 => (hours / 24).to_string(),
            Some(hours) => hours.to_string(),
            None => String::new(),
        },
        days: step.timeout.is_none_or(|timeout| timeout.hours % 24 == 0),
        then: THEN
            .map(|(key, then)| (key, then_words(then, lang), step.timeout.is_some_and(|timeout| timeout.then == then)))
            .into(),
    }
}
