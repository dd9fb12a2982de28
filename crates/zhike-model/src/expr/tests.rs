//! What expressions mean, case by case. The property test that SQL agrees stands where the databases are.

use std::collections::HashMap;

use zhike_types::{Currency, Uuid, Value};

use super::{Datum, LIMITS, Row, Scope, Type, eval, needs, parse, parse_condition, print, store};
use crate::{FieldKind, Model, PackSource, core_pack, read};

fn model() -> Model {
    let mut sources = core_pack();
    sources.push(PackSource::new(
        "packs/test/more.toml",
        "[extend]\nobject = \"account\"\n\
         [[field]]\nname = \"score\"\ntype = \"decimal\"\nscale = 2\nlabel = { zh = \"分\", en = \"Score\" }\n\
         [[field]]\nname = \"share\"\ntype = \"percent\"\nlabel = { zh = \"占比\", en = \"Share\" }\n\
         [[field]]\nname = \"founded\"\ntype = \"date\"\nlabel = { zh = \"成立\", en = \"Founded\" }\n\
         [[field]]\nname = \"talked\"\ntype = \"duration\"\nlabel = { zh = \"时长\", en = \"Talked\" }\n\
         [[field]]\nname = \"vip\"\ntype = \"boolean\"\nlabel = { zh = \"贵宾\", en = \"VIP\" }\n\
         [[field]]\nname = \"extra\"\ntype = \"json\"\nlabel = { zh = \"其余\", en = \"Extra\" }\n",
    ));
    read(&sources).expect("the test's pack is right")
}

const ME: Uuid = Uuid::from_u128(7);
/// 2024-06-15T08:30:00+08:00, a Saturday.
const NOW: i64 = 1_718_411_400_000;

fn scope() -> Scope {
    Scope::at(NOW, 8 * 3600, Some(ME), None)
}

fn row(values: &[(&str, Value)]) -> Row {
    Row { values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(), ..Row::default() }
}

/// An account in Qingdao with two contacts, one of whom decides.
fn account() -> Row {
    let contact = |name: &str, role: Value, mobile: &str| {
        row(&[
            ("name", name.into()),
            ("decision_role", role),
            ("mobile", mobile.into()),
            ("id", Uuid::from_u128(1).into()),
        ])
    };
    let mut account = row(&[
        ("name", "青岛啤酒".into()),
        ("kind", "enterprise".into()),
        ("region", "370200".into()),
        ("level", "A".into()),
        ("employees", 250.into()),
        ("annual_revenue", Value::money(12_345_678, Currency::CNY)),
        ("score", 1250.into()),
        ("share", 125.into()),
        ("founded", 19_000.into()),
        ("talked", 5400.into()),
        ("tags", Value::List(vec!["VIP".to_owned(), "展会".to_owned()])),
        ("owner", ME.into()),
        ("created_at", (NOW - 86_400_000).into()),
        ("mobile", "13800000000".into()),
        ("id", Uuid::from_u128(9).into()),
    ]);
    let user = Row {
        references: HashMap::from([("department".to_owned(), row(&[("name", "华东".into())]))]),
        ..row(&[("name", "王芳".into()), ("department", Uuid::from_u128(3).into())])
    };
    account.references.insert("owner".to_owned(), user);
    account.related.insert(
        "contacts".to_owned(),
        vec![contact("李雷", "decision".into(), "13800000000"), contact("韩梅梅", Value::Null, "13900000000")],
    );
    account
}

fn value(text: &str) -> Datum {
    let model = model();
    let expr = parse(&model, "account", text, None).unwrap_or_else(|error| panic!("{text}: {error}"));
    eval(&expr, &account(), &scope())
}

#[track_caller]
fn holds(text: &str) {
    assert_eq!(value(text), Datum::Bool(true), "{text}");
}

#[track_caller]
fn fails(text: &str) {
    assert_ne!(value(text), Datum::Bool(true), "{text}");
}

