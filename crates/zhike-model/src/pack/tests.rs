//! The core pack reads; a wrong pack is refused where it is wrong, with what to do.

use zhike_types::{Lang, Value};

use super::{PackSource, Problem, core_pack, export_model, read, shipped_packs};
use crate::{Class, Field, FieldKind, Model, OnDelete, Role, Via};

mod calendar;
mod convert;
mod measures;
mod sales;

fn core() -> Model {
    model(&core_pack())
}

fn model(sources: &[PackSource]) -> Model {
    match read(sources) {
        Ok(model) => model,
        Err(problems) => panic!("{}", problems.iter().map(|p| p.render(Lang::En)).collect::<Vec<_>>().join("\n")),
    }
}

/// The problems of the core pack with one more file.
fn problems(text: &str) -> Vec<Problem> {
    let mut sources = core_pack();
    sources.push(PackSource::new("packs/test/thing.toml", text));
    read(&sources).expect_err("the pack is wrong")
}

/// A file of an object `thing` with a name field and what is added: `{0}` on line 6.
fn thing(more: &str) -> String {
    format!(
        "[object]\nname = \"thing\"\nlabel = {{ zh = \"东西\", en = \"Thing\" }}\ntitle = \"name\"\n\n{more}\n\n\
         [[field]]\nname = \"name\"\ntype = \"text\"\nlabel = {{ zh = \"名称\", en = \"Name\" }}\n"
    )
}

fn field<'a>(model: &'a Model, object: &str, field: &str) -> &'a Field {
    model.object(object).and_then(|object| object.field(field)).expect("the core pack has it")
}

#[test]
fn the_core_pack_reads() {
    let model = core();
    assert_eq!(model.objects().len(), 13);
    assert_eq!(
        model.groups().iter().map(|group| group.name.as_str()).collect::<Vec<_>>(),
        ["customers", "work", "admin"]
    );
    let account = model.object("account").expect("accounts are the core");
    assert_eq!(account.fields[0].role, Some(Role::Version));
    assert!(account.fields.iter().filter(|field| field.system).count() == 13, "nine of every record, four of pools");
    assert!(!field(&model, "account", "owner").read_only && field(&model, "account", "created_at").read_only);
    assert_eq!(field(&model, "account", "roles").default, Some(Value::List(vec!["customer".to_owned()])));
    assert_eq!(model.relation("account", "contacts").map(|relation| relation.on_delete), Some(OnDelete::Cascade));
    assert_eq!(model.relation("contact", "attachments").map(|relation| relation.any), Some(true));
}

#[test]
fn computed_fields_get_their_types() {
    let model = core();
    let result = |object: &str, name: &str| field(&model, object, name).kind.value_kind().clone();
    assert_eq!(result("account", "last_follow_up_at"), FieldKind::DateTime);
    assert_eq!(result("account", "interaction_count"), FieldKind::Integer);
}

#[test]
fn who_computes_from_what_is_known() {
    let model = core();
    let told = model.dependents("interaction", "at");
    assert!(
        told.iter().any(|d| d.field == "last_follow_up_at" && d.via == Via::Parent("account".to_owned())),
        "{told:?}"
    );
    assert!(model.dependents("task", "done").iter().any(|d| d.field == "open_task_count"));

    let mut sources = core_pack();
    let whose = "[[field]]\nname = \"whose\"\ntype = \"formula\"\nformula = \"owner.name\"\nlabel = { zh = \"谁的\", en = \"Whose\" }\n";
    sources.push(PackSource::new("packs/test/thing.toml", thing(whose)));
    let model = self::model(&sources);
    let told = model.dependents("user", "name");
    assert!(
        told.iter().any(|d| d.object == "thing" && matches!(&d.via, Via::References(steps) if steps.len() == 1)),
        "{told:?}"
    );
    assert!(model.dependents("thing", "owner").iter().any(|d| d.field == "whose" && d.via == Via::Same));
    assert_eq!(field(&model, "thing", "whose").kind.value_kind(), &FieldKind::Text { max: 60 });
}

