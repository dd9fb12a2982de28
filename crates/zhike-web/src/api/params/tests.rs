use axum::{extract::FromRequestParts as _, http::Request};

use super::Params;

async fn of(uri: &str) -> Params {
    let (mut parts, ()) = Request::builder().uri(uri).body(()).expect("a request").into_parts();
    Params::from_request_parts(&mut parts, &()).await.expect("any query is read")
}

fn codes(params: Params) -> Vec<(String, &'static str)> {
    params
        .finish()
        .err()
        .map(|problem| problem.errors.into_iter().map(|e| (e.field, e.code)).collect())
        .unwrap_or_default()
}

#[tokio::test]
async fn what_is_asked_for_is_read_and_the_rest_refused() {
    let mut params = of("/x?filter=a%20%3D%3D%201&limit=20&fliter=b").await;
    assert_eq!(params.text("filter").as_deref(), Some("a == 1"));
    assert_eq!(params.number("limit", 1..=1000), Some(20));
    assert_eq!(codes(params), [("fliter".to_owned(), "unknown")]);
}

#[tokio::test]
async fn numbers_are_written_one_way_and_in_range() {
    for wrong in ["0", "1001", "007", "+5", "-1", "1e2", "", "99999999999999999999"] {
        let mut params = of(&format!("/x?limit={wrong}")).await;
        assert_eq!(params.number("limit", 1..=1000), None, "{wrong}");
        assert_eq!(codes(params).len(), 1, "{wrong}");
    }
}

#[tokio::test]
async fn twice_is_once_too_often() {
    let mut params = of("/x?bin=true&bin=false&q=%00").await;
    params.flag("bin");
    params.needed("q");
    assert_eq!(codes(params), [("bin".to_owned(), "repeated"), ("q".to_owned(), "invalid")]);
}
