//! Who may do what with a dispute.

use zhike_types::{Error, Text, text};

use crate::access::forbidden;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisputeState {
    Open,
    Decided(Ruling),
    /// 撤回
    Withdrawn,
}

/// What a manager decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// 归申诉人: the claimant becomes the owner.
    Claimant,
    /// 维持原归属: the owner stays.
    Holder,
    /// 共同跟进: the owner stays, the claimant joins the team.
    Joint,
}

impl Ruling {
    pub const ALL: [Self; 3] = [Self::Claimant, Self::Holder, Self::Joint];

    pub fn key(self) -> &'static str {
        match self {
            Self::Claimant => "claimant",
            Self::Holder => "holder",
            Self::Joint => "joint",
        }
    }

    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ruling| ruling.key() == key)
    }

    pub fn label(self) -> Text {
        match self {
            Self::Claimant => Text::new("归申诉人", "To the claimant"),
            Self::Holder => Text::new("维持原归属", "Stays as it was"),
            Self::Joint => Text::new("共同跟进", "Worked together"),
        }
    }

    /// As the audit calls it.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Claimant => "dispute-claimant",
            Self::Holder => "dispute-holder",
            Self::Joint => "dispute-joint",
        }
    }
}

impl DisputeState {
    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided(ruling) => ruling.key(),
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(super) fn of(key: &str) -> Self {
        match (key, Ruling::of(key)) {
            ("withdrawn", _) => Self::Withdrawn,
            (_, Some(ruling)) => Self::Decided(ruling),
            _ => Self::Open,
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Open => Text::new("待裁决", "Open"),
            Self::Decided(ruling) => ruling.label(),
            Self::Withdrawn => Text::new("已撤回", "Withdrawn"),
        }
    }
}

/// How somebody stands to a dispute.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct Standing {
    pub open: bool,
    /// It is their claim.
    pub claims: bool,
    /// They have an open claim to the same customer.
    pub rivals: bool,
    /// The customer is theirs today.
    pub holds: bool,
    /// The customer was theirs when it was claimed.
    pub held: bool,
    /// They have the duty.
    pub duty: bool,
    /// They may change the customer, and it is there.
    pub changes: bool,
}

impl Standing {
    pub fn may_decide(self) -> bool {
        self.open && self.changes && self.refusal().is_none()
    }

    pub fn may_withdraw(self) -> bool {
        self.open && self.claims
    }

    pub fn may_answer(self) -> bool {
        self.open && self.holds && !self.claims
    }

    pub fn may_add_files(self) -> bool {
        self.open && (self.claims || self.holds)
    }

    /// Why somebody does not decide whatever the customer is; nobody decides in their own matter.
    pub fn refusal(self) -> Option<Error> {
        if self.claims {
            return Some(forbidden("不能裁决自己提出的申诉。", "Nobody decides a claim of their own."));
        }
        if self.rivals {
            return Some(forbidden(
                "您自己也在申诉这个客户，请由其他主管裁决。",
                "You claim this customer yourself; another manager decides.",
            ));
        }
        if self.holds || self.held {
            return Some(forbidden(
                "您是这个客户的归属人，请由其他主管裁决。",
                "The customer is yours; another manager decides.",
            ));
        }
        let refusal = || {
            forbidden(
                "裁决需要“撞单裁决”职责。请联系您的主管或管理员。",
                "Deciding takes the duty “disputes”. Ask your manager or administrator.",
            )
        };
        (!self.duty).then(refusal)
    }
}

/// It was decided or withdrawn already.
pub(super) fn ended(state: DisputeState, by: &str) -> Error {
    let Text { zh, en } = state.label();
    Error::Conflict(match state {
        DisputeState::Withdrawn => {
            text!("这件申诉已经撤回，不用再处理。", "This claim was withdrawn; there is nothing left to do.")
        }
        _ => text!(
            "这件申诉已由{by}裁决：{zh}。裁决不能更改；有新的依据，请申诉人另提一件。",
            "{by} has decided this claim: {en}. That stands; with new evidence the claimant files another one."
        ),
    })
}
