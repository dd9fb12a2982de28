//! The file of `--mapping`: a TOML table from columns' heads to fields.

use std::{collections::BTreeMap, path::Path};

use zhike_records::ImportPlan;
use zhike_types::text;

use crate::failure::Failure;

/// Sends each column of the file where the mapping says; columns it does not name keep the guess.
pub fn apply(plan: &mut ImportPlan, path: &Path) -> Result<(), Failure> {
    let content = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    let mapping = parse(&content).map_err(|error| {
        let path = path.display();
        Failure::Said(text!("{path} 不是列对应：{error}", "{path} is no mapping: {error}"))
    })?;
    for (head, target) in &mapping {
        let mut known = false;
        for column in plan.columns.iter_mut().filter(|column| column.label.trim() == head.trim()) {
            column.target = Some(target.clone()).filter(|target| !target.is_empty());
            "you".clone_into(&mut column.because);
            known = true;
        }
        if !known {
            let heads = plan.columns.iter().map(|column| column.label.as_str()).collect::<Vec<_>>().join("、");
            return Err(Failure::Said(text!(
                "表里没有「{head}」这一列，有：{heads}",
                "The list has no column `{head}`; it has: {heads}"
            )));
        }
    }
    Ok(())
}

fn parse(content: &str) -> Result<BTreeMap<String, String>, toml::de::Error> {
    toml::from_str(content)
}

#[cfg(test)]
mod tests {
    use zhike_records::{ColumnPlan, ImportPlan, OnDuplicate, OnReview};

    use super::{apply, parse};

    fn plan() -> ImportPlan {
        let column = |label: &str, target: Option<&str>| ColumnPlan {
            label: label.to_owned(),
            target: target.map(str::to_owned),
            because: "label".to_owned(),
            samples: Vec::new(),
        };
        ImportPlan {
            sheet: 0,
            header_row: 1,
            columns: vec![column("公司", Some("account.name")), column("备注", Some("account.remark"))],
            on_duplicate: OnDuplicate::Skip,
            fill_blanks: true,
            on_review: OnReview::Create,
            pool: None,
        }
    }

    #[test]
    fn columns_go_where_the_mapping_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mapping.toml");
        std::fs::write(&path, "\"备注\" = \"\"\n").expect("written");
        let mut plan = plan();
        apply(&mut plan, &path).expect("a right mapping");
        assert_eq!(plan.columns[0].target.as_deref(), Some("account.name"));
        assert_eq!(plan.columns[1].target, None);
        std::fs::write(&path, "\"没有的列\" = \"account.name\"\n").expect("written");
        assert!(apply(&mut plan, &path).is_err());
    }

    #[test]
    fn a_mapping_is_a_flat_table() {
        assert!(parse("a = 1").is_err());
        assert_eq!(parse("a = \"account.name\"").expect("right").len(), 1);
    }
}
