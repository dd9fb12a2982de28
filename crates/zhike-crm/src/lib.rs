//! The function layer: one folder a feature, its rules apart from its actions.

pub mod board;
pub mod calendar;
pub mod demo;
pub mod disputes;
pub mod influence;
pub mod mail;
pub mod myday;
pub mod notice;
pub mod roster;
pub mod statement;
pub mod team;
pub mod web_form;

#[cfg(test)]
mod tests;
