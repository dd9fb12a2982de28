//! The sections of a source: `[object]`, `[extend]`, `[pack]` and `[[group]]`.

use toml::de::DeTable;
use zhike_types::{Text, text};

use super::{
    PackSource, amend, approval, calendar, convert, copying, field, layout, measure,
    place::{Place, Problems},
    print, rule,
    system::{pool_fields, system_fields},
    table::Table,
};
use crate::{Access, Field, Group, Layout, Object, Rule};

/// What the sources say, not yet checked against each other.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub objects: Vec<Object>,
    pub groups: Vec<Group>,
}

pub(super) fn read_all(sources: &[PackSource], problems: &Problems<'_>) -> Declared {
    let mut declared = Declared::default();
    for (index, source) in sources.iter().enumerate() {
        match DeTable::parse(&source.text) {
            Ok(document) => read_source(index, source, document.get_ref(), problems, &mut declared),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                let what = error.message();
                problems.at(
                    Place { source: index, offset },
                    text!("这不是正确的 TOML：{what}。", "This is not TOML: {what}."),
                );
            }
        }
    }
    declared
}

fn read_source(
    index: usize,
    source: &PackSource,
    document: &DeTable<'_>,
    problems: &Problems<'_>,
    declared: &mut Declared,
) {
    let root = Table::new(problems, index, document, 0);
    if let Some(pack) = root.table("pack") {
        pack.required_string("name", "name = \"…\"");
        pack.required_label("label");
        pack.finish();
    }
    for group in root.tables("group") {
        let name = group.required_string("name", "name = \"…\"");
        let group = group.named(format!("group/{name}"));
        let read = Group {
            name,
            label: group.required_label("label"),
            icon: group.string("icon").unwrap_or_else(|| "folder".to_owned()),
        };
        let after = group.string("after");
        let place = after.as_ref().and_then(|after| declared.groups.iter().position(|other| other.name == *after));
        if let (Some(after), None) = (&after, place) {
            group.problem_at(
                "after",
                super::table::unknown_word(after, declared.groups.iter().map(|known| known.name.as_str())),
            );
        }
        group.finish();
        if declared.groups.iter().all(|other| other.name != read.name) {
            declared.groups.insert(place.map_or(declared.groups.len(), |at| at + 1), read);
        }
    }
    match (root.table("object"), root.table("extend")) {
        (Some(object), None) => read_object(&root, object, source, problems, declared),
        (None, Some(extend)) => read_extension(&root, extend, source, problems, declared),
        (Some(object), Some(_)) => object.problem(Text::new(
            "一个文件只能有 [object] 或 [extend] 其中之一。请分成两个文件。",
            "A file has [object] or [extend], not both. Make two files.",
        )),
        (None, None) if root.has("field") || root.has("view") => {
            root.problem(Text::new(
                "缺少 [object]：请先写对象的 name 和 label。",
                "[object] is missing: begin with the object's name and label.",
            ));
        }
        (None, None) => {}
    }
    root.finish();
}

fn read_object(
    root: &Table<'_>,
    table: Table<'_>,
    source: &PackSource,
    problems: &Problems<'_>,
    declared: &mut Declared,
) {
    let name = table.required_string("name", "name = \"account\"");
    if let Some(other) = declared.objects.iter().find(|other| other.name == name) {
        let file = &other.source;
        table.problem_at(
            "name",
            text!(
                "对象“{name}”已经在 {file} 里声明过。要给它加字段，请用 [extend]。",
                "The object `{name}` is declared in {file} already. To add to it, use [extend]."
            ),
        );
        return;
    }
    let table = table.named(name.clone());
    let label = table.required_label("label");
    let pool = table.boolean("pool");
    let mut fields = system_fields();
    if pool {
        fields.extend(pool_fields());
    }
    for field in root.tables("field") {
        if let Some(field) = field::read(field, &name) {
            add_field(&mut fields, field, &name, source, problems);
        }
    }
    let first = rule::first(root.tables("record"), &name, &fields);
    let approvals = approval::seeds(root.tables("approval"), &name);
    let object = Object {
        plural: table.label("plural").unwrap_or_else(|| label.clone()),
        label,
        help: table.label("help"),
        icon: table.string("icon").unwrap_or_else(|| "box".to_owned()),
        group: table.string("group"),
        access: access(&table),
        title: table.required_string("title", "title = \"name\""),
        subtitle: table.strings("subtitle"),
        fields,
        views: layout::views(root.tables("view"), &name),
        layout: layout::layout(root.table("layout"), &name),
        flows: layout::flows(root.tables("flow"), &name),
        rules: rule::rules(root.tables("rule"), &name),
        locks: rule::locks(root.tables("lock"), &name),
        measures: measure::measures(root.tables("measure"), &name, source),
        prints: print::prints(root.tables("print"), &name),
        first,
        approvals,
        convert: convert::convert(root.table("convert"), &name),
        copies: copying::copies(root.tables("copy"), &name),
        calendars: calendar::calendars(root.tables("calendar"), &name),
        check_in: calendar::check_in(root.table("check_in"), &name),
        traces: calendar::traces(root.tables("trace"), &name),
        attachments: table.boolean("attachments"),
        timeline_at: table.string("timeline_at"),
        team: table.string("team"),
        pool,
        catalogue: table.boolean("catalogue"),
        set_above: table.boolean("set_above"),
        source: source.path.clone(),
        name,
    };
    table.finish();
    declared.objects.push(object);
}

