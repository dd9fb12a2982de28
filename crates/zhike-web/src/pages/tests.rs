//! Every page, rendered in both languages over a small set of records: it answers, it says its language, and it holds nothing
//! that the Content-Security-Policy forbids.

mod approvals;
mod board;
mod convert;
mod imports;

use std::collections::HashSet;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use futures_util::StreamExt as _;
use tower::ServiceExt as _;
use zhike_records::{Actor, Engine, Input, Options, Source};
use zhike_types::Uuid;

use crate::{App, router};

struct Site {
    router: Router,
    engine: Engine,
    cookie: String,
    account: Uuid,
    admin: Uuid,
    gone: Uuid,
    _folder: tempfile::TempDir,
}

const PASSWORD: &str = "correct horse battery staple 9";

impl Site {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = Engine::open(Options::new(folder.path(), None)).await.expect("an empty folder opens");
        let key = engine.setup_key().await.expect("asked").expect("nobody can sign in yet");
        let admin = engine.setup(&key, "张三", "admin", PASSWORD).await.expect("the first start works");
        let secret = engine.sign_in("admin", PASSWORD, "192.0.2.1", "test").await.expect("signed in");
        let actor = engine.actor_of_user(admin, Source::Page).await.expect("the administrator acts");
        let account = made(
            &engine,
            &actor,
            "account",
            &[
                ("name", "青岛<海风>贸易有限公司"),
                ("phone", "0532-88881234"),
                ("email", "info@haifeng.example"),
                ("region", "370202"),
            ],
        )
        .await;
        let id = account.to_string();
        made(
            &engine,
            &actor,
            "contact",
            &[("name", "李四"), ("account", &id), ("mobile", "13800006138"), ("id_number", "")],
        )
        .await;
        made(
            &engine,
            &actor,
            "interaction",
            &[("account", &id), ("content", "客户对报价满意"), ("channel", "visit"), ("next_at", "2030-01-02 09:00")],
        )
        .await;
        made(
            &engine,
            &actor,
            "task",
            &[("subject", "寄样品"), ("account", &id), ("due_at", "2020-01-02 09:00"), ("priority", "high")],
        )
        .await;
        made(&engine, &actor, "note", &[("about", &format!("account:{id}")), ("body", "**备注**")]).await;
        engine.attach(&actor, "account", account, "报价.txt", b"text".to_vec()).await.expect("a file is attached");
        let gone = made(&engine, &actor, "account", &[("name", "已删除的客户")]).await;
        engine.delete(&actor, "account", gone, None, None).await.expect("deleted");
        Self {
            router: router(App::new(engine.clone())),
            engine,
            cookie: format!("zhike={secret}"),
            account,
            admin,
            gone,
            _folder: folder,
        }
    }

    async fn ask(&self, request: axum::http::request::Builder, body: &str) -> (StatusCode, Response<()>, String) {
        let own = request.headers_ref().is_some_and(|headers| headers.contains_key(header::COOKIE));
        let request = if own { request } else { request.header(header::COOKIE, &self.cookie) };
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.expect("a body");
        (head.status, Response::from_parts(head, ()), String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn get(&self, path: &str, lang: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("accept-language", lang);
        let (status, _, text) = self.ask(request, "").await;
        (status, text)
    }

    async fn post(&self, path: &str, body: &str) -> (StatusCode, Response<()>, String) {
        let request = Request::post(path)
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request, body).await
    }
}

async fn made(engine: &Engine, actor: &Actor, object: &str, fields: &[(&str, &str)]) -> Uuid {
    let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    engine.create(actor, object, input).await.unwrap_or_else(|error| panic!("{object}: {error}")).id
}

