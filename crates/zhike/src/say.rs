//! Lines on the standard output. `zhike … | head` closes it early: that is no failure, and no panic.

/// As `println!`, but a closed pipe ends the command quietly.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        if let Err(error) = writeln!(std::io::stdout(), $($words)*) {
            $crate::say::ended(&error);
        }
    }};
}
pub(crate) use say;

/// Nobody reads any more.
pub fn ended(error: &std::io::Error) {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
}
