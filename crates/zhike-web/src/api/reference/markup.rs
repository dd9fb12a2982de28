//! HTML, escaped.

use serde_json::Value;

/// A page being written.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// Markup of our own.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Words, and whatever else is not markup.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    pub fn done(self) -> String {
        self.0
    }
}

/// A section's name as an id: no blanks.
pub fn anchor(name: &str) -> String {
    format!("tag-{}", name.replace(char::is_whitespace, "-"))
}

/// A schema in a few words, with links to those that have a name.
pub fn schema_link(page: &mut Page, schema: &Value) {
    if let Some(target) = schema["$ref"].as_str() {
        let name = target.rsplit('/').next().unwrap_or_default();
        page.raw("<a href=\"#schema-").text(name).raw("\">").text(name).raw("</a>");
        return;
    }
    if let Some(of) = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array()) {
        for (i, one) in of.iter().enumerate() {
            if i > 0 {
                page.raw(" | ");
            }
            schema_link(page, one);
        }
        return;
    }
    if let Some(options) = schema["enum"].as_array() {
        let words: Vec<String> = options.iter().map(Value::to_string).collect();
        page.raw("<code>").text(&words.join(" | ")).raw("</code>");
        return;
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => {
            page.raw("[ ");
            schema_link(page, &schema["items"]);
            page.raw(" ]");
        }
        Value::String(word) => {
            page.text(word);
        }
        Value::Array(words) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            page.text(&words.join(" | "));
        }
        _ => {
            page.raw("JSON");
        }
    }
    for (key, before) in
        [("format", " "), ("maxLength", " ≤ "), ("default", " = "), ("minimum", " ≥ "), ("maximum", " ≤ ")]
    {
        match &schema[key] {
            Value::Null => {}
            Value::String(word) => {
                page.raw(before).text(word);
            }
            other => {
                page.raw(before).text(&other.to_string());
            }
        }
    }
}
