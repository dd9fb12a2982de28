use zhike_types::Error;

use crate::{Actor, Attempt, Input, KeptAnswer, tests::on_both};

fn answer() -> KeptAnswer {
    KeptAnswer { status: 201, headers: vec![("etag".to_owned(), "\"1\"".to_owned())], body: "{\"名\":1}".to_owned() }
}

fn first(attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::First(_))
}

#[test]
fn a_key_acts_once_and_is_answered_again() {
    on_both(|site| async move {
        let (engine, actor) = (&site.engine, &site.admin);
        let try_it = async |request: &[u8]| engine.attempt(actor, "k", request).await.expect("the database answers");
        assert!(first(&try_it(b"one").await));
        assert_eq!(try_it(b"one").await, Attempt::Running);
        assert_eq!(try_it(b"two").await, Attempt::Other);
        engine.keep_answer(actor, "k", &answer()).await.expect("kept");
        assert_eq!(try_it(b"one").await, Attempt::Replay(answer()));
        assert_eq!(try_it(b"two").await, Attempt::Other);
        site.clock.advance(25 * 60 * 60 * 1000);
        assert!(first(&try_it(b"two").await));
    });
}

#[test]
fn a_failure_frees_its_key_and_so_does_a_lost_process() {
    on_both(|site| async move {
        let (engine, actor) = (&site.engine, &site.admin);
        let try_it = async || engine.attempt(actor, "k", b"one").await.expect("the database answers");
        assert!(first(&try_it().await));
        engine.forget_attempt(actor, "k").await.expect("forgotten");
        assert!(first(&try_it().await));
        site.clock.advance(11 * 60 * 1000);
        assert!(first(&try_it().await));
    });
}

#[test]
fn keys_are_a_users_own() {
    on_both(|site| async move {
        let other = site.user("李娜", None, &["sales"]).await;
        assert!(first(&site.engine.attempt(&site.admin, "k", b"one").await.expect("answers")));
        assert!(first(&site.engine.attempt(&other, "k", b"two").await.expect("answers")));
    });
}

#[test]
fn a_write_whose_answer_was_lost_is_never_done_again() {
    on_both(|site| async move {
        let engine = &site.engine;
        let Attempt::First(claim) = engine.attempt(&site.admin, "k", b"one").await.expect("answers") else {
            panic!("nobody used it")
        };
        let actor = Actor { once: Some(claim), ..site.admin.clone() };
        // with a tag nobody used before, which is made first
        let input = Input::default().set("name", "青岛海风").set("tags", "新标签");
        let made = engine.create(&actor, "account", input.clone()).await.expect("made");
        // the process dies here: nobody keeps the answer; whoever forgets a failure forgets nothing
        engine.forget_attempt(&site.admin, "k").await.expect("no error");
        assert_eq!(engine.attempt(&site.admin, "k", b"one").await.expect("answers"), Attempt::Running);
        site.clock.advance(11 * 60 * 1000);
        let again = engine.attempt(&site.admin, "k", b"one").await.expect("answers");
        assert_eq!(again, Attempt::Acted { object: "account".to_owned(), id: Some(made.id) });
    });
}

#[test]
fn a_request_that_was_taken_for_lost_writes_nothing_when_another_has_taken_over() {
    on_both(|site| async move {
        let engine = &site.engine;
        let Attempt::First(slow) = engine.attempt(&site.admin, "k", b"one").await.expect("answers") else {
            panic!("nobody used it")
        };
        site.clock.advance(11 * 60 * 1000);
        assert!(first(&engine.attempt(&site.admin, "k", b"one").await.expect("answers")));
        let slow = Actor { once: Some(slow), ..site.admin.clone() };
        let input = Input::default().set("name", "青岛海风");
        assert!(matches!(engine.create(&slow, "account", input).await, Err(Error::Conflict(_))));
        assert_eq!(engine.count(&site.admin, "account", "", false).await.expect("a count"), 0);
    });
}
