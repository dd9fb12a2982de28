//! The core pack reads; a wrong pack is refused where it is wrong, with what to do.

use zhike_types::Lang;

use super::{PackSource, core_pack, export_model, read};
use crate::{Class, FieldKind, Model, Role, Via};

fn core() -> Model {
    match read(&core_pack()) {
        Ok(model) => model,
        Err(problems) => panic!("{}", problems.iter().map(|p| p.render(Lang::En)).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn the_core_pack_reads() {
    let model = core();
    assert_eq!(model.objects().len(), 11);
    assert_eq!(model.groups().iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["customers", "work", "admin"]);
}
