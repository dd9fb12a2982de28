//! A file for each feature: the template's struct beside its handler, the template under the same name in `templates/`.

pub mod admin;
pub mod alike;
pub mod approvals;
pub mod assignment;
pub mod bin;
pub mod board;
pub mod bulk;
pub mod calendar;
pub mod cell;
pub mod check_in;
pub mod concentration;
pub mod convert;
pub mod copying;
pub mod create;
pub mod deeds;
pub mod delete;
pub mod disputes;
pub mod edit;
pub mod existence;
pub mod export;
pub mod figures;
pub mod files;
pub mod follow_up;
pub mod forecast;
pub mod handover;
pub mod home;
pub mod imports;
pub mod influence;
pub mod list;
pub mod menu;
pub mod merge;
pub mod performance;
pub mod pick;
pub mod pool;
pub mod print;
pub mod record;
pub mod review;
pub mod roster;
pub mod search;
pub mod settings;
pub mod setup;
pub mod signin;
pub mod statement;
pub mod team;
pub mod tiers;
pub mod views;
pub mod web_form;

use zhike_types::{Error, Uuid};

use crate::fault::Fault;

/// A record's id from an address; what is not one names nothing.
pub fn id(text: &str) -> Result<Uuid, Fault> {
    Uuid::parse_str(text).map_err(|_| Error::NotFound.into())
}

#[cfg(test)]
mod tests;
