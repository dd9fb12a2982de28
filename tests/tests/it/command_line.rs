//! What the program says when it is called from a shell.

use zhike_tests::both;

both!(the_shipped_packs_are_right, |site| {
    let _said = site.zhike(&["model", "check"]).succeeded();
});

both!(an_unknown_option_is_refused_with_a_hint, |site| {
    let said = site.zhike(&["serve", "--lisen", "127.0.0.1:0"]).ended_with(2);
    assert!(said.stderr.contains("--listen"), "{}", said.stderr);
});

both!(a_token_of_nobody_is_refused, |site| {
    let said = site.zhike(&["token", "create", "--user", "nobody-of-that-name"]);
    assert_ne!(said.code, Some(0));
    assert!(said.stderr.contains("nobody-of-that-name"), "{}", said.stderr);
});
