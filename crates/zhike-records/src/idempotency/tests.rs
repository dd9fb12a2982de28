use crate::{Attempt, KeptAnswer, tests::on_both};

fn answer() -> KeptAnswer {
    KeptAnswer { status: 201, headers: vec![("etag".to_owned(), "\"1\"".to_owned())], body: "{\"名\":1}".to_owned() }
}

#[test]
fn a_key_acts_once_and_is_answered_again() {
    on_both(|site| async move {
        let (engine, actor) = (&site.engine, &site.admin);
        let try_it = async |request: &[u8]| engine.attempt(actor, "k", request).await.expect("the database answers");
        assert_eq!(try_it(b"one").await, Attempt::First);
        assert_eq!(try_it(b"one").await, Attempt::Running);
        assert_eq!(try_it(b"two").await, Attempt::Other);
        engine.keep_answer(actor, "k", &answer()).await.expect("kept");
        assert_eq!(try_it(b"one").await, Attempt::Replay(answer()));
        assert_eq!(try_it(b"two").await, Attempt::Other);
        site.clock.advance(25 * 60 * 60 * 1000);
        assert_eq!(try_it(b"two").await, Attempt::First);
    });
}

#[test]
fn a_failure_frees_its_key_and_so_does_a_lost_process() {
    on_both(|site| async move {
        let (engine, actor) = (&site.engine, &site.admin);
        let try_it = async || engine.attempt(actor, "k", b"one").await.expect("the database answers");
        assert_eq!(try_it().await, Attempt::First);
        engine.forget_attempt(actor, "k").await.expect("forgotten");
        assert_eq!(try_it().await, Attempt::First);
        site.clock.advance(11 * 60 * 1000);
        assert_eq!(try_it().await, Attempt::First);
    });
}

#[test]
fn keys_are_a_users_own() {
    on_both(|site| async move {
        let other = site.user("李娜", None, &["sales"]).await;
        assert_eq!(site.engine.attempt(&site.admin, "k", b"one").await.expect("answers"), Attempt::First);
        assert_eq!(site.engine.attempt(&other, "k", b"two").await.expect("answers"), Attempt::First);
    });
}
