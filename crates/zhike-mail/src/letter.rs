//! What a letter says, and its two forms: plain text and simple HTML, which say the same.

use std::fmt::Write as _;

/// A letter's content, in its reader's language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// `zh-CN`, `en`
    pub lang: &'static str,
    pub subject: String,
    pub greeting: String,
    pub sections: Vec<Section>,
    /// Why one gets it, and the page on which one can say that one will not.
    pub foot: String,
    pub foot_url: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub lines: Vec<Line>,
    /// What leads to the rest: words, address.
    pub more: Option<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// Empty: it leads nowhere.
    pub url: String,
    /// When, with whom.
    pub note: String,
}

impl Letter {
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", one_line(&self.greeting));
        for section in &self.sections {
            let _ = write!(out, "\n{}\n", one_line(&section.title));
            for line in &section.lines {
                let _ = write!(out, "· {}", one_line(&line.text));
                if !line.note.is_empty() {
                    let _ = write!(out, "  {}", one_line(&line.note));
                }
                out.push('\n');
                if !line.url.is_empty() {
                    let _ = writeln!(out, "  {}", line.url);
                }
            }
            if let Some((words, url)) = &section.more {
                let _ = writeln!(out, "{words} {url}");
            }
        }
        let _ = writeln!(out, "\n-- \n{}\n{}", self.foot, self.foot_url);
        out
    }

    pub fn html(&self) -> String {
        let mut out = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"></head>\
             <body style=\"margin:0;padding:16px;font:15px/1.6 sans-serif\"><div style=\"max-width:640px\"><p>{}</p>",
            self.lang,
            escape(&self.greeting)
        );
        for section in &self.sections {
            let _ = write!(
                out,
                "<h2 style=\"font-size:16px;margin:24px 0 8px\">{}</h2><ul style=\"margin:0;padding-left:20px\">",
                escape(&section.title)
            );
            for line in &section.lines {
                out.push_str("<li style=\"margin:4px 0\">");
                if line.url.is_empty() {
                    out.push_str(&escape(&line.text));
                } else {
                    let _ = write!(out, "<a href=\"{}\">{}</a>", escape(&line.url), escape(&line.text));
                }
                if !line.note.is_empty() {
                    let _ = write!(out, " <span style=\"color:#5c6470\">{}</span>", escape(&line.note));
                }
                out.push_str("</li>");
            }
            out.push_str("</ul>");
            if let Some((words, url)) = &section.more {
                let _ = write!(out, "<p><a href=\"{}\">{}</a></p>", escape(url), escape(words));
            }
        }
        let _ = write!(
            out,
            "<hr style=\"border:0;border-top:1px solid #ccd2da;margin:24px 0 8px\"><p style=\"color:#5c6470;font-size:13px\">{} <a href=\"{}\">{}</a></p></div></body></html>",
            escape(&self.foot),
            escape(&self.foot_url),
            escape(&self.foot_url)
        );
        out
    }
}

fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" ")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
