//! 审批 over HTTP: a write that takes approval answers how to ask; signed once, whoever clicks twice; and the sheet of a process.

use serde_json::{Value, json};
use zhike_tests::{Client, Server, Site, both, demo};

fn program(server: &Server<'_>, site: &Site, user: &str) -> Client {
    Client::new(server.base()).with_header("Authorization", &format!("Bearer {}", site.token(user)))
}

fn user(server: &Server<'_>, site: &Site, admin: &Client, (name, login): (&str, &str)) -> (String, Client) {
    let made = admin.post("/api/v1/user", &json!({ "name": name, "login": login })).expect(201).json();
    let roles = admin.get("/api/v1/roles").expect(200).json();
    let roles = roles["data"].as_array().expect("a list");
    let role = roles.iter().find(|known| known["name"] == "sales").expect("a built-in role")["id"].clone();
    let id = made["id"].as_str().expect("an id").to_owned();
    admin.put(&format!("/api/v1/users/{id}/roles"), &json!({ "roles": [role] })).expect(200);
    (id, program(server, site, login))
}

both!(what_takes_approval_is_asked_for_and_signed_once, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let admin = program(&server, site, demo::ADMINISTRATOR);
    let (_, seller) = user(&server, site, &admin, ("方晴", "fangqing"));
    let (signer_id, signer) = user(&server, site, &admin, ("高远", "gaoyuan"));
    let process = |steps: Value| {
        json!({
            "name": { "zh": "客户定级", "en": "Levels" },
            "object": "account",
            "active": true,
            "rule": { "trigger": { "on": "change", "fields": ["level"] }, "condition": "level == \"A\"", "steps": steps },
        })
    };
    seller.get("/api/v1/approval-processes").expect(403);
    admin.post("/api/v1/approval-processes", &process(json!([]))).expect(422);
    let steps = json!([{ "who": { "kind": "users", "users": [signer_id] } }, { "who": { "kind": "users", "users": [signer_id] }, "sign": "any" }]);
    admin.post("/api/v1/approval-processes", &process(steps)).expect(201);

    let made =
        seller.post("/api/v1/account", &json!({ "name": "青岛长庚仪表有限公司", "level": "C" })).expect(201).json();
    let account = format!("/api/v1/account/{}", made["id"].as_str().expect("an id"));
    seller.patch(&account, &json!({ "level": "B" })).expect(200);
    let refused = seller.patch(&account, &json!({ "level": "A" })).expect(409).json();
    assert_eq!(refused["approval"]["ask"], "/api/v1/approvals");
    assert_eq!(refused["approval"]["record"], made["id"]);
    let wish =
        json!({ "object": "account", "record": made["id"], "fields": { "level": "A" }, "comment": "年采购过千万" });
    let asked = seller.clone().with_header("Idempotency-Key", "ask").post("/api/v1/approvals", &wish).expect(201);
    let again = seller.clone().with_header("Idempotency-Key", "ask").post("/api/v1/approvals", &wish).expect(201);
    assert_eq!((again.header("idempotency-replayed"), again.json()), ("true", asked.json()));
    let path = asked.header("location").to_owned();
    seller.patch(&account, &json!({ "phone": "0532-83007788" })).expect(409).shows("正在审批");
    seller.delete(&account).expect(409);

    // who signs reads the facts, not the record
    signer.get(&account).expect(404);
    let read = signer.get(&path).expect(200).json();
    assert_eq!((read["after"]["level"].as_str(), read["before"]["level"].as_str()), (Some("A"), Some("B")));
    assert_eq!(signer.get("/api/v1/approvals").expect(200).json()["data"].as_array().map(Vec::len), Some(1));
    let acts = format!("{path}/acts");
    let seat = read["may"]["seat"].clone();
    let sign = json!({ "action": "approve", "seat": seat });
    assert_eq!(signer.post(&acts, &sign).expect(200).json()["step"], 2);
    signer.post(&acts, &sign).expect(409);
    assert_eq!(seller.get(&account).expect(200).json()["level"], "B", "the second click signs nothing");
    signer.post(&acts, &json!({ "action": "reject" })).expect(422);
    signer.post(&acts, &json!({ "action": "dance" })).expect(422);
    let passed = signer.post(&acts, &json!({ "action": "approve", "comment": "同意" })).expect(200).json();
    assert_eq!(passed["state"], "passed");
    assert_eq!(seller.get(&account).expect(200).json()["level"], "A");
    seller.post(&acts, &json!({ "action": "withdraw" })).expect(409);
    let deeds: Vec<&str> =
        passed["deeds"].as_array().expect("deeds").iter().filter_map(|deed| deed["action"].as_str()).collect();
    assert_eq!(deeds, ["submit", "approve", "approve", "pass"]);
});
