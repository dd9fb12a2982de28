use super::ascii;

#[test]
fn headers_are_ascii_and_say_the_same() {
    let json = serde_json::json!({"text": "已新建“海风”😀"}).to_string();
    let line = ascii(&json);
    assert!(line.is_ascii());
    let back: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(back["text"], "已新建“海风”😀");
}
