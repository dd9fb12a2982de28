//! Letters of real records to a mail server on this machine, on both databases.

use std::sync::Arc;

use zhike_mail::testing::{FakeServer, Mood, Taken};
use zhike_model::{ApprovalLock, ApprovalRule, ApprovalSign, ApprovalStep, ApprovalTrigger, ApprovalWho};
use zhike_records::{
    Actor, ApprovalAct, ApprovalProcessInput, ApprovalWish, Engine, Input, MailChoices, MailServer, Record, Source,
};
use zhike_types::{Error, FixedClock, Lang, Text, Uuid, Zone};

use super::{checked, deliver, try_out};
use crate::tests::on_both_in_time;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Wednesday, a quarter past eight.
fn now() -> i64 {
    Zone::default().instant(jiff::civil::date(2026, 11, 18).at(8, 15, 0, 0))
}

struct Office {
    engine: Engine,
    clock: Arc<FixedClock>,
    fake: FakeServer,
    system: Actor,
    lin: Actor,
    gao: Actor,
}

impl Office {
    async fn open(engine: Engine, clock: Arc<FixedClock>) -> Self {
        let system = Actor::system(Source::System);
        let department = make(&engine, &system, "department", &[("name", "销售部")]).await.id;
        let lin = person(&engine, "林晓", "linxiao", Some("lin@example.com"), department, "sales").await;
        let gao = person(&engine, "高岩", "gaoyan", Some("gao@example.com"), department, "manager").await;
        let fake = FakeServer::start("secret").await;
        let office = Self { engine, clock, fake, system, lin, gao };
        office.serve("secret").await;
        office
    }

    /// The settings of the server; `password` as somebody types it.
    async fn serve(&self, password: &str) {
        let was = self.engine.mail_server(&self.system).await.expect("the settings");
        let server = checked(&self.wish(password), was.as_ref()).expect("right settings");
        self.engine.set_mail_server(&self.system, &server).await.expect("they are kept");
    }

    fn wish(&self, password: &str) -> MailServer {
        MailServer {
            host: "127.0.0.1".into(),
            port: self.fake.port,
            security: "none".into(),
            user: "crm@example.com".into(),
            password: password.into(),
            from: "crm@example.com".into(),
            from_name: "知客".into(),
            site: "https://crm.example.com/".into(),
            per_minute: 600,
        }
    }

    async fn make(&self, actor: &Actor, object: &str, fields: &[(&str, &str)]) -> Record {
        make(&self.engine, actor, object, fields).await
    }

    /// A customer that 高岩 makes for 林晓.
    async fn for_lin(&self, name: &str) -> Record {
        self.make(&self.gao, "account", &[("name", name), ("owner", &id(&self.lin).to_string())]).await
    }

    /// What has been taken after the job ran, so much later.
    async fn later(&self, time: i64) -> Vec<Taken> {
        self.clock.advance(time);
        deliver(&self.engine, None).await.expect("it runs");
        self.fake.taken()
    }

    async fn states(&self) -> Vec<(String, String)> {
        let page = self.engine.mails(&self.system, None, None, 50).await.expect("the book");
        page.mails.into_iter().map(|mail| (mail.state, mail.answer.unwrap_or_default())).collect()
    }
}

fn id(actor: &Actor) -> Uuid {
    actor.user_id.expect("a user")
}

async fn make(engine: &Engine, actor: &Actor, object: &str, fields: &[(&str, &str)]) -> Record {
    let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    engine.create(actor, object, input).await.unwrap_or_else(|error| panic!("{object} {fields:?}: {error}"))
}

async fn person(engine: &Engine, name: &str, login: &str, email: Option<&str>, department: Uuid, role: &str) -> Actor {
    let system = Actor::system(Source::System);
    let department = department.to_string();
    let mut fields = vec![("name", name), ("login", login), ("department", department.as_str())];
    fields.extend(email.map(|email| ("email", email)));
    let user = make(engine, &system, "user", &fields).await;
    let roles = engine.roles(&system).await.expect("roles");
    let ids: Vec<Uuid> = roles.iter().filter(|known| known.name == role).map(|known| known.id).collect();
    engine.set_roles(&system, user.id, &ids).await.expect("roles are set");
    engine.actor_of_user(user.id, Source::Page).await.expect("an actor")
}