#[tokio::test]
async fn every_page_answers_in_both_languages_and_keeps_the_policy() {
    let site = Site::new().await;
    let (account, admin, gone) = (site.account, site.admin, site.gone);
    deals(&site, account, admin).await;
    let role = site.engine.roles(&Actor::system(Source::System)).await.expect("roles")[0].id;
    let mut paths: Vec<String> = [
        "/",
        "/?whose=all",
        "/signin",
        "/menu",
        "/create",
        "/search",
        "/search?q=%E6%B5%B7%E9%A3%8E",
        "/palette",
        "/palette?q=hf",
        "/bin",
        "/existence",
        "/existence?q=%3C%E6%B5%B7%E9%A3%8E%3E",
        "/review/account",
        "/review/account?band=review",
        "/review/account/counts?band=same",
        "/review/account/decided",
        "/review/account/decided?kind=merges",
        "/review/contact",
        "/settings",
        "/imports",
        "/imports/new?object=account",
        "/admin/users",
        "/admin/roles",
        "/admin/roles/new",
        "/admin/departments",
        "/admin/mail",
        "/admin/mail?state=failed&before=7",
        "/admin/mail?state=nonsense&before=x",
        "/admin/audit",
        "/admin/audit?object=account",
        "/admin/audit?from=2020-01-01&until=2099-12-31&action=create",
        "/admin/audit?user=018bea22-5340-7384-9456-f85b82cd4cea&from=nonsense",
        "/admin/audit?object=role",
        "/admin/model",
        "/admin/model/account",
        "/account?view=mine&filter=level%20%3D%3D%20%22A%22",
        "/account?q=%E6%B5%B7%E9%A3%8E",
        "/performance",
        "/performance?measure=won_amount&by=department&order=achievement&period=2026-Q1",
        "/performance?measure=won_products&period=2025",
        "/performance?measure=follow_ups",
        "/forecast",
        "/forecast?by=department&months=12&period=2025-11",
        "/forecast/changes?since=30",
        "/team",
        "/account/board",
        "/account/board?view=key&sort=-annual_revenue&q=%E6%B5%B7%E9%A3%8E",
        "/account/board/figures",
        "/account/new",
        "/account/figures?group=month:created_at&figure=annual_revenue",
        "/account/views/new",
        "/account/count",
        "/account/totals?total.annual_revenue=sum",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(site.engine.model().objects().iter().flat_map(|object| {
        [format!("/{}", object.name), format!("/{}/new", object.name), format!("/bin?object={}", object.name)]
    }));
    paths.extend(
        [
            "",
            "?tab=details",
            "?tab=contacts",
            "?tab=relations",
            "?tab=tasks",
            "?tab=files",
            "?tab=history",
            "?kind=change",
            "/edit",
        ]
        .map(|rest| format!("/account/{account}{rest}")),
    );
    paths.extend([
        format!("/account/{gone}"),
        format!("/account/{gone}/purge"),
        format!("/admin/users/{admin}"),
        format!("/admin/roles/{role}"),
        format!("/user/{admin}"),
        format!("/contact/new?account={account}"),
    ]);
    let actor = site.engine.actor_of_user(admin, Source::Page).await.expect("the administrator acts");
    let twin = made(&site.engine, &actor, "account", &[("name", "<海风>商行"), ("phone", "0532-88885678")]).await;
    paths.extend([
        format!("/account/merge?ids={account},{twin}"),
        format!("/account/merge?id={account}&id={twin}&survivor={twin}&pick.phone={account}&was.phone={twin}"),
        format!("/account/{account}/merge"),
        format!("/account/{account}/merges"),
        format!("/review/account/pair/{account}/{twin}"),
        format!("/review/account/pair/{account}/{twin}?of={account},{twin},{account}"),
    ]);
    for (accepted, tag) in [("zh-CN", "zh-CN"), ("en", "en")] {
        for path in &paths {
            let (status, page) = site.get(path, accepted).await;
            assert_eq!(status, StatusCode::OK, "{path}: {page}");
            well_made(path, &page, tag);
        }
        let (status, page) = site.get("/no/such/page", accepted).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        well_made("404", &page, tag);
    }
}

/// A target, an open deal and a forecast to show.
async fn deals(site: &Site, account: Uuid, admin: Uuid) {
    let actor = site.engine.actor_of_user(admin, Source::Page).await.expect("the administrator acts");
    let account = account.to_string();
    let today = site.engine.zone().civil(site.engine.now()).date().to_string();
    let deal =
        [("name", "<海风>项目"), ("account", account.as_str()), ("amount", "1234.5"), ("expected_close", &today)];
    made(&site.engine, &actor, "opportunity", &deal).await;
    let owner = admin.to_string();
    let target =
        [("measure", "won_amount"), ("period_day", today.as_str()), ("value", "1000"), ("owner", owner.as_str())];
    made(&site.engine, &actor, "target", &target).await;
}

/// What every page owes: its language, unique ids, nothing inline.
fn well_made(path: &str, page: &str, lang: &str) {
    if page.starts_with("<!doctype") {
        assert!(page.contains(&format!("<html lang=\"{lang}\"")), "{path} does not say {lang}");
        assert!(page.contains("<title>"), "{path} has no title");
    }
    for forbidden in [" style=\"", " onclick=", " onchange=", "<style", "javascript:", "hx-on"] {
        assert!(!page.contains(forbidden), "{path} holds {forbidden}");
    }
    for script in page.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        assert!(tag.contains("src=") || tag.contains("application/json"), "{path} has an inline script: {tag}");
    }
    assert!(!page.contains("<海风>"), "{path} does not escape");
    let mut seen = HashSet::new();
    for id in page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(seen.insert(id), "{path} has two elements #{id}");
    }
}

