//! 撞单申诉 over HTTP: what a claimant reads, who decides, and that it is decided once.

use serde_json::{Value, json};
use zhike_tests::{Client, Server, Site, both, demo};

fn program(server: &Server<'_>, site: &Site, user: &str) -> Client {
    Client::new(server.base()).with_header("Authorization", &format!("Bearer {}", site.token(user)))
}

/// A user with a built-in role; gives a client of its own.
fn user(server: &Server<'_>, site: &Site, admin: &Client, (name, login, role): (&str, &str, &str)) -> Client {
    let made = admin.post("/api/v1/user", &json!({ "name": name, "login": login })).expect(201).json();
    let roles = admin.get("/api/v1/roles").expect(200).json();
    let roles = roles["data"].as_array().expect("a list");
    let role = roles.iter().find(|known| known["name"] == role).expect("a built-in role")["id"].clone();
    let path = format!("/api/v1/users/{}/roles", made["id"].as_str().expect("an id"));
    admin.put(&path, &json!({ "roles": [role] })).expect(200);
    program(server, site, login)
}

both!(a_customer_is_claimed_by_its_name_and_given_once, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let admin = program(&server, site, demo::ADMINISTRATOR);
    let owner = user(&server, site, &admin, ("方晴", "fangqing", "sales"));
    let claimant = user(&server, site, &admin, ("高远", "gaoyuan", "sales"));
    let customer = json!({ "name": "青岛长庚仪表有限公司（机密）", "phone": "0532-83007788" });
    let account = owner.post("/api/v1/account", &customer).expect(201).json();
    let account = account["id"].as_str().expect("an id").to_owned();

    let wish = json!({ "customer": "0532-83007788", "first_contact_on": "2026-01-08", "evidence": "展会上见过" });
    let both = json!({ "customer": "x", "account": account, "evidence": "y" });
    claimant.post("/api/v1/disputes", &both).expect(422);
    claimant.post("/api/v1/disputes", &json!({ "account": account, "evidence": "y" })).expect(404);
    let empty = claimant.post("/api/v1/disputes", &json!({ "customer": "0532-83007788", "evidence": " " })).expect(422);
    assert_eq!(empty.json()["errors"][0]["field"], "evidence");
    let filed = claimant.clone().with_header("Idempotency-Key", "claim").post("/api/v1/disputes", &wish).expect(201);
    let again = claimant.clone().with_header("Idempotency-Key", "claim").post("/api/v1/disputes", &wish).expect(201);
    let (location, dispute) = (filed.header("location").to_owned(), filed.json());
    assert_eq!((again.header("idempotency-replayed"), &again.json()), ("true", &dispute));
    let path = format!("/api/v1/disputes/{}", dispute["id"].as_str().expect("an id"));
    assert_eq!(location, path);
    assert_eq!((&dispute["account"], dispute["holder"]["name"].as_str()), (&Value::Null, Some("方晴")));
    let read = claimant.get(&path).expect(200).text() + &claimant.get("/api/v1/disputes").expect(200).text();
    assert!(!read.contains(&account) && !read.contains("机密"), "{read}");

    let said = owner.put(&format!("{path}/answer"), &json!({ "text": "去年就报过价" })).expect(200).json();
    assert_eq!(
        (said["account"]["id"].as_str(), said["answer"]["text"].as_str()),
        (Some(account.as_str()), Some("去年就报过价"))
    );
    claimant.upload(&format!("{path}/files"), "file", ("名片.txt", "周经理".as_bytes()), &[]).expect(200);
    owner.get(&format!("{path}/files/1")).expect(200).shows("周经理");
    claimant.get(&format!("{path}/files/2")).expect(404);

    let decision = |which: &str, reason: &str| json!({ "decision": which, "reason": reason });
    let decide = format!("{path}/decision");
    claimant.put(&decide, &decision("claimant", "我的")).expect(404);
    owner.put(&decide, &decision("holder", "我的")).expect(403);
    admin.put(&decide, &decision("nobody", "好")).expect(422);
    assert_eq!(admin.put(&decide, &decision("claimant", "")).expect(422).json()["errors"][0]["field"], "reason");
    let waiting = admin.get("/api/v1/disputes?which=to-decide").expect(200).json();
    assert_eq!(waiting["data"].as_array().map(Vec::len), Some(1));
    let decided = admin.put(&decide, &decision("claimant", "先登记的是高远")).expect(200).json();
    assert_eq!(
        (decided["state"].as_str(), decided["end"]["reason"].as_str()),
        (Some("claimant"), Some("先登记的是高远"))
    );
    admin.put(&decide, &decision("holder", "再想想")).expect(409);
    claimant.put(&format!("{path}/withdrawal"), &json!({})).expect(409);
    let record = claimant.get(&format!("/api/v1/account/{account}")).expect(200).json();
    assert_eq!(record["owner"]["title"], "高远");
    owner.get(&format!("/api/v1/account/{account}")).expect(404);
    assert_eq!(owner.get(&path).expect(200).json()["account"], Value::Null, "told, and no more");
    let history = claimant.get(&format!("/api/v1/account/{account}/history")).expect(200).json();
    assert_eq!(history["data"][0]["action"], "dispute-claimant");
    claimant.delete(&path).expect(405);
});