#[test]
fn what_others_give_comes_in_one_letter_and_once() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        let first = office.for_lin("青岛海悦食品").await;
        office.for_lin("烟台渔港 <b>冷链</b>").await;
        // one's own doing is told to nobody
        office.make(&office.lin, "account", &[("name", "自己的客户")]).await;
        assert!(office.later(0).await.is_empty(), "more may come");
        let taken = office.later(MINUTE).await;
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].to, "<lin@example.com>");
        assert_eq!(taken[0].header("Subject"), "分给您 2 条记录");
        assert_eq!(taken[0].header("From"), "知客 <crm@example.com>");
        let text = taken[0].part(0);
        assert!(text.starts_with("林晓，您好：") && text.contains("· 青岛海悦食品  高岩 转来"), "{text}");
        assert!(text.contains(&format!("https://crm.example.com/account/{}\n", first.id)), "{text}");
        assert!(!text.contains("自己的客户"), "{text}");
        assert!(taken[0].part(1).contains("烟台渔港 &lt;b&gt;冷链&lt;/b&gt;"));
        // neither the next run nor one after a long time sends it again
        assert_eq!(office.later(0).await.len(), 1);
        assert_eq!(office.later(3 * DAY).await.len(), 1);

        // a name of its greatest length, and one that would begin a header
        let long = "海".repeat(120);
        office.for_lin(&long).await;
        let taken = office.later(MINUTE).await;
        assert!(taken[1].header("Subject").starts_with("分给您：海海"), "{}", taken[1].header("Subject"));
        let task = [("subject", "送样\r\nBcc: all@example.com"), ("owner", &id(&office.lin).to_string())];
        if office
            .engine
            .create(&office.gao, "task", task.iter().fold(Input::default(), |i, (n, t)| i.set(n, *t)))
            .await
            .is_ok()
        {
            let taken = office.later(MINUTE).await;
            let head = taken[2].raw.split("\r\n\r\n").next().expect("a head").to_owned();
            assert!(!head.contains("\r\nBcc") && taken[2].header("Subject").contains("Bcc: all@example.com"), "{head}");
        }
    });
}

#[test]
fn a_letter_says_what_its_reader_may_see_when_it_goes() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        // given on, and deleted, before the letter goes
        let one = office.for_lin("青岛海悦食品").await;
        let back = Input::default().set("owner", id(&office.gao).to_string());
        office.engine.change(&office.gao, "account", one.id, None, back).await.expect("it goes back");
        let two = office.for_lin("烟台渔港").await;
        office.engine.delete(&office.gao, "account", two.id, None, None).await.expect("it is deleted");
        assert!(office.later(MINUTE).await.is_empty());
        assert_eq!(office.states().await, [("skipped".to_owned(), "nothing".to_owned())]);

        // who has no address, who is gone and who wants none
        office.for_lin("威海船厂").await;
        let none = MailChoices { approvals: false, given: false, reclaim: false, digest: None };
        office.engine.set_mail_choices(&office.lin, none).await.expect("it is kept");
        assert!(office.later(MINUTE).await.is_empty());
        assert_eq!(office.states().await[0].1, "unwanted");
        let bare =
            person(&office.engine, "无邮箱", "bare", None, office.lin.department_id.expect("a place"), "sales").await;
        office.make(&office.gao, "account", &[("name", "日照港务"), ("owner", &id(&bare).to_string())]).await;
        assert!(office.later(MINUTE).await.is_empty());
        assert_eq!(office.states().await[0].1, "address");

        // in the reader's language
        office.engine.set_mail_choices(&office.lin, MailChoices::default()).await.expect("it is kept");
        let lang = Input::default().set("lang", "en");
        office.engine.change(&office.system, "user", id(&office.lin), None, lang).await.expect("a language");
        assert_eq!(
            office.engine.mail_reader(id(&office.lin)).await.expect("x").expect("a reader").actor.lang,
            Lang::En
        );
        office.for_lin("东营石化").await;
        assert_eq!(office.later(MINUTE).await[0].header("Subject"), "Yours now: 东营石化");
    });
}

