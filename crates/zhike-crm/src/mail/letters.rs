//! What each kind of letter says. All of it is read as its reader may see it now: what is gone, given on, signed or not to be seen any
//! more is not in it, and a letter of which nothing is left is none.

use zhike_mail::{Letter, Line, Section};
use zhike_records::{Actor, Engine, Mail, Record};
use zhike_types::{Error, Lang, Result, Uuid, boxed};

use super::digest;

/// Lines of a section; the rest is a page away.
pub(super) const LINES: usize = 20;
/// Characters of a title.
const TITLE: usize = 120;

pub(super) fn t(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The whole letter; none when there is nothing to say.
#[boxed]
pub(super) async fn letter(engine: &Engine, reader: &Actor, mail: &Mail, site: &str) -> Result<Option<Letter>> {
    let said = match mail.kind.as_str() {
        "approval" => approval(engine, reader, mail, site).await?,
        "given" => given(engine, reader, mail, site).await?,
        "reclaim" => reclaim(engine, reader, mail, site).await?,
        _ => digest::sections(engine, reader, site).await?,
    };
    let lang = reader.lang;
    Ok(said.map(|(subject, sections)| Letter {
        lang: lang.tag(),
        subject,
        greeting: match lang {
            Lang::Zh => format!("{}，您好：", reader.name),
            Lang::En => format!("Dear {},", reader.name),
        },
        sections,
        foot: t(
            lang,
            "由知客自动发出，请不要回复。收哪些提醒，在「设置」里选择：",
            "Sent by Zhike; please do not answer. Choose in your settings what you are told by mail:",
        )
        .to_owned(),
        foot_url: format!("{site}/settings#mail"),
    }))
}

type Said = Option<(String, Vec<Section>)>;

async fn approval(engine: &Engine, reader: &Actor, mail: &Mail, site: &str) -> Result<Said> {
    let lang = reader.lang;
    let Some(id) = mail.items.first().and_then(|item| item.record) else { return Ok(None) };
    let asked = match engine.approval(reader, id).await {
        Ok(asked) if asked.may.seat.is_some() => asked,
        // signed, withdrawn, given to somebody else
        Ok(_) | Err(Error::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let process = asked.processes.iter().map(|met| met.name.get(lang)).collect::<Vec<_>>().join(t(lang, "、", ", "));
    let who = &asked.submitter.name;
    let title = title(engine, &asked.after, lang);
    let subject = match lang {
        Lang::Zh => format!("待您审批：{process} {}", asked.number),
        Lang::En => format!("To approve: {process} {}", asked.number),
    };
    let line = Line {
        text: format!("{} {title}", asked.after.object.label.get(lang)),
        url: format!("{site}/approvals/{id}"),
        note: match lang {
            Lang::Zh => format!("{who} 提交"),
            Lang::En => format!("asked by {who}"),
        },
    };
    Ok(Some((subject, vec![Section { title: process, lines: vec![line], more: None }])))
}

async fn given(engine: &Engine, reader: &Actor, mail: &Mail, site: &str) -> Result<Said> {
    let lang = reader.lang;
    let (mut lines, mut count, mut shown) = (Vec::new(), 0, Vec::new());
    for item in &mail.items {
        let mut here = Vec::new();
        for id in &item.records {
            if let Some(record) =
                own(engine, reader, &item.object, *id).await?.filter(|record| !shown.contains(&record.id))
            {
                shown.push(record.id);
                here.push(record);
            }
        }
        let Some(first) = here.first() else { continue };
        let object = first.object.clone();
        // of many at one stroke only the first are named
        let rest = item.count - item.records.len() as i64;
        count += here.len() as i64 + rest.max(0);
        let note = match (item.origin.as_str(), lang) {
            ("", _) => String::new(),
            (who, Lang::Zh) => format!("{who} 转来"),
            (who, Lang::En) => format!("from {who}"),
        };
        lines.extend(here.iter().map(|record| Line { note: note.clone(), ..linked(engine, record, site, lang) }));
        if rest > 0 {
            let text = match lang {
                Lang::Zh => format!("还有 {rest} 条{}", object.label.zh),
                Lang::En => format!("{rest} more: {}", object.plural.en),
            };
            lines.push(Line { text, url: format!("{site}/{}", object.name), note });
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let subject = match (lines.as_slice(), lang) {
        ([one], Lang::Zh) => format!("分给您：{}", one.text),
        ([one], Lang::En) => format!("Yours now: {}", one.text),
        (_, Lang::Zh) => format!("分给您 {count} 条记录"),
        (_, Lang::En) => format!("{count} records are yours now"),
    };
    Ok(Some((subject, vec![cut(t(lang, "新分给您的", "Given to you"), lines, lang, format!("{site}/"))])))
}

async fn reclaim(engine: &Engine, reader: &Actor, mail: &Mail, site: &str) -> Result<Said> {
    let lang = reader.lang;
    let told: Vec<Uuid> = mail.items.iter().filter_map(|item| item.record).collect();
    let lines = warned(engine, reader, site, Some(&told)).await?;
    if lines.is_empty() {
        return Ok(None);
    }
    let subject = match (lines.as_slice(), lang) {
        ([one], Lang::Zh) => format!("即将被公海收回：{}", one.text),
        ([one], Lang::En) => format!("About to go back to the pool: {}", one.text),
        (all, Lang::Zh) => format!("{} 条记录即将被公海收回", all.len()),
        (all, Lang::En) => format!("{} records are about to go back to the pool", all.len()),
    };
    let title = t(lang, "不跟进就会被收回的", "Taken back unless something happens");
    Ok(Some((subject, vec![cut(title, lines, lang, format!("{site}/"))])))
}

/// What pools are about to take from the reader now; of these only, when some are given.
pub(super) async fn warned(engine: &Engine, reader: &Actor, site: &str, of: Option<&[Uuid]>) -> Result<Vec<Line>> {
    let warnings = engine.pool_warnings(reader, if of.is_some() { 200 } else { LINES + 1 }).await?;
    let wanted = |id: &Uuid| of.is_none_or(|of| of.contains(id));
    let line = |warning: &zhike_records::Warning| {
        let days = warning.days;
        let note = match reader.lang {
            Lang::Zh => format!("{days} 天内 · {}", warning.pool),
            Lang::En => format!("within {days} days · {}", warning.pool),
        };
        Line { note, ..linked(engine, &warning.record, site, reader.lang) }
    };
    Ok(warnings.iter().filter(|warning| wanted(&warning.record.id)).map(line).collect())
}

/// A record that is the reader's now; none when it is not, or not to be seen.
async fn own(engine: &Engine, reader: &Actor, object: &str, id: Uuid) -> Result<Option<Record>> {
    match engine.read(reader, object, id).await {
        Ok(record) => {
            let mine = record.value("owner").as_id() == reader.user_id && record.deleted_at().is_none();
            Ok(mine.then_some(record))
        }
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A record's name as its reader may see it.
pub(super) fn title(engine: &Engine, record: &Record, lang: Lang) -> String {
    let lent = record.value(&record.object.title).as_id().is_some();
    let text = if lent { record.title().to_owned() } else { engine.show(record, &record.object.title, lang) };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => record.object.label.get(lang).to_owned(),
        1..=TITLE => text,
        _ => text.chars().take(TITLE - 1).chain(['…']).collect(),
    }
}

pub(super) fn linked(engine: &Engine, record: &Record, site: &str, lang: Lang) -> Line {
    Line {
        text: title(engine, record, lang),
        url: format!("{site}/{}/{}", record.object.name, record.id),
        note: String::new(),
    }
}

/// A section of at most so many lines, and a link to where the rest is.
pub(super) fn cut(title: &str, mut lines: Vec<Line>, lang: Lang, all: String) -> Section {
    let more = (lines.len() > LINES).then(|| (t(lang, "查看全部", "See all").to_owned(), all));
    lines.truncate(LINES);
    Section { title: title.to_owned(), lines, more }
}
