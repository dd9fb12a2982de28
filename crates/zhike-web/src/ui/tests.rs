use super::{count, escape, initial};

#[test]
fn markup_is_escaped() {
    assert_eq!(escape(r#"<a title="x">'&"#), "&lt;a title=&quot;x&quot;&gt;&#39;&amp;");
}

#[test]
fn numbers_are_grouped() {
    for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")] {
        assert_eq!(count(number), text);
    }
}

#[test]
fn initials_skip_punctuation() {
    assert_eq!(initial("（青岛）海风"), "青");
    assert_eq!(initial("  acme"), "A");
    assert_eq!(initial("--"), "·");
}
