//! A command line that was not understood, in the user's language. clap speaks English; what it found is said again in Chinese.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use zhike_types::Lang;

use crate::{failure::MISUSED, say::say};

/// Prints help, version or what is wrong.
pub fn report(error: &Error, lang: Lang) -> ExitCode {
    if !error.use_stderr() {
        say!("{}", error.to_string().trim_end());
        return ExitCode::SUCCESS;
    }
    match chinese(error).filter(|_| lang == Lang::Zh) {
        Some(text) => eprintln!("错误: {text}\n\n用 --help 查看用法。"),
        None => eprint!("{error}"),
    }
    ExitCode::from(MISUSED)
}

fn chinese(error: &Error) -> Option<String> {
    let of = |kind: ContextKind| error.get(kind).map(words).unwrap_or_default();
    let hint = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| error.get(kind))
        .map(|value| format!("您是不是要写 {}？", words(value)))
        .unwrap_or_default();
    let text = match error.kind() {
        ErrorKind::UnknownArgument => format!("没有 {} 这个选项。{hint}", of(ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => format!("没有 {} 这个命令。{hint}", of(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue if of(ContextKind::InvalidValue).is_empty() => {
            format!("{} 后面要有值。", of(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue => format!(
            "{} 不能是 {}，可以是：{}。{hint}",
            of(ContextKind::InvalidArg),
            of(ContextKind::InvalidValue),
            of(ContextKind::ValidValue)
        ),
        ErrorKind::ValueValidation => {
            format!("{} 的值 {} 不对。", of(ContextKind::InvalidArg), of(ContextKind::InvalidValue))
        }
        ErrorKind::MissingRequiredArgument => format!("还缺少：{}。", of(ContextKind::InvalidArg)),
        ErrorKind::ArgumentConflict => {
            format!("{} 不能和 {} 一起用。", of(ContextKind::InvalidArg), of(ContextKind::PriorArg))
        }
        _ => return None,
    };
    Some(text)
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        other => other.to_string(),
    }
}
