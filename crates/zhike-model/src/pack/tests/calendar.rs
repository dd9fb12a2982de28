//! `[[calendar]]`, `[check_in]` and `[[trace]]`: what is wrong is told with file and line; what is right reads back.

use super::{Lang, model, problems, shipped_packs, thing};

#[test]
fn what_is_shipped_stands_in_the_calendar() {
    let model = model(&shipped_packs());
    let names = |object: &str| {
        let object = model.object(object).expect("it is shipped");
        object.calendars.iter().map(|calendar| calendar.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names("task"), ["due"]);
    assert_eq!(names("lead"), ["follow_up"]);
    let visit = model.object("visit").expect("it is shipped");
    assert!(visit.check_in.is_some() && visit.calendars[0].moves && visit.calendars[0].remind == Some(60));
    assert_eq!(visit.traces[0].object, "interaction");
}

#[test]
fn what_does_not_fit_is_refused_where_it_stands() {
    let told = |text: &str| {
        problems(&thing(text)).iter().map(|problem| problem.render(Lang::En)).collect::<Vec<_>>().join("\n")
    };
    let calendar = |keys: &str| format!("[[calendar]]\nname = \"c\"\nlabel = {{ zh = \"日\", en = \"C\" }}\n{keys}\n");
    for (keys, wanted) in [
        ("", "`start` is missing"),
        ("start = \"name\"", "must be a date"),
        ("start = \"created_at\"\nmoves = true", "one that people write"),
        ("start = \"created_at\"\nend = \"name\"", "of the same kind"),
        ("start = \"created_at\"\nabout = \"name\"", "must be a reference"),
        ("start = \"created_at\"\nfilter = \"nothing == 1\"", "nothing"),
        ("start = \"created_at\"\ndone = \"owner.name == null\"", "own fields only"),
        ("start = \"created_at\"\nremind = 5000", "1440"),
    ] {
        let text = told(&calendar(keys));
        assert!(text.contains(wanted), "{keys}: {text}");
    }
    let twice = calendar("start = \"created_at\"");
    assert!(told(&format!("{twice}{twice}")).contains("stands here twice"));
    let there = "[check_in]\nopen = \"true\"\nat = \"created_at\"\nby = \"name\"\nplace = \"name\"\nlatitude = \"name\"\nlongitude = \"name\"\naccuracy = \"name\"\nphoto = \"name\"\n";
    let text = told(there);
    assert!(text.contains("fills read-only fields") && text.contains("`attachments = true`"), "{text}");
    let trace = "[[trace]]\nobject = \"task\"\nlink = \"account\"\nwhen = \"true\"\n[trace.fill]\naccount = \"name\"\nnobody = \"name\"\n";
    let text = told(trace);
    for wanted in ["unique and read-only", "from a reference", "nobody"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}
