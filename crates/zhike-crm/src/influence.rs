//! 影响力图: the people of a customer by whom they report to, with their part in decisions, their attitude to us and how much they weigh.

mod layout;

pub use layout::{Place, places};

use std::collections::HashSet;

use zhike_model::SortKey;
use zhike_records::{Actor, Engine, ListQuery, Record};
use zhike_types::{Result, Uuid, boxed};

/// More people make no picture.
const MOST: usize = 200;

/// The people of a customer and where each stands.
#[derive(Debug, Clone)]
pub struct Influence {
    pub account: Record,
    pub people: Vec<Record>,
    /// In the order of the people.
    pub places: Vec<Place>,
    /// The number of the person above in `people`, where it is one of them.
    pub above: Vec<Option<usize>>,
    /// There are more people than are shown.
    pub more: bool,
}

#[boxed]
pub async fn influence(engine: &Engine, actor: &Actor, account: Uuid) -> Result<Influence> {
    let account = engine.read(actor, "account", account).await?;
    let query = ListQuery {
        object: "contact".to_owned(),
        filter: format!("account == \"{}\"", account.id),
        sort: vec![
            SortKey { field: "is_primary".to_owned(), descending: true },
            SortKey { field: "created_at".to_owned(), descending: false },
        ],
        limit: MOST,
        lenient: true,
        ..ListQuery::default()
    };
    let page = engine.list(actor, &query).await?;
    let at = |id: Uuid| page.records.iter().position(|person| person.id == id);
    let above: Vec<Option<usize>> =
        page.records.iter().map(|person| person.value("reports_to").as_id().and_then(at)).collect();
    let above = without_circles(&above);
    Ok(Influence { places: places(&above), above, more: page.next.is_some(), account, people: page.records })
}

/// Who reports to somebody that reports to them has nobody above.
fn without_circles(above: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut kept = above.to_vec();
    for start in 0..kept.len() {
        let mut met = HashSet::from([start]);
        let mut at = start;
        while let Some(next) = kept[at] {
            if !met.insert(next) {
                kept[at] = None;
                break;
            }
            at = next;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::without_circles;

    #[test]
    fn a_circle_is_opened_and_nobody_is_lost() {
        assert_eq!(without_circles(&[Some(0)]), [None]);
        assert_eq!(without_circles(&[Some(1), Some(2), Some(0)]).iter().filter(|above| above.is_none()).count(), 1);
        assert_eq!(without_circles(&[None, Some(0), Some(1)]), [None, Some(0), Some(1)]);
    }
}
