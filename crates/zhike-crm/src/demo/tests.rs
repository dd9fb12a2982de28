use std::collections::{HashMap, HashSet};

use zhike_records::NewRow;
use zhike_types::{Uuid, Value, Zone};

use super::{
    Batch, OBJECTS, Plan, World,
    chance::{Chance, exp2, leading},
    codes, logins,
    places::{AREAS, CITIES},
    words::{brand::Brands, phrases},
};

/// Wednesday 2025-11-12, 10:00 in Shanghai.
fn now() -> i64 {
    Zone::default().instant(jiff::civil::date(2025, 11, 12).at(10, 0, 0, 0))
}

fn plan(customers: u64) -> Plan {
    Plan { customers, ..Plan::default() }
}

fn world(customers: u64) -> World {
    World::new(&plan(customers), now(), &Zone::default())
}

fn rows<'a>(batch: &'a Batch, object: &str) -> &'a [NewRow] {
    &batch.rows[OBJECTS.iter().position(|name| *name == object).expect("an object of the demo")]
}

fn value<'a>(row: &'a NewRow, field: &str) -> &'a Value {
    row.values.iter().find(|(name, _)| *name == field).map_or(&Value::Null, |(_, value)| value)
}

fn text<'a>(row: &'a NewRow, field: &str) -> &'a str {
    value(row, field).as_text().unwrap_or_default()
}

fn is_credit_code(code: &str) -> bool {
    // GB 32100-2015, computed another way than the generator does: from the right, by Horner's rule in base 3
    let value = |c: char| "0123456789ABCDEFGHJKLMNPQRTUWXY".find(c).expect("a character of the alphabet") as u32;
    let sum = code.chars().rev().skip(1).fold(0, |sum, c| (sum * 3 + value(c)) % 31);
    code.len() == 18 && code.chars().last().map(value) == Some((31 - sum) % 31)
}

#[test]
fn the_same_seed_gives_the_same_world_in_any_order() {
    let (one, other) = (world(600), world(600));
    let whole = format!("{:?}", one.batch(0, 600).rows);
    assert_eq!(whole, format!("{:?}", other.batch(0, 600).rows));
    // another hour of the same day changes nothing; another seed everything
    let later = World::new(&plan(600), now() + 7 * 3_600_000, &Zone::default());
    assert_eq!(whole, format!("{:?}", later.batch(0, 600).rows));
    let second = World::new(&Plan { seed: 2, ..plan(600) }, now(), &Zone::default()).batch(0, 600);
    let names: HashSet<&str> = rows(&second, "account").iter().map(|row| text(row, "name")).collect();
    let batch = one.batch(0, 600);
    assert!(rows(&batch, "account").iter().filter(|row| names.contains(text(row, "name"))).count() < 12);
    // pieces are the whole
    let (first, rest) = (other.batch(0, 250), other.batch(250, 600));
    for (i, object) in OBJECTS.iter().enumerate() {
        let joined: Vec<String> = first.rows[i].iter().chain(&rest.rows[i]).map(|row| format!("{row:?}")).collect();
        let straight: Vec<String> = batch.rows[i].iter().map(|row| format!("{row:?}")).collect();
        assert!(joined == straight, "{object}");
    }
}

#[test]
fn values_fit_the_fields_of_the_shipped_packs() {
    let model = zhike_model::read(&zhike_model::shipped_packs()).expect("the packs are right");
    let batch = world(3_000).batch(0, 3_000);
    for (name, rows) in OBJECTS.iter().zip(&batch.rows) {
        let object = model.object(name).expect("an object of the pack");
        assert!(!rows.is_empty(), "{name}");
        for row in rows {
            for field in object.fields.iter().filter(|field| field.required && !field.read_only && !field.system) {
                assert!(
                    field.default.is_some() || !value(row, &field.name).is_null(),
                    "{name}.{} is required",
                    field.name
                );
            }
            for (field, value) in &row.values {
                let field = object.field(field).unwrap_or_else(|| panic!("{name} has no {field}"));
                assert!(!field.read_only, "{name}.{}", field.name);
                assert!(fits(&field.kind, value), "{name}.{}: {value:?}", field.name);
            }
        }
    }
}

