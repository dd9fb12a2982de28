//! Entries of real records, on both databases.

use zhike_records::{Actor, CheckInInput, Engine, Input, Record, Source};
use zhike_types::{Error, Uuid, Zone, days_of};

use super::super::{Asked, Entry, Whose, entries, move_to, reminders};
use crate::tests::on_both;

fn now() -> i64 {
    Zone::default().instant(jiff::civil::date(2026, 11, 18).at(10, 0, 0, 0))
}

fn today() -> i64 {
    days_of(jiff::civil::date(2026, 11, 18))
}

async fn make(engine: &Engine, actor: &Actor, object: &str, fields: &[(&str, &str)]) -> Record {
    let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    engine.create(actor, object, input).await.unwrap_or_else(|error| panic!("{object} {fields:?}: {error}"))
}

async fn person(engine: &Engine, name: &str, login: &str, department: Uuid, role: &str) -> Actor {
    let system = Actor::system(Source::System);
    let fields = [("name", name), ("login", login), ("department", &department.to_string())];
    let user = make(engine, &system, "user", &fields).await;
    let roles = engine.roles(&system).await.expect("roles");
    let ids: Vec<Uuid> = roles.iter().filter(|known| known.name == role).map(|known| known.id).collect();
    assert!(!ids.is_empty(), "{role}");
    engine.set_roles(&system, user.id, &ids).await.expect("roles are set");
    engine.actor_of_user(user.id, Source::Page).await.expect("an actor")
}

async fn team(engine: &Engine) -> (Actor, Actor) {
    let department = make(engine, &Actor::system(Source::System), "department", &[("name", "销售部")]).await.id;
    (
        person(engine, "林晓", "linxiao", department, "sales").await,
        person(engine, "高岩", "gaoyan", department, "manager").await,
    )
}

async fn found(engine: &Engine, actor: &Actor, first: i64, days: i64, whose: Whose) -> Vec<Entry> {
    entries(engine, actor, &Asked { first, days, whose, only: None }).await.expect("entries").entries
}

fn titles(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.record.title()).collect()
}

#[test]
fn a_day_holds_what_its_owner_has_to_do() {
    on_both(now(), |engine| async move {
        let (lin, gao) = team(&engine).await;
        assert!(found(&engine, &lin, today() - 20, 42, Whose::Mine).await.is_empty());
        let account =
            make(&engine, &lin, "account", &[("name", "青岛海悦食品"), ("next_follow_up_at", "2026-11-18 16:00")])
                .await;
        let id = account.id.to_string();
        make(&engine, &lin, "task", &[("subject", "寄样品"), ("account", &id), ("due_at", "2026-11-18 09:30")]).await;
        make(
            &engine,
            &lin,
            "task",
            &[("subject", "寄完了"), ("account", &id), ("due_at", "2026-11-18 08:30"), ("done", "是")],
        )
        .await;
        make(&engine, &lin, "task", &[("subject", "明天的"), ("account", &id), ("due_at", "2026-11-19 00:00")]).await;
        make(&engine, &lin, "task", &[("subject", "没有时间"), ("account", &id)]).await;
        let trip = [
            ("purpose", "出差两天"),
            ("account", id.as_str()),
            ("planned_start", "2026-11-16 09:00"),
            ("planned_end", "2026-11-18 12:00"),
        ];
        make(&engine, &lin, "visit", &trip).await;
        let promise =
            [("subject", "补发票"), ("account", id.as_str()), ("due_on", "2026-11-18"), ("made_on", "2026-11-01")];
        make(&engine, &lin, "commitment", &promise).await;

        let day = found(&engine, &lin, today(), 1, Whose::Mine).await;
        assert_eq!(titles(&day), ["出差两天", "补发票", "寄完了", "寄样品", "青岛海悦食品"]);
        assert_eq!(day.iter().map(|entry| entry.done).collect::<Vec<_>>(), [false, false, true, false, false]);
        assert_eq!(day.iter().map(|entry| entry.moves).collect::<Vec<_>>(), [true, false, false, true, true]);
        assert_eq!((day[0].first, day[0].last), (today() - 2, today()));
        assert!(day[1].all_day && !day[3].all_day);
        // a manager has none of their own, and sees the team's
        assert!(found(&engine, &gao, today(), 1, Whose::Mine).await.is_empty());
        assert_eq!(found(&engine, &gao, today(), 1, Whose::Everybody).await.len(), 5);
        // or one colleague's; a colleague's is no way past one's scope
        let of = |actor: &Actor| Whose::Colleague(actor.user_id.expect("a user"));
        assert_eq!(titles(&found(&engine, &gao, today(), 1, of(&lin)).await), titles(&day));
        assert!(found(&engine, &gao, today(), 1, of(&gao)).await.is_empty());
        let stranger = make(&engine, &Actor::system(Source::System), "department", &[("name", "别的部门")]).await.id;
        let other = person(&engine, "赵强", "zhaoqiang", stranger, "sales").await;
        assert!(found(&engine, &other, today(), 1, Whose::Everybody).await.is_empty());
        assert!(found(&engine, &other, today(), 1, of(&lin)).await.is_empty());
        let only = Asked { first: today(), days: 1, whose: Whose::Mine, only: Some("task.due".into()) };
        assert_eq!(entries(&engine, &lin, &only).await.expect("entries").entries.len(), 2);
    });
}

