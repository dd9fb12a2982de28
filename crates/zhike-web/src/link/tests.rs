use super::{Pairs, decode, encode, local};

#[test]
fn queries_go_there_and_back() {
    let text = r#"city == "青岛" && x > 1"#;
    assert_eq!(decode(&encode(text)), text);
    let pairs = Pairs::default().with("view", "mine").with("filter", "a == 1").with("view", "all");
    assert_eq!(pairs.on("/account"), "/account?view=all&filter=a%20%3D%3D%201");
    assert_eq!(pairs.without("view").get("view"), None);
}

#[test]
fn only_own_addresses_are_gone_to() {
    for (given, expected) in [
        ("/account?view=mine", "/account?view=mine"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("", "/"),
    ] {
        assert_eq!(local(given), expected, "{given}");
    }
}