fn fits(kind: &zhike_model::FieldKind, value: &Value) -> bool {
    use zhike_model::FieldKind as K;
    match (kind, value) {
        (K::Text { max }, Value::Text(text)) => text.chars().count() <= *max && !text.contains(['{', '}']),
        (K::LongText | K::Rich, Value::Text(text)) => !text.contains(['{', '}']),
        (K::Select { options }, Value::Text(key)) => options.iter().any(|option| option.key == *key),
        (K::MultiSelect { options }, Value::List(keys)) => {
            keys.iter().all(|key| options.iter().any(|option| option.key == *key))
        }
        (K::Tags, Value::List(tags)) => tags.iter().all(|tag| phrases::TAGS.iter().any(|(name, ..)| name == tag)),
        (K::Phone, Value::Text(text)) => zhike_text::phone::parse(text).is_ok_and(|phone| phone.text() == *text),
        (K::Email, Value::Text(text)) => zhike_text::email::parse(text).is_ok_and(|email| email == *text),
        (K::Url, Value::Text(text)) => text.starts_with("https://") && text.ends_with(".example"),
        (K::Region, Value::Text(code)) => zhike_text::region::by_code(code).is_some(),
        (K::CreditCode, Value::Text(code)) => zhike_text::credit_code::parse(code).is_ok_and(|parsed| parsed == *code),
        (K::IdNumber, Value::Text(number)) => {
            zhike_text::id_number::parse(number).is_ok_and(|parsed| parsed == *number)
        }
        (K::Money { .. }, Value::Money(money)) => money.minor > 0,
        (K::Integer | K::Duration, Value::Int(number)) => *number > 0,
        (K::Date, Value::Int(days)) => (-15_000..20_000).contains(days),
        (K::DateTime, Value::Int(_)) | (K::Boolean, Value::Bool(_)) | (K::Reference { .. }, Value::Id(_)) => true,
        (K::AnyReference { .. }, Value::Any(object, _)) => object == "account",
        _ => false,
    }
}

#[test]
fn codes_pass_their_checks_and_name_their_region() {
    let batch = world(4_000).batch(0, 4_000);
    let mut seen = HashSet::new();
    for row in rows(&batch, "account") {
        let code = text(row, "credit_code");
        if !code.is_empty() {
            assert!(is_credit_code(code), "{code}");
            assert_eq!(&code[2..8], text(row, "region"));
            let prefixes: &[&str] = match text(row, "kind") {
                "enterprise" => &["91"],
                "sole_trader" => &["92"],
                _ => &["11", "12"],
            };
            assert!(prefixes.contains(&&code[..2]), "{code}");
            assert!(seen.insert(code.to_owned()), "{code} twice");
        }
        let (phone, region) = (text(row, "phone"), text(row, "region"));
        if !phone.is_empty() {
            let dials = CITIES.iter().filter(|city| phone.starts_with(&format!("{}-", city.dial)));
            assert!(dials.into_iter().any(|city| city.code[..2] == region[..2]), "{phone} in {region}");
        }
    }
    assert!(seen.len() > 2_000);
}

#[test]
fn codes_of_many_differ() {
    // indexes a million apart too: the serial goes round only after 31^6
    let mut seen = HashSet::new();
    for index in (0..20_000).chain(1_000_000..1_020_000).chain(9_000_000..9_020_000) {
        assert!(seen.insert(codes::credit_code("91", "370212", 1, index)[8..16].to_owned()), "{index}");
    }
}

#[test]
fn references_meet_records_made_before() {
    let world = world(3_000);
    let batch = world.batch(0, 3_000);
    let users: HashMap<Uuid, Uuid> =
        world.staff.users.iter().map(|user| (user.id, world.staff.departments[user.department].id)).collect();
    let mut ids = HashSet::new();
    let mut made: HashMap<Uuid, i64> = HashMap::new();
    let mut account_of: HashMap<Uuid, Uuid> = HashMap::new();
    for (object, rows) in OBJECTS.iter().zip(&batch.rows) {
        for row in rows {
            let (id, created_at) = (row.id.expect("an id"), row.created_at.expect("a time"));
            assert!(ids.insert(id), "{id} twice");
            assert_eq!(id.get_version_num(), 7);
            assert_eq!(id.as_u128() >> 80, created_at as u128, "an id begins with its time");
            assert!(created_at < world.calendar.instant(world.calendar.now()));
            for (field, value) in &row.values {
                match (*field, value) {
                    ("user", Value::Id(user)) => assert!(users.contains_key(user)),
                    (_, Value::Id(to) | Value::Any(_, to)) => {
                        let at = made.get(to).unwrap_or_else(|| panic!("{object}.{field} meets nothing"));
                        assert!(*at <= created_at, "{object}.{field} is younger than what names it");
                    }
                    _ => {}
                }
            }
            // a person is named only by records of the person's own customer
            let account = value(row, "account").as_id();
            for field in ["contact", "reports_to"] {
                if let Some(contact) = value(row, field).as_id() {
                    assert_eq!(account_of.get(&contact).copied(), account, "{object}.{field}");
                }
            }
            if let Some(account) = account {
                account_of.insert(id, account);
            }
            assert_eq!(row.owner.map(|owner| users[&owner]), row.department, "{object}");
            assert!(row.created_by.is_none_or(|by| users.contains_key(&by)));
            made.insert(id, created_at);
        }
    }
}