#[test]
fn three_hundred_on_one_day_are_all_there() {
    on_both(now(), |engine| async move {
        let (lin, _) = team(&engine).await;
        for i in 0..300 {
            make(&engine, &lin, "task", &[("subject", &format!("电话 {i}")), ("due_at", "2026-11-18 09:30")]).await;
        }
        let day = Asked { first: today(), days: 1, whose: Whose::Mine, only: None };
        let found = entries(&engine, &lin, &day).await.expect("entries");
        assert_eq!((found.entries.len(), found.more), (300, false));
    });
}

#[test]
fn what_moves_keeps_its_hour_and_its_length_and_comes_back() {
    on_both(now(), |engine| async move {
        let (lin, gao) = team(&engine).await;
        let account = make(&engine, &lin, "account", &[("name", "青岛海悦食品")]).await.id.to_string();
        let plan = [
            ("purpose", "谈合同"),
            ("account", account.as_str()),
            ("planned_start", "2026-11-18 14:20"),
            ("planned_end", "2026-11-18 15:50"),
        ];
        let visit = make(&engine, &lin, "visit", &plan).await;
        let moved = move_to(&engine, &lin, "visit", visit.id, "visit", today() + 3, None).await.expect("moved");
        let by = |record: &Record, field: &str| {
            record.value(field).as_int().expect("a time") - visit.value(field).as_int().expect("a time")
        };
        assert_eq!((by(&moved, "planned_start"), by(&moved, "planned_end")), (3 * 86_400_000, 3 * 86_400_000));
        let again = move_to(&engine, &lin, "visit", visit.id, "visit", today() + 3, Some(9)).await.expect("moved");
        assert_eq!(by(&again, "planned_start"), (3 * 24 - 5) * 3_600_000);
        let back = engine.take_back(&lin, "visit", visit.id, again.version).await.expect("undone");
        assert_eq!(by(&back, "planned_start"), 3 * 86_400_000);
        assert!(matches!(
            move_to(&engine, &lin, "visit", visit.id, "nothing", today(), None).await,
            Err(Error::NotFound)
        ));
        let contract =
            [("subject", "补发票"), ("account", account.as_str()), ("due_on", "2026-11-20"), ("made_on", "2026-11-01")];
        let promise = make(&engine, &lin, "commitment", &contract).await;
        assert!(matches!(
            move_to(&engine, &lin, "commitment", promise.id, "due", today(), None).await,
            Err(Error::Conflict(_))
        ));
        let stranger = make(&engine, &Actor::system(Source::System), "department", &[("name", "别的部门")]).await.id;
        let other = person(&engine, "赵强", "zhaoqiang", stranger, "sales").await;
        assert!(matches!(
            move_to(&engine, &other, "visit", visit.id, "visit", today(), None).await,
            Err(Error::NotFound)
        ));
        assert!(gao.user_id.is_some());
    });
}

#[test]
fn one_is_reminded_of_what_is_near_and_not_done() {
    on_both(now(), |engine| async move {
        let (lin, _) = team(&engine).await;
        let account = make(&engine, &lin, "account", &[("name", "青岛海悦食品")]).await.id.to_string();
        let visit =
            |purpose: &'static str, at: &'static str| [("purpose", purpose), ("account", ""), ("planned_start", at)];
        for (purpose, at) in [
            ("马上", "2026-11-18 10:45"),
            ("下午", "2026-11-18 15:00"),
            ("昨天早上", "2026-11-17 09:00"),
            ("昨天下午", "2026-11-17 16:00"),
        ] {
            let mut fields = visit(purpose, at);
            fields[1].1 = account.as_str();
            make(&engine, &lin, "visit", &fields).await;
        }
        make(&engine, &lin, "task", &[("subject", "该打电话了"), ("due_at", "2026-11-18 10:20")]).await;
        make(&engine, &lin, "task", &[("subject", "打过了"), ("due_at", "2026-11-18 10:10"), ("done", "是")]).await;
        let near = reminders(&engine, &lin).await.expect("reminders").entries;
        assert_eq!(titles(&near), ["昨天下午", "该打电话了", "马上"]);
        let soon = near[2].record.id;
        let at = CheckInInput { place: "门口".into(), ..CheckInInput::default() };
        engine.check_in(&lin, "visit", soon, at).await.expect("there");
        let report = Input::default().set("status", "done").set("outcome", "谈好了");
        engine.change(&lin, "visit", soon, None, report).await.expect("reported");
        assert_eq!(reminders(&engine, &lin).await.expect("reminders").entries.len(), 2);
    });
}
