//! A lead becomes a customer through the front door: the form, the button, the second click, and the same by the API.

use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use zhike_records::Source;
use zhike_types::Uuid;

use super::{Site, made, well_made};

impl Site {
    async fn lead(&self, name: &str) -> Uuid {
        let actor = self.engine.actor_of_user(self.admin, Source::Page).await.expect("the administrator acts");
        let fields = [
            ("name", name),
            ("contact_name", "周海"),
            ("mobile", "13905320001"),
            ("has_need", "true"),
            ("budget", "50000"),
        ];
        made(&self.engine, &actor, "lead", &fields).await
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header(header::CONTENT_TYPE, "application/json");
        let (status, _, text) = self.ask(request, &body.to_string()).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }
}

#[tokio::test]
async fn the_form_begins_with_what_the_lead_says_and_makes_it_once() {
    let site = Site::new().await;
    let lead = site.lead("潍坊<风筝>制造有限公司").await;
    let (place, form) = (format!("/lead/{lead}"), format!("/lead/{lead}/convert"));
    let (_, page) = site.get(&place, "zh-CN").await;
    assert!(page.contains(&format!("href=\"{form}\"")) && page.contains("转为客户"), "the button");
    for (lang, tag) in [("zh-CN", "zh-CN"), ("en", "en")] {
        let (status, page) = site.get(&form, lang).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        well_made(&form, &page, tag);
        assert!(
            page.contains("潍坊&lt;风筝&gt;制造有限公司") || page.contains("潍坊&#60;风筝&#62;制造有限公司"),
            "{page}"
        );
        assert!(page.contains("name=\"contact.mobile\"") && page.contains("name=\"opportunity.amount\""), "{page}");
    }

    // what is wrong stands under its field, and what was typed stays
    let wrong =
        "account.as=new&account.name=%E9%A3%8E%E7%AD%9D&contact.as=new&contact.email=nonsense&opportunity.as=none";
    let (status, _, page) = site.post(&form, wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("contact-email-error") && page.contains("value=\"风筝\"") && page.contains("value=\"nonsense\""),
        "{page}"
    );

    let whole = "account.as=new&account.name=%E9%A3%8E%E7%AD%9D&contact.as=new&opportunity.as=new&opportunity.name=%E9%87%87%E8%B4%AD&opportunity.amount=12000&opportunity.amount_currency=CNY";
    let (status, answer, page) = site.post(&form, whole).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let customer = answer.headers()[header::LOCATION].to_str().expect("an address").to_owned();
    assert!(customer.starts_with("/account/"), "{customer}");
    let (_, page) = site.get(&customer, "zh-CN").await;
    assert!(page.contains("风筝") && page.contains("周海"), "{page}");

    // the second click
    let (status, _, page) = site.post(&form, whole).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("已经转为客户") && page.contains(&customer), "{page}");
    assert_eq!(site.get(&form, "zh-CN").await.0, StatusCode::CONFLICT);
    // a question that was on its way meanwhile has no answer, and is no fault
    let (status, _, part) = site.post(&format!("{form}/matches?target=contact"), "contact.as=new").await;
    assert_eq!((status, part.as_str()), (StatusCode::OK, ""));
    let (_, page) = site.get(&place, "zh-CN").await;
    assert!(
        page.contains(&customer) && !page.contains("id=\"convert-start\"") && !page.contains("id=\"composer\""),
        "{page}"
    );
    let (_, page) = site.get(&format!("{place}/edit"), "zh-CN").await;
    assert!(page.contains("name=\"remark\"") && !page.contains("name=\"name\""), "read-only but for notes: {page}");

    let (status, answer, _) = site.post(&format!("{form}/undo"), "").await;
    assert_eq!(
        (status, &answer.headers()[header::LOCATION]),
        (StatusCode::SEE_OTHER, &place.parse().expect("an address"))
    );
    let (_, page) = site.get(&place, "zh-CN").await;
    assert!(page.contains("id=\"convert-start\""), "it can be converted again: {page}");
}