#[test]
fn what_is_not_taken_goes_again_and_arrives_once() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        office.fake.then(&[Mood::Recipient(451), Mood::Letter(452), Mood::HangUp]);
        office.for_lin("青岛海悦食品").await;
        assert!(office.later(MINUTE).await.is_empty());
        assert_eq!(office.states().await, [("waiting".to_owned(), "451 mailbox".to_owned())]);
        assert!(office.later(0).await.is_empty(), "not at once");
        assert_eq!(office.fake.connections(), 1);
        assert!(office.later(MINUTE).await.is_empty(), "452");
        assert!(office.later(2 * MINUTE).await.is_empty(), "hung up");
        let trouble = office.engine.mail_trouble(&office.system).await.expect("x").expect("a trouble");
        assert!(trouble.text.zh.contains("断开"), "{}", trouble.text.zh);
        assert_eq!(office.later(4 * MINUTE).await.len(), 1);
        assert_eq!(office.engine.mail_trouble(&office.system).await.expect("x"), None);
        assert_eq!(office.later(DAY).await.len(), 1);

        // for good
        office.fake.then(&[Mood::Recipient(550)]);
        office.for_lin("烟台渔港").await;
        assert_eq!(office.later(MINUTE).await.len(), 1);
        assert_eq!(office.states().await[0], ("failed".to_owned(), "550 mailbox".to_owned()));
        assert_eq!(office.later(DAY).await.len(), 1);
        let failed = office.engine.mails(&office.system, Some("failed"), None, 5).await.expect("the book").mails;
        assert!(matches!(office.engine.retry_mail(&office.lin, failed[0].id).await, Err(Error::Forbidden(_))));
        for _ in 0..2 {
            office.engine.retry_mail(&office.system, failed[0].id).await.expect("again");
        }
        assert_eq!(office.later(0).await.len(), 2);
        assert_eq!(office.later(DAY).await.len(), 2);
    });
}

#[test]
fn a_sender_that_dies_loses_nothing() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        office.for_lin("青岛海悦食品").await;
        office.clock.advance(MINUTE);
        let taken = office.engine.take_mail().await.expect("x").expect("a letter");
        assert_eq!(taken.items.len(), 1);
        // nobody else takes it meanwhile
        assert!(office.later(0).await.is_empty());
        office.for_lin("烟台渔港").await;
        assert_eq!(office.later(MINUTE).await.len(), 1);
        let all = office.later(10 * MINUTE).await;
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].header("Message-ID"), format!("<{}@example.com>", taken.id));
        assert_eq!(office.later(DAY).await.len(), 2);
    });
}

#[test]
fn a_wrong_password_is_told_and_holds_letters_back() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        office.serve("wrong").await;
        let trial = try_out(&office.engine, &office.system, "admin@example.com").await.expect("it is tried");
        let failure = trial.outcome.expect_err("a wrong password");
        assert!(failure.text().zh.contains("密码不对"), "{}", failure.text().zh);
        office.for_lin("青岛海悦食品").await;
        office.for_lin("烟台渔港").await;
        assert!(office.later(MINUTE).await.is_empty());
        let trouble = office.engine.mail_trouble(&office.system).await.expect("x").expect("a trouble");
        assert!(trouble.text.en.contains("535 authentication failed"), "{}", trouble.text.en);
        office.serve("secret").await;
        assert_eq!(office.later(0).await.len(), 1);
        let trial = try_out(&office.engine, &office.system, "admin@example.com").await.expect("it is tried");
        assert_eq!(trial.outcome.expect("taken"), "250 taken");
        let missing = try_out(&office.engine, &office.system, "").await;
        assert!(matches!(missing, Err(Error::Invalid(_))), "the system has no address");
        assert!(matches!(try_out(&office.engine, &office.lin, "").await, Err(Error::Forbidden(_))));

        // without a server nothing is written down
        office.engine.end_mail_server(&office.system).await.expect("off");
        let before = office.states().await.len();
        office.for_lin("威海船厂").await;
        office.engine.mail_round().await.expect("a round");
        assert_eq!(office.states().await.len(), before);
    });
}

