//! What SQL lets through is what the evaluator says, on both databases, over random expressions and records.

use std::collections::BTreeSet;

use zhike_db::{Arg, Db, Sql, testing::TestDb};
use zhike_model::{
    Field, FieldKind, Model, Object, PackSource,
    expr::{
        self, Expr, Scope, Type,
        testing::{self, NOW, Random, Stored, World},
    },
    read, shipped_packs,
};
use zhike_types::{Error, Result, Text, Uuid, Value};

use super::{Access, Translation, condition, stored_value};
use crate::{columns, tables};

/// The core pack, and a field of every kind that it lacks.
fn model() -> Model {
    let mut sources = shipped_packs();
    sources.push(PackSource::new(
        "packs/test/account.toml",
        "[extend]\nobject = \"account\"\n\
         [[field]]\nname = \"score\"\ntype = \"decimal\"\nscale = 3\nlabel = { zh = \"分\", en = \"Score\" }\n\
         [[field]]\nname = \"share\"\ntype = \"percent\"\nlabel = { zh = \"占比\", en = \"Share\" }\n\
         [[field]]\nname = \"founded\"\ntype = \"date\"\nlabel = { zh = \"成立\", en = \"Founded\" }\n\
         [[field]]\nname = \"talked\"\ntype = \"duration\"\nlabel = { zh = \"时长\", en = \"Talked\" }\n\
         [[field]]\nname = \"vip\"\ntype = \"boolean\"\nlabel = { zh = \"贵宾\", en = \"VIP\" }\n",
    ));
    read(&sources).expect("the test's pack is right")
}

/// Records of version 7 are out of sight.
struct Sight;

const HIDDEN: i64 = 7;

impl Access for Sight {
    fn records(&self, _: &Model, object: &Object, alias: &str, sql: &mut Sql) -> bool {
        if object.name == "department" {
            return false;
        }
        sql.column(alias, "version").push(" <> ").bind(HIDDEN);
        true
    }

    fn field(&self, object: &Object, field: &Field) -> Result<()> {
        match (object.name.as_str(), field.name.as_str()) {
            ("user", "employee_number") => Err(Error::Forbidden(Text::same("no"))),
            _ => Ok(()),
        }
    }
}

fn visible(object: &str, record: &Stored) -> bool {
    object == "department" || record.values.get("version") != Some(&Value::Int(HIDDEN))
}

async fn fill(db: &Db, model: &Model, world: &World) {
    tables::synchronise(db, model).await.expect("the tables are made");
    let mut tx = db.begin().await.expect("a transaction");
    for object in model.objects() {
        for record in &world.records[&object.name] {
            let mut names = Sql::new("INSERT INTO ");
            names.name(&object.name).push(" (id");
            let mut args = vec![Arg::from(record.id)];
            for field in &object.fields {
                for (name, _) in columns::columns_of(field) {
                    names.push(", ").name(&name);
                }
                args.extend(columns::args_of(field, &record.values[&field.name]));
            }
            names.push(") VALUES (").list(args).push(")");
            tx.run(names).await.expect("the record is written");
        }
    }
    tx.commit().await.expect("it lasts");
}

struct Ground {
    model: Model,
    world: World,
    scope: Scope,
    databases: Vec<TestDb>,
}

impl Ground {
    async fn new(seed: u64) -> Self {
        let model = model();
        let mut random = Random::new(seed);
        let world = World::random(&model, 30, &mut random);
        let department = world.records["department"][0].id;
        let scope = Scope::at(NOW, 8 * 3600, world.me(), Some(department));
        let databases = TestDb::both().await.expect("databases");
        for database in &databases {
            fill(&database.db, &model, &world).await;
        }
        Self { model, world, scope, databases }
    }

    fn translation<'a>(&'a self, database: &TestDb) -> Translation<'a> {
        Translation { model: &self.model, dialect: database.db.dialect(), scope: &self.scope, access: &Sight }
    }

    async fn remove(self) {
        for database in self.databases {
            database.remove().await.expect("it is removed");
        }
    }

    async fn sql_finds(&self, database: &TestDb, object: &str, expr: &Expr, text: &str) -> BTreeSet<Uuid> {
        let mut sql = Sql::new("SELECT t.id FROM ");
        sql.name(object).push(" t WHERE (");
        condition(&self.translation(database), expr, "t", &mut sql).expect("the field may be read");
        sql.push(")");
        let shown = sql.text().to_owned();
        let rows = database
            .db
            .read()
            .await
            .expect("a reader")
            .rows(sql)
            .await
            .unwrap_or_else(|error| panic!("{text}\n{shown}\n{error:?}"));
        rows.iter().map(|row| row.must_id(0).expect("an id")).collect()
    }

    fn process_finds(&self, object: &str, expr: &Expr) -> BTreeSet<Uuid> {
        let needs = expr::needs(expr);
        let holds = |record: &&Stored| {
            expr::holds(expr, &self.world.row(&self.model, object, record, &needs, &visible), &self.scope)
        };
        self.world.records[object].iter().filter(holds).map(|record| record.id).collect()
    }
}

