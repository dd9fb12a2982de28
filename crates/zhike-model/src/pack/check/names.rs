//! Names: well formed, free, and of things that are there.

use std::collections::HashMap;

use zhike_types::{Text, text};

use super::super::{
    object::Declared,
    place::Problems,
    system::{RESERVED_COLUMNS, RESERVED_FIELDS},
    table::unknown_word,
};
use crate::{Field, FieldKind, MatchRule, Object};

const LONGEST: usize = 48;

pub(super) fn check(declared: &Declared, problems: &Problems<'_>) {
    for object in &declared.objects {
        if !is_name(&object.name) {
            problems.under(&format!("{}/name", object.name), bad_name(&object.name));
        }
        if let Some(group) = &object.group
            && declared.groups.iter().all(|known| known.name != *group)
        {
            problems.under(
                &format!("{}/group", object.name),
                unknown_word(group, declared.groups.iter().map(|known| known.name.as_str())),
            );
        }
        let no_parent = |field: &&String| !object.field(field).is_some_and(|field| field.kind.is_reference());
        if let Some(field) = object.access.parents().iter().find(no_parent) {
            problems.under(
                &format!("{}/access", object.name),
                text!(
                    "parent 要是本对象的引用字段，“{field}”不是。",
                    "`parent` must be a reference field of this object; `{field}` is not."
                ),
            );
        }
        fields(object, declared, problems);
        columns(object, problems);
    }
    for needed in ["user", "department"] {
        if declared.objects.iter().all(|object| object.name != needed) && !declared.objects.is_empty() {
            problems.under(
                "",
                text!(
                    "缺少对象“{needed}”：系统字段引用它。请把核心包排在前面。",
                    "The object `{needed}` is missing: system fields refer to it. Put the core pack first."
                ),
            );
        }
    }
    inverses(declared, problems);
}

/// `[a-z][a-z0-9_]*`, at most 48 characters, no `__` (kept for the engine's own columns) and no `_` at the end.
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.contains("__")
        && !name.ends_with('_')
}

pub(super) fn bad_name(name: &str) -> Text {
    text!(
        "名称“{name}”不行：只用小写字母、数字和单个“_”，以字母开头，最多 {LONGEST} 个字符，例如 annual_revenue。",
        "The name `{name}` will not do: small letters, digits and single `_`, a letter first, at most {LONGEST} characters, such as annual_revenue."
    )
}

