//! Who may claim, and be given, a record: values in, an answer out.

use zhike_types::{Error, Text, text};

use super::{DAY, Pool};
use crate::access::forbidden;

/// How somebody stands to a pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    pub member: bool,
    pub manager: bool,
}

/// What a claim is judged by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Case {
    pub standing: Standing,
    /// Claims of the day so far.
    pub claimed: i64,
    pub held: i64,
    /// When the claimer last gave the record back, or lost it.
    pub gave_back: Option<i64>,
    /// The record is protected.
    pub protected: bool,
    pub now: i64,
}

/// Why somebody may not claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NotMember,
    OutOfUse,
    Protected,
    /// So many a day.
    Claims(i64),
    Held(i64),
    /// Days to go.
    CoolDown(i64),
}

impl Refusal {
    pub fn error(self) -> Error {
        match self {
            Self::NotMember => forbidden(
                "您不在这个公海的名单里，不能领取。请联系公海管理员。",
                "You are not a member of this pool. Ask its manager.",
            ),
            Self::OutOfUse => Error::Conflict(Text::new("这个公海已停用。", "This pool is out of use.")),
            Self::Protected => Error::Conflict(Text::new(
                "这是受保护的记录，不能自行领取。请让公海管理员分配。",
                "This one is protected and cannot be claimed. Ask the pool's manager to assign it.",
            )),
            Self::Claims(most) => Error::TooMany(text!(
                "您今天已经领取 {most} 条，到上限了。明天再来。",
                "You have claimed {most} today, which is the limit. Come back tomorrow."
            )),
            Self::Held(most) => Error::Conflict(text!(
                "您手上已有 {most} 条，到上限了。请先退回不跟进的。",
                "You hold {most} already, which is the limit. Return those that you do not work on first."
            )),
            Self::CoolDown(days) => Error::Conflict(text!(
                "这条记录是您退回或被收回的，{days} 天后才能再领。",
                "You gave this one back or it was taken from you; you may claim it again in {days} days."
            )),
        }
    }
}

/// Why this claim is refused; none when it is not. Who manages the pool claims what is protected too; limits hold for everybody.
pub(super) fn claim(pool: &Pool, case: &Case) -> Option<Refusal> {
    if !case.standing.member {
        return Some(Refusal::NotMember);
    }
    if !pool.active {
        return Some(Refusal::OutOfUse);
    }
    if case.protected && !case.standing.manager {
        return Some(Refusal::Protected);
    }
    let days = cool_down(pool, case.gave_back, case.now);
    if days > 0 {
        return Some(Refusal::CoolDown(days));
    }
    if let Some(most) = pool.claims_a_day.filter(|most| case.claimed >= *most) {
        return Some(Refusal::Claims(most));
    }
    pool.held_most.filter(|most| case.held >= *most).map(Refusal::Held)
}

/// Days until what was given back then may be claimed again; 0 when it may.
fn cool_down(pool: &Pool, gave_back: Option<i64>, now: i64) -> i64 {
    let Some(at) = gave_back else { return 0 };
    let left = at + pool.cool_down_days * DAY - now;
    if left <= 0 { 0 } else { (left + DAY - 1) / DAY }
}

/// What may still be had of something that is limited; none when it is not.
pub(super) fn left(most: Option<i64>, had: i64) -> Option<i64> {
    most.map(|most| (most - had).max(0))
}

/// A reason as it is kept: one of the pool's, where it has some, and what there is to say beside it.
pub(super) fn reason(pool: &Pool, reason: &str, note: &str) -> Result<String, Error> {
    let (reason, note) = (zhike_text::tidy(reason), zhike_text::tidy_lines(note));
    if reason.is_empty() {
        let message = Text::new("请选择退回原因。", "Choose why you return it.");
        return Err(Error::invalid("reason", "required", message));
    }
    if !pool.reasons.is_empty() && !pool.reasons.contains(&reason) {
        let (zh, en) = (pool.reasons.join("、"), pool.reasons.join(", "));
        let message = text!(
            "原因要是其中之一：{zh}。其余写在补充里。",
            "The reason must be one of: {en}. Put the rest into the note."
        );
        return Err(Error::invalid("reason", "invalid", message));
    }
    let whole = if note.is_empty() { reason } else { format!("{reason}：{note}") };
    short(&whole)?;
    Ok(whole)
}

pub(super) fn short(text: &str) -> Result<(), Error> {
    let most = super::POOL_REASON_MOST;
    if text.chars().count() > most {
        return Err(Error::invalid("reason", "too_long", text!("最多 {most} 字。", "{most} characters at most.")));
    }
    Ok(())
}
