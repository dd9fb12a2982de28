//! Duplicates over HTTP: scanned for, listed, explained, decided; answers are as the description says.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use zhike_tests::{Answer, Client, Server, Site, both, demo};

fn program(server: &Server<'_>, site: &Site) -> Client {
    let token = site.token(demo::ADMINISTRATOR);
    Client::new(server.base()).with_header("Authorization", &format!("Bearer {token}"))
}

fn made(client: &Client, name: &str) -> String {
    let client = client.clone().with_header("Zhike-Duplicates", "allow").with_header("X-Reason", "test");
    let fields = json!({ "name": name, "phone": "13812346138", "region": "370200" });
    let record = client.post("/api/v1/account", &fields).expect(201).json();
    record["id"].as_str().expect("an id").to_owned()
}

fn start(client: &Client) -> Answer {
    client.send("POST", "/api/v1/account/scans", Some(("application/json", Vec::new())))
}

/// Scans and waits until it is done.
fn scanned(client: &Client) -> Value {
    let started = start(client).expect(201);
    let location = started.header("location").to_owned();
    for _ in 0..600 {
        let scan = client.get(&location).expect(200).json();
        match scan["state"].as_str() {
            Some("waiting" | "running") => pause(),
            Some("done") => return scan,
            _ => panic!("{scan}"),
        }
    }
    panic!("the scan does not end");
}

#[expect(clippy::disallowed_methods, reason = "another process works")]
fn pause() {
    std::thread::sleep(Duration::from_millis(50));
}

/// All items of a band, by the ids of their records.
fn items(client: &Client, band: &str) -> Vec<BTreeSet<String>> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("/api/v1/account/duplicates?band={band}&limit=2{after}")).expect(200).json();
        for item in page["data"].as_array().expect("a list") {
            assert_eq!((item["band"].as_str(), item["hidden"].as_i64()), (Some(band), Some(0)));
            let records = item["records"].as_array().expect("records");
            all.push(records.iter().map(|record| record["id"].as_str().expect("an id").to_owned()).collect());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return all,
        }
    }
}

/// Whether an answer has what its schema names, and nothing else.
fn fits(document: &Value, schema: &Value, value: &Value, path: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(target) => document.pointer(target.trim_start_matches('#')).expect("it leads somewhere"),
        None => schema,
    };
    if let Some(items) = schema.get("items") {
        let list = value.as_array().unwrap_or_else(|| panic!("{path} is no list: {value}"));
        for one in list {
            fits(document, items, one, path);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{path} is {value}");
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    let map = value.as_object().unwrap_or_else(|| panic!("{path} is no object: {value}"));
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(map.contains_key(name), "{path} lacks {name}");
    }
    for (name, value) in map {
        let known = properties.get(name).unwrap_or_else(|| panic!("{path} has {name}, which nothing describes"));
        if !value.is_null() {
            fits(document, known, value, &format!("{path}.{name}"));
        }
    }
}

