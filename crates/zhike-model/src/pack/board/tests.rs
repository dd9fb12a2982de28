use zhike_types::Lang;

use super::super::{PackSource, core_pack, read};
use crate::{Board, Model};

const STATE: &str = r#"
[[field]]
name = "name"
type = "text"
label = { zh = "名称", en = "Name" }

[[field]]
name = "price"
type = "money"
label = { zh = "价格", en = "Price" }

[[field]]
name = "state"
type = "select"
label = { zh = "状态", en = "State" }
options = [{ key = "a", label = { zh = "甲", en = "A" } }, { key = "b", label = { zh = "乙", en = "B" } }]
"#;

const FLOW: &str = "[[flow]]\nfield = \"state\"\n[[flow.stage]]\nkey = \"a\"\n[[flow.stage]]\nkey = \"b\"\n";

/// The core pack with an object `thing`; `layout` stands on line 8.
fn with(layout: &str, flow: &str) -> Result<Model, Vec<String>> {
    let head = "[object]\nname = \"thing\"\nlabel = { zh = \"东西\", en = \"Thing\" }\ntitle = \"name\"\n\n[layout]\nfacts = [\"price\"]";
    let mut sources = core_pack();
    sources.push(PackSource::new("packs/test/thing.toml", format!("{head}\n{layout}\n{STATE}{flow}")));
    read(&sources).map_err(|problems| problems.iter().map(|problem| problem.render(Lang::En)).collect())
}

fn board(layout: &str) -> Option<Board> {
    with(layout, FLOW).expect("the pack is right").object("thing").expect("it is declared").layout.board.clone()
}

#[test]
fn an_object_with_stages_has_a_board_of_its_own() {
    let made = board("").expect("a flow makes a board");
    assert_eq!((made.field.as_str(), made.sum.as_deref()), ("state", Some("price")));
    assert_eq!(made.card, ["price"]);
    assert_eq!((made.sort[0].field.as_str(), made.sort[0].descending), ("updated_at", true));
    let said = board("board = { field = \"state\", card = [\"owner\"], sort = [\"-price\"] }").expect("it is declared");
    assert_eq!((said.card, said.sum, said.sort[0].descending), (vec!["owner".to_owned()], None, true));
    let core = read(&core_pack()).expect("the core pack is right");
    assert!(core.object("contact").expect("contacts").layout.board.is_none(), "no stages, no board");
    assert!(core.object("account").expect("accounts").layout.board.is_some());
}

#[test]
fn a_wrong_board_is_refused_where_it_is_wrong() {
    for (layout, flow, word) in [
        ("board = { field = \"stat\" }", FLOW, "no `stat`"),
        ("board = { field = \"state\" }", "", "[[flow]]"),
        ("board = { field = \"state\", card = [\"price\", \"owner\", \"name\", \"state\"] }", FLOW, "three facts"),
        ("board = { field = \"state\", card = [\"price\", \"price\"] }", FLOW, "twice"),
        ("board = { field = \"state\", sum = \"name\" }", FLOW, "no number"),
        ("board = { field = \"state\", sort = [\"owner\"] }", FLOW, "cannot be sorted"),
        ("board = { field = \"state\", colour = \"red\" }", FLOW, "no key `colour`"),
    ] {
        let found = with(layout, flow).expect_err(layout);
        assert!(found.iter().any(|told| told.contains(":8:") && told.contains(word)), "{layout}: {found:?}");
    }
}
