//! What is there already, over HTTP: shown before and on saving, gone past with a reason, asked about without writing.

use serde_json::json;
use zhike_tests::{Client, Server, Site, both, demo};

fn program(server: &Server<'_>, site: &Site) -> Client {
    let token = site.token(demo::ADMINISTRATOR);
    Client::new(server.base()).with_header("Authorization", &format!("Bearer {token}"))
}

const COUNT: &str = "/api/v1/account/count?filter=name.contains(%22%E6%B5%B7%E5%B2%B3%E5%8D%8E%E4%B8%BA%22)";

both!(a_customer_that_is_there_is_made_again_only_with_a_reason, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    let first = json!({ "name": "北京海岳华为技术有限公司", "phone": "13812346138" });
    let made = client.post("/api/v1/account", &first).expect(201).json();
    let twin = json!({ "name": "海岳华为技术（北京）有限公司", "phone": "138 1234 6138" });

    let found = client.post("/api/v1/account/matches", &twin).expect(200).json();
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{found}");
    let alike = &found["data"][0];
    assert_eq!((alike["band"].as_str(), alike["visible"].as_bool()), (Some("same"), Some(true)));
    assert_eq!(alike["record"]["id"], made["id"]);
    assert!(alike["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()));
    let path = format!("/api/v1/account/matches?except={}", made["id"].as_str().expect("an id"));
    assert_eq!(client.post(&path, &json!({})).expect(200).json()["data"], json!([]));
    let half = json!({ "name": "海岳华为", "phone": "138123", "email": "nobody" });
    client.post("/api/v1/account/matches", &half).expect(200);
    client.post("/api/v1/account/matches", &json!({ "colour": "red" })).expect(422);
    client.post("/api/v1/contact/matches", &json!({ "colour": "red" })).expect(422);

    let keyed = client.clone().with_header("Idempotency-Key", "twin");
    let refused = keyed.post("/api/v1/account", &twin).expect(409);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    let refused = refused.json();
    assert_eq!((&refused["matches"], refused["may_go_on"].as_bool()), (&found["data"], Some(true)));
    assert_eq!(client.get(COUNT).expect(200).json()["count"], 1);
    let going = keyed.with_header("Zhike-Duplicates", "allow");
    let without = going.post("/api/v1/account", &twin).expect(422).json();
    assert_eq!(without["errors"][0]["field"], "reason");
    let going = going.with_header("X-Reason", "%E4%B8%A4%E5%AE%B6");
    let second = going.post("/api/v1/account", &twin).expect(201).json();
    let history = client.get(&format!("/api/v1/account/{}/history", second["id"].as_str().expect("an id")));
    assert_eq!(history.expect(200).json()["data"][0]["reason"], "两家");
    client.with_header("Zhike-Duplicates", "perhaps").post("/api/v1/account", &twin).expect(422);
});

both!(a_form_that_meets_a_customer_comes_back_with_it, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = server.signed_in(demo::ADMINISTRATOR);
    let twin = [("name", "北京海岳华为技术有限公司"), ("phone", "13812346138")];
    client.post_form("/account", &twin).expect(303);
    let form = client.post_form("/account", &twin).expect(409);
    form.shows("系统里已经有这个客户").shows("仍要新建").shows("_reason");
    let pressed: Vec<(&str, &str)> = twin.into_iter().chain([("_duplicates", "allow"), ("_reason", " ")]).collect();
    client.post_form("/account", &pressed).expect(409).shows("请写明理由");
    assert_eq!(client.get(COUNT).expect(200).json()["count"], 1);
    let pressed: Vec<(&str, &str)> = twin.into_iter().chain([("_duplicates", "allow"), ("_reason", "两家")]).collect();
    client.post_form("/account", &pressed).expect(303);
    assert_eq!(client.get(COUNT).expect(200).json()["count"], 2);
});

both!(whose_a_customer_is_may_be_asked, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    client.post("/api/v1/account", &json!({ "name": "Kaiyuan", "phone": "13812346138" })).expect(201);
    let answer = client.get("/api/v1/account/existence?q=138-1234-6138").expect(200).json();
    assert_eq!((answer["exists"].as_bool(), answer["left"].as_i64()), (Some(true), Some(99)));
    assert_eq!(answer["holders"][0]["mine"], true);
    let nobody = client.get("/api/v1/account/existence?q=13900000000").expect(200).json();
    assert_eq!((nobody["exists"].as_bool(), nobody["left"].as_i64()), (Some(false), Some(98)));
    client.get("/api/v1/account/existence").expect(422);
    for _ in 0..98 {
        client.get("/api/v1/account/existence?q=13900000000").expect(200);
    }
    client.get("/api/v1/account/existence?q=13900000000").expect(429);
});