both!(duplicates_are_scanned_for_explained_and_decided, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    client.get("/api/v1/account/scans/latest").expect(404);
    assert_eq!(client.get("/api/v1/account/duplicates").expect(200).json(), json!({ "data": [], "next": null }));
    let [a, b, c] =
        ["青岛海尔电器有限公司", "海尔电器（青岛）有限公司", "青岛市海尔电器公司"].map(|name| made(&client, name));
    let scan = scanned(&client);
    assert_eq!((scan["done"].as_i64(), scan["total"].as_i64()), (scan["records"].as_i64(), scan["records"].as_i64()));
    assert_eq!(client.get("/api/v1/account/scans/latest").expect(200).json(), scan);
    let group = BTreeSet::from([a.clone(), b.clone(), c.clone()]);
    assert!(items(&client, "same").contains(&group));

    let pair = format!("/api/v1/account/duplicates/{a}/{b}");
    let fall = client.get(&pair).expect(200).json();
    assert_eq!((fall["band"].as_str(), fall["decision"].as_str()), (Some("same"), Some("open")));
    assert_eq!(fall["left"]["id"], a);
    let wish = json!({ "decision": "different", "reason": "两家公司" });
    let keyed = client.clone().with_header("Idempotency-Key", "apart");
    let decided = keyed.put(&pair, &wish).expect(200).json();
    assert_eq!(decided["decision"], "different");
    assert_eq!(keyed.put(&pair, &wish).expect(200).header("idempotency-replayed"), "true");
    for _ in 0..2 {
        let apart = |items: &[BTreeSet<String>]| items.iter().all(|item| !(item.contains(&a) && item.contains(&b)));
        assert!(apart(&items(&client, "same")) && apart(&items(&client, "review")));
        scanned(&client);
    }
    let decisions = client.get("/api/v1/account/decisions").expect(200).json();
    assert_eq!(decisions["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(decisions["data"][0]["reason"], "两家公司");

    let document = client.get("/api/openapi.json").expect(200).json();
    let page = client.get("/api/v1/account/duplicates").expect(200).json();
    for (name, answer) in
        [("Scan", &scan), ("AccountDuplicates", &page), ("AccountWaterfall", &fall), ("AccountDecisions", &decisions)]
    {
        fits(&document, &json!({ "$ref": format!("#/components/schemas/{name}") }), answer, name);
    }

    let history = client.get(&format!("/api/v1/account/{a}/history")).expect(200).json();
    assert!(history["data"].as_array().expect("entries").iter().any(|entry| entry["action"] == "told-apart"));
    client.put(&pair, &json!({ "decision": "open" })).expect(200);
    assert_eq!(client.get("/api/v1/account/decisions").expect(200).json()["data"], json!([]));
    scanned(&client);
    assert!(items(&client, "same").contains(&group), "taken back");

    client.post(&format!("/api/v1/account/{a}/merge"), &json!({ "with": [b] })).expect(200);
    client.get(&pair).expect(409).shows("已经合并到");
    client.put(&pair, &wish).expect(409);
    assert!(items(&client, "same").contains(&BTreeSet::from([a, c])), "who went away is not in it any more");
});

both!(what_cannot_be_reviewed_is_refused_in_words, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = program(&server, site);
    let [a, b] = ["青岛海尔电器有限公司", "海尔电器（青岛）有限公司"].map(|name| made(&client, name));
    let nobody = "0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d";
    for (path, status) in [
        ("/api/v1/nothing/duplicates".to_owned(), 404),
        ("/api/v1/task/duplicates".to_owned(), 404),
        ("/api/v1/account/duplicates?band=perhaps".to_owned(), 422),
        ("/api/v1/account/duplicates?limit=0".to_owned(), 422),
        ("/api/v1/account/duplicates?colour=red".to_owned(), 422),
        ("/api/v1/account/decisions?before=x".to_owned(), 422),
        ("/api/v1/account/scans/yesterday".to_owned(), 404),
        (format!("/api/v1/account/scans/{nobody}"), 404),
        (format!("/api/v1/account/duplicates/{a}/{nobody}"), 404),
        (format!("/api/v1/account/duplicates/{a}/somebody"), 404),
        (format!("/api/v1/account/duplicates/{a}/{a}"), 422),
    ] {
        let answer = client.get(&path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    let pair = format!("/api/v1/account/duplicates/{a}/{b}");
    for (wish, status) in [
        (json!({}), 422),
        (json!({ "decision": "perhaps" }), 422),
        (json!({ "decision": "same", "reason": "长".repeat(501) }), 422),
        (json!({ "decision": "same", "else": 1 }), 422),
    ] {
        let answer = client.put(&pair, &wish);
        assert_eq!(answer.status, status, "{wish}: {}", answer.text());
    }
    scanned(&client);
    client.get("/api/v1/account/duplicates?after=999-0").expect(422);
    assert_eq!(client.get(&pair).expect(200).json()["decision"], "open", "refused, nothing has changed");
    server.anonymous().get(&pair).expect(401);
});
