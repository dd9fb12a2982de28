//! Administration: accounts, roles, the organisation's tree, the model.

pub mod audit;
pub mod departments;
pub mod mail;
pub mod model;
pub mod roles;
pub mod users;

use zhike_types::{Error, Text};

use crate::{fault::Fault, session::Signed};

/// Who manages users may go on; for everybody else the page is not there.
pub fn needs(signed: &Signed, duty: &str) -> Result<(), Fault> {
    if signed.actor.rights.may(duty) {
        return Ok(());
    }
    Err(Error::Forbidden(Text::new("这里只有系统管理员可以进入。", "Only administrators may enter here.")).into())
}
