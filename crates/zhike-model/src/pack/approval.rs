//! `[[approval]]`: a process that comes with the pack, switched off until somebody wants it where it does not say `active`.

use zhike_types::Text;

use super::table::Table;
use crate::{
    ApprovalLock, ApprovalRule, ApprovalSeed, ApprovalSign, ApprovalStep, ApprovalThen, ApprovalTimeout,
    ApprovalTrigger, ApprovalWho,
};

pub(super) fn seeds(tables: Vec<Table<'_>>, object: &str) -> Vec<ApprovalSeed> {
    tables.into_iter().map(|table| seed(table, object)).collect()
}

fn seed(table: Table<'_>, object: &str) -> ApprovalSeed {
    let key = table.required_string("key", "key = \"large\"");
    let table = table.named(format!("{object}/approval/{key}"));
    let label = table.required_label("label");
    let active = table.boolean("active");
    let steps = table.tables("step").into_iter().map(step).collect();
    let rule = ApprovalRule {
        trigger: trigger(&table),
        condition: table.string("condition").unwrap_or_default(),
        steps,
        locks: table
            .choice("locks", &[("record", ApprovalLock::Record), ("fields", ApprovalLock::Fields)])
            .unwrap_or_default(),
    };
    table.finish();
    ApprovalSeed { key, label, active, rule }
}

#[derive(Clone, Copy)]
enum On {
    Create,
    Change,
    Becomes,
}

fn trigger(table: &Table<'_>) -> ApprovalTrigger {
    let on = [("create", On::Create), ("change", On::Change), ("becomes", On::Becomes)];
    match table.choice("on", &on).unwrap_or(On::Create) {
        On::Create => ApprovalTrigger::Create,
        On::Change => ApprovalTrigger::Change { fields: table.strings("fields") },
        On::Becomes => ApprovalTrigger::Becomes {
            field: table.required_string("field", "field = \"status\""),
            to: table.strings("to"),
            from: table.strings("from"),
            meanwhile: table.string("meanwhile"),
        },
    }
}

#[derive(Clone, Copy)]
enum Who {
    Role,
    Manager,
    Owner,
}

fn step(table: Table<'_>) -> ApprovalStep {
    let who = [("role", Who::Role), ("manager", Who::Manager), ("owner", Who::Owner)];
    let who = match table.choice("who", &who) {
        Some(Who::Role) => ApprovalWho::Role { role: table.required_string("role", "role = \"finance\"") },
        Some(Who::Owner) => ApprovalWho::Owner,
        Some(Who::Manager) => {
            ApprovalWho::Manager { level: table.integer("level", 1..=crate::APPROVAL_LEVELS_MOST).unwrap_or(1) }
        }
        None => {
            table
                .problem(Text::new("缺少“who”：manager、owner 或 role。", "`who` is missing: manager, owner or role."));
            ApprovalWho::Owner
        }
    };
    let sign = [("any", ApprovalSign::Any), ("all", ApprovalSign::All), ("serial", ApprovalSign::Serial)];
    let step = ApprovalStep {
        name: table.string("name").unwrap_or_default(),
        who,
        sign: table.choice("sign", &sign).unwrap_or_default(),
        skip: table.string("skip").unwrap_or_default(),
        optional: table.boolean("optional"),
        timeout: timeout(&table),
    };
    table.finish();
    step
}

/// `timeout_hours = 48`, `then = "remind"`
fn timeout(table: &Table<'_>) -> Option<ApprovalTimeout> {
    let then = [
        ("remind", ApprovalThen::Remind),
        ("superior", ApprovalThen::Superior),
        ("pass", ApprovalThen::Pass),
        ("reject", ApprovalThen::Reject),
    ];
    let then = table.choice("then", &then);
    let hours = table.integer("timeout_hours", 1..=crate::APPROVAL_HOURS_MOST)?;
    Some(ApprovalTimeout { hours, then: then.unwrap_or(ApprovalThen::Remind) })
}
