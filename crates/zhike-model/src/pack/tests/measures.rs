//! `[[measure]]`: what is wrong with one is told with file and line, and what is right is an option of targets.

use super::{Lang, PackSource, model, problems, shipped_packs, thing};
use crate::pack::read;

#[test]
fn measures_are_the_options_of_targets_and_a_company_adds_its_own() {
    let shipped = model(&shipped_packs());
    let names: Vec<&str> = shipped.measures().map(|(_, measure)| measure.name.as_str()).collect();
    assert!(names.contains(&"won_amount") && names.contains(&"follow_ups"), "{names:?}");
    let options = |model: &crate::Model| {
        let field =
            model.object("target").and_then(|target| target.field("measure")).expect("targets are there").clone();
        field.kind.options().iter().map(|option| option.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(options(&shipped), names);

    let own = "[extend]\nobject = \"quote\"\n[[measure]]\nname = \"x_quoted\"\nlabel = { zh = \"报价金额\", en = \"Quoted\" }\nsum = \"total\"\nat = \"created_at\"\nsplits = \"opportunity.splits\"\n";
    let mut sources = shipped_packs();
    sources.push(PackSource::new("custom/quote.toml", own));
    let with = model(&sources);
    assert!(options(&with).contains(&"x_quoted".to_owned()));
    let (object, measure) = with.measure("x_quoted").expect("it is there");
    let parts = with.parts(object, measure.splits.as_deref().expect("splits")).expect("shares");
    assert_eq!(
        (parts.object.name.as_str(), parts.person.name.as_str(), parts.share.name.as_str()),
        ("opportunity_split", "user", "share")
    );
    assert_ne!(shipped.fingerprint(), with.fingerprint());
}

#[test]
fn a_wrong_measure_is_refused_where_it_is_wrong() {
    let told = |keys: &str| {
        let text = format!("[[measure]]\nname = \"m\"\nlabel = {{ zh = \"数\", en = \"M\" }}\n{keys}\n");
        problems(&thing(&text)).iter().map(|problem| problem.render(Lang::En)).collect::<Vec<_>>().join("\n")
    };
    for (keys, wanted) in [
        ("sum = \"name\"\nat = \"created_at\"", "must be a number"),
        ("", "`at` is missing"),
        ("at = \"name\"", "`at` must be a date"),
        ("at = \"owner.nothing\"", "`at` must be a date"),
        ("at = \"created_at\"\ncredit = \"department\"", "must refer to a user"),
        ("at = \"created_at\"\nfilter = \"nmae == null\"", "nmae"),
        ("at = \"created_at\"\nfilter = \"owner == me\"", "cannot use now, today or me"),
        ("at = \"created_at\"\nsplits = \"nothing\"", "must be a relation"),
        ("at = \"created_at\"\nproduct = \"name\"", "must be a reference"),
        ("at = \"created_at\"\nwhen = \"x\"", "no key `when`"),
    ] {
        let problem = told(keys);
        assert!(problem.contains(wanted) && problem.contains("thing.toml:"), "{keys}: {problem}");
    }
    let mut sources = shipped_packs();
    let twice = "[extend]\nobject = \"quote\"\n[[measure]]\nname = \"x_m\"\nlabel = { zh = \"数\", en = \"M\" }\nat = \"created_at\"\n";
    sources.push(PackSource::new("custom/a.toml", twice));
    sources.push(PackSource::new("custom/b.toml", twice));
    let found = read(&sources).expect_err("a name is given once");
    assert!(
        found.iter().any(|problem| problem.file == "custom/b.toml" || problem.file == "custom/a.toml"),
        "{found:?}"
    );
    let unmarked = PackSource::new("custom/c.toml", twice.replace("x_m", "m"));
    let found = read(&[shipped_packs(), vec![unmarked]].concat()).expect_err("a mark is missing");
    assert!(found.iter().any(|problem| problem.render(Lang::En).contains("begins with x_")), "{found:?}");
}
