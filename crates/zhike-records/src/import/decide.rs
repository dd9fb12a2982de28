//! What becomes of each row: it makes a record, adds to one that is there, or is left out, with the reason. The same code decides
//! in a run, a dry run and a preview; only a run writes what was decided.

use zhike_model::{FieldKind, Object, Role, expr};
use zhike_types::{FieldError, Text, Uuid, Value, text};

use super::{
    entity::{Entity, Known},
    identity::Identity,
    lookup::RootRow,
    meet::{Keyed, Meeting, Met, why_left_out},
    parse::Line,
    plan::{OnDuplicate, OnReview, Outcome, Reason, RowBand, RowLike},
    target::Side,
    work::Work,
};
use crate::{
    draft,
    filter::{Context, LocalRow},
    list::is_filled,
    many::Start,
    rules,
};

/// What became of a row.
#[derive(Debug, Clone)]
pub(crate) struct RowEnd {
    pub number: u64,
    pub outcome: Outcome,
    pub record: Option<Uuid>,
    pub child: Option<Uuid>,
    pub reasons: Vec<Reason>,
    /// None: the row could not be understood.
    pub band: Option<RowBand>,
    /// Told in a preview.
    pub like: Option<RowLike>,
}

/// The records a batch of rows is about, and what became of the rows.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub roots: Known,
    pub children: Known,
    pub rows: Vec<RowEnd>,
    /// The roots that rows made or changed, by their keys.
    pub keyed: Keyed,
}

/// One object of the sheet while rows are decided.
struct Part<'w> {
    object: &'w Object,
    identity: &'w Identity,
    start: &'w Start,
}

/// Decides rows one after another, so that they meet each other too.
pub(crate) struct Decision<'w> {
    work: &'w Work,
    context: Context<'w>,
    root: Part<'w>,
    child: Option<(Part<'w>, usize)>,
    meeting: Meeting<'w>,
    batch: Batch,
}

impl<'w> Decision<'w> {
    pub fn new(work: &'w Work, roots: Known, children: Known) -> Self {
        let root = Part { object: &work.targets.root, identity: &work.root.0, start: &work.root.1 };
        let child = work.targets.child.as_ref().zip(work.child.as_ref());
        let child = child
            .map(|((object, field), (identity, start))| (Part { object: object.as_ref(), identity, start }, *field));
        let meeting = Meeting::new(root.object, root.identity, work.likeness.as_deref());
        Self {
            work,
            context: work.context(),
            root,
            child,
            meeting,
            batch: Batch { roots, children, ..Batch::default() },
        }
    }

    /// What became of all rows.
    pub fn end(self) -> Batch {
        Batch { keyed: self.meeting.into_keyed(), ..self.batch }
    }

    /// Decides a row.
    pub fn row(&mut self, line: &Line, row: &RootRow) {
        let mut end = RowEnd {
            number: line.number,
            outcome: Outcome::Failed,
            record: None,
            child: None,
            reasons: line.reasons.clone(),
            band: None,
            like: None,
        };
        if end.reasons.is_empty() {
            self.understood(line, row, &mut end);
        }
        self.batch.rows.push(end);
    }

    fn understood(&mut self, line: &Line, row: &RootRow, end: &mut RowEnd) {
        let met = self.meeting.find(&self.batch, row);
        end.band = Some(met.band);
        let policy = self.work.plan.on_review;
        let left_out = met.band == RowBand::Review && policy != OnReview::Create;
        if let Some(at) = met.at.filter(|_| left_out || self.work.tells) {
            let title = self.root.object.index_of(&self.root.object.title);
            let like = self.meeting.told(&self.batch, row, at, title);
            if left_out {
                end.outcome = if policy == OnReview::Skip { Outcome::Skipped } else { Outcome::Failed };
                end.reasons.push(Reason { column: None, text: why_left_out(self.root.object, &like) });
            }
            end.like = Some(like);
        }
        match met {
            _ if left_out => {}
            Met { band: RowBand::Same, at: Some(at) } => self.meet(at, line, row, end),
            _ => self.make(line, row, end),
        }
    }