/// Refused, at this character, with this word in the message.
#[track_caller]
fn refused(text: &str, at: usize, word: &str) {
    let error = parse(&model(), "account", text, None).expect_err(text);
    assert!(error.message.en.contains(word), "{text}: {}", error.message.en);
    assert_eq!(error.at, at, "{text}: {}", error.message.en);
    assert!(!error.message.zh.is_empty());
}

#[test]
fn null_is_equal_to_null_and_to_nothing_else() {
    for text in [
        "email == null",
        "email != \"a\"",
        "!(email == \"a\")",
        "!has(email)",
        "email == phone",
        "has(name)",
        "vip == null",
        "null == null",
    ] {
        holds(text);
    }
    for text in [
        "email == \"a\"",
        "email < \"a\"",
        "email >= \"a\"",
        "email.contains(\"a\")",
        "vip",
        "vip == false",
        "email in [\"a\"]",
        "next_follow_up_at < now",
    ] {
        fails(text);
    }
    holds("!vip");
    holds("email in [\"a\", null]");
    holds("null in [null]");
    holds("!(email in [\"a\"])");
}

#[test]
fn stored_numbers_compare_exactly() {
    holds("score == 12.5");
    holds("score == 12.50");
    fails("score == 12.501");
    holds("score < 12.501");
    holds("score > 12.499999");
    holds("score <= 12.5 && score >= 12.5 && !(score < 12.5)");
    holds("annual_revenue == 123456.78");
    holds("share == 12.5 && employees > 249.5 && employees < 250.000001");
    holds("employees < 1000000000000000.0 * 1000000000000000.0");
    holds("employees in [1, 250.0] && !(employees in [250.5])");
    holds("12 < score");
}

#[test]
fn arithmetic_is_double_and_total() {
    assert_eq!(value("score * 2 + 1"), Datum::Number(26.0));
    assert_eq!(value("employees / 0"), Datum::Null);
    assert_eq!(value("employees % 0"), Datum::Null);
    assert_eq!(value("employees % 7"), Datum::Number(5.0));
    assert_eq!(value("-7 % 3"), Datum::Number(-1.0));
    assert_eq!(value("contact_count + 1"), Datum::Null);
    assert_eq!(value("round(2.5) + round(-2.5) + round(0.4)"), Datum::Number(0.0));
    assert_eq!(value("round(score * 1.0001, 1)"), Datum::Number(12.5));
    assert_eq!(value("min(employees, 3, score)"), Datum::Number(3.0));
    assert_eq!(value("max(employees, contact_count)"), Datum::Null);
    assert_eq!(value("abs(-3) - 2"), Datum::Number(1.0));
    assert_eq!(value("vip ? 1 : 2"), Datum::Number(2.0));
    assert_eq!(value("vip == null ? null : 2"), Datum::Null);
}

#[test]
fn texts() {
    holds("name.contains(\"啤酒\") && name.startsWith(\"青岛\") && name.endsWith(\"酒\")");
    holds("name.contains(\"\") && size(name) == 4 && name.size() == 4");
    holds("name + \"股份\" == \"青岛啤酒股份\"");
    holds("name > \"中\" && \"a\" < \"中\"");
    assert_eq!(value("name + email"), Datum::Null);
}

#[test]
fn select_keys_regions_and_tags() {
    holds("level in [\"A\", \"B\"] && kind != \"person\"");
    holds("within(region, \"370000\") && within(region, \"370200\") && !within(region, \"370100\")");
    holds("\"VIP\" in tags && !(\"重点\" in tags) && size(tags) == 2");
    holds("tags.exists(t, t == \"展会\") && tags.exists(t, t in [\"x\", \"VIP\"])");
    holds("roles == null && size(roles) == 0");
}

