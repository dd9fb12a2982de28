//! What strangers fill in: a lead, or a word to whoever has the company already.

use tokio::task::JoinSet;
use zhike_records::{Actor, Engine, Input, ListQuery, Record, Source};
use zhike_types::{Error, Lang, Uuid};

use super::{fill, open};
use crate::tests::on_both;

/// Noon of 2026-11-18.
const NOW: i64 = 1_795_060_800_000;

/// An installation with 王芳 who sells.
struct Site {
    engine: Engine,
    system: Actor,
    fang: Actor,
}

impl Site {
    async fn of(engine: Engine) -> Self {
        let system = Actor::system(Source::Command);
        let user = Input::default().set("name", "王芳").set("login", "wangfang");
        let user = engine.create(&system, "user", user).await.expect("a user").id;
        let roles = engine.roles(&system).await.expect("roles");
        let sells: Vec<Uuid> = roles.iter().filter(|role| role.name == "sales").map(|role| role.id).collect();
        engine.set_roles(&system, user, &sells).await.expect("a role");
        let fang = engine.actor_of_user(user, Source::Page).await.expect("an actor");
        Self { engine, system, fang }
    }

    async fn make(&self, who: &Actor, object: &str, fields: &[(&str, &str)]) -> Record {
        let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
        self.engine.create(who, object, input).await.unwrap_or_else(|error| panic!("{object} {fields:?}: {error}"))
    }

    async fn form(&self, more: &[(&str, &str)]) -> Uuid {
        let mut fields = vec![
            ("name", "样册索取"),
            ("asks", "contact_name|mobile|email|region|need"),
            ("notice", "本公司收集您的联系方式用于回复，保存一年。"),
        ];
        fields.extend(more);
        self.make(&self.system, "web_form", &fields).await.id
    }

    async fn fill(&self, form: Uuid, answers: &[(&str, &str)]) -> Result<(), Error> {
        fill(&self.engine, form, &given(answers), true, Lang::Zh, "192.0.2.7").await
    }

    async fn all(&self, object: &str) -> Vec<Record> {
        let query = ListQuery { object: object.to_owned(), limit: 100, ..ListQuery::default() };
        self.engine.list(&self.system, &query).await.expect("a list").records
    }
}

fn given(answers: &[(&str, &str)]) -> Vec<(String, String)> {
    answers.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn text(record: &Record, field: &str) -> String {
    record.value(field).as_text().unwrap_or_default().to_owned()
}

fn wrong(answer: Result<(), Error>) -> String {
    match answer {
        Err(Error::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_filled_in_is_a_lead_of_whoever_is_responsible() {
    on_both(NOW, |engine| async move {
        let site = Site::of(engine).await;
        let id = site.form(&[("responsible", &site.fang.user_id.expect("a user").to_string())]).await;
        let shown = open(&site.engine, id).await.expect("it is open");
        let names: Vec<&str> = shown.asks.iter().map(|question| question.name.as_str()).collect();
        assert_eq!(names, ["name", "contact_name", "mobile", "email", "region", "need"]);
        let answers = [
            ("name", " 青岛海悦食品有限公司 "),
            ("contact_name", "张伟"),
            ("mobile", "139 0532 0001"),
            ("need", "要样册"),
        ];
        // what the form does not ask for is not taken, and what people may not write least of all
        let more =
            [("mobile", "13905320001"), ("owner", "x"), ("state", "expected"), ("remark", "x"), ("web_form", "x")];
        site.fill(id, &[answers[0], answers[1], more[0], answers[3], more[1], more[2], more[3], more[4]])
            .await
            .expect("taken");
        let leads = site.all("lead").await;
        let lead = &leads[0];
        assert_eq!(
            (leads.len(), text(lead, "name").as_str(), text(lead, "mobile").as_str()),
            (1, "青岛海悦食品有限公司", "13905320001")
        );
        assert_eq!((lead.value("owner").as_id(), lead.value("web_form").as_id()), (site.fang.user_id, Some(id)));
        assert_eq!(
            (text(lead, "source").as_str(), text(lead, "state").as_str(), text(lead, "remark").as_str()),
            ("website", "potential", "")
        );
        assert_eq!(lead.value("agreed_at").as_int(), Some(site.engine.now()));
        let form = site.engine.read(&site.system, "web_form", id).await.expect("it is there");
        assert_eq!(form.value("lead_count").as_int(), Some(1));
    });
}

#[test]
fn what_is_missing_or_wrong_is_said_and_nothing_is_written() {
    on_both(NOW, |engine| async move {
        let site = Site::of(engine).await;
        let id = site.form(&[]).await;
        assert_eq!(wrong(site.fill(id, &[("mobile", "13905320001")]).await), "name");
        assert_eq!(wrong(site.fill(id, &[("name", "甲公司"), ("mobile", " ")]).await), "mobile");
        assert_eq!(wrong(site.fill(id, &[("name", "甲公司"), ("mobile", "123")]).await), "mobile");
        assert_eq!(wrong(site.fill(id, &[("name", "甲公司"), ("email", "x")]).await), "email");
        assert_eq!(
            wrong(site.fill(id, &[("name", "甲公司"), ("mobile", "13905320001"), ("need", &"长".repeat(2_001))]).await),
            "need"
        );
        let answers = [("name".to_owned(), "甲公司".to_owned()), ("mobile".to_owned(), "13905320001".to_owned())];
        let silent = fill(&site.engine, id, &answers, false, Lang::Zh, "192.0.2.7").await;
        assert_eq!(wrong(silent), "agreed");
        site.engine
            .change(&site.system, "web_form", id, None, Input::default().set("active", "false"))
            .await
            .expect("closed");
        assert!(matches!(site.fill(id, &[("name", "甲公司"), ("mobile", "13905320001")]).await, Err(Error::NotFound)));
        assert!(matches!(open(&site.engine, Uuid::nil()).await, Err(Error::NotFound)));
        assert!(site.all("lead").await.is_empty());
    });
}

#[test]
fn who_is_there_already_is_not_made_twice_and_its_owner_is_told() {
    on_both(NOW, |engine| async move {
        let site = Site::of(engine).await;
        let id = site.form(&[]).await;
        let fields = [("name", "青岛海悦食品有限公司"), ("phone", "0532-88930001"), ("region", "山东省青岛市")];
        let account = site.make(&site.fang, "account", &fields).await;
        let again = [
            ("name", "海悦食品（青岛）有限公司"),
            ("mobile", "13905320009"),
            ("region", "山东青岛"),
            ("need", "冷柜报价"),
        ];
        site.fill(id, &again).await.expect("the stranger reads the same");
        assert!(site.all("lead").await.is_empty());
        let (notes, tasks) = (site.all("note").await, site.all("task").await);
        assert!(text(&notes[0], "body").contains("冷柜报价"), "{}", text(&notes[0], "body"));
        assert_eq!(
            (tasks[0].value("owner").as_id(), tasks[0].value("account").as_id()),
            (site.fang.user_id, Some(account.id))
        );
        // and the same lead by ten at one moment is one lead
        let answers = [("name", "济南长风物流有限公司"), ("mobile", "13705310002")];
        let answers = answers.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let mut set = JoinSet::new();
        for _ in 0..10 {
            let (engine, answers) = (site.engine.clone(), answers.clone());
            set.spawn(async move { fill(&engine, id, &answers, true, Lang::Zh, "192.0.2.7").await });
        }
        for outcome in set.join_all().await {
            outcome.expect("the stranger reads the same");
        }
        assert_eq!(site.all("lead").await.len(), 1);
    });
}
