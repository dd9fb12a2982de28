//! The sales pack, and what it needs of the format: rules, first records, stages that are records, amended fields.

use super::{Lang, PackSource, core, export_model, field, model, problems, shipped_packs, thing};
use crate::{FieldKind, Model};

fn shipped() -> Model {
    model(&shipped_packs())
}

#[test]
fn all_that_is_shipped_reads_and_reads_back_to_the_same() {
    let first = shipped();
    let groups: Vec<&str> = first.groups().iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["customers", "sales", "key_accounts", "products", "work", "admin"]);
    let second = model(&export_model(&first));
    for (a, b) in first.objects().iter().zip(second.objects()) {
        assert_eq!(a, b);
    }
    assert_eq!(first.fingerprint(), second.fingerprint());
}

#[test]
fn a_result_is_the_kind_of_its_stage_and_money_is_money() {
    let model = shipped();
    assert!(
        field(&model, "opportunity", "result").kind.value_kind().options().iter().any(|option| option.key == "won")
    );
    for (object, name) in
        [("opportunity", "weighted"), ("quote", "total"), ("contract", "unpaid"), ("account", "open_amount")]
    {
        assert!(matches!(field(&model, object, name).kind.value_kind(), FieldKind::Money { .. }), "{object}.{name}");
    }
}

#[test]
fn an_extension_adds_parents_loosens_fields_and_replaces_rules() {
    let (alone, with_sales) = (core(), shipped());
    let interaction = |model: &Model| model.object("interaction").expect("the core has it").clone();
    assert_eq!(interaction(&alone).access.parents(), ["account"]);
    assert_eq!(interaction(&with_sales).access.parents(), ["account", "lead"]);
    assert!(field(&alone, "interaction", "account").required && !field(&with_sales, "interaction", "account").required);
    assert_eq!(field(&with_sales, "interaction", "next_at").moves.len(), 3);

    let mut sources = shipped_packs();
    let rule = "[extend]\nobject = \"interaction\"\n[[rule]]\nname = \"about\"\nholds = \"account != null\"\nfield = \"account\"\nmessage = { zh = \"选客户\", en = \"Choose\" }\n";
    sources.push(PackSource::new("packs/test/interaction.toml", rule));
    let replaced = interaction(&model(&sources));
    let holds: Vec<&str> =
        replaced.rules.iter().filter(|rule| rule.name == "about").map(|rule| rule.holds.as_str()).collect();
    assert_eq!(holds, ["account != null"]);
}

#[test]
fn wrong_rules_and_records_are_refused_where_they_are_wrong() {
    let told = |more: &str| {
        problems(&thing(more)).iter().map(|problem| problem.render(Lang::En)).collect::<Vec<_>>().join("\n")
    };
    let rule =
        "[[rule]]\nname = \"a\"\nholds = \"nmae != null\"\nfield = \"name\"\nmessage = { zh = \"\", en = \"\" }\n";
    assert!(told(rule).contains("thing.toml:8:"), "{}", told(rule));
    let record = "[[record]]\nkey = \"a\"\nvalues = { name = 3 }\n";
    assert!(told(record).contains("does not fit a field of type text"), "{}", told(record));
    let unknown = "[[record]]\nkey = \"a\"\nvalues = { name = \"a\", owner = \"nobody\" }\n";
    assert!(told(unknown).contains("There is no `nobody`"), "{}", told(unknown));
    let flow = "[[flow]]\nfield = \"name\"\nstages = \"account\"\n";
    assert!(told(flow).contains("must refer to account"), "{}", told(flow));
    let since = "[[field]]\nname = \"s\"\ntype = \"select\"\nlabel = { zh = \"s\", en = \"s\" }\noptions = [{ key = \"a\", label = { zh = \"a\", en = \"a\" } }]\n\
                 [[flow]]\nfield = \"s\"\nsince = \"name\"\n[[flow.stage]]\nkey = \"a\"\n";
    assert!(told(since).contains("must be a datetime"), "{}", told(since));
}