#[tokio::test]
async fn conditions_mean_the_same_in_sql_and_in_process() {
    let ground = Ground::new(1).await;
    let mut random = Random::new(2);
    let (mut checked, mut held) = (0, 0);
    while checked < 1200 {
        let object = random.pick(ground.model.objects()).name.clone();
        let text = testing::condition(&ground.model, &ground.world, &object, &mut random);
        if text.contains("employee_number") {
            continue;
        }
        let Ok(expr) = expr::parse_condition(&ground.model, &object, &text) else { continue };
        let wanted = ground.process_finds(&object, &expr);
        for database in &ground.databases {
            let found = ground.sql_finds(database, &object, &expr, &text).await;
            assert_eq!(found, wanted, "{:?}: {object}: {text}", database.db.dialect());
        }
        held += wanted.len();
        checked += 1;
    }
    assert!(held > 3000, "{held}: the conditions say nothing");
    ground.remove().await;
}

#[tokio::test]
async fn formulas_give_the_same_in_sql_and_in_process() {
    let ground = Ground::new(3).await;
    let mut random = Random::new(4);
    let (mut checked, mut filled) = (0, 0);
    while checked < 700 {
        let object = random.pick(ground.model.objects()).name.clone();
        let text = testing::value(&ground.model, &ground.world, &object, &mut random);
        if text.contains("employee_number") {
            continue;
        }
        let Ok(expr) = expr::parse(&ground.model, &object, &text, None) else { continue };
        let kind = match expr.ty() {
            Type::Bool => FieldKind::Boolean,
            Type::Number => FieldKind::Decimal { scale: random.below(4) as u32 },
            Type::Text => FieldKind::Text { max: 3 },
            Type::Date => FieldKind::Date,
            Type::DateTime => FieldKind::DateTime,
            Type::Duration => FieldKind::Duration,
            Type::Id | Type::Keys => continue,
        };
        let needs = expr::needs(&expr);
        for database in &ground.databases {
            let mut sql = Sql::new("SELECT t.id, ");
            stored_value(&ground.translation(database), &expr, &kind, "t", &mut sql).expect("the field may be read");
            sql.push(" FROM ").name(&object).push(" t");
            let shown = sql.text().to_owned();
            let rows = database
                .db
                .read()
                .await
                .expect("a reader")
                .rows(sql)
                .await
                .unwrap_or_else(|error| panic!("{text}\n{shown}\n{error:?}"));
            for row in rows {
                let id = row.must_id(0).expect("an id");
                let record = ground.world.records[&object].iter().find(|record| record.id == id).expect("one of ours");
                let wanted = expr::store(
                    &expr::eval(
                        &expr,
                        &ground.world.row(&ground.model, &object, record, &needs, &visible),
                        &ground.scope,
                    ),
                    &kind,
                );
                let found: Value = match kind {
                    FieldKind::Boolean => row.bool(1).map(Into::into),
                    FieldKind::Text { .. } => row.text(1).map(Into::into),
                    _ => row.int(1).map(Into::into),
                }
                .expect("a value of the type");
                assert_eq!(found, wanted, "{:?}: {object}: {text}\n{shown}", database.db.dialect());
                filled += usize::from(!wanted.is_null());
            }
        }
        checked += 1;
    }
    assert!(filled > 10_000, "{filled}: the formulas say nothing");
    ground.remove().await;
}

#[test]
fn filters_stay_on_the_bare_column() {
    let model = model();
    let me = Uuid::from_u128(1);
    let scope = Scope::at(NOW, 8 * 3600, Some(me), None);
    let written = |text: &str| {
        let with = Translation { model: &model, dialect: zhike_db::Dialect::Sqlite, scope: &scope, access: &Sight };
        let mut sql = Sql::default();
        let expr = expr::parse_condition(&model, "account", text).expect("it is right");
        condition(&with, &expr, "t", &mut sql).expect("the field may be read");
        sql.text().to_owned()
    };
    for (text, wanted) in [
        ("owner == me", "t.\"owner_id\" = $1"),
        ("next_follow_up_at < now + days(1)", "t.\"next_follow_up_at\" < $1"),
        ("created_at >= today - days(6)", "t.\"created_at\" >= $1"),
        ("level in [\"A\", \"B\"] && employees > 10.5", "(t.\"level\" IN ($1, $2) AND t.\"employees\" > $3)"),
        ("owner == null || !vip", "((t.\"owner_id\" IS NULL) OR (t.\"vip\" = FALSE OR t.\"vip\" IS NULL))"),
        ("name.startsWith(\"青\")", "(t.\"name\" >= $1 AND t.\"name\" < $2)"),
        ("founded < now", "t.\"founded\" <= $1"),
        (
            "owner.active",
            "t.\"owner_id\" IN (SELECT x1.\"id\" FROM \"user\" x1 WHERE x1.\"version\" <> $1 AND x1.\"active\" = TRUE)",
        ),
        ("\"VIP\" in tags", "instr(t.\"tags\", $1) > 0"),
        ("annual_revenue == 0.001", "FALSE"),
    ] {
        assert_eq!(written(text), wanted, "{text}");
    }
}

#[test]
fn what_may_not_be_read_may_not_be_asked_about() {
    let model = model();
    let scope = Scope::at(NOW, 0, None, None);
    let with = Translation { model: &model, dialect: zhike_db::Dialect::Sqlite, scope: &scope, access: &Sight };
    for text in [
        "owner.employee_number == \"1\"",
        "interactions.exists(i, i.created_by.employee_number != null)",
        "!(vip && size(owner.employee_number) > 2)",
    ] {
        let expr = expr::parse_condition(&model, "account", text).expect("it is right");
        let refused = condition(&with, &expr, "t", &mut Sql::default());
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{text}");
    }
}
