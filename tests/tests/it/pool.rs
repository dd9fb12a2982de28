//! 公海 over HTTP: looked at through the lens, claimed once, given back, taken back from the command line.

use serde_json::{Value, json};
use zhike_tests::{Client, Server, Site, both, demo};

fn program(server: &Server<'_>, site: &Site, user: &str) -> Client {
    Client::new(server.base()).with_header("Authorization", &format!("Bearer {}", site.token(user)))
}

/// A salesperson.
fn seller(server: &Server<'_>, site: &Site, admin: &Client, (name, login): (&str, &str)) -> Client {
    let made = admin.post("/api/v1/user", &json!({ "name": name, "login": login })).expect(201).json();
    let roles = admin.get("/api/v1/roles").expect(200).json();
    let roles = roles["data"].as_array().expect("a list");
    let role = roles.iter().find(|known| known["name"] == "sales").expect("a built-in role")["id"].clone();
    let path = format!("/api/v1/users/{}/roles", made["id"].as_str().expect("an id"));
    admin.put(&path, &json!({ "roles": [role] })).expect(200);
    program(server, site, login)
}

fn id_of(json: &Value) -> String {
    json["id"].as_str().expect("an id").to_owned()
}

both!(a_customer_goes_through_the_pool, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let admin = program(&server, site, demo::ADMINISTRATOR);
    let (fang, gao) = (("方晴", "fangqing"), ("高远", "gaoyuan"));
    let (owner, other) = (seller(&server, site, &admin, fang), seller(&server, site, &admin, gao));

    // a pool is a record; what is wrong with it is said
    let wrong = admin.post("/api/v1/pool", &json!({ "name": "公海", "reclaim": "nonsense >" })).expect(422).json();
    assert_eq!(wrong["errors"][0]["field"], "reclaim");
    owner.post("/api/v1/pool", &json!({ "name": "她的" })).expect(403);
    let pool = json!({ "name": "公海", "fields": "region, level", "claims_a_day": 1 });
    let pool = id_of(&admin.post("/api/v1/pool", &pool).expect(201).json());

    let customer = json!({ "name": "青岛长庚仪表有限公司", "phone": "0532-83007788", "level": "B" });
    let account = id_of(&owner.post("/api/v1/account", &customer).expect(201).json());
    let one = format!("/api/v1/account/{account}");
    let unreasonable = owner.post(&format!("{one}/return"), &json!({ "reason": "没有原因" })).expect(422).json();
    assert_eq!(unreasonable["errors"][0]["field"], "reason");
    owner.post(&format!("{one}/return"), &json!({ "reason": "联系不上", "note": "号码停机" })).expect(200);
    owner.get(&one).expect(404);

    // through the lens, and no further
    other.get(&one).expect(404);
    let lying = other.get(&format!("/api/v1/pools/{pool}/records")).expect(200);
    let text = lying.text();
    assert!(text.contains("长庚") && !text.contains("83007788"), "{text}");
    let here = format!("/api/v1/pools/{pool}");
    other.get(&format!("{here}/records/{account}")).expect(200);
    other.get(&format!("{here}/records?filter=phone%20!%3D%20null")).expect(422);
    other.get(&format!("{here}/count?filter=phone%20!%3D%20null")).expect(422);
    assert_eq!(other.get(&format!("{here}/count")).expect(200).json()["count"], 1);
    let left = other.get(&here).expect(200).json();
    assert_eq!((&left["claims_left"], &left["records"]), (&json!(1), &json!(1)));

    // claimed once; a repeated request is answered from what was kept
    let claim = format!("{one}/claim");
    let mine = other.clone().with_header("Idempotency-Key", "claim").post(&claim, &json!({})).expect(200);
    let again = other.clone().with_header("Idempotency-Key", "claim").post(&claim, &json!({})).expect(200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(mine.json()["phone"], "0532-83007788");
    let late = owner.post(&claim, &json!({})).expect(409).json();
    assert!(late["detail"].as_str().is_some_and(|text| text.contains("慢了一步")), "{late}");
    let told = admin.post(&claim, &json!({})).expect(409).json();
    assert!(told["detail"].as_str().is_some_and(|text| text.contains("高远")), "{told}");

    // given back and out again, by who may
    let back = json!({ "selection": { "ids": [account] }, "reason": "其他" });
    assert_eq!(other.post("/api/v1/account/returns", &back).expect(200).json()["done"], 1);
    other.post(&claim, &json!({})).expect(429);
    let to = id_of(&owner.get("/api/v1/me").expect(200).json());
    let give = json!({ "selection": { "filter": "" }, "owners": [to], "reason": "老客户" });
    other.post(&format!("{here}/assignments"), &give).expect(403);
    assert_eq!(admin.post(&format!("{here}/assignments"), &give).expect(200).json()["done"], 1);
    assert_eq!(owner.get(&one).expect(200).json()["level"], "B");
    let moves = admin.get(&format!("{here}/moves")).expect(200).json();
    let kinds: Vec<&str> =
        moves["data"].as_array().expect("a list").iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(kinds, ["assign", "return", "claim", "return"]);

    // by rule, from the command line
    let rule = json!({ "reclaim": "name.contains(\"长庚\")", "grace_days": 0 });
    admin.patch(&format!("/api/v1/pool/{pool}"), &rule).expect(200);
    let said = site.zhike(&["pool", "reclaim", "--dry-run"]).succeeded();
    assert!(said.stdout.contains("公海: 1 would be taken back"), "{}", said.stdout);
    owner.get(&one).expect(200);
    let _said = site.zhike(&["pool", "reclaim"]).succeeded();
    owner.get(&one).expect(404);
});