#[test]
fn formulas_stand_in_the_order_they_are_worked_out_and_take_over_sensitivity() {
    let mut sources = core_pack();
    let more = "[[field]]\nname = \"total\"\ntype = \"formula\"\nformula = \"net + tax\"\nlabel = { zh = \"合计\", en = \"Total\" }\n\
                [[field]]\nname = \"tax\"\ntype = \"formula\"\nformula = \"round(net * 0.13, 2)\"\nresult = \"money\"\nlabel = { zh = \"税\", en = \"Tax\" }\n\
                [[field]]\nname = \"net\"\ntype = \"money\"\nlabel = { zh = \"净额\", en = \"Net\" }\nclass = \"sensitive\"\n";
    sources.push(PackSource::new("packs/test/thing.toml", thing(more)));
    let model = model(&sources);
    let thing = model.object("thing").expect("it was just declared");
    let order: Vec<&str> = model.computed("thing").iter().map(|&i| thing.fields[i].name.as_str()).collect();
    assert_eq!(order, ["tax", "total"]);
    assert_eq!(field(&model, "thing", "total").class, Class::Sensitive);
    assert_eq!(field(&model, "thing", "total").kind.value_kind(), &FieldKind::Decimal { scale: 2 });
}

#[test]
fn what_is_exported_reads_back_to_the_same() {
    let mut sources = core_pack();
    let more = "[[field]]\nname = \"rate\"\ntype = \"percent\"\ndefault = 12.5\nlabel = { zh = \"比率\\\"引号\\\"\", en = \"Rate\\\\n\" }\n\
                [[field]]\nname = \"price\"\ntype = \"money\"\ncurrency = \"USD\"\ndefault = \"-0.05\"\nlabel = { zh = \"价\", en = \"Price\" }\n\
                [[field]]\nname = \"since\"\ntype = \"date\"\ndefault = \"2024-02-29\"\nlabel = { zh = \"自\", en = \"Since\" }\n\
                [[field]]\nname = \"big\"\ntype = \"formula\"\nformula = 'price > 10 && name.contains(\"大\")'\nlabel = { zh = \"大\", en = \"Big\" }\n";
    sources.push(PackSource::new("packs/test/thing.toml", thing(more)));
    let first = model(&sources);
    assert_eq!(field(&first, "thing", "price").default.as_ref().and_then(Value::as_int), Some(-5));
    let second = model(&export_model(&first));
    assert_eq!(first.groups(), second.groups());
    for (a, b) in first.objects().iter().zip(second.objects()) {
        assert_eq!(a, b);
    }
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_ne!(first.fingerprint(), core().fingerprint());
}

#[test]
fn a_later_pack_extends_an_object() {
    let mut sources = core_pack();
    sources.push(PackSource::new(
        "custom/account.toml",
        "[extend]\nobject = \"account\"\n[[field]]\nname = \"x_hobby\"\ntype = \"text\"\nlabel = { zh = \"爱好\", en = \"Hobby\" }\n\
         [[view]]\nname = \"x_golf\"\nlabel = { zh = \"球友\", en = \"Golfers\" }\ncolumns = [\"name\", \"x_hobby\"]\nfilter = 'x_hobby == \"高尔夫\"'\n",
    ));
    let model = model(&sources);
    let account = model.object("account").expect("it is there");
    assert!(account.view("x_golf").is_some());
    assert!(
        account.layout.sections.iter().any(|section| section.fields.contains(&"x_hobby".to_owned())),
        "a new field is on the page at once"
    );
}

