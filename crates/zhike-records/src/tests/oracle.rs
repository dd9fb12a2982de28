//! Access against a naive oracle: random worlds of departments, users, roles and records; plain Rust over plain lists, written
//! from the rules in the docs of `access.rs` and `rights.rs`, says who may see, change and delete what. The engine must say the
//! same by every way in, on both databases.
//!
//! A normal run takes fixed seeds. `ZHIKE_ORACLE_WORLDS=20` takes so many worlds; `ZHIKE_ORACLE_SEED=7` takes that world alone,
//! which is how a failure (its message names the seed) is seen again.

mod content;
mod dice;
mod every;
mod export;
mod figures;
mod filters;
mod given;
mod masks;
mod reading;
mod roles;
mod rules;
mod searching;
mod story;
mod world;
mod writing;

use std::future::Future;

use dice::Dice;
use world::World;

use super::on_both;

/// Worlds of a normal run.
const WORLDS: u64 = 2;

#[expect(clippy::disallowed_methods, reason = "how much a run tries is the runner's choice")]
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs a test in random worlds, on both databases.
fn in_worlds<F, R>(test: F)
where
    F: Fn(World) -> R + Copy,
    R: Future<Output = ()>,
{
    let seeds = match number("ZHIKE_ORACLE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ZHIKE_ORACLE_WORLDS").unwrap_or(WORLDS),
    };
    for seed in seeds {
        on_both(|site| async move {
            // of few objects every question is asked; of all that ship, by `every_object_that_ships…`, some
            let core = zhike_model::read(&zhike_model::core_pack()).expect("the core pack is right");
            site.engine.0.model.store(std::sync::Arc::new(core));
            test(World::make(site, seed).await).await;
        });
    }
}

/// Every object of every pack: fewer questions of each, drawn by chance.
#[test]
fn every_object_that_ships_is_seen_as_its_pack_says() {
    on_both(|site| async move {
        let world = World::make(site, number("ZHIKE_ORACLE_SEED").unwrap_or(4)).await;
        let bare: Vec<&str> = world.model.objects().iter().map(|object| object.name.as_str()).collect();
        let bare: Vec<&str> = bare.into_iter().filter(|object| world.of(object, false).next().is_none()).collect();
        assert_eq!(bare, ["tag"; 0], "objects without records");
        world.check_reading().await;
        world.check_story().await;
        world.check_all_figures().await;
        world.check_all_filters().await;
        world.check_refusals().await;
    });
}

// a world takes longer to make than to ask: each test asks it several things

#[test]
fn lists_records_and_searches_show_what_one_may_see() {
    in_worlds(|world| async move {
        world.check_reading().await;
        world.check_search().await;
    });
}

#[test]
fn stories_figures_filters_and_files_tell_what_one_may_see() {
    in_worlds(|world| async move {
        world.check_story().await;
        world.check_recent().await;
        world.check_figures().await;
        world.check_filters().await;
        world.check_exports().await;
        world.check_files().await;
    });
}

#[test]
fn what_is_refused_leaves_no_trace() {
    in_worlds(|world| async move { world.check_refusals().await });
}

#[test]
fn what_is_allowed_is_done_and_nothing_else() {
    in_worlds(|mut world| async move {
        world.check_deeds().await;
        world.check_bulk().await;
    });
}
