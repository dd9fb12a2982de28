//! What a visitor meets before signing in, and what every answer carries.

use zhike_tests::both;

both!(the_sign_in_page_is_open_to_all, |site| {
    let page = site.serve().anonymous().get("/signin").expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    page.shows("password");
});

both!(pages_ask_a_visitor_to_sign_in, |site| {
    let server = site.serve();
    let answer = server.anonymous().get("/").expect(303);
    assert!(answer.header("location").starts_with("/signin"), "{}", answer.header("location"));
});

both!(the_api_refuses_a_visitor_in_problem_json, |site| {
    let answer = site.serve().anonymous().get("/api/v1/account").expect(401);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["status"], 401);
});

both!(an_unknown_path_is_not_found, |site| {
    let site = site.with_demo(10);
    let server = site.serve();
    server.signed_in(zhike_tests::demo::ADMINISTRATOR).get("/no/such/page").expect(404);
});

both!(scripts_and_styles_come_from_nowhere_else, |site| {
    let page = site.serve().anonymous().get("/signin").expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'self'") || policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert!(!policy.contains("http:") && !policy.contains("https:"), "{policy}");
});

both!(a_stopped_server_ends_in_order_and_starts_again, |site| {
    let status = site.serve().stop();
    assert!(status.success(), "{status}");
    site.serve().anonymous().get("/signin").expect(200);
});

both!(a_killed_server_starts_again, |site| {
    site.serve().kill();
    site.serve().anonymous().get("/signin").expect(200);
});
