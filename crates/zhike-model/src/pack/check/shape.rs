//! Views, layouts, flows, titles: every name in them is a field that fits there.

use zhike_types::{Text, text};

use super::super::{place::Problems, table::unknown_word};
use crate::{Access, AggregateOp, Field, FieldKind, Flow, Model, Object, SortKey, StageRecords, TabKind, expr};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        let checker = Checker { model, object, problems };
        checker.head();
        checker.views();
        checker.layout();
        checker.flows();
    }
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    problems: &'a Problems<'a>,
}

impl Checker<'_> {
    fn under(&self, path: &str, message: Text) {
        self.problems.under(&format!("{}/{path}", self.object.name), message);
    }

    /// Every name is a field of the object; says where which is not.
    fn fields(&self, object: &Object, names: &[String], path: &str) {
        for (i, name) in names.iter().enumerate() {
            let at = format!("{path}/{i}");
            if object.field(name).is_none() {
                self.under(&at, unknown_word(name, object.fields.iter().map(|field| field.name.as_str())));
            } else if names[..i].contains(name) {
                self.under(&at, text!("“{name}”出现了两次，请删掉一个。", "`{name}` stands here twice. Remove one."));
            }
        }
    }

    /// A reference to an object that has a name of its own: one step, so that titles never go in circles.
    fn borrows_a_title(&self, field: &Field) -> bool {
        let FieldKind::Reference { object, .. } = &field.kind else { return false };
        let title = self.model.object(object).and_then(|target| target.field(&target.title));
        title.is_none_or(|title| !title.kind.is_reference())
    }

    fn copies_from_elsewhere(&self, field: &Field) -> bool {
        let FieldKind::Formula { expression, .. } = &field.kind else { return false };
        expr::parse(self.model, &self.object.name, expression, None).is_ok_and(|expr| !expr::needs(&expr).is_local())
    }

    fn sort(&self, object: &Object, keys: &[SortKey], path: &str) {
        for (i, key) in keys.iter().enumerate() {
            let (at, name) = (format!("{path}/{i}"), &key.field);
            match object.field(name) {
                None => self.under(&at, unknown_word(name, object.fields.iter().map(|field| field.name.as_str()))),
                Some(field) if !field.kind.is_sortable() => {
                    let kind = field.kind.name();
                    self.under(
                        &at,
                        text!(
                            "{kind} 类型的字段“{name}”不能排序。",
                            "The field `{name}` of type {kind} cannot be sorted by."
                        ),
                    );
                }
                Some(_) => {}
            }
        }
    }

    fn head(&self) {
        let object = self.object;
        let known = || object.fields.iter().map(|field| field.name.as_str());
        match object.field(&object.title) {
            None => self.under("title", unknown_word(&object.title, known())),
            Some(field) if self.copies_from_elsewhere(field) => self.under("title", Text::new(
                "title 不能是读其他记录的公式：能看到这条记录的人会因此看到另一条记录的名称。请把 title 写成那个引用字段。",
                "The title must not be a formula that reads other records: it would tell their names to whoever sees this one. Make the reference itself the title.",
            )),
            Some(field) if field.kind.is_text() || matches!(field.kind, FieldKind::Select { .. }) => {}
            Some(field) if self.borrows_a_title(field) => {}
            Some(_) => self.under("title", Text::new(
                "title 要是文字、选项或引用字段；引用的对象自己的 title 要是文字或选项。",
                "The title must be a text, a select, or a reference to an object whose own title is a text or a select.",
            )),
        }
        self.fields(object, &object.subtitle, "subtitle");
        if let Some(name) = &object.timeline_at {
            match object.field(name).map(|field| field.kind.value_kind()) {
                None => self.under("timeline_at", unknown_word(name, known())),
                Some(FieldKind::Date | FieldKind::DateTime) => {}
                Some(_) => self.under(
                    "timeline_at",
                    Text::new("timeline_at 要是日期或时间字段。", "`timeline_at` must be a date or datetime field."),
                ),
            }
        }
        if object.pool && object.access != Access::Owned {
            self.under("pool", Text::new(
                "只有 access = \"owned\" 的对象才能进公海：从属的记录跟着它的上级走。",
                "Only an object with access = \"owned\" can have a pool: what hangs on another record goes where that goes.",
            ));
        }
        if let Some(team) = &object.team
            && !self.is_team(team)
        {
            let name = &object.name;
            self.under("team", text!(
                "团队对象“{team}”要有引用字段 {name}（指向本对象）和 user（指向用户），以及含 read、write 选项的 level。",
                "The team object `{team}` needs the references `{name}` (to this object) and `user` (to users), and a select `level` with read and write."
            ));
        }
    }

    fn is_team(&self, team: &str) -> bool {
        let Some(team) = self.model.object(team) else { return false };
        let refers = |field: &str, to: &str| {
            team.field(field)
                .is_some_and(|field| matches!(&field.kind, FieldKind::Reference { object, .. } if object == to))
        };
        refers(&self.object.name, &self.object.name)
            && refers("user", "user")
            && team
                .field("level")
                .is_some_and(|level| level.option("read").is_some() && level.option("write").is_some())
    }

    fn views(&self) {
        let object = self.object;
        for (i, view) in object.views.iter().enumerate() {
            let path = format!("view/{}", view.name);
            if object.views[..i].iter().any(|other| other.name == view.name) {
                let name = &view.name;
                self.under(
                    &path,
                    text!(
                        "视图“{name}”出现了两次，请换一个名称。",
                        "The view `{name}` stands here twice. Choose another name."
                    ),
                );
            }
            if view.columns.is_empty() {
                self.under(&path, Text::new("视图要有 columns。", "A view needs `columns`."));
            }
            self.fields(object, &view.columns, &format!("{path}/columns"));
            self.fields(object, &view.quick, &format!("{path}/quick"));
            self.sort(object, &view.sort, &format!("{path}/sort"));
            for total in &view.totals {
                let kind = object.field(&total.field).map(|field| field.kind.value_kind());
                let fits = match (total.op, kind) {
                    (_, None) => false,
                    (AggregateOp::Count, _)
                    | (AggregateOp::Min | AggregateOp::Max, Some(FieldKind::Date | FieldKind::DateTime)) => true,
                    (_, Some(kind)) => kind.is_number(),
                };
                if !fits {
                    let name = &total.field;
                    self.under(&format!("{path}/totals"), text!(
                        "“{name}”不能这样合计：要是本对象的数字字段；min、max 也可用日期；count 不限。",
                        "`{name}` cannot be totalled so: it must be a number of this object; min and max take dates too, count anything."
                    ));
                }
            }
        }
    }

    fn layout(&self) {
        let (object, layout) = (self.object, &self.object.layout);
        self.fields(object, &layout.facts, "layout/facts");
        self.fields(object, &layout.badges, "layout/badges");
        self.fields(object, &layout.quick_create, "layout/quick_create");
        for (i, name) in layout.quick_create.iter().enumerate() {
            if object.field(name).is_some_and(|field| field.read_only) {
                self.under(
                    &format!("layout/quick_create/{i}"),
                    text!(
                        "“{name}”由系统填写，不能放在新建表单里。",
                        "`{name}` is filled by the system: it cannot stand on the form."
                    ),
                );
            }
        }
        for (i, name) in layout.badges.iter().enumerate() {
            let kind = object.field(name).map(|field| field.kind.value_kind());
            if kind.is_some_and(|kind| {
                !matches!(
                    kind,
                    FieldKind::Select { .. } | FieldKind::MultiSelect { .. } | FieldKind::Boolean | FieldKind::Tags
                )
            }) {
                self.under(
                    &format!("layout/badges/{i}"),
                    text!("徽标要用选项字段，“{name}”不是。", "A badge is a select field; `{name}` is not."),
                );
            }
        }
        let mut placed: Vec<&String> = Vec::new();
        for (i, section) in layout.sections.iter().enumerate() {
            self.fields(object, &section.fields, &format!("section/{i}/fields"));
            for (j, name) in section.fields.iter().enumerate() {
                if placed.contains(&name) && !section.fields[..j].contains(name) {
                    self.under(
                        &format!("section/{i}/fields/{j}"),
                        text!(
                            "“{name}”已在前面的分组里，请删掉一个。",
                            "`{name}` stands in an earlier section. Remove one."
                        ),
                    );
                }
            }
            placed.extend(&section.fields);
        }
        for (i, tab) in layout.tabs.iter().enumerate() {
            if let TabKind::Related(relations) = &tab.kind {
                for (j, relation) in relations.iter().enumerate() {
                    self.relation(relation, &format!("tab/{i}/relations/{j}"));
                    if self.model.relation(&object.name, relation).is_some()
                        && layout.related.iter().all(|related| related.relation != *relation)
                    {
                        self.under(
                            &format!("tab/{i}/relations/{j}"),
                            text!(
                                "关系“{relation}”要有 [[layout.related]] 说明显示哪些列。",
                                "The relation `{relation}` needs a [[layout.related]] that says which columns to show."
                            ),
                        );
                    }
                }
            }
        }
        for related in &layout.related {
            let path = format!("related/{}", related.relation);
            if let Some(target) = self.relation(&related.relation, &format!("{path}/relation")) {
                self.fields(target, &related.columns, &format!("{path}/columns"));
                self.sort(target, &related.sort, &format!("{path}/sort"));
            }
        }
    }

    /// The object whose records the relation holds.
    fn relation(&self, name: &str, path: &str) -> Option<&Object> {
        if let Some(relation) = self.model.relation(&self.object.name, name) {
            return self.model.object(&relation.object).map(|object| &**object);
        }
        let names = self
            .model
            .relations(&self.object.name)
            .iter()
            .map(|relation| relation.name.as_str())
            .filter(|name| !name.is_empty());
        self.under(path, unknown_word(name, names));
        None
    }

    fn since(&self, flow: &Flow, path: &str) {
        let Some(since) = &flow.since else { return };
        let fits = self.object.field(since).is_some_and(|field| field.kind == FieldKind::DateTime && field.read_only);
        if !fits {
            self.under(
                &format!("{path}/since"),
                Text::new(
                    "since 要是本对象的时间字段，并带 read_only = true：由系统填写。",
                    "`since` must be a datetime of this object with read_only = true: the system writes it.",
                ),
            );
        }
    }

    /// What the engine reads of stages that are records.
    fn stage_records(&self, flow: &Flow, field: &Field, records: &StageRecords, path: &str) {
        let refers = |object: &Object, name: &str| match object.field(name).map(|field| &field.kind) {
            Some(FieldKind::Reference { object, .. }) => Some(object.clone()),
            _ => None,
        };
        let Some(stages) = self.model.object(&records.object) else {
            let known = self.model.objects().iter().map(|object| object.name.as_str());
            self.under(&format!("{path}/stages"), unknown_word(&records.object, known));
            return;
        };
        let is_text = |name: &str| stages.field(name).is_some_and(|field| field.kind.is_text());
        let well = refers(self.object, &flow.field).as_deref() == Some(&records.object)
            && flow.stages.is_empty()
            && is_text("requires")
            && is_text("gate")
            && is_text("gate_message")
            && stages.field("rank").is_some_and(|rank| rank.kind == FieldKind::Integer)
            && stages.field("kind").is_some_and(|kind| kind.option("open").is_some());
        if !well {
            let (name, object) = (&field.name, &records.object);
            self.under(path, text!(
                "字段“{name}”要引用 {object}；{object} 要有 rank（整数）、kind（选项里有 open）、requires、gate、gate_message（文字）；这里不再写 [[flow.stage]]。",
                "The field `{name}` must refer to {object}, which needs rank (integer), kind (a select with open), requires, gate and gate_message (texts); there is no [[flow.stage]] then."
            ));
        }
        if let Some(within) = &records.within {
            let target = refers(self.object, within);
            let flags = |name: &str| {
                target
                    .as_ref()
                    .and_then(|target| self.model.object(target))
                    .and_then(|target| target.field(name))
                    .is_some_and(|field| field.kind == FieldKind::Boolean)
            };
            if target.is_none() || target != refers(stages, within) || !flags("is_default") || !flags("active") {
                let object = &records.object;
                self.under(&format!("{path}/within"), text!(
                    "within 要是本对象和 {object} 都有的引用字段，指向同一个对象；那个对象要有 is_default 和 active（是否）。",
                    "`within` must be a reference that this object and {object} both have, to the same object, which needs the booleans is_default and active."
                ));
            }
        }
    }

    fn flows(&self) {
        let object = self.object;
        for flow in &object.flows {
            let path = format!("flow/{}", flow.field);
            let Some(field) = object.field(&flow.field) else {
                self.under(
                    &format!("{path}/field"),
                    unknown_word(&flow.field, object.fields.iter().map(|field| field.name.as_str())),
                );
                continue;
            };
            self.since(flow, &path);
            if let Some(records) = &flow.records {
                self.stage_records(flow, field, records, &path);
                continue;
            }
            let FieldKind::Select { options } = &field.kind else {
                self.under(
                    &format!("{path}/field"),
                    Text::new(
                        "流程的字段要是单选（select）；是引用时请写 stages = \"…\"。",
                        "A flow's field must be a select; of a reference, say stages = \"…\".",
                    ),
                );
                continue;
            };
            for option in options.iter().filter(|option| !option.retired) {
                if flow.stages.iter().all(|stage| stage.key != option.key) {
                    let key = &option.key;
                    self.under(
                        &path,
                        text!(
                            "流程缺少阶段“{key}”，请加上 [[flow.stage]]。",
                            "The flow lacks the stage `{key}`. Add a [[flow.stage]]."
                        ),
                    );
                }
            }
            for (i, stage) in flow.stages.iter().enumerate() {
                let at = format!("{path}/{}", stage.key);
                if field.option(&stage.key).is_none() {
                    self.under(
                        &format!("{at}/key"),
                        unknown_word(&stage.key, options.iter().map(|option| option.key.as_str())),
                    );
                }
                if flow.stages[..i].iter().any(|other| other.key == stage.key) {
                    let key = &stage.key;
                    self.under(&at, text!("阶段“{key}”出现了两次。", "The stage `{key}` stands here twice."));
                }
                for (j, to) in stage.to.iter().enumerate() {
                    if field.option(to).is_none() {
                        self.under(
                            &format!("{at}/to/{j}"),
                            unknown_word(to, options.iter().map(|option| option.key.as_str())),
                        );
                    }
                }
                self.fields(object, &stage.requires, &format!("{at}/requires"));
            }
        }
    }
}
