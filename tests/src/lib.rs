//! The front door, tried: the real program is started with a data folder and a database of its own, and asked over
//! HTTP or the command line. No test reaches anything but 127.0.0.1, and each removes what it made.
//!
//! ```ignore
//! both!(unknown_path_is_not_found, |site| {
//!     site.serve().anonymous().get("/nowhere").expect(404);
//! });
//! ```

mod answer;
mod client;
mod database;
mod program;
mod server;
mod site;

pub use answer::Answer;
pub use client::{Client, encoded};
pub use database::Engine;
pub use program::Finished;
pub use server::Server;
pub use site::Site;

/// Who signs in to demo data. `zhike demo` makes these users and `zhike serve` shows them.
pub mod demo {
    /// Sees and may do everything.
    pub const ADMINISTRATOR: &str = "admin";
    /// The password of every demo user.
    pub const PASSWORD: &str = "zhike-demo";
}

/// One test on both databases: `both!(name, |site| { … })` makes `name::sqlite` and `name::postgres`.
/// `site` is a [`&Site`](Site): an empty data folder and an empty database.
#[macro_export]
macro_rules! both {
    ($(#[$meta:meta])* $name:ident, |$site:ident| $body:block) => {
        fn $name($site: &$crate::Site) $body

        $(#[$meta])*
        mod $name {
            #[test]
            fn sqlite() {
                super::$name(&$crate::Site::new($crate::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                super::$name(&$crate::Site::new($crate::Engine::Postgres));
            }
        }
    };
}
