//! The reference page: the same description as `/api/openapi.json`, for people. One page without scripts; the browser's own
//! search finds what one looks for.

mod markup;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse as _, Response},
};
use serde_json::{Map, Value};
use zhike_records::Engine;
use zhike_types::Lang;

use self::markup::{Page, anchor, schema_link};
use super::{Answer, openapi, params::Params, problem::KINDS};
use crate::{session, words::Say as _};

pub async fn serve(State(engine): State<Engine>, params: Params, headers: HeaderMap) -> Answer {
    params.finish()?;
    let lang = session::lang_of(&headers);
    let html = page(&openapi::document(&engine.model(), lang), lang);
    let policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    Ok(([(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))], Html(html)).into_response())
}

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("reference/reference.css")).into_response()
}

fn page(document: &Value, lang: Lang) -> String {
    let mut page = Page::default();
    let title = text(&document["info"], "title");
    page.raw("<!doctype html><html lang=\"").text(lang.tag()).raw("\"><head><meta charset=\"utf-8\">");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>").text(title);
    page.raw("</title><link rel=\"stylesheet\" href=\"/api/docs.css\"></head><body>");
    contents(&mut page, document, lang);
    page.raw("<main>");
    introduction(&mut page, document, lang);
    for tag in list(document, "tags") {
        section(&mut page, document, tag, lang);
    }
    problems(&mut page, lang);
    schemas(&mut page, document, lang);
    page.raw("</main></body></html>");
    page.done()
}

fn contents(page: &mut Page, document: &Value, lang: Lang) {
    page.raw("<nav aria-label=\"").text(lang.t("目录", "Contents")).raw("\"><ul>");
    for tag in list(document, "tags") {
        let name = text(tag, "name");
        page.raw("<li><a href=\"#").text(&anchor(name)).raw("\">").text(name).raw("</a></li>");
    }
    page.raw("<li><a href=\"#problems\">").text(lang.t("错误", "Errors")).raw("</a></li>");
    page.raw("<li><a href=\"#schemas\">").text(lang.t("数据结构", "Schemas")).raw("</a></li></ul></nav>");
}

