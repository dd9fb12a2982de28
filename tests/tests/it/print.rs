//! Documents over HTTP: a quote and a contract as PDF, for those who may see them, on record.

use serde_json::{Value, json};
use zhike_tests::{Answer, Client, both, demo};

fn id_of(json: &Value) -> String {
    json["id"].as_str().expect("an id").to_owned()
}

fn make(client: &Client, object: &str, body: &Value) -> String {
    id_of(&client.post(&format!("/api/v1/{object}"), body).expect(201).json())
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

#[track_caller]
fn is_pdf(answer: &Answer) {
    assert_eq!(answer.header("Content-Type"), "application/pdf");
    assert!(answer.body.starts_with(b"%PDF-1.7") && answer.body.len() > 8_000, "{} bytes", answer.body.len());
}

both!(quotes_and_contracts_are_printed, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    let of =
        |user: &str| Client::new(server.base()).with_header("Authorization", &format!("Bearer {}", site.token(user)));
    let admin = of(demo::ADMINISTRATOR);
    let account = make(&admin, "account", &json!({ "name": "青岛长庚仪表有限公司", "phone": "0532-83007788" }));
    let product =
        make(&admin, "product", &json!({ "code": "YB-1", "name": "压力变送器", "list_price": yuan("1280.50") }));
    let quote =
        make(&admin, "quote", &json!({ "account": account, "valid_until": "2027-01-31", "terms": "货到付款。" }));
    let documents = format!("/api/v1/quote/{quote}/documents");

    // without a line it can be printed as well
    is_pdf(&admin.get(&format!("{documents}/quote")).expect(200));
    for n in 1..=60 {
        let line = json!({ "quote": quote, "product": product, "quantity": n, "price": yuan("1280.50"), "description": "量程 0–1.6 MPa，𠮷" });
        make(&admin, "quote_line", &line);
    }
    let long = admin.get(&format!("{documents}/quote")).expect(200);
    is_pdf(&long);
    let number = admin.get(&format!("/api/v1/quote/{quote}")).expect(200).json()["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    assert!(long.header("Content-Disposition").contains(&number), "{}", long.header("Content-Disposition"));
    assert!(long.text().contains(&number), "its title says which quote it is");

    let contract = json!({ "name": "压力变送器采购合同", "account": account, "quote": quote, "amount": yuan("1562210.00"), "terms": "一、质量标准……" });
    let contract = make(&admin, "contract", &contract);
    is_pdf(&admin.get(&format!("/api/v1/contract/{contract}/documents/contract")).expect(200));
    let page = admin.get(&format!("/contract/{contract}/print/contract.pdf"));
    assert_eq!(page.status, 303, "a page asks for a signed-in user, not for a token");

    admin.get(&format!("{documents}/contract")).expect(404);
    admin.get(&format!("/api/v1/account/{account}/documents/quote")).expect(404);
    let told = admin.get(&format!("/api/v1/quote/{quote}/history")).expect(200).json();
    let prints = told["data"].as_array().expect("a list").iter().filter(|entry| entry["action"] == "print").count();
    assert_eq!(prints, 2, "printing is on record");

    // who does not see the customer prints nothing of it
    let made = admin.post("/api/v1/user", &json!({ "name": "高远", "login": "gaoyuan" })).expect(201).json();
    let roles = admin.get("/api/v1/roles").expect(200).json();
    let sales = roles["data"].as_array().expect("a list").iter().find(|role| role["name"] == "sales").expect("a role")
        ["id"]
        .clone();
    admin.put(&format!("/api/v1/users/{}/roles", id_of(&made)), &json!({ "roles": [sales] })).expect(200);
    of("gaoyuan").get(&format!("{documents}/quote")).expect(404);
});