#[tokio::test]
async fn the_first_start_asks_for_an_administrator_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(Options::new(folder.path(), None)).await.expect("an empty folder opens");
    let key = engine.setup_key().await.expect("asked").expect("nobody can sign in yet");
    let ask = async || {
        let request = Request::get(format!("/setup?key={key}")).body(Body::empty()).expect("a request");
        router(App::new(engine.clone())).oneshot(request).await.expect("answered")
    };
    let answer = ask().await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = to_bytes(answer.into_body(), 1 << 20).await.expect("a body");
    well_made("/setup", &String::from_utf8_lossy(&page), "zh-CN");
    engine.setup(&key, "张三", "admin", PASSWORD).await.expect("the first start works");
    assert_eq!(ask().await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stranger_is_sent_to_sign_in_and_back() {
    let site = Site::new().await;
    let request = Request::get("/account?view=mine").body(Body::empty()).expect("a request");
    let answer = site.router.clone().oneshot(request).await.expect("answered");
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/signin?next=%2Faccount%3Fview%3Dmine");
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let site = Site::new().await;
    let request = Request::post(format!("/account/{}/delete", site.account))
        .header("host", "crm.example")
        .header("origin", "http://evil.example");
    let (status, _, page) = site.ask(request, "").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    well_made("csrf", &page, "zh-CN");
    assert_eq!(site.get(&format!("/account/{}/edit", site.account), "zh").await.0, StatusCode::OK);
}

#[tokio::test]
async fn nothing_typed_is_lost_when_a_form_is_wrong() {
    let site = Site::new().await;
    let (status, _, page) = site.post("/account", "name=&industry=%E9%A3%9F%E5%93%81&credit_code=123").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("value=\"食品\""), "{page}");
    assert!(page.contains("value=\"123\""), "{page}");
    assert!(page.contains("aria-invalid=\"true\""), "{page}");
}

