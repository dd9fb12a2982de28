//! End to end, on both databases. A module is a feature, under the name it has in the program.

mod access_api;
mod approvals;
mod command_line;
mod disputes;
mod duplicates;
mod front_door;
mod import_kill;
mod matching;
mod merging;
mod pool;
mod print;
mod review;