    fn make(&mut self, line: &Line, row: &RootRow, end: &mut RowEnd) {
        if let Err(error) = draft::may_create(&self.work.actor, self.root.object) {
            end.reasons.push(Reason { column: None, text: error.message() });
            return;
        }
        let mut values = row.values.clone();
        self.responsible(self.root.object, &mut values);
        self.root.start.fill(self.root.object, &self.context, &mut values);
        self.required(Side::Root, self.root.object, &values, end);
        let id = self.work.engine.ids().next();
        let object = self.root.object;
        // what defaults filled may be matched too
        let as_read = (0..values.len()).all(|i| object.fields[i].matching.is_none() || values[i] == row.values[i]);
        let keys = row.face.as_ref().filter(|_| as_read).map(|face| face.keys.clone());
        let entity = Entity { keys, ..Entity::made(id, values) };
        let child = self.new_child(line, &entity, end);
        if !end.reasons.is_empty() {
            return;
        }
        let at = self.batch.roots.add(entity, &row.forms);
        if let Some(child) = child {
            end.child = Some(child.id);
            self.add_child(at, child);
        }
        self.meeting.took(at, row);
        end.outcome = Outcome::Created;
        end.record = Some(id);
    }

    fn meet(&mut self, at: usize, line: &Line, row: &RootRow, end: &mut RowEnd) {
        let entity = &self.batch.roots.all[at];
        let (label_zh, label_en) = (&self.root.object.label.zh, self.root.object.label.en.to_lowercase());
        if entity.foreign {
            let text = text!(
                "已有{label_zh}用着同一个唯一的值（如统一社会信用代码），不能再新建；请改成“跳过”或“更新”，或核对这个值。",
                "Another {label_en} already has a value that must be unique, such as the credit code. Skip or update instead, or check the value."
            );
            end.reasons.push(Reason { column: None, text });
            return;
        }
        if !entity.may_see {
            // nothing more may be said about it
            end.outcome = Outcome::Skipped;
            let text = text!(
                "这个{label_zh}已经登记过，您没有查看它的权限。",
                "This {label_en} is registered already; you may not see it."
            );
            end.reasons.push(Reason { column: None, text });
            return;
        }
        end.record = Some(entity.id);
        let mut changes = self.changes(Side::Root, self.root.object, entity, line);
        if !changes.is_empty() && !entity.may_change {
            changes.clear();
            let text = text!(
                "您不能修改这个{label_zh}，它保持原样。",
                "You may not change this {label_en}; it stays as it is."
            );
            end.reasons.push(Reason { column: None, text });
        }
        let mut wrong = flow_errors(self.root.object, entity, &changes);
        wrong.extend(self.broken(self.root.object, entity, &changes));
        if !wrong.is_empty() {
            end.reasons = wrong.into_iter().map(|error| self.reason(Side::Root, self.root.object, error)).collect();
            return;
        }
        let Some(child) = self.met_child(at, line, end) else { return };
        let mut changed = !changes.is_empty();
        if changed {
            let moved = |name: &str| changes.iter().any(|(field, _)| self.root.object.fields[*field].name == name);
            // what the row says is not taken over from elsewhere, also where it says what is there
            let said = |field: usize| self.root.object.fields[field].taken_by().any(moved);
            let said: Vec<usize> = line.root.iter().map(|(field, _)| *field).filter(|field| said(*field)).collect();
            let entity = &mut self.batch.roots.all[at];
            entity.changed.extend(said);
            for (field, value) in changes {
                entity.set(field, value);
            }
            let forms = self.root.identity.forms(self.root.object, &self.batch.roots.all[at].values);
            self.batch.roots.index(at, &forms);
        }
        match child {
            ChildEnd::None => {}
            ChildEnd::New(child) => {
                end.child = Some(child.id);
                self.add_child(at, *child);
                changed = true;
            }
            ChildEnd::Met(place, changes) => {
                end.child = Some(self.batch.children.all[place].id);
                if let (false, Some((part, _))) = (changes.is_empty(), &self.child) {
                    for (field, value) in changes {
                        self.batch.children.all[place].set(field, value);
                    }
                    let forms = part.identity.forms(part.object, &self.batch.children.all[place].values);
                    self.batch.children.index(place, &forms);
                    changed = true;
                }
            }
        }
        if changed {
            self.meeting.took(at, row);
        }
        end.outcome = if changed { Outcome::Updated } else { Outcome::Skipped };
    }

