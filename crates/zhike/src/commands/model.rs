//! `zhike model`

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use zhike_model::{PackSource, pack, shipped_packs};
use zhike_records::{Actor, Source};
use zhike_types::{Lang, text};

use super::Outcome;
use crate::{
    failure::Failure,
    options::{flag, open, option, t},
    say::say,
};

pub fn command(lang: Lang) -> Command {
    let files = |required: bool| {
        Arg::new("file")
            .value_name(t(lang, "文件", "FILE"))
            .help(t(lang, "业务包的 TOML 文件", "TOML files of packs"))
            .value_parser(value_parser!(PathBuf))
            .action(ArgAction::Append)
            .num_args(1..)
            .required(required)
    };
    let check = Command::new("check")
        .about(t(
            lang,
            "检查业务包；不写文件就检查自带的",
            "Check packs; those that come with it when no file is given",
        ))
        .arg(files(false))
        .arg(flag(
            "custom",
            t(
                lang,
                "按装进数据库的业务包来检查（名称以 x_ 开头）；custom/ 目录下的文件总是这样检查",
                "Check as `apply` takes them (names begin with x_); files in a folder custom/ always are",
            ),
        ));
    let export = Command::new("export")
        .about(t(lang, "把当前模型写成 TOML", "Write the model as TOML"))
        .arg(Arg::new("object").value_name(t(lang, "对象", "OBJECT")).help(t(lang, "只要这个对象", "Only this object")))
        .arg(
            option(
                "out",
                t(lang, "目录", "DIR"),
                t(
                    lang,
                    "写到目录里，每个对象一个文件；不写就打印出来",
                    "A folder, a file for each object; printed when left out",
                ),
            )
            .value_parser(value_parser!(PathBuf)),
        );
    let apply = Command::new("apply")
        .about(t(lang, "把业务包装进这个数据库", "Take packs into this installation"))
        .arg(files(true));
    Command::new("model")
        .about(t(lang, "对象和字段", "Objects and fields"))
        .subcommand_required(true)
        .subcommands([check, export, apply])
}

pub async fn run(matches: &ArgMatches, lang: Lang) -> Outcome {
    let (name, matches) = matches.subcommand().expect("a command is required");
    match name {
        "check" => check(matches, lang),
        "export" => export(matches).await,
        _ => apply(matches, lang).await,
    }
}

fn sources(matches: &ArgMatches) -> Result<Vec<PackSource>, Failure> {
    let paths = matches.get_many::<PathBuf>("file").unwrap_or_default();
    paths
        .map(|path| {
            let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
            Ok(PackSource::new(path.display().to_string(), text))
        })
        .collect()
}

/// Together with the packs that come with the program, which others build on. A file that stands for one of theirs replaces it.
fn with_shipped(files: Vec<PackSource>) -> Vec<PackSource> {
    let name = |path: &str| Path::new(path).file_name().map(std::ffi::OsStr::to_owned);
    let replaced = |core: &PackSource| {
        files.iter().any(|file| {
            file.path.ends_with(&core.path) || (file.text == core.text && name(&file.path) == name(&core.path))
        })
    };
    let mut all: Vec<PackSource> = shipped_packs().into_iter().filter(|core| !replaced(core)).collect();
    all.extend(files);
    all
}

/// The name of a file as a pack of an installation.
fn custom_name(path: &str) -> String {
    format!("custom/{}.toml", Path::new(path).file_stem().unwrap_or_default().to_string_lossy())
}

/// Files in a folder `custom/` are meant for [`apply`], wherever one stands; `--custom` says so of all.
fn meant_for_apply(path: &str) -> bool {
    Path::new(path).parent().is_some_and(|folder| folder.ends_with("custom"))
}

fn check(matches: &ArgMatches, lang: Lang) -> Outcome {
    let all = matches.get_flag("custom");
    let files = sources(matches)?.into_iter().map(|file| {
        let path = if all || meant_for_apply(&file.path) { custom_name(&file.path) } else { file.path };
        PackSource { path, ..file }
    });
    match pack::read(&with_shipped(files.collect())) {
        Ok(model) => {
            let (objects, fields) =
                (model.objects().len(), model.objects().iter().map(|object| object.fields.len()).sum::<usize>());
            say!(
                "{}",
                text!(
                    "没有问题：{objects} 个对象，{fields} 个字段。",
                    "All is well: {objects} objects, {fields} fields."
                )
                .get(lang)
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            for problem in &problems {
                eprintln!("{}", problem.render(lang));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn export(matches: &ArgMatches) -> Outcome {
    let engine = open(matches).await?;
    let model = engine.model();
    engine.close().await;
    let wanted = matches.get_one::<String>("object");
    let files = match wanted {
        None => pack::export_model(&model),
        Some(name) => {
            let object = model
                .object(name)
                .ok_or_else(|| Failure::Said(text!("没有对象 {name}。", "There is no object {name}.")))?;
            vec![PackSource::new(format!("{name}.toml"), pack::export(object))]
        }
    };
    let Some(folder) = matches.get_one::<PathBuf>("out") else {
        let mut out = std::io::stdout().lock();
        for file in files {
            writeln!(out, "{}", file.text)?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    for file in files {
        let path = folder.join(Path::new(&file.path).file_name().unwrap_or_default());
        std::fs::write(&path, file.text).map_err(|error| Failure::file(&path, &error))?;
        say!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}

async fn apply(matches: &ArgMatches, lang: Lang) -> Outcome {
    let files = sources(matches)?;
    let engine = open(matches).await?;
    let actor = Actor::system(Source::Command).with_lang(lang);
    for file in files {
        engine.apply_pack(&actor, &custom_name(&file.path), &file.text).await?;
        say!("{}", text!("装好了：{}", "Applied: {}", file.path).get(lang));
    }
    engine.close().await;
    Ok(ExitCode::SUCCESS)
}
