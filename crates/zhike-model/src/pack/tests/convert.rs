//! `[convert]`: what a lead becomes, and what is wrong with it where it is wrong.

use super::{Lang, PackSource, export_model, model, read, shipped_packs};
use crate::Conversion;

fn shipped() -> Conversion {
    model(&shipped_packs()).object("lead").and_then(|lead| lead.convert.clone()).expect("leads are converted")
}

/// The problems of a file that gives leads another conversion; its first line is the tenth of the file.
fn told(conversion: &str) -> Vec<String> {
    let text = format!("[extend]\nobject = \"lead\"\n\n\n\n\n\n\n\n{conversion}");
    let mut sources = shipped_packs();
    sources.push(PackSource::new("packs/test/lead.toml", text));
    match read(&sources) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(|problem| problem.render(Lang::En)).collect(),
    }
}

const HEAD: &str = "[convert]\nfield = \"state\"\nstage = \"converted\"\n";
const ACCOUNT: &str =
    "[[convert.target]]\nobject = \"account\"\ninto = \"converted_account\"\n[convert.target.fill]\nname = \"name\"\n";

#[test]
fn a_lead_becomes_a_customer_first() {
    let conversion = shipped();
    assert_eq!((conversion.stage.as_str(), conversion.mark()), ("converted", "converted_account"));
    let objects: Vec<&str> = conversion.targets.iter().map(|target| target.object.as_str()).collect();
    assert_eq!(objects, ["account", "contact", "opportunity"]);
    let again = model(&export_model(&model(&shipped_packs())));
    assert_eq!(again.object("lead").and_then(|lead| lead.convert.clone()), Some(conversion));
}

#[test]
fn an_extension_puts_another_in_its_place() {
    let text = format!("[extend]\nobject = \"lead\"\n{HEAD}{ACCOUNT}");
    let mut sources = shipped_packs();
    sources.push(PackSource::new("custom/lead.toml", text));
    let model = model(&sources);
    let conversion = model.object("lead").and_then(|lead| lead.convert.as_ref()).expect("a conversion");
    assert_eq!(conversion.targets.len(), 1);
    assert_eq!(told(&format!("{HEAD}{ACCOUNT}")), Vec::<String>::new());
}

#[test]
fn what_does_not_fit_is_refused_where_it_stands() {
    let target = |more: &str| format!("{HEAD}{ACCOUNT}{more}");
    let contact = "[[convert.target]]\nobject = \"contact\"\ninto = \"converted_contact\"\n";
    for (text, line, words) in [
        (format!("[convert]\nfield = \"states\"\nstage = \"converted\"\n{ACCOUNT}"), 11, "give `states` a [[flow]]"),
        (format!("[convert]\nfield = \"state\"\nstage = \"convert\"\n{ACCOUNT}"), 12, "Did you mean `converted`"),
        (HEAD.to_owned(), 10, "[[convert.target]] is missing"),
        (format!("{HEAD}open = [\"remarks\"]\n{ACCOUNT}"), 13, "Did you mean `remark`"),
        (target("nme = \"name\"\n"), 18, "There is no `nme`"),
        (target("phone = \"phones\"\n"), 18, "phones"),
        (target("employees = \"name\"\n"), 18, "must be"),
        (target("status = '\"expcted\"'\n"), 18, "Did you mean `expected`"),
        (target("source = \"source\"\n"), 18, "There is no `complaint`"),
        (target("parent = \"converted_account\"\n"), 18, "cannot be filled so"),
        (target("remark = \"list_book.name\"\n"), 18, "own fields only"),
        (format!("{HEAD}{ACCOUNT}{contact}when = \"contact_name\"\n"), 21, "must be"),
        (format!("{HEAD}{ACCOUNT}{contact}asks = [\"names\"]\n"), 21, "Did you mean `name`"),
        (
            format!("{HEAD}{ACCOUNT}{}", contact.replace("converted_contact", "converted_account")),
            20,
            "read-only reference to contact",
        ),
        (format!("{HEAD}{ACCOUNT}{}", contact.replace("\"contact\"", "\"product\"")), 19, "no reference to account"),
        (format!("{HEAD}{ACCOUNT}{}", contact.replace("\"contact\"", "\"contacts\"")), 19, "Did you mean `contact`"),
    ] {
        let found = told(&text);
        let place = format!("packs/test/lead.toml:{line}:");
        assert!(found.iter().any(|one| one.starts_with(&place) && one.contains(words)), "{text}\n{found:#?}");
    }
}