    /// What a row's person comes to under a record that is there; none when the row fails for it.
    fn met_child(&self, at: usize, line: &Line, end: &mut RowEnd) -> Option<ChildEnd> {
        let Some((part, parent)) = &self.child else { return Some(ChildEnd::None) };
        if line.child.is_empty() {
            return Some(ChildEnd::None);
        }
        let root = &self.batch.roots.all[at];
        let values = child_values(part.object, *parent, root.id, line);
        let forms = part.identity.forms(part.object, &values);
        if let Some(place) = self.batch.children.find(part.identity, &forms, &values) {
            let entity = &self.batch.children.all[place];
            let changes =
                if entity.may_change { self.changes(Side::Child, part.object, entity, line) } else { Vec::new() };
            return Some(ChildEnd::Met(place, changes));
        }
        let before = end.reasons.len();
        let child = self.new_child(line, root, end);
        if end.reasons.len() > before {
            return None;
        }
        Some(child.map_or(ChildEnd::None, |child| ChildEnd::New(Box::new(child))))
    }

    /// The row's person as a new record under a root.
    fn new_child(&self, line: &Line, root: &Entity, end: &mut RowEnd) -> Option<Entity> {
        let (part, parent) = self.child.as_ref()?;
        if line.child.is_empty() {
            return None;
        }
        let mut values = child_values(part.object, *parent, root.id, line);
        for role in [Role::Owner, Role::Department, Role::CreatedAt, Role::CreatedBy] {
            if let (Some(from), Some(to)) = (self.root.object.role_index(role), part.object.role_index(role)) {
                // a person added to a customer of old is new all the same
                let old = matches!(role, Role::CreatedAt | Role::CreatedBy) && !root.is_new();
                if !old {
                    values[to] = root.values[from].clone();
                }
            }
        }
        part.start.fill(part.object, &self.context, &mut values);
        self.required(Side::Child, part.object, &values, end);
        Some(Entity::made(self.work.engine.ids().next(), values))
    }

    fn add_child(&mut self, root: usize, child: Entity) {
        let Some((part, _)) = &self.child else { return };
        let forms = part.identity.forms(part.object, &child.values);
        let at = self.batch.children.add(child, &forms);
        self.batch.roots.all[root].children.push(at);
    }

    /// Owner and department of a new record, or the pool that it lies in.
    fn responsible(&self, object: &Object, values: &mut [Value]) {
        let (Some(owner), Some(department)) = (object.role_index(Role::Owner), object.role_index(Role::Department))
        else {
            return;
        };
        let actor = &self.work.actor;
        if let (Some(pool), true) = (self.work.plan.pool.filter(|_| object.pool), values[owner].is_null()) {
            let now = self.work.engine.now();
            values[department] = Value::Null;
            for (role, value) in [(Role::Pool, Value::Id(pool)), (Role::PoolSince, Value::Int(now))] {
                if let Some(at) = object.role_index(role) {
                    values[at] = value;
                }
            }
            return;
        }
        if values[owner].is_null() {
            values[owner] = actor.user_id.into();
        }
        if values[department].is_null() {
            let home =
                values[owner].as_id().map_or(actor.department_id, |id| self.work.home.get(&id).copied().flatten());
            values[department] = home.into();
        }
    }

