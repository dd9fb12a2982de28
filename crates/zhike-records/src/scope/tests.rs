use super::TokenScope;
use crate::{DataScope, Rights};

fn limited(words: &str) -> Rights {
    TokenScope::stored(words).limit(&Rights::everything())
}

#[test]
fn a_star_leaves_the_rights_as_they_are() {
    assert_eq!(limited("*"), Rights::everything());
}

#[test]
fn a_named_object_is_all_there_is() {
    let rights = limited("account:read");
    let account = rights.object("account").expect("named");
    assert_eq!(
        (account.read, account.create, account.change, account.export),
        (DataScope::All, false, DataScope::None, true)
    );
    assert_eq!(rights.object("contact"), None);
    assert!(!rights.may("users"));
}

#[test]
fn write_includes_read_and_adds_to_a_general_read() {
    let rights = limited("*:read account:write");
    assert!(rights.object("account").expect("named").create);
    assert!(!rights.object("contact").expect("by the star").create);
    assert!(limited("account:read account:write").object("account").expect("named").create);
}

#[test]
fn nothing_in_a_scope_gives_more_than_the_user_has() {
    let nobody = Rights::default();
    assert_eq!(TokenScope::stored("*:write account:write").limit(&nobody).objects, nobody.objects);
}
