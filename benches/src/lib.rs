//! The numbers in docs/benchmarks.md: the release binary, asked over HTTP by a closed loop of clients.
//!
//! The load and the server share the machine's cores, as said in the report: on a machine of its own the server does better.

pub mod connection;
pub mod dice;
pub mod latency;
pub mod load;
pub mod machine;
pub mod process;
pub mod report;
pub mod rows;
pub mod sample;
pub mod scenario;
