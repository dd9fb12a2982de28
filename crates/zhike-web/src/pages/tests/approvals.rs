//! What takes approval is answered with the way to ask, by page, cell and API; and the pages of a request say where it stands.

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use zhike_records::{Actor, Source};
use zhike_types::Uuid;

use super::{Site, made};

/// A customer's level takes approval of a second user, the director.
async fn director(site: &Site) -> Actor {
    let admin = site.engine.actor_of_user(site.admin, Source::Page).await.expect("the administrator acts");
    let user = made(&site.engine, &admin, "user", &[("name", "周总"), ("login", "zhou")]).await;
    let roles = site.engine.roles(&admin).await.expect("roles");
    let role = roles.iter().find(|role| role.name == "director").expect("built in").id;
    site.engine.set_roles(&admin, user, &[role]).await.expect("given");
    let wish = json!({
        "name": { "zh": "客户定级", "en": "Levels of customers" },
        "object": "account",
        "active": true,
        "rule": { "trigger": { "on": "change", "fields": ["level"] }, "steps": [{ "who": { "kind": "users", "users": [user] } }] },
    });
    let (status, _, body) = api(site, "POST", "/api/v1/approval-processes", &wish).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    site.engine.actor_of_user(user, Source::Page).await.expect("a user")
}

async fn api(site: &Site, method: &str, path: &str, body: &Value) -> (StatusCode, Option<String>, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "crm.example")
        .header("origin", "http://crm.example")
        .header(header::CONTENT_TYPE, "application/json");
    let (status, answer, text) = site.ask(request, &body.to_string()).await;
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    (status, location, serde_json::from_str(&text).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_form_that_takes_approval_comes_back_with_the_way_to_ask() {
    let site = Site::new().await;
    let director = director(&site).await;
    let path = format!("/account/{}", site.account);
    let (status, _, page) = site.post(&path, "_was=%7B%22level%22%3A%22%22%7D&level=A").await;
    assert_eq!(status, StatusCode::CONFLICT, "{page}");
    assert!(
        page.contains("客户定级") && page.contains("name=\"level\" value=\"A\"") && page.contains("id=\"ask-submit\""),
        "{page}"
    );
    let (status, _, cell) = site.post(&format!("{path}/cell/level"), "level=A").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(cell.contains("/approvals/new?_object=account"), "{cell}");
    let (status, sheet) =
        site.get(&format!("/approvals/new?_object=account&_record={}&level=A", site.account), "zh").await;
    assert_eq!(status, StatusCode::OK, "{sheet}");
    let (status, _, problem) = api(&site, "PATCH", &format!("/api/v1{path}"), &json!({ "level": "A" })).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(problem["approval"]["ask"], "/api/v1/approvals");

    let (status, answer, page) = site
        .post(
            "/approvals",
            &format!("_object=account&_record={}&level=A&_comment=%E8%80%81%E5%AE%A2%E6%88%B7", site.account),
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let request = answer.headers()[header::LOCATION].to_str().expect("ASCII").to_owned();
    let about =
        [request.as_str(), "/approvals?which=mine", "/approvals?which=all", path.as_str(), "/approvals/processes"];
    for (lang, word) in [("zh", "客户定级"), ("en", "Levels of customers")] {
        for page in about {
            let (status, html) = site.get(page, lang).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            assert!(!html.contains("style=") && !html.contains("<script>"), "{page}");
        }
        let (_, html) = site.get(&request, lang).await;
        assert!(
            html.contains(word)
                && html.contains("老客户")
                && html.contains("周总")
                && !html.contains("approval-approve"),
            "{html}"
        );
    }
    let id = Uuid::parse_str(&request["/approvals/".len()..]).expect("an id");
    let (status, _, read) = api(&site, "GET", &format!("/api/v1/approvals/{id}"), &Value::Null).await;
    assert_eq!(
        (status, read["state"].as_str(), read["waiting_for"][0]["name"].as_str()),
        (StatusCode::OK, Some("open"), Some("周总"))
    );
    assert_eq!(read["after"]["level"], "A");
    let own = json!({ "action": "approve" });
    let (status, _, refused) = api(&site, "POST", &format!("/api/v1/approvals/{id}/acts"), &own).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{refused}");
    site.engine
        .act_on_approval(&director, id, None, zhike_records::ApprovalAct::Approve, "同意")
        .await
        .expect("the director signs");
    let (_, html) = site.get(&request, "zh").await;
    assert!(html.contains("已通过") && html.contains("审批通过，改动已生效"), "{html}");
    let (_, html) = site.get(&format!("{path}?tab=history"), "zh").await;
    assert!(html.contains("审批通过"), "{html}");
}

#[tokio::test]
async fn a_process_that_is_wrong_comes_back_with_what_was_typed() {
    let site = Site::new().await;
    let body = "object=account&version=0&name=%E5%AE%9A%E7%BA%A7&on=change&filter=level%20%3D%3D&who-0=role%3Anobody&sign-0=any";
    let (status, _, page) = site.post("/approvals/processes", body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["value=\"定级\"", "level ==</textarea>", "请选择字段", "没有这个角色"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let body = "object=account&version=0&name=%E5%AE%9A%E7%BA%A7&active=true&on=change&fields=level&filter=&who-0=manager%3A1&sign-0=all";
    let (status, ..) = site.post("/approvals/processes", body).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, list) = site.get("/approvals/processes", "zh").await;
    assert!(list.contains("修改级别") || list.contains("定级"), "{list}");
    for lang in ["zh", "en"] {
        let (status, page) = site.get("/approvals/processes/new?object=contract", lang).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("name=\"to-status\""), "{page}");
    }
}
