//! Boards through the front door: the page, a move by form, an undo, and the same by the API.

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::Site;

impl Site {
    /// A request of the page's script.
    async fn scripted(&self, path: &str, body: &str) -> (StatusCode, String, String) {
        let request = Request::post(path)
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header("hx-request", "true")
            .header("zk-frame", "dialog")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (status, head, text) = self.ask(request, body).await;
        let told = head.headers().get("hx-trigger").and_then(|told| told.to_str().ok()).unwrap_or_default();
        (status, serde_json::from_str::<Value>(told).map(|told| told.to_string()).unwrap_or_default(), text)
    }

    async fn api(&self, method: &str, path: &str, tag: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        let (status, _, text) = self.ask(request, &body.to_string()).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }
}

#[tokio::test]
async fn a_move_asks_for_what_the_stage_wants_and_is_taken_back() {
    let site = Site::new().await;
    let stage = format!("/account/{}/stage", site.account);
    let (status, told, _) = site.scripted(&stage, "_stage=active&_from=potential&_version=1").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(told.contains("已移到「现实」") && told.contains("/take-back?version="), "{told}");

    let (status, _, sheet) = site.scripted(&stage, "_stage=lost&_from=active").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sheet.contains("移到「流失」") && sheet.contains("name=\"lost_reason\""), "{sheet}");
    assert!(!sheet.contains("class=\"error\""), "nothing is wrong yet: {sheet}");
    let (status, _, sheet) = site.scripted(&stage, "_stage=lost&_from=active&lost_reason=").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sheet.contains("请先填写「流失原因」"), "{sheet}");

    let (status, _, problem) = site.scripted(&stage, "_stage=potential&_from=active").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem.contains("不能从「现实」直接改为「潜在」"), "{problem}");
    let (status, _, _) = site.scripted(&stage, "_stage=&_from=active").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "a stage is required");

    let (status, _, _) = site.scripted(&stage, "_stage=lost&_from=active&lost_reason=%E4%BB%B7%E6%A0%BC").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, record) = site.api("GET", &format!("account/{}", site.account), None, &json!({})).await;
    assert_eq!((record["status"].as_str(), record["lost_reason"].as_str()), (Some("lost"), Some("价格")));
    let back = format!("/account/{}/take-back?version={}", site.account, record["version"]);
    assert_eq!(site.scripted(&back, "").await.0, StatusCode::NO_CONTENT);
    let (status, _, problem) = site.scripted(&back, "").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem.contains("不能撤销"), "{problem}");

    // without scripts it is a form like any other
    let (status, answer, _) = site.post(&stage, "_stage=dormant&_from=active").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], format!("/account/{}", site.account));
    let (status, _, _) = site.post(&format!("/contact/{}/stage", site.account), "_stage=x").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "contacts have no stages");
}

#[tokio::test]
async fn the_bare_address_of_a_list_leads_to_the_board_for_who_looked_at_it_last() {
    let site = Site::new().await;
    let asked = async |path: &str, boards: &str| {
        let cookie = format!("{}; zk-boards={boards}", site.cookie);
        let request = Request::get(path).header(header::COOKIE, cookie);
        let (status, answer, _) = site.ask(request, "").await;
        (status, answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap_or_default().to_owned()))
    };
    assert_eq!(asked("/account", "contact.account").await, (StatusCode::SEE_OTHER, Some("/account/board".to_owned())));
    assert_eq!(asked("/account?view=all", "account").await.0, StatusCode::OK, "an address that says more is a list");
    assert_eq!(asked("/account", "accounts").await.0, StatusCode::OK);
    assert_eq!(asked("/contact", "contact.account").await.0, StatusCode::OK, "contacts have no board");
    assert_eq!(site.get("/contact/board", "zh-CN").await.0, StatusCode::NOT_FOUND);
    let (_, list) = site.get("/account", "zh-CN").await;
    assert!(list.contains("data-shape=\"board\""));
    let (_, list) = site.get("/contact", "zh-CN").await;
    assert!(!list.contains("data-shape=\"board\""));
}

#[tokio::test]
async fn the_api_reads_a_board_and_sets_a_stage() {
    let site = Site::new().await;
    let (status, board) = site.api("GET", "account/board?limit=1&fields=name", None, &json!({})).await;
    assert_eq!(status, StatusCode::OK, "{board}");
    assert_eq!(board["field"], "status");
    let first = &board["columns"][0];
    assert_eq!(
        (&first["stage"], &first["count"], &first["data"][0]["id"]),
        (&json!("potential"), &json!(1), &json!(site.account))
    );
    assert!(first["next"].is_null());
    assert_eq!(site.api("GET", "contact/board", None, &json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(site.api("GET", "account/board?colour=red", None, &json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY);

    let stage = format!("account/{}/stage", site.account);
    let seen = format!("\"{}\"", first["data"][0]["version"]);
    let (status, moved) = site.api("PUT", &stage, Some(&seen), &json!({ "stage": "active", "remark": "已签" })).await;
    assert_eq!((status, &moved["status"], &moved["remark"]), (StatusCode::OK, &json!("active"), &json!("已签")));
    let (status, _) = site.api("PUT", &stage, Some(&seen), &json!({ "stage": "dormant" })).await;
    assert_eq!(status, StatusCode::PRECONDITION_FAILED);
    for (wrong, field) in [
        (json!({ "stage": "lost" }), "lost_reason"),
        (json!({ "stage": "potential" }), "status"),
        (json!({ "stage": "gone" }), "status"),
        (json!({}), "stage"),
        (json!({ "stage": "lost", "status": "active" }), "status"),
    ] {
        let (status, problem) = site.api("PUT", &stage, None, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(problem["errors"][0]["field"], field, "{wrong}: {problem}");
    }
}