#[test]
fn dates() {
    holds("created_at == now - days(1)");
    holds("created_at < now && now - created_at == duration(\"24h\")");
    holds("created_at >= today - days(1) && created_at < today");
    holds("today == date(\"2024-06-15\") && now > today");
    holds("founded == date(\"2022-01-08\") && founded + days(31) == date(\"2022-02-08\")");
    holds(
        "founded < timestamp(\"2022-01-08T00:00:00.001+08:00\") && !(founded < timestamp(\"2022-01-08T00:00:00+08:00\"))",
    );
    holds("year(founded) == 2022 && month(founded) == 1 && day(founded) == 8 && weekday(founded) == 6");
    holds(
        "year(now) == 2024 && hour(now) == 8 && minute(now) == 30 && now.getFullYear() == 2024 && now.getMonth() == 5",
    );
    holds("talked == duration(\"90m\") && talked > hours(1) && talked.getHours() == 1 && talked.getMinutes() == 90");
    holds("(now - created_at).getDays() == 1 && date(\"2024-03-01\") - date(\"2024-02-28\") == days(2)");
    holds("today + duration(\"36h\") == timestamp(\"2024-06-16T12:00:00+08:00\")");
    holds("created_at in [now - days(1), today]");
    holds(
        "year(date(\"0001-01-01\")) == 1 && year(date(\"9999-12-31\")) == 9999 && day(date(\"1900-02-28\") + days(1)) == 1",
    );
    assert_eq!(value("year(date(\"9999-12-31\") + days(1))"), Datum::Null);
}

#[test]
fn people_and_paths() {
    holds("owner == me && me == owner && owner.name == \"王芳\" && owner.department.name == \"华东\"");
    holds("my_department == null && owner in [me, null]");
    holds("parent.name == null && parent.parent.name != \"x\" && !(parent.level == \"A\")");
    holds("id == \"00000000-0000-0000-0000-000000000009\"");
}

#[test]
fn relations() {
    holds("contacts.exists(c, c.decision_role == \"decision\")");
    fails("contacts.all(c, c.decision_role == \"decision\")");
    holds("contacts.exists_one(c, c.mobile == mobile)");
    holds(
        "contacts.filter(c, c.mobile.startsWith(\"139\")).size() == 1 && size(contacts) == 2 && contacts.size() == 2",
    );
    holds(
        "has(contacts) && !has(tasks) && tasks.all(t, t.done) && !subsidiaries.exists(s, s.contacts.exists(c, c.id == s))",
    );
    holds("size(parent.contacts) == 0");
}

#[test]
fn mistakes_are_explained_where_they_are() {
    refused("nam == \"x\"", 1, "Did you mean `name`");
    refused("has(name) && 所在地区 == \"x\"", 14, "`region`");
    refused("name == “x”", 9, "half-width");
    refused("姓名 == \"x\"", 1, "English names");
    refused("name == 'x' && level == \"重点\"", 25, "Write \"A\"");
    refused("name == 1", 9, "do not go together");
    refused("owner == \"王芳\"", 10, "owner.name");
    refused("created_at > \"2024-01-01\"", 14, "date(");
    refused("created_at + 3 > now", 14, "days(30)");
    refused("name.matches(\"a.*\")", 1, "Patterns");
    refused("name.lowerAscii() == \"a\"", 1, "case");
    refused("tags == \"VIP\"", 1, "in field");
    refused("\"key\" in roles", 1, "no option `key`");
    refused("contacts.name == \"x\"", 1, "many records");
    refused("contacts == null", 1, "many records");
    refused("extra == null", 1, "JSON");
    refused("name &&", 7, "ends too early");
    refused("vip > true", 1, "no order");
    refused("me.name == \"x\"", 1, "no fields");
    refused(
        "contacts.exists(c, c.account.contacts.exists(d, d.account.contacts.exists(e, e.account.contacts.exists(f, true))))",
        73 + 5,
        "nested",
    );
    refused("date(\"2024-13-01\") == today", 6, "no date");
    refused("10000000000000000 == employees", 1, "10^15");
    refused("1.23456789 == score", 1, "10^15");
    refused("contacts.filter(c, true)", 1, "size(");
    refused("nmae.foo == 1", 1, "`name`");
}

