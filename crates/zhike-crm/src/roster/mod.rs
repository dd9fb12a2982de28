//! 名单制: who keeps which customers, how many, how well, and what each of them still lacks.

mod queries;
mod rules;

pub use queries::{Kept, Lacking, Roster, Rosters, roster, rosters};
pub use rules::{Standing, held, lacks, share, standing};

#[cfg(test)]
mod tests;