#[test]
fn texts_fit_what_they_are_about() {
    let batch = world(2_000).batch(0, 2_000);
    let people: HashMap<Uuid, &str> =
        rows(&batch, "contact").iter().map(|row| (row.id.expect("an id"), text(row, "name"))).collect();
    let mut named = 0;
    let interactions = rows(&batch, "interaction");
    for row in interactions {
        let content = text(row, "content");
        if let Some(contact) = value(row, "contact").as_id() {
            let surname = zhike_text::surname::surname(people[&contact]).expect("a surname");
            named += usize::from(content.contains(surname));
        }
        let missed = matches!(text(row, "result"), "no_answer" | "wrong_number");
        assert!(!missed || text(row, "channel") == "phone", "{content}");
        let (at, next) = (value(row, "at").as_int(), value(row, "next_at").as_int());
        assert!(next.is_none() || next > at.map(|at| at - 86_400_000), "{content}");
    }
    let with_contact = interactions.iter().filter(|row| !value(row, "contact").is_null()).count();
    assert!(named * 10 > with_contact * 9, "{named} of {with_contact} name the person");
}

#[test]
fn next_follow_up_is_what_was_agreed_last() {
    let batch = world(1_000).batch(0, 1_000);
    let mut last: HashMap<Uuid, &NewRow> = HashMap::new();
    for row in rows(&batch, "interaction") {
        last.insert(value(row, "account").as_id().expect("an account"), row);
    }
    for account in rows(&batch, "account") {
        if let Some(row) = last.get(&account.id.expect("an id")) {
            assert_eq!(value(account, "next_follow_up_at"), value(row, "next_at"), "{}", text(account, "name"));
        }
    }
}

fn shares(rows: &[NewRow], field: &str) -> HashMap<String, f64> {
    let mut counts: HashMap<String, f64> = HashMap::new();
    for row in rows {
        *counts.entry(text(row, field).to_owned()).or_default() += 1.0 / rows.len() as f64;
    }
    counts
}

#[test]
fn spread_as_real_customers_are() {
    let world = world(6_000);
    let batch = world.batch(0, 6_000);
    let accounts = rows(&batch, "account");
    let levels = shares(accounts, "level");
    assert!(
        (0.02..0.07).contains(&levels["A"]) && levels["A"] < levels["B"] && levels["B"] < levels["C"],
        "{levels:?}"
    );
    let statuses = shares(accounts, "status");
    assert!(statuses.values().all(|share| (0.02..0.5).contains(share)) && statuses.len() == 5, "{statuses:?}");
    assert_eq!(shares(accounts, "kind").len(), 4);
    assert_eq!(shares(accounts, "source").len(), 9);
    // a fifth of the companies makes most of the revenue
    let mut revenues: Vec<i64> = accounts
        .iter()
        .filter(|row| text(row, "kind") == "enterprise")
        .filter_map(|row| value(row, "annual_revenue").as_int())
        .collect();
    revenues.sort_unstable();
    let (sum, top) = (revenues.iter().sum::<i64>(), revenues[revenues.len() * 4 / 5..].iter().sum::<i64>());
    assert!((0.68..0.95).contains(&(top as f64 / sum as f64)), "{top} of {sum}");
    let interactions = rows(&batch, "interaction").len() as f64 / 6_000.0;
    assert!((2.4..3.6).contains(&interactions), "{interactions} interactions a customer");
    let contacts = rows(&batch, "contact").len() as f64 / 6_000.0;
    assert!((1.1..1.7).contains(&contacts), "{contacts} contacts a customer");
    assert!(accounts.iter().any(|row| !value(row, "parent").is_null()));
    assert!(accounts.iter().any(|row| row.owner.is_none()));
}

#[test]
fn names_are_nearly_all_distinct() {
    assert!(Brands::new().combinations() > 500_000);
    let world = world(60_000);
    let (mut all, mut names) = (0, HashSet::new());
    for from in (0..60_000).step_by(2_000) {
        for row in rows(&world.batch(from, from + 2_000), "account").iter().filter(|row| text(row, "kind") != "person")
        {
            all += 1;
            names.insert(text(row, "name").to_owned());
        }
    }
    assert!(names.len() * 1000 > all * 990, "{} of {all} names", names.len());
}

