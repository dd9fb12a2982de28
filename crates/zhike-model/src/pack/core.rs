//! The core pack, built into the binary.

use super::PackSource;

macro_rules! core_files {
    ($($file:literal),* $(,)?) => {
        vec![$(PackSource::new(
            concat!("packs/core/", $file),
            include_str!(concat!("../../../../packs/core/", $file)),
        )),*]
    };
}

/// The sources of the core pack: accounts, contacts and what belongs to them.
pub fn core_pack() -> Vec<PackSource> {
    core_files![
        "pack.toml",
        "account.toml",
        "contact.toml",
        "account_relation.toml",
        "interaction.toml",
        "task.toml",
        "note.toml",
        "attachment.toml",
        "tag.toml",
        "team_member.toml",
        "department.toml",
        "user.toml",
        "pool.toml",
        "pool_member.toml",
    ]
}
