use clap::error::ErrorKind;
use zhike_types::Lang;

use super::zhike;

#[test]
fn the_command_line_is_well_formed_in_both_languages() {
    zhike(Lang::Zh).debug_assert();
    zhike(Lang::En).debug_assert();
}

#[test]
fn help_is_in_the_language_asked_for() {
    let help = |lang| zhike(lang).render_long_help().to_string();
    assert!(help(Lang::Zh).contains("启动服务"));
    assert!(help(Lang::Zh).contains("用法:"));
    assert!(help(Lang::En).contains("Answer on an address"));
    assert!(!help(Lang::En).chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
}

#[test]
fn every_text_of_every_command_is_translated() {
    let mut command = zhike(Lang::En);
    command.build();
    let mut open = vec![command];
    while let Some(mut command) = open.pop() {
        let help = command.render_help().to_string();
        assert!(!help.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{help}");
        open.extend(command.get_subcommands().cloned());
    }
}

#[test]
fn options_are_read() {
    let matches = zhike(Lang::En)
        .try_get_matches_from([
            "zhike",
            "import",
            "account",
            "a.xlsx",
            "--on-duplicate",
            "update",
            "--dry-run",
            "--data",
            "/d",
        ])
        .expect("a right command line");
    let (name, import) = matches.subcommand().expect("a command");
    assert_eq!(name, "import");
    assert_eq!(import.get_one::<String>("on-duplicate").map(String::as_str), Some("update"));
    assert!(import.get_flag("dry-run"));
    assert_eq!(import.get_one::<std::path::PathBuf>("data").and_then(|path| path.to_str()), Some("/d"));
}

#[test]
fn what_is_wrong_is_refused() {
    let kind = |words: &[&str]| zhike(Lang::En).try_get_matches_from(words).expect_err("a wrong command line").kind();
    assert_eq!(kind(&["zhike", "serve", "--lisen", "x"]), ErrorKind::UnknownArgument);
    assert_eq!(kind(&["zhike", "sevre"]), ErrorKind::InvalidSubcommand);
    assert_eq!(kind(&["zhike", "import", "account"]), ErrorKind::MissingRequiredArgument);
    assert_eq!(kind(&["zhike", "import", "account", "a.csv", "--on-duplicate", "guess"]), ErrorKind::InvalidValue);
    assert_eq!(kind(&["zhike", "demo", "--customers", "0"]), ErrorKind::ValueValidation);
    assert_eq!(kind(&["zhike", "--version"]), ErrorKind::DisplayVersion);
}