#[test]
fn the_summary_comes_in_the_morning_when_there_is_something_to_say() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        let account = office
            .make(&office.lin, "account", &[("name", "青岛海悦食品"), ("next_follow_up_at", "2026-11-17 16:00")])
            .await;
        let about = account.id.to_string();
        office
            .make(&office.lin, "task", &[("subject", "寄样品"), ("account", &about), ("due_at", "2026-11-18 09:30")])
            .await;
        office
            .make(&office.lin, "task", &[("subject", "补发票"), ("account", &about), ("due_at", "2026-11-10 09:30")])
            .await;
        for _ in 0..2 {
            office.engine.mail_round().await.expect("a round");
        }
        let taken = office.later(MINUTE).await;
        assert_eq!(taken.len(), 1, "高岩 has nothing to do");
        assert_eq!(taken[0].header("Subject"), "今天要做的 3 件（11-18）");
        let text = taken[0].part(0);
        let order = [
            "今天的安排",
            "寄样品  09:30 · 待办 · 青岛海悦食品",
            "逾期的待办",
            "补发票  11-10",
            "该跟进的客户",
            "· 青岛海悦食品  11-17",
        ];
        let places: Vec<usize> =
            order.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"))).collect();
        assert!(places.is_sorted(), "{text}");
        assert!(office.states().await.contains(&("skipped".to_owned(), "nothing".to_owned())));
        office.engine.mail_round().await.expect("a round");
        assert_eq!(office.later(HOUR).await.len(), 1, "once a day");

        // at the hour of one's choice, and not at all
        let chosen = MailChoices { digest: Some(10), ..MailChoices::default() };
        office.engine.set_mail_choices(&office.lin, chosen).await.expect("it is kept");
        office.clock.set(now() + DAY);
        office.engine.mail_round().await.expect("a round");
        assert_eq!(office.later(0).await.len(), 1);
        office.clock.set(now() + DAY + 2 * HOUR);
        office.engine.mail_round().await.expect("a round");
        assert_eq!(office.later(0).await.len(), 2);
        let off = MailChoices { digest: None, ..chosen };
        office.engine.set_mail_choices(&office.lin, off).await.expect("it is kept");
        office.clock.set(now() + 2 * DAY);
        office.engine.mail_round().await.expect("a round");
        assert_eq!(office.later(0).await.len(), 2);
        let wrong = office.engine.set_mail_choices(&office.lin, MailChoices { digest: Some(24), ..chosen }).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))));
    });
}

#[test]
fn who_is_asked_to_sign_is_told_at_once_and_not_when_it_is_over() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        let account = office.make(&office.lin, "account", &[("name", "青岛海悦食品")]).await;
        let who = ApprovalWho::Users { users: vec![id(&office.gao)] };
        let step = ApprovalStep {
            name: String::new(),
            who,
            sign: ApprovalSign::All,
            skip: String::new(),
            optional: false,
            timeout: None,
        };
        let process = ApprovalProcessInput {
            name: Text::same("客户定级"),
            object: "account".to_owned(),
            active: true,
            rule: ApprovalRule {
                trigger: ApprovalTrigger::Change { fields: vec!["level".to_owned()] },
                condition: String::new(),
                steps: vec![step],
                locks: ApprovalLock::Record,
            },
        };
        office.engine.save_approval_process(&office.system, None, None, process).await.expect("a process");
        let wish = || ApprovalWish {
            object: "account".to_owned(),
            record: Some(account.id),
            version: None,
            input: Input::default().set("level", "A"),
            comment: String::new(),
        };
        let asked = office.engine.submit_approval(&office.lin, wish()).await.expect("it is asked for");
        let taken = office.later(0).await;
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].to, "<gao@example.com>");
        assert_eq!(taken[0].header("Subject"), format!("待您审批：客户定级 {}", asked.number));
        let text = taken[0].part(0);
        assert!(
            text.contains("青岛海悦食品  林晓 提交") && text.contains(&format!("/approvals/{}\n", asked.id)),
            "{text}"
        );
        let act = |approval: Uuid, actor: Actor, act| {
            let engine = office.engine.clone();
            async move { engine.act_on_approval(&actor, approval, None, act, "看过了").await.expect("it is done") }
        };
        act(asked.id, office.gao.clone(), ApprovalAct::Reject).await;

        // withdrawn before the letter goes
        let asked = office.engine.submit_approval(&office.lin, wish()).await.expect("it is asked for");
        act(asked.id, office.lin.clone(), ApprovalAct::Withdraw).await;
        assert_eq!(office.later(MINUTE).await.len(), 1);
        assert_eq!(office.states().await[0].1, "nothing");
    });
}