fn introduction(page: &mut Page, document: &Value, lang: Lang) {
    page.raw("<h1>")
        .text(text(&document["info"], "title"))
        .raw(" <small>")
        .text(text(&document["info"], "version"))
        .raw("</small></h1><p>");
    page.text(text(&document["info"], "summary")).raw("</p><p>");
    page.text(lang.t("机器可读的描述：", "For programs: "))
        .raw("<a href=\"/api/openapi.json\">/api/openapi.json</a> (OpenAPI 3.1)</p><pre tabindex=\"0\"><code>");
    page.raw("curl -H 'Authorization: Bearer zk_…' -G \\\n  http://127.0.0.1:8080/api/v1/account \\\n  --data-urlencode 'filter=status == \"active\"' -d sort=-created_at -d limit=20</code></pre><p>");
    page.text(lang.t(
        "令牌用 zhike token create 生成。列表一次最多 1000 条，用 next 翻页。改、删时用 If-Match 带上 ETag，别人改过就会得到 412。重试写操作时带 Idempotency-Key，只会执行一次。",
        "Make a token with `zhike token create`. A list gives at most 1,000 at a time; go on with `next`. Send the ETag as If-Match to change or delete: 412 says that somebody was faster. With an Idempotency-Key a request that is sent again acts once.",
    ));
    page.raw("</p>");
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn section(page: &mut Page, document: &Value, tag: &Value, lang: Lang) {
    let name = text(tag, "name");
    page.raw("<section id=\"")
        .text(&anchor(name))
        .raw("\"><h2>")
        .text(name)
        .raw("</h2><p>")
        .text(text(tag, "description"))
        .raw("</p>");
    for (path, methods) in map(&document["paths"]) {
        for method in METHODS {
            let operation = &methods[method];
            if operation["tags"][0] == tag["name"] {
                entry(page, document, path, method, operation, lang);
            }
        }
    }
    page.raw("</section>");
}

fn entry(page: &mut Page, document: &Value, path: &str, method: &str, operation: &Value, lang: Lang) {
    page.raw("<details id=\"")
        .text(text(operation, "operationId"))
        .raw("\"><summary><b class=\"method ")
        .text(method)
        .raw("\">");
    page.text(&method.to_uppercase())
        .raw("</b> <code>")
        .text(path)
        .raw("</code> <span>")
        .text(text(operation, "summary"))
        .raw("</span></summary>");
    if let Some(description) = operation["description"].as_str() {
        page.raw("<p>").text(description).raw("</p>");
    }
    let parameters = list(operation, "parameters");
    if !parameters.is_empty() {
        page.raw("<h3>").text(lang.t("参数", "Parameters")).raw("</h3><table>");
        for parameter in parameters {
            let parameter = resolve(document, parameter);
            page.raw("<tr><th scope=\"row\"><code>").text(text(parameter, "name")).raw("</code>");
            if parameter["required"] == true {
                page.raw(" <em>").text(lang.t("必填", "required")).raw("</em>");
            }
            page.raw("</th><td>").text(text(parameter, "in")).raw("</td><td>");
            schema_link(page, &parameter["schema"]);
            page.raw("</td><td>").text(text(parameter, "description")).raw("</td></tr>");
        }
        page.raw("</table>");
    }
    for (media_type, content) in map(&operation["requestBody"]["content"]) {
        page.raw("<h3>").text(lang.t("内容", "Content")).raw(" <code>").text(media_type).raw("</code></h3><p>");
        schema_link(page, &content["schema"]);
        page.raw("</p>");
        example(page, &content["example"]);
    }
    page.raw("<h3>").text(lang.t("回答", "Answers")).raw("</h3><table>");
    for (status, answer) in map(&operation["responses"]) {
        let answer = resolve(document, answer);
        page.raw("<tr><th scope=\"row\">")
            .text(status)
            .raw("</th><td>")
            .text(text(answer, "description"))
            .raw("</td><td>");
        if let Some((_, content)) = map(&answer["content"]).next() {
            schema_link(page, &content["schema"]);
        }
        page.raw("</td></tr>");
    }
    page.raw("</table></details>");
}

fn example(page: &mut Page, example: &Value) {
    if !example.is_null() {
        let pretty = serde_json::to_string_pretty(example).unwrap_or_default();
        page.raw("<pre tabindex=\"0\"><code>").text(&pretty).raw("</code></pre>");
    }
}

fn problems(page: &mut Page, lang: Lang) {
    page.raw("<section id=\"problems\"><h2>").text(lang.t("错误", "Errors")).raw("</h2><p>");
    page.text(lang.t(
        "一律是 application/problem+json（RFC 9457），文字按 Accept-Language 给出；errors 逐个字段说明原因。",
        "Always application/problem+json (RFC 9457), in the language of Accept-Language; `errors` says why, field by field.",
    ));
    page.raw("</p><table>");
    for (status, word, zh, en) in KINDS {
        page.raw("<tr id=\"problem-")
            .text(word)
            .raw("\"><th scope=\"row\">")
            .text(&status.to_string())
            .raw("</th><td><code>")
            .text(word);
        page.raw("</code></td><td>").text(lang.t(zh, en)).raw("</td></tr>");
    }
    page.raw("</table></section>");
}

fn schemas(page: &mut Page, document: &Value, lang: Lang) {
    page.raw("<section id=\"schemas\"><h2>").text(lang.t("数据结构", "Schemas")).raw("</h2>");
    for (name, schema) in map(&document["components"]["schemas"]) {
        page.raw("<details id=\"schema-")
            .text(name)
            .raw("\"><summary><code>")
            .text(name)
            .raw("</code> <span>")
            .text(text(schema, "title"));
        page.raw("</span></summary>");
        if let Some(description) = schema["description"].as_str() {
            page.raw("<p>").text(description).raw("</p>");
        }
        if schema["properties"].is_object() {
            page.raw("<table>");
            for (property, of) in map(&schema["properties"]) {
                let required =
                    schema["required"].as_array().is_some_and(|names| names.iter().any(|name| name == property));
                page.raw("<tr><th scope=\"row\"><code>").text(property).raw("</code>");
                if required {
                    page.raw(" <em>").text(lang.t("必填", "required")).raw("</em>");
                }
                page.raw("</th><td>").text(text(of, "title")).raw("</td><td>");
                schema_link(page, of);
                page.raw("</td><td>").text(text(of, "description")).raw("</td></tr>");
            }
            page.raw("</table>");
        } else {
            page.raw("<p>");
            schema_link(page, schema);
            page.raw("</p>");
        }
        example(page, &schema["example"]);
        page.raw("</details>");
    }
    page.raw("</section>");
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    value["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#'))).unwrap_or(value)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn map(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use zhike_types::Lang;

    use super::{super::openapi::document, page};

    #[test]
    fn the_page_shows_every_operation_in_both_languages_and_links_lead_somewhere() {
        let model = zhike_model::pack::read(&zhike_model::pack::shipped_packs()).expect("the packs are right");
        for lang in [Lang::Zh, Lang::En] {
            let html = page(&document(&model, lang), lang);
            assert!(html.contains("/api/v1/account/{id}/restoration"));
            assert!(!html.contains("<script"));
            let after = |mark: &'static str| -> HashSet<&str> {
                html.split(mark).skip(1).filter_map(|rest| rest.split('"').next()).collect()
            };
            let dangling: Vec<&str> = after("href=\"#").difference(&after(" id=\"")).copied().collect();
            assert!(dangling.is_empty(), "{dangling:?}");
        }
    }
}