fn fields(object: &Object, declared: &Declared, problems: &Problems<'_>) {
    for field in object.fields.iter().filter(|field| !field.system) {
        let at = |key: &str| format!("{}/field/{}/{key}", object.name, field.name);
        let name = &field.name;
        if !is_name(name) {
            problems.under(&at("name"), bad_name(name));
        } else if RESERVED_FIELDS.contains(&name.as_str()) {
            problems.under(
                &at("name"),
                text!(
                    "“{name}”在系统或表达式里另有含义，请换一个名称。",
                    "`{name}` means something else to the system or in expressions. Choose another name."
                ),
            );
        }
        let targets: Vec<&String> = match &field.kind {
            FieldKind::Reference { object, .. } => vec![object],
            FieldKind::AnyReference { objects, .. } => objects.iter().collect(),
            FieldKind::AutoNumber { series } => {
                if let Err(message) = pattern(&series.pattern) {
                    problems.under(&at("pattern"), message);
                }
                Vec::new()
            }
            FieldKind::Select { options } | FieldKind::MultiSelect { options }
                if options.is_empty() && !field.measures =>
            {
                problems.under(&at("options"), Text::new("至少要有一个选项。", "There must be at least one option."));
                Vec::new()
            }
            _ => Vec::new(),
        };
        for target in targets {
            if declared.objects.iter().all(|object| object.name != *target) {
                problems
                    .under(&at("to"), unknown_word(target, declared.objects.iter().map(|object| object.name.as_str())));
            }
        }
        let computed =
            matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. } | FieldKind::AutoNumber { .. });
        if computed && (field.required || field.default.is_some() || field.initial.is_some()) {
            problems.under(
                &at("type"),
                Text::new(
                    "系统填写的字段不能有 required、default 或 initial，请删掉。",
                    "A field that the system fills has no required, default or initial. Remove them.",
                ),
            );
        }
        if field.moves.iter().any(|moves| !moves_well(&declared.objects, object, field, moves)) {
            problems.under(
                &at("moves"),
                Text::new(
                    "moves 写成“引用字段.目标字段”，例如 account.next_follow_up_at；两个字段的类型要相同。",
                    "Write `moves` as reference.field, such as account.next_follow_up_at; both fields must have one type.",
                ),
            );
        }
        if let Some(view) = &field.offers
            && !field.kind.reference_to().is_some_and(|to| offers_well(&declared.objects, object, to, view))
        {
            problems.under(
                &at("offers"),
                Text::new(
                    "offers 写引用对象的一个视图名，例如 open；两个对象还要有同名、指向同一对象的引用字段。",
                    "Write `offers` as a view of the object that the reference leads to, such as open; both objects must name something in common.",
                ),
            );
        }
        if field.default.is_some() && field.initial.is_some() {
            problems.under(
                &at("initial"),
                Text::new("default 和 initial 只能有一个。", "Give default or initial, not both."),
            );
        }
        let comparable = field.kind.is_sortable() || matches!(field.kind, FieldKind::Reference { .. });
        if field.unique && (!comparable || field.kind == FieldKind::Boolean) {
            problems.under(
                &at("unique"),
                Text::new(
                    "这种类型的字段不能设为唯一，请删掉 unique。",
                    "A field of this type cannot be unique. Remove `unique`.",
                ),
            );
        }
        if field.mask != crate::MaskRule::Auto && field.class == crate::Class::General {
            problems.under(
                &at("mask"),
                Text::new(
                    "只有个人信息才打码。请加上 class = \"personal\" 或 \"sensitive\"，或者删掉 mask。",
                    "Only personal data is masked. Add class = \"personal\" or \"sensitive\", or remove `mask`.",
                ),
            );
        }
        if field.search.is_some() && !field.kind.is_text() {
            problems.under(
                &at("search"),
                Text::new("只有文字类的字段可以搜索，请删掉 search。", "Only texts are searched. Remove `search`."),
            );
        }
        if let Some(rule) = field.matching
            && !fits(rule, &field.kind)
        {
            problems.under(&at("match"), Text::new(
                "这种匹配方式不适合这个类型的字段。文字可用 organisation、person、address、trade、exact，电话用 phone，邮箱用 email，地区用 region。",
                "This match does not fit the field's type. Texts match by organisation, person, address, trade or exact, phones by phone, e-mail by email, regions by region.",
            ));
        }
    }
}

fn fits(rule: MatchRule, kind: &FieldKind) -> bool {
    match rule {
        MatchRule::Organisation | MatchRule::Person | MatchRule::Address | MatchRule::Trade => {
            matches!(kind, FieldKind::Text { .. })
        }
        MatchRule::Region => matches!(kind, FieldKind::Region),
        MatchRule::Phone => matches!(kind, FieldKind::Phone),
        MatchRule::Email => matches!(kind, FieldKind::Email),
        MatchRule::CreditCode => matches!(kind, FieldKind::CreditCode),
        MatchRule::Exact => kind.is_text(),
    }
}

/// Text, `{yyyy}`, `{yy}`, `{mm}`, `{dd}` and once a counter, `{00000}`.
fn pattern(pattern: &str) -> Result<(), Text> {
    let bad = || {
        text!(
            "编号规则“{pattern}”不对：可用 {{yyyy}} {{yy}} {{mm}} {{dd}}，并且要有一个计数，如 {{00000}}。",
            "The pattern `{pattern}` will not do: it takes {{yyyy}}, {{yy}}, {{mm}}, {{dd}} and needs one counter, such as {{00000}}."
        )
    };
    let (mut rest, mut counters) = (pattern, 0);
    while let Some(open) = rest.find('{') {
        let end = rest[open..].find('}').ok_or_else(bad)? + open;
        match &rest[open + 1..end] {
            "yyyy" | "yy" | "mm" | "dd" => {}
            zeros if (1..=12).contains(&zeros.len()) && zeros.bytes().all(|byte| byte == b'0') => counters += 1,
            _ => return Err(bad()),
        }
        rest = &rest[end + 1..];
    }
    if counters == 1 && pattern.len() <= LONGEST && !rest.contains('}') { Ok(()) } else { Err(bad()) }
}