    /// What the policy lets a row change in a record that is there.
    fn changes(&self, side: Side, object: &Object, entity: &Entity, line: &Line) -> Vec<(usize, Value)> {
        let plan = &self.work.plan;
        if plan.on_duplicate == OnDuplicate::Skip {
            return Vec::new();
        }
        let mut changes: Vec<(usize, Value)> = Vec::new();
        for (field, value) in line.side(side) {
            let declared = &object.fields[*field];
            let keeps = matches!(declared.role, Some(Role::CreatedAt | Role::CreatedBy))
                || matches!(declared.kind, FieldKind::AutoNumber { .. });
            let nameless = value.as_text() == Some(super::parse::NAMELESS);
            if keeps
                || nameless
                || entity.values[*field] == *value
                || (plan.fill_blanks && is_filled(&entity.values[*field]))
            {
                continue;
            }
            changes.push((*field, value.clone()));
            if declared.role == Some(Role::Owner)
                && let Some(department) = object.role_index(Role::Department)
                && line.get(side, department).is_none()
                && let Some(home) = value.as_id().and_then(|id| self.work.home.get(&id).copied())
                && entity.values[department] != Value::from(home)
            {
                changes.push((department, home.into()));
            }
        }
        changes
    }

    fn required(&self, side: Side, object: &Object, values: &[Value], end: &mut RowEnd) {
        for (i, field) in object.fields.iter().enumerate() {
            if !field.required || field.read_only || is_filled(&values[i]) {
                continue;
            }
            let shown = field.visible_when.as_ref().is_none_or(|condition| {
                expr::parse(&self.work.model, &object.name, condition, Some(expr::Type::Bool))
                    .is_ok_and(|parsed| self.context.holds(&parsed, &LocalRow { object, values, id: Uuid::nil() }))
            });
            if shown {
                let (zh, en) = (&field.label.zh, &field.label.en);
                let message = text!("缺少「{zh}」，请填写。", "{en} is missing. Fill it in.");
                end.reasons.push(self.reason(
                    side,
                    object,
                    FieldError { field: field.name.clone(), code: "required", message },
                ));
            }
        }
        let mut broken = Vec::new();
        rules::check_values(&self.work.model, object, &self.context, values, None, &mut broken);
        end.reasons.extend(broken.into_iter().map(|error| self.reason(side, object, error)));
    }

    /// Rules of the object that a change would break.
    fn broken(&self, object: &Object, entity: &Entity, changes: &[(usize, Value)]) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if !object.rules.is_empty() {
            let mut values = entity.values.clone();
            for (field, value) in changes {
                values[*field] = value.clone();
            }
            let changed: Vec<usize> = changes.iter().map(|(field, _)| *field).collect();
            rules::check_values(&self.work.model, object, &self.context, &values, Some(&changed), &mut errors);
        }
        errors
    }

    fn reason(&self, side: Side, object: &Object, error: FieldError) -> Reason {
        let column = object.index_of(&error.field).and_then(|field| self.work.column(side, field));
        Reason { column, text: error.message }
    }
}

enum ChildEnd {
    None,
    New(Box<Entity>),
    Met(usize, Vec<(usize, Value)>),
}

fn child_values(object: &Object, parent: usize, root: Uuid, line: &Line) -> Vec<Value> {
    let mut values = vec![Value::Null; object.fields.len()];
    for (field, value) in &line.child {
        values[*field] = value.clone();
    }
    values[parent] = Value::Id(root);
    values
}

/// Stages that a change may not go to from where the record is.
fn flow_errors(object: &Object, entity: &Entity, changes: &[(usize, Value)]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let in_flow = |field: &usize| object.flows.iter().any(|flow| flow.field == object.fields[*field].name);
    if let Some(before) = &entity.before
        && changes.iter().any(|(field, _)| in_flow(field))
    {
        let mut values = entity.values.clone();
        for (field, value) in changes {
            values[*field] = value.clone();
        }
        draft::check_flow(object, &values, Some(before), &mut errors);
    }
    errors
}

/// Reasons in one text, as a clerk reads them.
pub(crate) fn together(reasons: &[Reason]) -> Text {
    let join = |get: fn(&Text) -> &str| {
        reasons.iter().map(|reason| get(&reason.text).trim_end_matches(['。', '.'])).collect::<Vec<_>>()
    };
    Text::new(format!("{}。", join(|text| &text.zh).join("；")), format!("{}.", join(|text| &text.en).join("; ")))
}