#[tokio::test]
async fn who_was_slower_sees_what_changed_and_keeps_their_words() {
    let site = Site::new().await;
    let path = format!("/account/{}", site.account);
    let actor = Actor::system(Source::System);
    let version = site.engine.read(&actor, "account", site.account).await.expect("it is there").version;
    let (status, ..) = site.post(&path, &format!("_version={version}&industry=%E9%A3%9F%E5%93%81")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let was = crate::link::encode(r#"{"industry":"","address":""}"#);
    let (status, _, page) =
        site.post(&path, &format!("_version={version}&_was={was}&industry=&address=%E6%B1%9F%E8%A5%BF%E8%B7%AF")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("value=\"江西路\""), "what was typed stays");
    assert!(page.contains("value=\"食品\""), "a field that was not touched shows what it is now");
    assert!(page.contains("<ins>食品</ins>"), "what the other one did is shown");
}

#[tokio::test]
async fn a_cell_is_edited_in_place() {
    let site = Site::new().await;
    let path = format!("/account/{}/cell/level", site.account);
    let (_, _, form) = site.ask(Request::get(&path).header("hx-request", "true"), "").await;
    assert!(form.contains("<select") && form.contains("data-field=\"level\""), "{form}");
    let (status, _, cell) = site.post(&path, "_was=%7B%22level%22%3A%22%22%7D&level=A").await;
    assert_eq!(status, StatusCode::OK);
    assert!(cell.contains("A 重点") && !cell.contains("<form"), "{cell}");
    let (status, _, cell) = site.post(&path, "level=nonsense").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{cell}");
}

#[tokio::test]
async fn a_follow_up_moves_the_next_one() {
    let site = Site::new().await;
    let (status, ..) = site
        .post(
            &format!("/account/{}/follow-up", site.account),
            "channel=phone&content=%E5%A5%BD&next_at=2031-05-06T09%3A00",
        )
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = site.get(&format!("/account/{}", site.account), "zh").await;
    assert!(page.contains("2031-05-06 09:00"));
}

#[tokio::test]
async fn what_was_deleted_comes_back_by_the_toast() {
    let site = Site::new().await;
    let (status, answer, _) = site.post(&format!("/account/{}/delete", site.account), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let flash = answer.headers()[header::SET_COOKIE].to_str().expect("ASCII").to_owned();
    assert!(flash.starts_with("zk-flash=") && flash.contains("restore"), "{flash}");
    let (status, ..) = site.post(&format!("/account/restore?ids={}&to=record", site.account), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, _) = site.get(&format!("/account/{}/edit", site.account), "zh").await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_goes_back_to_who_wrote_it() {
    let site = Site::new().await;
    let (status, page) = site.get("/account?filter=name%20%3D%3D", "zh").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("name ==</textarea>"), "the expression stays");
}

#[tokio::test]
async fn an_open_page_hears_of_a_change_and_reads_its_rows_again() {
    let site = Site::new().await;
    let (status, rows) = site.get(&format!("/account?ids={},{}", site.account, site.gone), "zh").await;
    assert_eq!(status, StatusCode::OK);
    assert!(rows.starts_with(&format!("<table><tbody><tr id=\"r-{}\"", site.account)), "{rows}");
    assert!(!rows.contains(&site.gone.to_string()) && !rows.contains("class=\"more\""), "{rows}");

    let request = Request::get("/events").header(header::ACCEPT, "text/event-stream");
    let request = request.header(header::COOKIE, &site.cookie).body(Body::empty()).expect("a request");
    let response = site.router.clone().oneshot(request).await.expect("the router answers");
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = response.into_body().into_data_stream();
    let actor = site.engine.actor_of_user(site.admin, Source::Page).await.expect("the administrator acts");
    let heard = async {
        // what was written before the background began to look is not told
        for number in 0.. {
            let input = Input::default().set("name", format!("青岛海风 {number}"));
            site.engine.change(&actor, "account", site.account, None, input).await.expect("changed");
            let wait = tokio::time::timeout(std::time::Duration::from_millis(500), stream.next());
            if let Ok(Some(bytes)) = wait.await {
                return String::from_utf8(bytes.expect("a chunk").to_vec()).expect("text");
            }
        }
        unreachable!("the loop has no end")
    };
    let event = tokio::select! {
        event = heard => event,
        () = site.engine.run_background() => unreachable!("it ends with the engine"),
    };
    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
    let data: serde_json::Value = serde_json::from_str(data).expect("JSON");
    assert!(event.contains("event: record"), "{event}");
    assert_eq!(data["kind"], "change");
    assert_eq!(data["by"], serde_json::json!({ "id": site.admin, "name": "张三" }));
    assert_eq!(data["mine"], true);
}

#[tokio::test]
async fn an_upload_under_a_key_is_known_by_its_bytes() {
    let site = Site::new().await;
    let upload = async |boundary: &str, content: &str| {
        let request = Request::post(format!("/api/v1/account/{}/attachments", site.account))
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header("idempotency-key", "once")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"";
        let body = format!("--{boundary}\r\n{head}\r\n\r\n{content}\r\n--{boundary}--\r\n");
        let (status, answer, text) = site.ask(request, &body).await;
        (status, answer.headers().contains_key("idempotency-replayed"), text)
    };
    let (status, replayed, first) = upload("one", "some text").await;
    assert_eq!((status, replayed), (StatusCode::CREATED, false), "{first}");
    let (status, replayed, again) = upload("another", "some text").await;
    assert_eq!((status, replayed), (StatusCode::CREATED, true), "{again}");
    assert_eq!(first, again);
    let (status, ..) = upload("one", "other text").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_picture_fills_its_field_and_shows_as_the_portrait() {
    let site = Site::new().await;
    let path = format!("/account/{}/cell/logo?as=fact", site.account);
    let upload = |bytes: &str| {
        let disposition = r#"form-data; name="logo"; filename="logo.png""#;
        format!("--x\r\ncontent-disposition: {disposition}\r\n\r\n{bytes}\r\n--x--\r\n")
    };
    let post = || {
        Request::post(&path)
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
    };
    let (status, _, text) = site.ask(post(), &upload("no picture")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("请选择图片"), "{text}");
    let (status, _, text) = site.ask(post(), &upload("GIF89a")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.contains(r#"id="portrait" hx-swap-oob="true"><img class="avatar"#), "{text}");
    let (_, page) = site.get(&format!("/account/{}", site.account), "zh").await;
    assert!(page.contains(r#"<span id="portrait"><img "#));
    // Ticking "remove" takes it out again.
    let (status, _, _) = site.post(&format!("/account/{}", site.account), r#"_was={"logo":"x"}&logo="#).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = site.get(&format!("/account/{}", site.account), "zh").await;
    assert!(!page.contains(r#"<span id="portrait"><img "#));
}

#[tokio::test]
async fn a_user_has_a_picture_too() {
    let site = Site::new().await;
    let path = format!("/user/{}/cell/avatar?as=fact", site.admin);
    let post = Request::post(&path)
        .header("host", "crm.example")
        .header("origin", "http://crm.example")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let disposition = r#"form-data; name="avatar"; filename="me.gif""#;
    let (status, _, text) =
        site.ask(post, &format!("--x\r\ncontent-disposition: {disposition}\r\n\r\nGIF89a\r\n--x--\r\n")).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let (_, page) = site.get(&format!("/user/{}", site.admin), "zh").await;
    assert!(page.contains(r#"<img class="avatar"#), "{page}");
}

#[tokio::test]
async fn an_amount_is_written_in_the_currency_chosen_beside_it() {
    let site = Site::new().await;
    let path = format!("/account/{}/cell/annual_revenue?as=fact", site.account);
    let (status, _, text) = site.post(&path, "annual_revenue=1%2C234.50&annual_revenue_currency=USD").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    assert!(text.contains("$1,234.50"), "{text}");
    let (_, form) = site.get(&format!("/account/{}/edit", site.account), "zh").await;
    assert!(form.contains(r#"<option value="USD" selected>"#) && form.contains(r#"value="1234.50""#));
    // The same again is no change, an empty amount is none whatever its currency.
    let (_, _, text) = site.post(&path, "annual_revenue=&annual_revenue_currency=USD").await;
    assert!(text.contains("none"), "{text}");
}

#[tokio::test]
async fn a_program_that_runs_wild_is_told_to_wait() {
    let site = Site::new().await;
    let mut told = None;
    for _ in 0..200 {
        let (status, answer, text) = site.post("/signin", "login=nobody&password=").await;
        if status == StatusCode::TOO_MANY_REQUESTS && answer.headers().contains_key(header::RETRY_AFTER) {
            told = Some(text);
            break;
        }
    }
    assert!(told.expect("it ends").contains("操作太频繁"));
    let export = async || {
        let request = Request::post("/api/v1/exports")
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header(header::CONTENT_TYPE, "application/json");
        site.ask(request, r#"{"object": "nothing"}"#).await
    };
    loop {
        let (status, answer, text) = export().await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{text}");
            break;
        }
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
    }
    // what costs little is not counted
    assert_eq!(site.get("/account", "zh").await.0, StatusCode::OK);
}

#[tokio::test]
async fn two_requests_under_one_key_at_once_make_one_record() {
    let site = Site::new().await;
    let create = async || {
        let request = Request::post("/api/v1/account")
            .header("host", "crm.example")
            .header("origin", "http://crm.example")
            .header("idempotency-key", "once")
            .header(header::CONTENT_TYPE, "application/json");
        site.ask(request, r#"{"name": "只建一次有限公司"}"#).await.0
    };
    let answers: [StatusCode; 3] = tokio::join!(create(), create(), create()).into();
    assert!(answers.contains(&StatusCode::CREATED), "{answers:?}");
    let fine = |status: &StatusCode| matches!(*status, StatusCode::CREATED | StatusCode::CONFLICT);
    assert!(answers.iter().all(fine), "{answers:?}");
    let actor = Actor::system(Source::System);
    let count = site.engine.count(&actor, "account", "name == \"只建一次有限公司\"", false).await;
    assert_eq!(count.expect("a count"), 1);
}

/// A user with a role of these rights, signed in beside the administrator.
async fn colleague(site: &Site, rights: serde_json::Value) -> Site {
    let system = Actor::system(Source::System);
    let engine = site.engine.clone();
    let rights = serde_json::from_value(rights).expect("rights");
    let role = engine.save_role(&system, None, "clerk", zhike_types::Text::same("文员"), rights).await.expect("a role");
    let user = made(&engine, &system, "user", &[("name", "李四"), ("login", "lisi")]).await;
    engine.set_roles(&system, user, &[role.id]).await.expect("given");
    engine.set_credential(&system, user, "lisi", PASSWORD).await.expect("set");
    let secret = engine.sign_in("lisi", PASSWORD, "192.0.2.2", "test").await.expect("signed in");
    Site {
        router: site.router.clone(),
        engine,
        cookie: format!("zhike={secret}"),
        account: site.account,
        admin: site.admin,
        gone: site.gone,
        _folder: tempfile::tempdir().expect("a temporary folder"),
    }
}

#[tokio::test]
async fn a_list_by_a_masked_field_is_shown_without_it() {
    let site = Site::new().await;
    let rights = serde_json::json!({
        "objects": { "*": { "read": "all", "fields": { "name": "masked" } }, "account": { "read": "all", "fields": {
            "level": "masked", "created_at": "masked", "next_follow_up_at": "hidden", "annual_revenue": "masked" } },
            "task": { "read": "all", "fields": { "due_at": "masked", "done": "masked" } } },
    });
    let clerk = colleague(&site, rights).await;
    let views = site.engine.model().object("account").expect("accounts").views.clone();
    for path in views
        .iter()
        .map(|view| format!("/account?view={}", view.name))
        .chain(["/account?sort=-level,annual_revenue".to_owned(), "/account?total.annual_revenue=sum".to_owned()])
    {
        let (status, page) = clerk.get(&path, "zh").await;
        assert!(matches!(status, StatusCode::OK | StatusCode::UNPROCESSABLE_ENTITY), "{path}: {status}");
        assert!(page.contains("id=\"list\""), "{path} is a list");
    }
    let (_, page) = clerk.get("/account?sort=-level", "zh").await;
    assert!(page.contains("有一个排序字段您不能使用，已略过") && page.contains(&site.account.to_string()), "{page}");
    let (status, page) = clerk.get("/account?filter=level%20%3D%3D%20%22A%22", "zh").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("这个筛选条件用到了您看不到的内容"), "{page}");
    for path in [
        "/".to_owned(),
        "/myday/overdue".to_owned(),
        "/account/count?filter=level%20%3D%3D%20%22A%22".to_owned(),
        "/account/totals?total.annual_revenue=sum".to_owned(),
        "/account/figures".to_owned(),
        "/admin/departments".to_owned(),
        "/bin".to_owned(),
        "/pick/user?q=".to_owned(),
        format!("/account/{}", site.account),
        format!("/account/{}?tab=contacts", site.account),
        format!("/account/{}?tab=tasks", site.account),
    ] {
        let (status, page) = clerk.get(&path, "zh").await;
        assert_eq!(status, StatusCode::OK, "{path}: {page}");
    }
    let (status, _) = clerk.get("/api/v1/account?sort=level", "zh").await;
    assert_eq!(status, StatusCode::FORBIDDEN, "the API says it");
}

#[tokio::test]
async fn the_bin_offers_what_may_be_done_and_no_more() {
    let site = Site::new().await;
    let everything = serde_json::json!({ "read": "all", "create": true, "change": "all", "delete": "all" });
    let clerk = colleague(&site, serde_json::json!({ "objects": { "*": everything } })).await;
    let (_, page) = clerk.get("/bin", "zh").await;
    assert!(!page.contains(&site.gone.to_string()), "somebody else deleted it");
    let (status, page) = clerk.get(&format!("/account/{}", site.gone), "zh").await;
    assert!(status == StatusCode::OK && !page.contains("/account/restore"), "{page}");
    let (status, ..) = clerk.post(&format!("/account/restore?ids={}", site.gone), "").await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    let (status, ..) = clerk.post(&format!("/account/{}/delete", site.account), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = clerk.get("/bin", "zh").await;
    assert!(page.contains(&format!("/account/restore?ids={}", site.account)), "{page}");
    assert!(!page.contains("/purge"), "nothing that would be refused");
    let (status, ..) = clerk.post(&format!("/account/{}/purge", site.account), "").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (_, page) = site.get("/bin", "zh").await;
    assert!(page.contains(&format!("/account/{}/purge", site.account)), "the administrator may");
    let (status, ..) = clerk.post(&format!("/account/restore?ids={}", site.account), "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whose_a_company_is_is_told_and_not_kept() {
    let site = Site::new().await;
    let actor = site.engine.actor_of_user(site.admin, Source::Page).await.expect("the administrator acts");
    let id =
        made(&site.engine, &actor, "account", &[("name", "青岛云帆贸易有限公司"), ("phone", "0532-88885679")]).await;
    let rights = serde_json::json!({ "objects": { "account": { "read": "own", "create": true, "change": "own" } } });
    let clerk = colleague(&site, rights).await;
    let (status, head, page) = clerk.post("/existence", "q=%E4%BA%91%E5%B8%86%E8%B4%B8%E6%98%93").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(head.headers()[header::CACHE_CONTROL], "no-store");
    assert!(page.contains("张三") && page.contains("还可以查 99 次"), "{page}");
    assert!(!page.contains("88885679") && !page.contains(&id.to_string()), "whose it is, and no more: {page}");
    let (_, page) = clerk.get("/existence?q=%E6%B5%B7%E9%A3%8E", "zh").await;
    assert!(page.contains("还可以查 99 次") && !page.contains("张三"), "an address only fills the question in");
    let (_, _, page) = clerk.post("/existence", "q=91370200163562681G").await;
    assert!(page.contains("/account/new?credit_code=91370200163562681G"), "{page}");
    let (status, _, page) = clerk.post("/existence", "q=%E6%B5%B7").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("existence-error"), "{page}");
    for path in ["/review", "/review/account", "/review/account/counts", "/review/account/decided"] {
        assert_eq!(clerk.get(path, "zh").await.0, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(clerk.post("/review/account/scan", "").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_pair_is_told_apart_with_a_reason_and_taken_back() {
    let site = Site::new().await;
    let actor = site.engine.actor_of_user(site.admin, Source::Page).await.expect("the administrator acts");
    let twin = made(&site.engine, &actor, "account", &[("name", "<海风>商行"), ("phone", "0532-88885678")]).await;
    let pair = format!("left={}&right={twin}&back=/review/account/decided", site.account);
    let (status, ..) =
        site.post("/review/account/decide", &format!("{pair}&decision=different&reason=%E4%B8%A4%E5%AE%B6")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (_, page) = site.get("/review/account/decided", "zh").await;
    assert!(page.contains("两家") && page.contains("不是同一个"), "{page}");
    let long = "x".repeat(501);
    let (status, ..) = site.post("/review/account/decide", &format!("{pair}&decision=different&reason={long}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, answer, _) = site.post("/review/account/decide", &format!("{pair}&decision=open")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()[header::LOCATION], "/review/account/decided");
    let (_, page) = site.get("/review/account/decided", "zh").await;
    assert!(!page.contains("两家"), "{page}");
}

#[tokio::test]
async fn the_whole_audit_is_for_whose_duty_it_is() {
    let site = Site::new().await;
    let rights = serde_json::json!({ "objects": { "*": { "read": "all" } } });
    let clerk = colleague(&site, rights).await;
    assert_eq!(clerk.get("/api/v1/audit", "zh").await.0, StatusCode::FORBIDDEN);
    assert_eq!(clerk.get("/admin/audit", "zh").await.0, StatusCode::FORBIDDEN);
    assert!(!clerk.get("/", "zh").await.1.contains("/admin/audit"));
    let (status, own) = clerk.get(&format!("/api/v1/account/{}/history", site.account), "zh").await;
    assert_eq!(status, StatusCode::OK, "a record's own story follows the record: {own}");
    let (status, log) = site.get("/api/v1/audit?object=account&limit=2", "zh").await;
    assert_eq!(status, StatusCode::OK, "{log}");
    let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    assert_eq!(log["data"].as_array().map(Vec::len), Some(2));
    assert!(log["next"].is_i64(), "{log}");
    assert_eq!((&log["data"][0]["object"], &log["data"][0]["action"]), (&"account".into(), &"delete".into()));
    assert!(log["data"][0]["record_title"].is_string(), "{log}");
    for (query, rows) in [("from=2099-01-01T00:00:00Z", 0), ("action=delete&until=2099-01-01T00:00:00%2B08:00", 1)] {
        let (status, log) = site.get(&format!("/api/v1/audit?object=account&limit=1&{query}"), "zh").await;
        assert_eq!(status, StatusCode::OK, "{log}");
        let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
        assert_eq!(log["data"].as_array().map(Vec::len), Some(rows), "{query}: {log}");
    }
    assert_eq!(site.get("/api/v1/audit?from=yesterday", "zh").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_audit_speaks_in_words() {
    let site = Site::new().await;
    let rights = serde_json::json!({ "objects": { "account": { "read": "below" } }, "duties": ["bin"] });
    colleague(&site, rights).await;
    let (_, page) = site.get("/admin/audit", "zh").await;
    let table = page.split("audit-rows").nth(1).expect("the rows");
    let ids: Vec<&str> = table.split('>').skip(1).filter_map(|piece| piece.split('<').next()).collect();
    for text in ids {
        assert!(uuid_in(text).is_none(), "an id is no name: {text}");
    }
    assert!(table.contains("查看 本部门及下级") && table.contains("回收站管理"), "{table}");
    assert!(!table.contains("{&quot;"), "{table}");
}

fn uuid_in(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-').find(|word| word.len() == 36 && word.contains('-'))
}