/// Two fields must not make the same column: `a_id` the text and `a` the reference.
fn columns(object: &Object, problems: &Problems<'_>) {
    // The engine numbers the rows (`seq`) and keeps a title's pinyin order beside it (`name_sort`).
    let mut taken: HashMap<String, &str> = HashMap::from([("id".to_owned(), "id"), ("seq".to_owned(), "seq")]);
    taken.insert(format!("{}_sort", object.title), &object.title);
    for field in &object.fields {
        for column in std::iter::once(field.column()).chain(field.second_column()) {
            let at = format!("{}/field/{}/name", object.name, field.name);
            if RESERVED_COLUMNS.contains(&column.as_str()) {
                problems.under(&at, text!(
                    "“{column}”是 SQL 的保留字，报表工具读不了这一列，请换一个名称。",
                    "`{column}` is a reserved word of SQL: reporting tools would stumble over the column. Choose another name."
                ));
            }
            if let Some(other) = taken.get(&column) {
                problems.under(
                    &at,
                    text!(
                        "这个字段的列“{column}”和“{other}”的列重名，请换一个名称。",
                        "This field's column `{column}` is also that of `{other}`. Choose another name."
                    ),
                );
            }
            taken.insert(column, &field.name);
        }
    }
}

/// A relation's name stands beside the fields of the object it belongs to, in expressions and in the API.
fn inverses(declared: &Declared, problems: &Problems<'_>) {
    let mut taken: HashMap<(String, String), String> = HashMap::new();
    for object in &declared.objects {
        for field in &object.fields {
            let (targets, inverse) = match &field.kind {
                FieldKind::Reference { object, inverse, .. } => (vec![object.clone()], inverse),
                FieldKind::AnyReference { objects, inverse, .. } if objects.is_empty() => {
                    (declared.objects.iter().map(|object| object.name.clone()).collect(), inverse)
                }
                FieldKind::AnyReference { objects, inverse, .. } => (objects.clone(), inverse),
                _ => continue,
            };
            let Some(inverse) = inverse else { continue };
            let at = format!("{}/field/{}/inverse", object.name, field.name);
            if !is_name(inverse) || RESERVED_FIELDS.contains(&inverse.as_str()) {
                problems.under(&at, bad_name(inverse));
            }
            for target in targets {
                let clash = declared
                    .objects
                    .iter()
                    .find(|object| object.name == target)
                    .is_some_and(|object| object.field(inverse).is_some());
                let here = format!("{}.{}", object.name, field.name);
                if clash {
                    problems.under(
                        &at,
                        text!(
                            "{target} 已有字段“{inverse}”，请给这个关系换一个名称。",
                            "{target} has a field `{inverse}` already. Give the relation another name."
                        ),
                    );
                } else if let Some(other) = taken.insert((target.clone(), inverse.clone()), here) {
                    problems.under(
                        &at,
                        text!(
                            "{target} 的关系“{inverse}”已被 {other} 使用，请换一个名称。",
                            "The relation `{inverse}` of {target} belongs to {other} already. Choose another name."
                        ),
                    );
                }
            }
        }
    }
}

/// Whether `reference.field` names a writable field of the same type on the object that the reference leads to.
fn moves_well(objects: &[Object], object: &Object, field: &Field, moves: &str) -> bool {
    leads_to(objects, object, moves).is_some_and(|target| target.kind == field.kind && !target.read_only)
}

/// Whether the object that a reference leads to has such a view, and something in common with this one.
fn offers_well(objects: &[Object], object: &Object, to: &str, view: &str) -> bool {
    let target = objects.iter().find(|candidate| candidate.name == to);
    target.is_some_and(|target| target.view(view).is_some() && object.references_shared(target).next().is_some())
}

/// The field that `reference.field` names.
fn leads_to<'o>(objects: &'o [Object], object: &Object, path: &str) -> Option<&'o Field> {
    let (reference, target) = path.split_once('.')?;
    let FieldKind::Reference { object: parent, .. } = &object.field(reference)?.kind else { return None };
    objects.iter().find(|candidate| candidate.name == *parent)?.field(target)
}