#[test]
fn settings_are_looked_through() {
    let good = MailServer {
        host: " SMTP.exmail.qq.com ".into(),
        port: 465,
        security: "tls".into(),
        user: "crm@example.com".into(),
        password: "secret".into(),
        from: "crm@example.com".into(),
        from_name: "知客".into(),
        site: "https://crm.example.com/".into(),
        per_minute: 60,
    };
    let kept = checked(&good, None).expect("it is right");
    assert_eq!((kept.host.as_str(), kept.site.as_str()), ("smtp.exmail.qq.com", "https://crm.example.com"));
    let fields = |wish: &MailServer, was: Option<&MailServer>| match checked(wish, was) {
        Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect::<Vec<_>>(),
        other => panic!("{:?}", other.map(drop)),
    };
    for (field, wrong) in [
        ("host", MailServer { host: "smtp://mail.example.com".into(), ..good.clone() }),
        ("port", MailServer { port: 0, ..good.clone() }),
        ("security", MailServer { security: "ssl".into(), ..good.clone() }),
        ("user", MailServer { user: "a\r\nb".into(), ..good.clone() }),
        ("from", MailServer { from: "crm@example.com>\r\nRCPT TO:<x@y>".into(), ..good.clone() }),
        ("from_name", MailServer { from_name: "知客\nBcc: x@y".into(), ..good.clone() }),
        ("site", MailServer { site: "javascript:alert(1)".into(), ..good.clone() }),
        ("per_minute", MailServer { per_minute: 0, ..good.clone() }),
        ("password", MailServer { password: String::new(), ..good.clone() }),
    ] {
        assert_eq!(fields(&wrong, None), [field]);
    }
    // an empty password is the one before, and goes nowhere else
    let silent = MailServer { password: String::new(), from_name: "客户部".into(), ..good };
    assert_eq!(checked(&silent, Some(&kept)).expect("the same server").password, "secret");
    for other in [
        MailServer { host: "evil.example.com".into(), ..silent.clone() },
        MailServer { port: 25, ..silent.clone() },
        MailServer { security: "none".into(), ..silent.clone() },
        MailServer { user: "other".into(), ..silent.clone() },
    ] {
        assert_eq!(fields(&other, Some(&kept)), ["password"]);
    }
    let open = MailServer { user: String::new(), ..silent };
    assert_eq!(checked(&open, Some(&kept)).expect("no sign-in").password, "");
}

#[test]
fn what_a_pool_is_about_to_take_back_is_told_at_each_step_once() {
    on_both_in_time(now(), |engine, clock| async move {
        let office = Office::open(engine, clock).await;
        let rule = [("name", "公海"), ("reclaim", "created_at < now - days(30)"), ("grace_days", "0")];
        office.make(&office.system, "pool", &rule).await;
        office.make(&office.lin, "account", &[("name", "青岛海悦食品")]).await;
        let wanted = MailChoices { reclaim: true, digest: None, ..MailChoices::default() };
        office.engine.set_mail_choices(&office.lin, wanted).await.expect("it is kept");
        let round = async |days: i64| {
            office.clock.set(now() + days * DAY);
            for _ in 0..2 {
                office.clock.advance(2 * HOUR);
                office.engine.mail_round().await.expect("a round");
            }
            office.later(0).await
        };
        assert!(round(10).await.is_empty());
        let taken = round(24).await;
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].to, "<lin@example.com>");
        assert_eq!(taken[0].header("Subject"), "即将被公海收回：青岛海悦食品");
        assert!(taken[0].part(0).contains("青岛海悦食品  7 天内 · 公海"), "{}", taken[0].part(0));
        assert_eq!(round(25).await.len(), 1, "the same step");
        assert_eq!(round(27).await.len(), 2, "the next one");
    });
}
