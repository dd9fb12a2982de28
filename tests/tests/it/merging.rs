//! Merging over HTTP: proposed, done, followed by old links, undone; by whom it may.

use serde_json::{Value, json};
use zhike_tests::{Client, Server, both, demo};

fn program(server: &Server<'_>, site: &zhike_tests::Site) -> Client {
    let token = site.token(demo::ADMINISTRATOR);
    Client::new(server.base()).with_header("Authorization", &format!("Bearer {token}"))
}

fn made(client: &Client, object: &str, fields: &Value) -> String {
    let client = client.clone().with_header("Zhike-Duplicates", "allow").with_header("X-Reason", "test");
    let record = client.post(&format!("/api/v1/{object}"), fields).expect(201).json();
    record["id"].as_str().expect("an id").to_owned()
}

fn ids(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("an id")).collect()
}

both!(records_are_merged_followed_and_parted_again, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    let a = made(&client, "account", &json!({ "name": "北辰精密机械", "phone": "0532-83001111", "tags": ["老客户"] }));
    let b = made(
        &client,
        "account",
        &json!({ "name": "北辰精密机械有限公司", "phone": "0532-83002222", "industry": "机械", "tags": ["出口"] }),
    );
    let person = made(&client, "contact", &json!({ "name": "周宁", "account": b }));
    let before = [&a, &b].map(|id| client.get(&format!("/api/v1/account/{id}")).expect(200).json());

    let proposal = client.get(&format!("/api/v1/account/{a}/merge?with={b}&survivor={a}")).expect(200).json();
    assert_eq!(proposal["survivor"], a);
    assert_eq!(proposal["records"][1]["related"], 1);
    let field = |name: &str| {
        let fields = proposal["fields"].as_array().expect("fields");
        fields.iter().find(|field| field["field"] == name).unwrap_or_else(|| panic!("no {name}")).clone()
    };
    assert_eq!(field("phone")["choice"], json!({ "of": a }));
    assert_eq!(field("industry")["value"], "机械");
    assert_eq!(field("tags")["choice"], "united");
    assert_eq!(field("tags")["value"], json!(["老客户", "出口"]));

    let wish = json!({
        "with": [b], "choices": { "phone": { "of": b } }, "reason": "同一家公司",
        "versions": { &a: before[0]["version"], &b: before[1]["version"] },
    });
    let keyed = client.clone().with_header("Idempotency-Key", "merge-1");
    let path = format!("/api/v1/account/{a}/merge");
    let merge = keyed.post(&path, &wish).expect(200).json();
    let again = keyed.post(&path, &wish).expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json(), merge);
    assert_eq!((merge["moved"].as_i64(), merge["may_undo"].as_bool()), (Some(1), Some(true)));
    assert_eq!(ids(&merge["losers"]), [b.as_str()]);

    let one = client.get(&format!("/api/v1/account/{a}")).expect(200).json();
    assert_eq!((&one["phone"], &one["industry"]), (&json!("0532-83002222"), &json!("机械")));
    assert_eq!(client.get(&format!("/api/v1/contact/{person}")).expect(200).json()["account"]["id"], a);
    let followed = client.get(&format!("/api/v1/account/{b}")).expect(308);
    assert_eq!(followed.header("location"), format!("/api/v1/account/{a}"));
    // its history stays its own
    client.get(&format!("/api/v1/account/{b}/history")).expect(200);
    client.patch(&format!("/api/v1/account/{b}"), &json!({ "industry": "化工" })).expect(409).shows("已经合并到");
    let history = client.get(&format!("/api/v1/account/{a}/history")).expect(200).json();
    let entries = history["data"].as_array().expect("entries");
    assert!(entries.iter().any(|entry| entry["action"] == "create" && entry["merged_from"] == b.as_str()), "{history}");
    assert!(entries.iter().any(|entry| entry["action"] == "merge" && entry["reason"] == "同一家公司"), "{history}");

    let id = merge["id"].as_str().expect("an id");
    let listed = client.get(&format!("/api/v1/merges?object=account&record={a}")).expect(200).json();
    assert_eq!(listed["data"][0], merge);
    assert_eq!(client.get(&format!("/api/v1/merges/{id}")).expect(200).json(), merge);
    let undone = client.send("POST", &format!("/api/v1/merges/{id}/undo"), Some(("application/json", Vec::new())));
    assert!(undone.expect(200).json()["undone"].is_object());
    client.send("POST", &format!("/api/v1/merges/{id}/undo"), Some(("application/json", Vec::new()))).expect(409);
    for (id, before) in [&a, &b].into_iter().zip(&before) {
        let now = client.get(&format!("/api/v1/account/{id}")).expect(200).json();
        for field in ["name", "phone", "industry", "tags", "contact_count"] {
            assert_eq!(now[field], before[field], "{field}");
        }
    }
    assert_eq!(client.get(&format!("/api/v1/contact/{person}")).expect(200).json()["account"]["id"], b);
});