/// (what is wrong, what is written, line, a word of the message)
#[test]
fn wrong_packs_are_refused_where_they_are_wrong() {
    let text = "type = \"text\"\nlabel = { zh = \"甲\", en = \"A\" }";
    let cases: Vec<(&str, String, usize, &str)> = vec![
        ("no TOML", "[object\nname = 1".to_owned(), 1, "not TOML"),
        ("unknown key", thing("lable = 1"), 6, "There is no key `lable`"),
        (
            "misspelt key of a field",
            thing(&format!("[[field]]\nname = \"a\"\nrequird = true\n{text}")),
            8,
            "`required`",
        ),
        (
            "no such type",
            thing("[[field]]\nname = \"a\"\ntype = \"string\"\nlabel = { zh = \"甲\", en = \"A\" }"),
            8,
            "`string`",
        ),
        (
            "one language",
            thing("[[field]]\nname = \"a\"\ntype = \"text\"\nlabel = { zh = \"甲\" }"),
            9,
            "`en` is missing",
        ),
        ("bad name", thing(&format!("[[field]]\nname = \"aB\"\n{text}")), 7, "small letters"),
        ("system field", thing(&format!("[[field]]\nname = \"owner\"\n{text}")), 7, "system field"),
        ("reserved", thing(&format!("[[field]]\nname = \"today\"\n{text}")), 7, "means something else"),
        ("reserved column", thing(&format!("[[field]]\nname = \"order\"\n{text}")), 7, "reserved word of SQL"),
        ("twice", thing(&format!("[[field]]\nname = \"a\"\n{text}\n[[field]]\nname = \"a\"\n{text}")), 11, "already"),
        ("custom mark", thing(&format!("[[field]]\nname = \"x_a\"\n{text}")), 7, "custom fields"),
        (
            "column met twice",
            thing(&format!(
                "[[field]]\nname = \"a_id\"\n{text}\n[[field]]\nname = \"a\"\ntype = \"reference\"\nto = \"user\"\nlabel = {{ zh = \"乙\", en = \"B\" }}"
            )),
            11,
            "column `a_id`",
        ),
        (
            "no such object",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"reference\"\nto = \"acount\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            9,
            "Did you mean `account`",
        ),
        (
            "relation's name taken",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"reference\"\nto = \"account\"\ninverse = \"contacts\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            10,
            "contact.account",
        ),
        (
            "default that does not fit",
            thing("[[field]]\nname = \"a\"\ntype = \"integer\"\ndefault = \"x\"\nlabel = { zh = \"甲\", en = \"A\" }"),
            9,
            "does not fit",
        ),
        (
            "option with a bar",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"select\"\noptions = [{ key = \"a|b\", label = { zh = \"甲\", en = \"A\" } }]\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            9,
            "ASCII letters",
        ),
        (
            "mask of nothing personal",
            thing(&format!("[[field]]\nname = \"a\"\nmask = \"name\"\n{text}")),
            8,
            "Only personal data",
        ),
        (
            "view's column",
            thing("[[view]]\nname = \"v\"\nlabel = { zh = \"甲\", en = \"A\" }\ncolumns = [\"name\", \"nam\"]"),
            9,
            "`nam`",
        ),
        (
            "view's order",
            thing(
                "[[view]]\nname = \"v\"\nlabel = { zh = \"甲\", en = \"A\" }\ncolumns = [\"name\"]\nsort = [\"-a\"]\n[[field]]\nname = \"a\"\ntype = \"json\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            10,
            "cannot be sorted",
        ),
        (
            "view's filter",
            thing(
                "[[view]]\nname = \"v\"\nlabel = { zh = \"甲\", en = \"A\" }\ncolumns = [\"name\"]\nfilter = 'name == 1'",
            ),
            10,
            "do not go together",
        ),
        (
            "condition over others",
            thing(&format!("[[field]]\nname = \"a\"\nvisible_when = 'owner.name == \"x\"'\n{text}")),
            8,
            "own fields only",
        ),
        (
            "formula that hangs on the clock",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"formula\"\nformula = \"now - created_at\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            9,
            "change by themselves",
        ),
        (
            "formula in a circle",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"formula\"\nformula = \"b + 1\"\nlabel = { zh = \"甲\", en = \"A\" }\n[[field]]\nname = \"b\"\ntype = \"formula\"\nformula = \"a + 1\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            9,
            "circle",
        ),
        (
            "settled circle",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"formula\"\nformula = \"a + 1\"\nresult = \"integer\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            8,
            "thing.a → thing.a",
        ),
        (
            "roll-ups in a circle",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"rollup\"\nrelation = \"parts\"\nop = \"count\"\nfilter = \"b > 0\"\nlabel = { zh = \"甲\", en = \"A\" }\n[[field]]\nname = \"b\"\ntype = \"rollup\"\nrelation = \"parts\"\nop = \"sum\"\nfield = \"a\"\nlabel = { zh = \"乙\", en = \"B\" }\n[[field]]\nname = \"whole\"\ntype = \"reference\"\nto = \"thing\"\ninverse = \"parts\"\nlabel = { zh = \"整体\", en = \"Whole\" }",
            ),
            8,
            "thing.a → thing.b → thing.a",
        ),
        (
            "roll-up without relation",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"rollup\"\nrelation = \"parts\"\nop = \"count\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            9,
            "no relation `parts`",
        ),
        (
            "flow without a stage",
            thing(
                "[[flow]]\nfield = \"a\"\n[[flow.stage]]\nkey = \"x\"\n[[field]]\nname = \"a\"\ntype = \"select\"\noptions = [{ key = \"x\", label = { zh = \"甲\", en = \"A\" } }, { key = \"y\", label = { zh = \"乙\", en = \"B\" } }]\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            6,
            "lacks the stage `y`",
        ),
        (
            "bad number series",
            thing(
                "[[field]]\nname = \"a\"\ntype = \"auto-number\"\npattern = \"A{yyyy}\"\nlabel = { zh = \"甲\", en = \"A\" }",
            ),
            9,
            "counter",
        ),
        (
            "initial from a field",
            thing(&format!("[[field]]\nname = \"a\"\ninitial = \"name\"\n{text}")),
            8,
            "fixed values only",
        ),
        (
            "stamping nothing",
            thing(&format!("[[field]]\nname = \"a\"\nstamps = \"name\"\n{text}")),
            8,
            "`stamps` is for a datetime",
        ),
        (
            "taking from nowhere",
            thing(&format!("[[field]]\nname = \"a\"\ntakes = \"owner.nothing\"\n{text}")),
            8,
            "reference.field",
        ),
        (
            "a copy of what only one side has",
            thing(&format!("[[field]]\nname = \"a\"\n{text}\n[[copy]]\nname = \"b\"\nto = \"account\"\nlabel = {{ zh = \"乙\", en = \"B\" }}\nsame = [\"a\"]")),
            14,
            "Both must have `a`",
        ),
        (
            "a copy that fills what is not there",
            thing(&format!("[[field]]\nname = \"a\"\n{text}\n[[copy]]\nname = \"b\"\nto = \"account\"\nlabel = {{ zh = \"乙\", en = \"B\" }}\nfill = {{ nothing = \"a\" }}")),
            14,
            "nothing",
        ),
        (
            "looking up in a table that is not there",
            thing("[[field]]\nname = \"a\"\ntype = \"text\"\nlabel = { zh = \"甲\", en = \"A\" }\nlookup = { in = \"nothing\", value = \"name\", equal = { x = \"owner\" } }"),
            10,
            "nothing",
        ),
        (
            "looking up by what is no reference",
            thing("[[field]]\nname = \"a\"\ntype = \"text\"\nlabel = { zh = \"甲\", en = \"A\" }\nlookup = { in = \"user\", value = \"name\", equal = { name = \"name\" } }"),
            10,
            "both must lead to one object",
        ),
        (
            "offering what is in no view",
            thing("[[field]]\nname = \"a\"\ntype = \"reference\"\nto = \"user\"\noffers = \"nothing\"\nlabel = { zh = \"甲\", en = \"A\" }"),
            10,
            "a view of the object",
        ),
        (
            "no title",
            "[object]\nname = \"thing\"\nlabel = { zh = \"东西\", en = \"Thing\" }".to_owned(),
            1,
            "`title` is missing",
        ),
        (
            "a title that tells another record's name",
            "[object]\nname = \"thing\"\nlabel = { zh = \"东西\", en = \"Thing\" }\ntitle = \"name\"\n\n[[field]]\nname = \"name\"\n\
             type = \"formula\"\nformula = \"owner.name\"\nlabel = { zh = \"名称\", en = \"Name\" }\n"
                .to_owned(),
            4,
            "Make the reference itself the title",
        ),
        (
            "a title borrowed twice over",
            "[object]\nname = \"thing\"\nlabel = { zh = \"东西\", en = \"Thing\" }\ntitle = \"member\"\n\n[[field]]\nname = \"member\"\n\
             type = \"reference\"\nto = \"team_member\"\nlabel = { zh = \"成员\", en = \"Member\" }\n"
                .to_owned(),
            4,
            "whose own title",
        ),
        ("extending nothing", "[extend]\nobject = \"acount\"".to_owned(), 2, "no object `acount`"),
    ];
    for (what, text, line, word) in cases {
        let found = problems(&text);
        let told: Vec<String> = found.iter().map(|problem| problem.render(Lang::En)).collect();
        assert!(
            found.iter().any(|problem| problem.line == line
                && problem.message.en.contains(word)
                && problem.file == "packs/test/thing.toml"),
            "{what}: wanted line {line}, `{word}`, got:\n{}\nof\n{text}",
            told.join("\n")
        );
        assert!(found.iter().all(|problem| !problem.message.zh.is_empty()), "{what} has no Chinese message");
    }
}

#[test]
fn an_expression_is_refused_at_its_own_character() {
    let found = problems(&thing(
        "[[view]]\nname = \"v\"\nlabel = { zh = \"甲\", en = \"A\" }\ncolumns = [\"name\"]\nfilter = 'has(name) && nam == \"x\"'",
    ));
    assert_eq!((found[0].line, found[0].column), (10, 24), "{found:?}");
}

#[test]
fn the_worked_example_of_the_documentation_reads() {
    let text = include_str!("../../../../docs/adding-an-object.md");
    let mut sources = core_pack();
    for (i, block) in text.split("```toml\n").skip(1).enumerate() {
        let block = block.split("```").next().expect("a block ends");
        sources.push(PackSource::new(format!("docs/example-{i}.toml"), block));
    }
    let model = model(&sources);
    assert_eq!(model.relation("account", "warranties").map(|relation| relation.object.as_str()), Some("warranty"));
    assert_eq!(field(&model, "account", "warranty_count").kind.value_kind(), &FieldKind::Integer);
}