#[test]
fn what_could_overflow_is_refused() {
    let product = vec!["employees"; 17].join(" * ");
    refused(&product, 1, "products and quotients");
    let model = model();
    assert!(parse(&model, "account", &vec!["employees"; 15].join(" * "), None).is_ok());
    let deep = format!("{}true{}", "(".repeat(400), ")".repeat(400));
    assert!(parse(&model, "account", &deep, None).is_err());
    let nested = (0..60).fold("vip".to_owned(), |inner, _| format!("!({inner} == vip)"));
    assert!(parse(&model, "account", &nested, None).is_err());
    assert!(parse(&model, "account", &"x".repeat(LIMITS.length + 1), None).is_err());
    let long = vec!["vip"; 400].join(" || ");
    assert!(parse(&model, "account", &long, None).is_ok(), "a long chain is not deep");
}

#[test]
fn printing_and_parsing_are_inverse() {
    let model = model();
    for text in [
        "level in [\"A\", \"B\"] && (last_follow_up_at == null || last_follow_up_at < now - days(30))",
        "!(name.contains(\"a\\\"\\\\b\")) || !vip",
        "employees - (3 - score) * -2 / (1 + 1) % 7 > 0.5",
        "contacts.exists(c, c.decision_role == \"decision\" && !c.do_not_contact)",
        "contacts.all(c, c.mobile != null)",
        "size(contacts.filter(c, c.account == id)) > 2",
        "owner.department.name != \"x\" && owner == me",
        "(vip ? employees : score) + 1 == 3",
        "founded + days(3) < today",
        "month(founded) == month(today) && now - created_at > duration(\"90m\")",
        "\"VIP\" in tags && roles == null && email in [\"a@b.c\", null]",
        "round(score * 2) == 1 && min(score, 1, employees) == 1",
    ] {
        let expr = parse_condition(&model, "account", text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let printed = print(&expr);
        let again = parse_condition(&model, "account", &printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
        assert_eq!(expr, again, "{text}\n{printed}");
    }
    let kept = "owner == me && next_follow_up_at < now + days(1)";
    assert_eq!(print(&parse_condition(&model, "account", kept).expect("it is right")), kept);
}

#[test]
fn what_is_read_is_known() {
    let model = model();
    let expr = parse_condition(
        &model,
        "account",
        "owner.department.name == name && contacts.exists(c, c.reports_to.mobile == phone)",
    )
    .expect("it is right");
    let needs = needs(&expr);
    assert_eq!(needs.fields.iter().map(String::as_str).collect::<Vec<_>>(), ["name", "owner", "phone"]);
    assert!(needs.follow["owner"].follow["department"].fields.contains("name"));
    assert!(needs.related["contacts"].follow["reports_to"].fields.contains("mobile"));
}

#[test]
fn results_are_stored_rounded() {
    let decimal = FieldKind::Decimal { scale: 2 };
    assert_eq!(store(&Datum::Number(1.005), &decimal), Value::Int(100), "1.005 is less than that as a double");
    assert_eq!(store(&Datum::Number(-1.125), &decimal), Value::Int(-113));
    assert_eq!(store(&Datum::Number(1e30), &decimal), Value::Null);
    assert_eq!(store(&Datum::Number(1e30), &FieldKind::DateTime), Value::Null);
    assert_eq!(store(&Datum::Number(90_000.0), &FieldKind::Duration), Value::Int(90));
    assert_eq!(store(&Datum::Text("青岛啤酒".to_owned()), &FieldKind::Text { max: 2 }), Value::from("青岛"));
}

#[test]
fn the_type_asked_for_is_given() {
    let model = model();
    assert!(parse(&model, "account", "today", Some(Type::DateTime)).is_ok_and(|expr| expr.ty() == Type::DateTime));
    assert!(parse(&model, "account", "null", Some(Type::Text)).is_ok_and(|expr| expr.ty() == Type::Text));
    assert!(parse_condition(&model, "account", "employees").is_err());
    assert!(parse_condition(&model, "nothing", "true").is_err());
}

#[test]
fn random_expressions_check_print_and_evaluate() {
    let model = model();
    let mut random = super::testing::Random::new(11);
    let world = super::testing::World::random(&model, 6, &mut random);
    let (mut checked, mut held) = (0, 0);
    for _ in 0..1500 {
        let object = model.objects()[random.below(model.objects().len())].name.clone();
        let text = super::testing::condition(&model, &world, &object, &mut random);
        let expr = match parse_condition(&model, &object, &text) {
            Ok(expr) => expr,
            Err(error) => {
                assert!(error.message.en.contains("too") || error.message.en.contains("products"), "{text}: {error}");
                continue;
            }
        };
        let printed = print(&expr);
        let again =
            parse_condition(&model, &object, &printed).unwrap_or_else(|error| panic!("{text}\n{printed}: {error}"));
        let needs = needs(&expr);
        for record in &world.records[&object] {
            let row = world.row(&model, &object, record, &needs, &|_, _| true);
            let first = super::holds(&expr, &row, &scope());
            assert_eq!(first, super::holds(&again, &row, &scope()), "{text}\n{printed}");
            held += usize::from(first);
        }
        checked += 1;
    }
    assert!(checked > 1400, "only {checked} were well typed");
    assert!(held > 1000, "only {held} held: the generator says nothing");
}

#[test]
fn nonsense_is_refused_without_a_panic() {
    let model = model();
    let mut random = super::testing::Random::new(3);
    let pieces = [
        "(", ")", "[", "]", "{", "}", "\"", "'", "!", "-", "&&", "||", "==", "in", "?", ":", ".", ",", "name",
        "contacts", "1", "1.5", "null", "exists", "\\", "é", "\n", "0x", "1e400", "b\"a\"", "`",
    ];
    for _ in 0..2000 {
        let text: String = (0..random.below(12))
            .map(|_| *random.pick(&pieces))
            .collect::<Vec<_>>()
            .join(if random.once_in(2) { " " } else { "" });
        let _ = parse(&model, "account", &text, None);
    }
}

#[test]
fn what_is_very_long_or_very_deep_does_not_overflow_the_stack() {
    let texts = [
        "1 + ".repeat(2400) + "1 == 1",
        "!".repeat(9000) + "vip",
        "-".repeat(9000) + "1 == 1",
        "employees".to_owned() + &".a".repeat(4900),
        "vip && ".repeat(1400) + "vip",
        "vip ? ".repeat(1400) + "vip" + &" : vip".repeat(1000),
        "[".repeat(5000) + &"]".repeat(5000),
        "size(".repeat(1900),
        "name.contains(".repeat(600) + "\"\"" + &")".repeat(600),
        "1 < ".repeat(2400) + "1",
        "r\"\\\" ".to_owned() + &"1 + ".repeat(2400) + "1",
        "\"\\q".to_owned() + &"1 + ".repeat(2400) + "1",
        "\"\n".to_owned() + &"1 + ".repeat(2400) + "1",
        "// \" \n".to_owned() + &"1 + ".repeat(2400) + "1",
    ];
    let deepest = [
        "employees + ".repeat(60) + "1 == 1",
        "(".repeat(22) + "vip" + &")".repeat(22),
        "!(".repeat(22) + "vip" + &")".repeat(22),
        "vip ? vip : ".repeat(60) + "vip",
        "round(".repeat(20) + "1" + &")".repeat(20) + " == 1",
        "(1 + ".repeat(20) + "1" + &")".repeat(20) + " == 1",
    ];
    // Half of what the server's threads have.
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        let model = model();
        for text in texts {
            let _ = parse(&model, "account", &text, None);
        }
        for text in deepest {
            let expr = parse_condition(&model, "account", &text).unwrap_or_else(|error| panic!("{text}: {error}"));
            eval(&expr, &account(), &scope());
            print(&expr);
        }
    });
    thread.expect("a thread").join().expect("no panic, no overflow");
}
