//! What an import works with from its first row to its last, and how a batch of rows is decided.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use tokio::sync::Mutex;
use zhike_db::{Sql, Tx};
use zhike_model::{FieldKind, Model, Object, RollupOp, Via};
use zhike_types::{Result, Uuid, Value};

use super::{
    before::Before,
    carried::Carried,
    decide::{Batch, Decision},
    entity::{Entity, Known},
    ghosts::Ghosts,
    identity::Identity,
    likeness::{Likeness, RowFace},
    lookup::{Lookup, RootRow},
    names::Names,
    parse::Line,
    plan::{ImportPlan, OnDuplicate},
    table::Entry,
    target::{Side, Targets},
};
use crate::{Actor, Engine, filter::Context, many::Start};

/// What rows of the same file came to that the database does not show.
pub(crate) enum Earlier<'a> {
    Nothing,
    /// In a dry run.
    Ghosts(&'a Ghosts),
    /// The batch that is being written.
    Batch(&'a Carried),
}

/// Rows that are decided before others get their turn.
const TURN: usize = 64;

/// What stays the same from row to row.
pub(crate) struct Work {
    pub engine: Engine,
    pub model: Arc<Model>,
    pub actor: Actor,
    pub import: Uuid,
    pub plan: ImportPlan,
    pub targets: Targets,
    pub root: (Identity, Start),
    pub child: Option<(Identity, Start)>,
    /// The departments of users.
    pub home: HashMap<Uuid, Option<Uuid>>,
    /// Roll-ups of the root that count the records under it, when nothing else hangs on those: a new root's can be set at once.
    pub counts: Option<Vec<usize>>,
    /// None where single values alone tell records apart.
    pub likeness: Option<Arc<Likeness>>,
    pub before: Before,
    /// Whether somebody wants to know whom each row is like.
    pub tells: bool,
    /// Who looks things up for one batch after the other, and keeps what was read.
    pub reader: Mutex<Option<Tx>>,
}

impl Work {
    pub fn new(
        engine: &Engine,
        actor: &Actor,
        import: Uuid,
        object: &str,
        plan: &ImportPlan,
        names: &Names,
    ) -> Result<Self> {
        let model = engine.model();
        let root = crate::access::object_for(&model, actor, object)?;
        let targets = Targets::of(&model, actor, root);
        let parts = (Identity::of(root), Start::of(&model, root)?);
        let child = targets
            .child
            .as_ref()
            .map(|(child, _)| Ok::<_, zhike_types::Error>((Identity::of(child), Start::of(&model, child)?)))
            .transpose()?;
        let counts = counts(&model, &targets);
        Ok(Self {
            engine: engine.clone(),
            actor: actor.clone(),
            import,
            plan: plan.clone(),
            targets,
            root: parts,
            child,
            home: names.home.clone(),
            counts,
            likeness: None,
            before: Before::default(),
            tells: false,
            reader: Mutex::default(),
            model,
        })
    }

    /// Gets what only the database knows: the weights in force, and what the file came to before.
    pub async fn prepare(mut self, tx: &mut Tx, entry: &Entry) -> Result<Self> {
        let title = format!("{}.{}", self.targets.root.name, self.targets.root.title);
        self.before = Before::read(tx, entry, &title).await?;
        self.likeness = Likeness::of(&self.engine, tx, &self.targets, entry.info.total_rows).await?.map(Arc::new);
        Ok(self)
    }

    /// A row as it is compared.
    pub fn face(&self, line: &Line) -> RowFace {
        let likeness = self.likeness.as_ref()?;
        let values = |object: &Object, filled: &[(usize, Value)]| {
            let mut values = vec![Value::Null; object.fields.len()];
            for (field, value) in filled {
                values[*field] = value.clone();
            }
            values
        };
        let root = values(&self.targets.root, &line.root);
        let person = self.targets.child.as_ref().filter(|_| !line.child.is_empty());
        let person = person.map(|(child, _)| values(child, &line.child));
        Some(Arc::new(likeness.face(&self.targets.root, &root, person.as_deref())))
    }

    pub fn context(&self) -> Context<'_> {
        self.engine.context(&self.actor)
    }

    /// The column that fills a field.
    pub fn column(&self, side: Side, field: usize) -> Option<usize> {
        let name = &self.targets.at(side, field)?.name;
        self.plan.columns.iter().position(|column| column.target.as_ref() == Some(name))
    }

    pub fn lookup(&self, side: Side) -> Option<Lookup<'_>> {
        let identity = match side {
            Side::Root => &self.root.0,
            Side::Child => &self.child.as_ref()?.0,
        };
        Some(Lookup { model: &self.model, actor: &self.actor, object: self.targets.object(side), identity })
    }

    /// Decides a batch of rows against the database, and against what it does not show.
    pub async fn decide(&self, tx: &mut Tx, lines: &[Line], earlier: Earlier<'_>) -> Result<Batch> {
        let mut lines = Cow::Borrowed(lines);
        if lines.iter().any(|line| !line.named.is_empty()) {
            self.resolve(tx, lines.to_mut()).await?;
        }
        let mut rows: Vec<RootRow> = lines.iter().map(|line| self.root_row(line)).collect();
        let mut values: Vec<&mut Vec<Value>> = rows.iter_mut().map(|row| &mut row.values).collect();
        self.engine.take_over(tx, &self.model, &self.targets.root, &mut values).await?;
        let (mut roots, mut children) = (Known::default(), Known::default());
        if let Earlier::Ghosts(ghosts) = &earlier {
            ghosts.candidates(self, &mut rows, &mut roots, &mut children)?;
        }
        if let Some(lookup) = self.lookup(Side::Root) {
            lookup.candidates(tx, &rows, &mut roots).await?;
            if self.likeness.is_some() {
                let below = self.targets.child.as_ref().map(|(child, parent)| (child.as_ref(), *parent));
                lookup.alike(tx, below, &mut rows, &mut roots).await?;
            }
            if let (Some(first), Some(last)) = (lines.first(), lines.last()) {
                let before = self.before.records(tx, first.number, last.number).await?;
                lookup.by_id(tx, &before.values().copied().collect::<Vec<_>>(), &mut roots).await?;
                for (line, row) in lines.iter().zip(&mut rows) {
                    row.before = before.get(&line.number).and_then(|id| roots.by_id(*id));
                }
            }
        }
        if let Earlier::Batch(carried) = &earlier {
            carried.roots(self, &mut rows, &mut roots);
        }
        self.own(tx, &mut roots).await?;
        if let (Some(lookup), Some((_, parent))) = (self.lookup(Side::Child), &self.targets.child)
            && lines.iter().any(|line| !line.child.is_empty())
        {
            let parents: Vec<Uuid> =
                roots.all.iter().filter(|root| root.may_see && !root.foreign).map(|root| root.id).collect();
            lookup.children(tx, *parent, &parents, &mut children).await?;
            for (at, child) in children.all.iter().enumerate() {
                if let Some(root) = child.values[*parent].as_id().and_then(|id| roots.by_id(id))
                    && !roots.all[root].children.contains(&at)
                {
                    roots.all[root].children.push(at);
                }
            }
        }
        if let Earlier::Batch(carried) = &earlier {
            carried.children(self, &mut roots, &mut children);
        }
        let mut decision = Decision::new(self, roots, children);
        for (at, (line, row)) in lines.iter().zip(&rows).enumerate() {
            if at % TURN == 0 {
                tokio::task::yield_now().await;
            }
            decision.row(line, row);
        }
        Ok(decision.end())
    }

    fn root_row(&self, line: &Line) -> RootRow {
        let mut values = vec![Value::Null; self.targets.root.fields.len()];
        for (field, value) in &line.root {
            values[*field] = value.clone();
        }
        let forms = self.root.0.forms(&self.targets.root, &values);
        RootRow { values, forms, face: line.face.clone(), before: None, found: Vec::new() }
    }

    /// Records that this very import made belong to it, whoever owns them now; under the policy of making new ones, all others
    /// are strangers.
    async fn own(&self, tx: &mut Tx, roots: &mut Known) -> Result<()> {
        let all = self.plan.on_duplicate == OnDuplicate::Create;
        let asked: Vec<usize> = (0..roots.all.len())
            .filter(|&at| {
                let root = &roots.all[at];
                root.before.as_ref().is_some_and(|stored| stored.seq > 0) && (all || !root.may_see || !root.may_change)
            })
            .collect();
        for chunk in asked.chunks(500) {
            let ids: Vec<Uuid> = chunk.iter().map(|&at| roots.all[at].id).collect();
            let mut sql = Sql::new("SELECT record_id FROM audit WHERE action = 'create' AND batch_id = ");
            sql.bind(self.import).push(" AND record_id IN (").list(ids).push(")");
            let made: Vec<Uuid> = tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect::<Result<_>>()?;
            for &at in chunk {
                let root: &mut Entity = &mut roots.all[at];
                if made.contains(&root.id) {
                    (root.may_see, root.may_change) = (true, true);
                } else {
                    root.foreign = all;
                }
            }
        }
        Ok(())
    }
}

/// The root's roll-ups that count its children plainly, if these are all that hangs on a child.
fn counts(model: &Model, targets: &Targets) -> Option<Vec<usize>> {
    let (child, parent) = targets.child.as_ref()?;
    let parent = &child.fields[*parent].name;
    let is_plain = |field: &str| {
        let at = targets.root.index_of(field)?;
        let FieldKind::Rollup { relation, op: RollupOp::Count, filter: None, .. } = &targets.root.fields[at].kind
        else {
            return None;
        };
        let relation = model.relation(&targets.root.name, relation)?;
        (relation.object == child.name && relation.field == *parent && !relation.any).then_some(at)
    };
    let mut counts = Vec::new();
    for dependent in child.fields.iter().flat_map(|field| model.dependents(&child.name, &field.name)) {
        let by_parent = dependent.object == targets.root.name && dependent.via == Via::Parent(parent.clone());
        let at = is_plain(&dependent.field).filter(|_| by_parent)?;
        if !counts.contains(&at) {
            counts.push(at);
        }
    }
    Some(counts)
}
