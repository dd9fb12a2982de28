//! Saved views and users' settings.

use serde::{Deserialize, Serialize};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Object, SortKey, Total, View};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use crate::{
    Actor, Engine, access,
    audit::{self, Deed},
    idempotency, list, tables,
};

#[derive(Debug, Clone)]
pub struct SavedView {
    /// Nil for a view of a pack.
    pub id: Uuid,
    pub object: String,
    pub owner_id: Uuid,
    pub mine: bool,
    pub shared: bool,
    pub view: View,
}

/// A view as it is stored.
#[derive(Serialize, Deserialize)]
struct Body {
    columns: Vec<String>,
    filter: String,
    sort: Vec<SortKey>,
    #[serde(default)]
    totals: Vec<Total>,
    #[serde(default)]
    quick: Vec<String>,
}

const NAME_MAX: usize = 60;
const VIEWS_MAX: i64 = 200;
const SETTING_MAX: usize = 20_000;

impl Engine {
    /// The pack's views first, then shared ones, then the actor's own.
    #[boxed]
    pub async fn views(&self, actor: &Actor, object: &str) -> Result<Vec<SavedView>> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut views: Vec<SavedView> = known
            .views
            .iter()
            .map(|view| SavedView {
                id: Uuid::nil(),
                object: object.to_owned(),
                owner_id: Uuid::nil(),
                mine: false,
                shared: true,
                view: view.clone(),
            })
            .collect();
        let Some(me) = actor.user_id else { return Ok(views) };
        let rows = self
            .0
            .db
            .read()
            .await?
            .rows(sql!(
                "SELECT id, name, owner_id, shared, body FROM saved_view WHERE object = $1 AND (owner_id = $2 OR shared) ORDER BY shared DESC, created_at, id",
                object,
                me
            ))
            .await?;
        for row in rows {
            let owner_id = row.must_id(2)?;
            let id = row.must_id(0)?;
            views.push(SavedView {
                id,
                object: object.to_owned(),
                owner_id,
                mine: owner_id == me,
                shared: row.bool(3)?.unwrap_or(false),
                view: view_of(id, row.must_text(1)?, &row.must_text(4)?)?,
            });
        }
        Ok(views)
    }

    /// Makes a view, or replaces one's own; the index it needs is built in the background.
    #[boxed]
    pub async fn save_view(
        &self,
        actor: &Actor,
        object: &str,
        id: Option<Uuid>,
        view: View,
        shared: bool,
    ) -> Result<SavedView> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let me = actor
            .user_id
            .ok_or_else(|| access::forbidden("系统账号不能保存视图。", "The system has no views of its own."))?;
        if shared && !actor.rights.may("share-views") {
            return Err(access::forbidden(
                "您没有把视图共享给同事的权限。",
                "You may not share views with colleagues.",
            ));
        }
        let name = zhike_text::tidy(view.label.get(actor.lang));
        if name.is_empty() || name.chars().count() > NAME_MAX {
            return Err(Error::invalid(
                "name",
                "required",
                text!(
                    "请给视图起一个名字，最多 {NAME_MAX} 个字。",
                    "Give the view a name of at most {NAME_MAX} characters."
                ),
            ));
        }
        self.check_view(&model, known, actor, &view)?;
        let body = Body {
            columns: view.columns.clone(),
            filter: view.filter.clone(),
            sort: view.sort.clone(),
            totals: view.totals.clone(),
            quick: view.quick.clone(),
        };
        let body = serde_json::to_string(&body).map_err(Error::internal)?;
        let now = self.now();
        let index = tables::view_index(&model, known, &view);
        let index_name = index.as_ref().map(|(name, _)| name.clone());
        let mut tx = self.0.db.begin().await?;
        let mut was_shared = false;
        let id = match id {
            Some(id) => {
                let known = tx.row(sql!("SELECT shared FROM saved_view WHERE id = $1", id)).await?;
                was_shared = known.map(|row| row.bool(0)).transpose()?.flatten().unwrap_or(false);
                let touched = tx
                    .run(sql!(
                        "UPDATE saved_view SET name = $1, shared = $2, body = $3, index_name = $4, updated_at = $5 WHERE id = $6 AND owner_id = $7 AND object = $8",
                        name.as_str(),
                        shared,
                        body.as_str(),
                        index_name,
                        now,
                        id,
                        me,
                        object
                    ))
                    .await?;
                if touched == 0 {
                    return Err(Error::NotFound);
                }
                id
            }
            None => {
                let count = tx
                    .number(sql!("SELECT COUNT(*) FROM saved_view WHERE owner_id = $1 AND object = $2", me, object))
                    .await?;
                if count >= VIEWS_MAX {
                    return Err(Error::Conflict(Text::new(
                        "视图太多了，请先删除不用的。",
                        "You have too many views; delete some first.",
                    )));
                }
                let id = self.0.ids.next();
                tx.run(sql!(
                    "INSERT INTO saved_view (id, object, name, owner_id, shared, body, index_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                    id,
                    object,
                    name.as_str(),
                    me,
                    shared,
                    body.as_str(),
                    index_name,
                    now,
                    now
                ))
                .await?;
                id
            }
        };
        idempotency::mark(&mut tx, actor, "view", Some(id)).await?;
        if shared || was_shared {
            self.note_view(&mut tx, actor, "view", id, Some((&name, &body, shared))).await?;
        }
        tx.commit().await?;
        if let Some((name, statement)) = index {
            self.build_index(object.to_owned(), name, statement);
        }
        let view = View { name: id.to_string(), label: Text::same(name), ..view };
        Ok(SavedView { id, object: object.to_owned(), owner_id: me, mine: true, shared, view })
    }

    fn check_view(
        &self,
        model: &zhike_model::Model,
        object: &std::sync::Arc<Object>,
        actor: &Actor,
        view: &View,
    ) -> Result<()> {
        for name in view
            .columns
            .iter()
            .chain(view.totals.iter().map(|total| &total.field))
            .chain(&view.quick)
            .filter(|name| *name != "*")
        {
            if object.field(name).is_none() {
                return Err(list::unknown_field("columns", name));
            }
        }
        list::check_sort(object, actor, &view.sort)?;
        self.filter(model, object, actor, &view.filter).map(drop)
    }

    /// Builds an index in the background.
    fn build_index(&self, object: String, name: String, statement: String) {
        let engine = self.clone();
        zhike_jobs::spawn("view index", async move {
            if let Err(error) = engine.0.db.build_index(&object, &name, &statement).await {
                tracing::warn!(%error, "an index for a saved view could not be built; the view works, more slowly");
            }
        });
    }

    #[boxed]
    pub async fn delete_view(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let me = actor.user_id.ok_or(Error::NotFound)?;
        let mut tx = self.0.db.begin().await?;
        let row =
            tx.row(sql!("SELECT index_name, shared FROM saved_view WHERE id = $1 AND owner_id = $2", id, me)).await?;
        let row = row.ok_or(Error::NotFound)?;
        let (index, shared) = (row.text(0)?, row.bool(1)?.unwrap_or(false));
        tx.run(sql!("DELETE FROM saved_view WHERE id = $1", id)).await?;
        if shared {
            self.note_view(&mut tx, actor, "view-deleted", id, None).await?;
        }
        if let Some(index) = index {
            let used = tx.number(sql!("SELECT COUNT(*) FROM saved_view WHERE index_name = $1", index.as_str())).await?;
            let shipped = self.model().objects().iter().any(|object| {
                object
                    .views
                    .iter()
                    .filter_map(|view| tables::view_index(&self.model(), object, view))
                    .any(|(name, _)| name == index)
            });
            if used == 0 && !shipped {
                let mut sql = Sql::new("DROP INDEX IF EXISTS ");
                sql.name(&index);
                tx.run(sql).await?;
            }
        }
        tx.commit().await
    }

    /// An audit row about a view that colleagues see: its name, what it holds and whether they still see it.
    async fn note_view(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        action: &'static str,
        view: Uuid,
        now: Option<(&str, &str, bool)>,
    ) -> Result<()> {
        let after = now.map(|(name, body, shared)| {
            serde_json::Map::from_iter([
                ("name".to_owned(), name.into()),
                ("body".to_owned(), body.into()),
                ("shared".to_owned(), shared.into()),
            ])
        });
        let deed = Deed { record_id: Some(view), after, ..Deed::about(action, "view") };
        audit::record(tx, actor, self.now(), vec![deed]).await
    }

    /// A setting of the actor's own (theme, column widths, remembered mappings).
    #[boxed]
    pub async fn setting(&self, actor: &Actor, key: &str) -> Result<Option<String>> {
        let Some(me) = actor.user_id else { return Ok(None) };
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!("SELECT value FROM user_setting WHERE user_id = $1 AND key = $2", me, key))
            .await?;
        row.map(|row| row.must_text(0)).transpose()
    }

    #[boxed]
    pub async fn set_setting(&self, actor: &Actor, key: &str, value: &str) -> Result<()> {
        let Some(me) = actor.user_id else { return Ok(()) };
        if key.len() > 200 || value.len() > SETTING_MAX {
            return Err(Error::invalid("value", "too_long", Text::new("设置内容太长。", "The setting is too long.")));
        }
        let mut tx = self.0.db.begin().await?;
        tx.run(sql!(
            "INSERT INTO user_setting (user_id, key, value) VALUES ($1, $2, $3) ON CONFLICT (user_id, key) DO UPDATE SET value = excluded.value",
            me,
            key,
            value
        ))
        .await?;
        tx.commit().await
    }
}

fn view_of(id: Uuid, name: String, body: &str) -> Result<View> {
    let body: Body = serde_json::from_str(body).map_err(Error::internal)?;
    Ok(View {
        name: id.to_string(),
        label: Text::same(name),
        columns: body.columns,
        filter: body.filter,
        sort: body.sort,
        totals: body.totals,
        quick: body.quick,
    })
}
