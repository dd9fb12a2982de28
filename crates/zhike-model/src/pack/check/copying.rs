//! What a copy begins with must be there on both sides.

use zhike_types::{Text, text};

use super::{
    super::{place::Problems, table::unknown_word},
    convert::Filling,
};
use crate::{Copying, Field, Model, Object};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        for (i, copying) in object.copies.iter().enumerate() {
            let path = format!("{}/copy/{}", object.name, copying.name);
            if object.copies[..i].iter().any(|other| other.name == copying.name) {
                let name = &copying.name;
                problems.under(
                    &path,
                    text!("“{name}”出现了两次，请换一个名称。", "`{name}` stands here twice. Choose another name."),
                );
            }
            match model.object(&copying.to) {
                Some(to) => one(model, object, to, copying, &path, problems),
                None => {
                    let known = model.objects().iter().map(|object| object.name.as_str());
                    problems.under(&format!("{path}/to"), unknown_word(&copying.to, known));
                }
            }
        }
    }
}

fn one(model: &Model, object: &Object, to: &Object, copying: &Copying, path: &str, problems: &Problems<'_>) {
    let written = |field: &&Field| !field.read_only && !field.system;
    if let Some(link) = &copying.link
        && to.field(link).filter(written).is_none_or(|field| field.kind.reference_to() != Some(&object.name))
    {
        problems.under(
            &format!("{path}/link"),
            text!(
                "“{link}”要是 {} 里引用 {} 的字段。",
                "`{link}` must be a reference of {} to {}.",
                to.name,
                object.name
            ),
        );
    }
    for (i, name) in copying.same.iter().enumerate() {
        let both = object.field(name).zip(to.field(name).filter(written));
        if !both.is_some_and(|(own, theirs)| own.kind.holds_as(&theirs.kind)) {
            problems.under(
                &format!("{path}/same/{i}"),
                text!(
                    "两边都要有类型相同的“{name}”，并且由人填写。",
                    "Both must have `{name}`, of one type, and people write it."
                ),
            );
        }
    }
    let filling = Filling { model, object, problems, path: format!("{path}/fill") };
    for (name, expression) in &copying.fill {
        filling.fill(to, name, expression, name);
    }
    if let Some(lines) = &copying.lines
        && (model.relation(&object.name, lines).is_none() || model.relation(&to.name, lines).is_none())
    {
        problems.under(
            &format!("{path}/lines"),
            Text::new("lines 要是两边都有的相关记录。", "`lines` must be a relation that both have."),
        );
    }
}