#[test]
fn everybody_has_something_to_do_today() {
    let zone = Zone::default();
    for day in 10..17 {
        // Monday to Sunday
        let now = zone.instant(jiff::civil::date(2025, 11, day).at(9, 0, 0, 0));
        let world = World::new(&plan(500), now, &zone);
        let batch = world.batch(0, 500);
        let today = zone.day_of(now);
        let due = |object: &str, field: &str, wanted: &dyn Fn(i64) -> bool| {
            rows(&batch, object)
                .iter()
                .filter(|row| value(row, "done").as_bool() != Some(true))
                .filter_map(|row| value(row, field).as_int())
                .filter(|at| wanted(zone.day_of(*at) - today))
                .count()
        };
        for (object, field) in [("task", "due_at"), ("account", "next_follow_up_at")] {
            assert!(due(object, field, &|days| days == 0) >= 4, "{object} on day {day}");
            assert!(due(object, field, &|days| days < 0) >= 4 && due(object, field, &|days| days > 0) >= 20);
        }
    }
}

#[test]
fn logins_have_every_role_first_and_grow_with_the_company() {
    let few = logins(1, 300);
    assert_eq!(few.len(), 8);
    let roles: HashSet<&str> = few[..6].iter().map(|login| login.role).collect();
    assert_eq!(roles, HashSet::from(["admin", "director", "manager", "sales", "service", "dpo"]));
    assert_eq!(few[0].login, "admin");
    let many = logins(1, 1_000_000);
    assert!((190..=215).contains(&many.len()), "{}", many.len());
    let distinct: HashSet<&str> = many.iter().map(|login| login.login.as_str()).collect();
    assert_eq!(distinct.len(), many.len());
    let mut before = 0;
    for customers in [1, 500, 1_000, 3_000, 10_000, 100_000, 1_000_000, 5_000_000] {
        let heads = logins(1, customers).len();
        assert!(heads >= before, "{customers}");
        before = heads;
    }
}

#[test]
fn departments_are_a_tree_with_managers() {
    for customers in [10, 2_000, 1_000_000] {
        let staff = world(customers).staff;
        let codes: HashSet<&str> = staff.departments.iter().map(|department| department.code.as_str()).collect();
        assert_eq!(codes.len(), staff.departments.len());
        for (index, department) in staff.departments.iter().enumerate() {
            assert_eq!(department.parent.is_none(), index == 0);
            assert!(department.parent.is_none_or(|parent| parent < index));
        }
        for (city, sellers) in CITIES.iter().zip(&staff.by_city) {
            for seller in sellers {
                assert_eq!(staff.departments[staff.users[*seller].department].name, format!("{}分公司", city.name));
            }
        }
    }
    assert!(CITIES.iter().all(|city| city.area < AREAS.len() && zhike_text::region::by_code(city.code).is_some()));
}

#[test]
fn draws_are_fair() {
    let mut chance = Chance::of(5, 6, 7);
    let normal: Vec<f64> = (0..20_000).map(|_| chance.normal()).collect();
    let mean = normal.iter().sum::<f64>() / 20_000.0;
    let variance = normal.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
    assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    let counts = (0..20_000).map(|_| chance.count(2.5)).sum::<u64>() as f64 / 20_000.0;
    assert!((counts - 2.5).abs() < 0.05, "{counts}");
    for x in [-9.5, -1.0, 0.0, 0.5, 3.3, 20.0] {
        assert!((exp2(x) / x.exp2() - 1.0).abs() < 1e-5, "{x}");
    }
    assert_eq!(leading(18_734_220, 3), 18_700_000);
    assert_eq!(leading(96, 1), 100);
    assert_eq!(leading(7, 2), 7);
}

#[test]
fn the_first_three_customers() {
    let batch = world(300).batch(0, 3);
    let lines: Vec<String> = OBJECTS
        .iter()
        .zip(&batch.rows)
        .flat_map(|(object, rows)| {
            rows.iter().map(move |row| format!("{object} {}\n  {}", row.id.expect("an id"), shown(row)))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

fn shown(row: &NewRow) -> String {
    let fields = row.values.iter().map(|(field, value)| match value {
        Value::Text(text) => format!("{field}={text}"),
        Value::Id(id) => format!("{field}={id}"),
        Value::Int(number) => format!("{field}={number}"),
        Value::List(keys) => format!("{field}={}", keys.join("+")),
        Value::Money(money) => format!("{field}={}", money.plain()),
        other => format!("{field}={other:?}"),
    });
    fields.collect::<Vec<_>>().join("\n  ")
}