#[tokio::test]
async fn a_customer_that_is_there_is_offered_first() {
    let site = Site::new().await;
    let actor = site.engine.actor_of_user(site.admin, Source::Page).await.expect("the administrator acts");
    let lead = site.lead("潍坊风筝制造有限公司").await;
    let there =
        made(&site.engine, &actor, "account", &[("name", "潍坊风筝制造有限公司"), ("mobile", "13905320001")]).await;
    let form = format!("/lead/{lead}/convert");
    let (_, page) = site.get(&form, "zh-CN").await;
    let chosen = format!("value=\"{there}\" id=\"account-as-{there}\" checked");
    assert!(page.contains(&chosen), "{page}");
    let (status, _, page) = site.post(&form, "account.as=new&account.name=%E6%BD%8D%E5%9D%8A%E9%A3%8E%E7%AD%9D%E5%88%B6%E9%80%A0%E6%9C%89%E9%99%90%E5%85%AC%E5%8F%B8&contact.as=none&opportunity.as=none").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("系统里已经有这个客户") && page.contains("alike-reason"), "{page}");
    let (status, _, part) =
        site.post(&format!("{form}/matches?target=account"), "account.as=new&account.name=%E4%B8%8D%E5%90%8C").await;
    assert_eq!(status, StatusCode::OK);
    assert!(!part.contains("<html"), "a part: {part}");
    let (status, answer, _) = site.post(&form, &format!("account.as={there}&contact.as=new&opportunity.as=none")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], format!("/account/{there}"));
}

#[tokio::test]
async fn a_card_put_where_the_converted_stand_leads_to_the_conversion_and_back() {
    let site = Site::new().await;
    let lead = site.lead("潍坊风筝制造有限公司").await;
    let (stage, form) = (format!("/lead/{lead}/stage"), format!("/lead/{lead}/convert"));
    let sent = "_stage=converted&_from=potential&_back=%2Flead%2Fboard%3Fview%3Dmine";
    let (status, answer, _) = site.post(&stage, sent).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let there = answer.headers()[header::LOCATION].to_str().expect("an address").to_owned();
    assert_eq!(there, format!("{form}?back=%2Flead%2Fboard%3Fview%3Dmine"));
    let (_, page) = site.get(&there, "zh-CN").await;
    let hidden = "<input type=\"hidden\" name=\"back\" value=\"/lead/board?view=mine\">";
    assert!(page.contains(hidden) && page.contains("href=\"/lead/board?view=mine\">取消"), "{page}");
    // elsewhere than to this site it leads not
    let (_, page) = site.get(&format!("{form}?back=%2F%2Fevil.example"), "zh-CN").await;
    assert!(!page.contains("evil.example"), "{page}");
    let made = "account.as=new&contact.as=none&opportunity.as=none&back=%2Flead%2Fboard%3Fview%3Dmine";
    let (status, answer, _) = site.post(&form, made).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/lead/board?view=mine");
    // somebody was faster: the board is a click away, and the card is not moved by hand
    let (_, page) = site.get(&there, "zh-CN").await;
    assert!(page.contains("已经转为客户") && page.contains("href=\"/lead/board?view=mine\">回到看板"), "{page}");
    let (_, answer, _) = site.post(&stage, sent).await;
    assert_eq!(answer.headers()[header::LOCATION], format!("/lead/{lead}"), "it stands there already");
    let other = site.lead("济南泉城阀门有限公司").await;
    let (status, refused) = site.json("PATCH", &format!("lead/{other}"), &json!({ "state": "converted" })).await;
    assert_eq!((status, refused["errors"][0]["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("converted")));
}

#[tokio::test]
async fn a_program_converts_and_takes_back() {
    let site = Site::new().await;
    let lead = site.lead("潍坊风筝制造有限公司").await;
    let path = format!("lead/{lead}/convert");
    let (status, problem) = site.json("POST", &path, &json!({ "opportunity": { "amount": "-1" } })).await;
    assert_eq!(
        (status, problem["errors"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("opportunity.amount"))
    );
    for wrong in [json!({ "account": 3 }), json!({ "account": { "id": "x" } }), json!({ "quote": null })] {
        assert_eq!(site.json("POST", &path, &wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let (status, done) = site.json("POST", &path, &json!({ "opportunity": null })).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    assert_eq!(done["record"]["state"], "converted");
    let account = done["became"]["account"]["id"].as_str().expect("a customer").to_owned();
    assert!(done["became"]["opportunity"].is_null() && done["became"]["contact"]["name"] == "周海", "{done}");
    let (status, late) = site.json("POST", &path, &json!({})).await;
    assert_eq!((status, late["became"]["account"].as_str()), (StatusCode::CONFLICT, Some(account.as_str())), "{late}");
    let (status, refused) = site.json("PATCH", &format!("lead/{lead}"), &json!({ "name": "别的" })).await;
    assert_eq!((status, refused["errors"][0]["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("converted")));
    let (status, back) = site.json("DELETE", &path, &Value::Null).await;
    assert_eq!((status, back["state"].as_str()), (StatusCode::OK, Some("potential")), "{back}");
    let (_, gone) = site.json("GET", &format!("account/{account}"), &Value::Null).await;
    assert!(!gone["deleted_at"].is_null(), "what was made lies in the recycle bin: {gone}");
    assert_eq!(
        site.json("POST", &format!("account/{}/convert", site.account), &json!({})).await.0,
        StatusCode::NOT_FOUND
    );
}