/// `"owned"`, `"open"`, `{ parent = "account" }` or `{ parent = ["account", "lead"] }`.
fn access(table: &Table<'_>) -> Access {
    if let Some(toml::de::DeValue::Table(_)) = table.raw("access") {
        let Some(parent) = table.table("access") else { return Access::Owned };
        if !parent.has("parent") {
            parent.required_string("parent", "access = { parent = \"account\" }");
        }
        let access = Access::Parents(parent.words("parent"));
        parent.finish();
        return access;
    }
    if !table.has("access") {
        return Access::Owned;
    }
    match table.choice("access", &[("owned", false), ("open", true)]) {
        Some(true) => Access::Open,
        _ => Access::Owned,
    }
}

fn read_extension(
    root: &Table<'_>,
    table: Table<'_>,
    source: &PackSource,
    problems: &Problems<'_>,
    declared: &mut Declared,
) {
    let name = table.required_string("object", "object = \"account\"");
    let Some(object) = declared.objects.iter_mut().find(|object| object.name == name) else {
        table.problem_at(
            "object",
            text!(
                "没有对象“{name}”可以扩展。请检查名称，并让声明它的文件排在前面。",
                "There is no object `{name}` to extend. Check the name, and put the file that declares it first."
            ),
        );
        return;
    };
    amend::parents(&table, object);
    table.finish();
    for change in root.tables("amend") {
        amend::field(change, object);
    }
    for field in root.tables("field") {
        if let Some(field) = field::read(field, &name) {
            add_field(&mut object.fields, field, &name, source, problems);
        }
    }
    for rule in rule::rules(root.tables("rule"), &name) {
        put_rule(&mut object.rules, rule);
    }
    for lock in rule::locks(root.tables("lock"), &name) {
        match object.locks.iter_mut().find(|other| other.name == lock.name) {
            Some(other) => *other = lock,
            None => object.locks.push(lock),
        }
    }
    object.measures.extend(measure::measures(root.tables("measure"), &name, source));
    object.first.extend(rule::first(root.tables("record"), &name, &object.fields));
    object.approvals.extend(approval::seeds(root.tables("approval"), &name));
    for view in layout::views(root.tables("view"), &name) {
        match object.views.iter_mut().find(|other| other.name == view.name) {
            Some(other) => *other = view,
            None => object.views.push(view),
        }
    }
    for flow in layout::flows(root.tables("flow"), &name) {
        match object.flows.iter_mut().find(|other| other.field == flow.field) {
            Some(other) => *other = flow,
            None => object.flows.push(flow),
        }
    }
    object.copies.extend(copying::copies(root.tables("copy"), &name));
    if let Some(conversion) = convert::convert(root.table("convert"), &name) {
        object.convert = Some(conversion);
    }
    object.calendars.extend(calendar::calendars(root.tables("calendar"), &name));
    object.check_in = calendar::check_in(root.table("check_in"), &name).or(object.check_in.take());
    object.traces.extend(calendar::traces(root.tables("trace"), &name));
    add_layout(&mut object.layout, layout::layout(root.table("layout"), &name));
}

/// A rule of the same name is another's now.
fn put_rule(rules: &mut Vec<Rule>, rule: Rule) {
    match rules.iter_mut().find(|other| other.name == rule.name) {
        Some(other) => *other = rule,
        None => rules.push(rule),
    }
}

fn add_field(fields: &mut Vec<Field>, field: Field, object: &str, source: &PackSource, problems: &Problems<'_>) {
    let name = &field.name;
    let path = format!("{object}/field/{name}/name");
    if let Some(other) = fields.iter().find(|other| other.name == *name) {
        let message = if other.system {
            text!(
                "“{name}”是每个对象都有的系统字段，请换一个名称。",
                "`{name}` is a system field that every object has. Choose another name."
            )
        } else {
            text!(
                "字段“{name}”在 {object} 里已经有了，请换一个名称。",
                "{object} has a field `{name}` already. Choose another name."
            )
        };
        problems.under(&path, message);
        return;
    }
    // A custom object is the customer's own: its fields need no mark.
    if source.is_custom() != name.starts_with("x_") && !object.starts_with("x_") {
        problems.under(
            &path,
            if source.is_custom() {
                text!(
                    "自定义字段的名称要以 x_ 开头，例如“x_{name}”。",
                    "A custom field's name begins with x_, such as `x_{name}`."
                )
            } else {
                text!(
                    "x_ 开头的名称留给自定义字段，请把“{name}”改掉。",
                    "Names that begin with x_ are for custom fields. Rename `{name}`."
                )
            },
        );
    }
    fields.push(field);
}

/// What an extension adds to a page; sections of the same Chinese label grow together.
fn add_layout(layout: &mut Layout, more: Layout) {
    for section in more.sections {
        match layout.sections.iter_mut().find(|other| other.label.zh == section.label.zh) {
            Some(other) => other.fields.extend(section.fields),
            None => layout.sections.push(section),
        }
    }
    layout.facts.extend(more.facts);
    layout.badges.extend(more.badges);
    layout.quick_create.extend(more.quick_create);
    layout.tabs.extend(more.tabs);
    layout.related.extend(more.related);
    layout.board = more.board.or(layout.board.take());
}