both!(a_merge_that_cannot_be_is_refused_in_words, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    let [a, b] = ["南星贸易", "南星贸易行"].map(|name| made(&client, "account", &json!({ "name": name })));
    let path = format!("/api/v1/account/{a}/merge");
    let nobody = "0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d";
    for (asked, status) in [
        (json!({ "with": [] }), 422),
        (json!({ "with": [a] }), 422),
        (json!({ "with": [nobody] }), 404),
        (json!({ "with": ["nobody"] }), 422),
        (json!({ "with": [b], "choices": { "nothing": "united" } }), 422),
        (json!({ "with": [b], "choices": { "name": "united" } }), 422),
        (json!({ "with": [b], "choices": { "name": { "of": nobody } } }), 422),
        (json!({ "with": [b], "choices": { "created_at": { "of": b } } }), 422),
        (json!({ "with": [b], "versions": { &b: 99 } }), 412),
        (json!({ "with": [b], "reason": "长".repeat(501) }), 422),
        (json!({ "with": [b], "else": 1 }), 422),
    ] {
        let answer = client.post(&path, &asked);
        assert_eq!(answer.status, status, "{asked}: {}", answer.text());
    }
    let wrong = client.post(&path, &json!({ "with": [] })).json();
    assert_eq!(wrong["errors"][0]["field"], "with");
    for (path, status) in [
        (path.clone(), 422),
        (format!("{path}?with=nobody"), 422),
        (format!("{path}?with={nobody}"), 404),
        (format!("/api/v1/nothing/{a}/merge?with={b}"), 404),
        (format!("/api/v1/task/{a}/merge?with={b}"), 409),
        ("/api/v1/merges".to_owned(), 422),
        ("/api/v1/merges?object=nothing".to_owned(), 422),
        (format!("/api/v1/merges/{nobody}"), 404),
    ] {
        let answer = client.get(&path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    // refused, nothing has changed
    for id in [&a, &b] {
        client.get(&format!("/api/v1/account/{id}")).expect(200);
    }
});

both!(pages_merge_as_plain_forms, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    let [a, b] = ["东湖食品", "东湖食品公司"].map(|name| {
        made(&client, "account", &json!({ "name": name, "phone": format!("0532-8300{}", 1000 + name.len()) }))
    });
    let pages = server.signed_in(demo::ADMINISTRATOR);
    let list = pages.get("/account").expect(200);
    list.shows("formaction=\"/account/merge\"");
    let form = pages.get(&format!("/account/merge?id={a}&id={b}&view=all")).expect(200);
    form.shows("东湖食品公司").shows("合并为一条").shows(&format!("version.{a}"));
    let ids = format!("{a},{b}");
    // a version that is not the one of today: the form comes back with all that was chosen
    let choice = ("pick.phone", b.as_str());
    let stale =
        [("ids", ids.as_str()), ("survivor", &a), choice, ("reason", "搬过家"), (&*format!("version.{b}"), "99")];
    pages.post_form("/account/merge", &stale).expect(409).shows("搬过家").shows("您的选择都还在");
    let form = [("ids", ids.as_str()), ("survivor", &a), choice, ("reason", "搬过家")];
    let done = pages.post_form("/account/merge", &form).expect(303);
    assert_eq!(done.header("location"), format!("/account/{a}"));
    pages.get(&format!("/account/{a}")).expect(200).shows("已合并 2 条").shows("撤销合并");
    assert_eq!(pages.get(&format!("/account/{b}")).expect(303).header("location"), format!("/account/{a}"));
    pages.post_form("/account/merge", &form).expect(409).shows("已经合并到");
    let merges = pages.get(&format!("/account/{a}/merges")).expect(200);
    merges.shows("搬过家");
    let id = client.get(&format!("/api/v1/merges?object=account&record={a}")).expect(200).json();
    let undo = format!("/account/merges/{}/undo", id["data"][0]["id"].as_str().expect("an id"));
    pages.post_form(&undo, &[]).expect(303);
    pages.get(&format!("/account/{a}")).expect(200).hides("已合并 2 条");
    pages.get(&format!("/account/{b}")).expect(200).shows("东湖食品公司");
});
