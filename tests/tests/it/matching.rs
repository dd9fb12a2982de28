//! What is there already, over HTTP: shown before and on saving, gone past with a reason, asked about without writing.

use std::{io::Write as _, process::Stdio};

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

/// A salesperson who sees their own customers alone.
fn salesperson(site: &Site, name: &str, login: &str) -> String {
    let arguments = ["user", "create", "--login", login, "--name", name, "--role", "sales", "--password-stdin"];
    let mut program = site.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it starts");
    let mut input = program.stdin.take().expect("a pipe");
    input.write_all(b"correct horse battery").expect("it reads");
    drop(input);
    assert!(program.wait().expect("it ends").success(), "{login}");
    site.token(login)
}

both!(a_name_in_four_spellings_is_told_with_its_owner_and_no_more, |site| {
    let (fang, qiang) = (salesperson(site, "王芳", "wangfang"), salesperson(site, "李强", "liqiang"));
    let server = site.serve();
    let client = |token: &str| Client::new(server.base()).with_header("Authorization", &format!("Bearer {token}"));
    let (fang, qiang) = (client(&fang), client(&qiang));
    let own = json!({ "name": "北京华为技术有限公司", "phone": "13812346138", "address": "北京市海淀区上地一街1号" });
    let made = fang.post("/api/v1/account", &own).expect(201).json();
    for name in ["华为技术(北京)有限公司", "华为技术有限公司北京", "北京华为技术有限公司"]
    {
        let twin = json!({ "name": name });
        let found = qiang.post("/api/v1/account/matches", &twin).expect(200).hides("6138").hides("上地");
        let found = found.json();
        assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{name}: {found}");
        let alike = &found["data"][0];
        assert_eq!((alike["band"].as_str(), alike["visible"].as_bool()), (Some("same"), Some(false)), "{name}");
        assert_eq!((alike["owner"].as_str(), alike["record"].is_null()), (Some("王芳"), true), "{name}");
        let refused = qiang.post("/api/v1/account", &twin).expect(409).hides("6138").json();
        assert_eq!((&refused["matches"], refused["may_go_on"].as_bool()), (&found["data"], Some(false)), "{name}");
    }
    let branch = json!({ "name": "华为技术有限公司深圳分公司" });
    let found = qiang.post("/api/v1/account/matches", &branch).expect(200).json();
    assert_eq!(found["data"][0]["band"], "branch");
    let branch = qiang.post("/api/v1/account", &branch).expect(201).json();

    // a bare word is a brand, not a company
    for word in ["华为", "海尔"] {
        let found = qiang.post("/api/v1/account/matches", &json!({ "name": word })).expect(200).json();
        let bands = found["data"].as_array().expect("a list").iter().map(|alike| alike["band"].clone());
        assert!(bands.clone().all(|band| band != "same"), "{word}: {found}");
    }

    // a change is asked as well, by PATCH, in the whole form and in a cell
    let path = format!("/api/v1/account/{}", branch["id"].as_str().expect("an id"));
    let twin = json!({ "name": "北京华为技术有限公司" });
    assert_eq!(qiang.patch(&path, &twin).expect(409).json()["matches"][0]["owner"], "王芳");
    qiang.patch(&path, &json!({ "industry": "通信" })).expect(200);

    // people: the same at the same company, and a colleague
    let person = |name: &str, mobile: &str| json!({ "name": name, "account": made["id"], "mobile": mobile });
    fang.post("/api/v1/contact", &person("张晓伟", "13905321234")).expect(201);
    let found = fang.post("/api/v1/contact/matches", &person("张晓伟", "139 0532 1234")).expect(200).json();
    assert_eq!(found["data"][0]["band"], "same", "{found}");
    fang.post("/api/v1/contact", &person("张晓伟", "13905321234")).expect(409);
    fang.post("/api/v1/contact", &person("刘芳", "13805329876")).expect(201);
});

both!(a_changed_form_and_a_cell_come_back_with_what_is_there, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let client = server.signed_in(demo::ADMINISTRATOR);
    let api = program(&server, site);
    api.post("/api/v1/account", &json!({ "name": "北京海岳华为技术有限公司" })).expect(201);
    let other = api.post("/api/v1/account", &json!({ "name": "绍兴黄酒酿造有限公司" })).expect(201).json();
    let id = other["id"].as_str().expect("an id");
    let twin = [("name", "海岳华为技术（北京）有限公司"), ("_version", "1")];

    let typing = client.post_form(&format!("/account/matches?except={id}"), &twin).expect(200);
    typing.shows("北京海岳华为技术有限公司");
    let same = [("name", "绍兴黄酒酿造有限公司"), ("level", "A")];
    client.post_form(&format!("/account/matches?except={id}"), &same).expect(200).hides("alert");
    client.post_form(&format!("/account/{id}"), &twin).expect(409).shows("仍要保存").shows("_reason");
    let cell = format!("/account/{id}/cell/name");
    client.post_form(&cell, &twin).expect(409).shows("北京海岳华为技术有限公司").shows("仍要保存");
    let pressed: Vec<(&str, &str)> = twin.into_iter().chain([("_duplicates", "allow"), ("_reason", "改名")]).collect();
    client.post_form(&cell, &pressed).expect(200).shows("海岳华为技术（北京）有限公司");
});

both!(how_much_is_told_a_day_is_limited, |site| {
    let (fang, qiang) = (salesperson(site, "王芳", "wangfang"), salesperson(site, "李强", "liqiang"));
    let _said = site.zhike(&["duplicates", "limits", "--told", "1"]).succeeded();
    let server = site.serve();
    let client = |token: &str| Client::new(server.base()).with_header("Authorization", &format!("Bearer {token}"));
    let (fang, qiang) = (client(&fang), client(&qiang));
    let own = json!({ "name": "北京华为技术有限公司" });
    fang.post("/api/v1/account", &own).expect(201);
    qiang.post("/api/v1/account/matches", &own).expect(200);
    for name in ["北京华为技术有限公司", "绍兴黄酒酿造有限公司"] {
        let refused = qiang.post("/api/v1/account/matches", &json!({ "name": name })).expect(429);
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=86_400).contains(&wait), "{wait}");
        refused.shows("零点");
    }
    qiang.post("/api/v1/account", &json!({ "name": "绍兴黄酒酿造有限公司" })).expect(201);
    fang.post("/api/v1/account/matches", &own).expect(200);
    let _said = site.zhike(&["duplicates", "limits", "--told", "2"]).succeeded();
    qiang.post("/api/v1/account/matches", &own).expect(200);
});
