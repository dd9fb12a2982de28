//! No filter over what the actor may not read.

use zhike_model::expr::{Expr, Step};
use zhike_types::Result;

use super::Translation;

impl Translation<'_> {
    pub(super) fn check_readable(&self, expr: &Expr) -> Result<()> {
        if let Some(path) = expr.own_path() {
            self.check_steps(&path.steps)?;
            self.check_field(&path.object, &path.field)?;
        }
        if let Expr::Related { records, .. } = expr {
            self.check_steps(&records.steps)?;
            self.check_field(&records.target, &records.field)?;
        }
        expr.children().into_iter().try_for_each(|child| self.check_readable(child))
    }

    fn check_steps(&self, steps: &[Step]) -> Result<()> {
        steps.iter().try_for_each(|step| self.check_field(&step.object, &step.field))
    }

    fn check_field(&self, object: &str, field: &str) -> Result<()> {
        let Some(object) = self.model.object(object) else { return Ok(()) };
        object.field(field).map_or(Ok(()), |field| self.access.field(object, field))
    }
}
