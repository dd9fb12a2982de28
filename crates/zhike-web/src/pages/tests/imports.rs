//! Lines of a paper come as a sheet: the paper's page leads to the import, which says what the sheet must hold.

use axum::http::StatusCode;
use zhike_records::Source;

use super::{Site, made, well_made};

#[tokio::test]
async fn a_quote_leads_to_the_import_of_its_lines() {
    let site = Site::new().await;
    let actor = site.engine.actor_of_user(site.admin, Source::Page).await.expect("the administrator acts");
    let account = site.account.to_string();
    for (object, line, said) in [("quote", "quote_line", "报价单"), ("sales_order", "sales_order_line", "订单")] {
        let paper = made(&site.engine, &actor, object, &[("account", &account)]).await;
        let record = site.engine.read(&actor, object, paper).await.expect("it is there");
        let number = record.value("number").as_text().expect("a number").to_owned();
        let address = format!("/imports/new?object={line}&for={paper}");
        let (_, page) = site.get(&format!("/{object}/{paper}"), "zh-CN").await;
        let linked = [&address, &address.replace('&', "&amp;"), &address.replace('&', "&#38;")];
        assert!(linked.iter().any(|address| page.contains(address.as_str())), "{page}");
        for (lang, tag) in [("zh-CN", "zh-CN"), ("en", "en")] {
            let (status, page) = site.get(&address, lang).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            well_made(&address, &page, tag);
            assert!(page.contains(&number) && page.contains(&format!("value=\"{line}\" selected")), "{page}");
        }
        let (_, page) = site.get(&address, "zh-CN").await;
        assert!(page.contains("import-part") && page.contains(&format!("「{said}」")), "{page}");
        // neither a paper that is not there nor none at all
        for rest in ["", "&for=nonsense", "&for=00000000-0000-7000-8000-000000000001"] {
            let (status, page) = site.get(&format!("/imports/new?object={line}{rest}"), "zh-CN").await;
            assert!(status == StatusCode::OK && page.contains("import-part") && !page.contains(&number), "{page}");
        }
    }
    // what stands by itself is told nothing of the kind
    let (_, page) = site.get("/imports/new?object=account&for=nonsense", "zh-CN").await;
    assert!(!page.contains("import-part"), "{page}");
}
