//! Processes of approval as a pack writes them.

use super::Writer;
use crate::{ApprovalLock, ApprovalSeed, ApprovalSign, ApprovalStep, ApprovalThen, ApprovalTrigger, ApprovalWho};

impl Writer {
    pub(super) fn approval(&mut self, seed: &ApprovalSeed) {
        let rule = &seed.rule;
        self.section("[[approval]]");
        self.text("key", &seed.key);
        self.label("label", &seed.label);
        self.flag("active", seed.active);
        match &rule.trigger {
            ApprovalTrigger::Create => self.text("on", "create"),
            ApprovalTrigger::Change { fields } => {
                self.text("on", "change");
                self.words("fields", fields);
            }
            ApprovalTrigger::Becomes { field, to, from, meanwhile } => {
                self.text("on", "becomes");
                self.text("field", field);
                self.words("to", to);
                self.words("from", from);
                self.optional("meanwhile", meanwhile.as_deref());
            }
        }
        self.optional("condition", Some(rule.condition.as_str()).filter(|text| !text.is_empty()));
        if rule.locks == ApprovalLock::Fields {
            self.text("locks", "fields");
        }
        for step in &rule.steps {
            self.approval_step(step);
        }
    }

    pub(super) fn approval_step(&mut self, step: &ApprovalStep) {
        self.section("[[approval.step]]");
        self.optional("name", Some(step.name.as_str()).filter(|text| !text.is_empty()));
        match &step.who {
            ApprovalWho::Role { role } => {
                self.text("who", "role");
                self.text("role", role);
            }
            ApprovalWho::Manager { level } => {
                self.text("who", "manager");
                self.key("level", &level.to_string());
            }
            // people are an installation's own: no pack names them
            ApprovalWho::Owner | ApprovalWho::Users { .. } => self.text("who", "owner"),
        }
        match step.sign {
            ApprovalSign::All => {}
            ApprovalSign::Any => self.text("sign", "any"),
            ApprovalSign::Serial => self.text("sign", "serial"),
        }
        self.optional("skip", Some(step.skip.as_str()).filter(|text| !text.is_empty()));
        if step.optional {
            self.key("optional", "true");
        }
        if let Some(timeout) = step.timeout {
            self.key("timeout_hours", &timeout.hours.to_string());
            self.text(
                "then",
                match timeout.then {
                    ApprovalThen::Remind => "remind",
                    ApprovalThen::Superior => "superior",
                    ApprovalThen::Pass => "pass",
                    ApprovalThen::Reject => "reject",
                },
            );
        }
    }
}
