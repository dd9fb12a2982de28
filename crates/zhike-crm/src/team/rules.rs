//! Who was how active.

use std::collections::BTreeMap;

use zhike_types::Uuid;

/// One person's follow-ups, this week's and the week's before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Active {
    pub id: Uuid,
    pub name: String,
    pub week: i64,
    pub before: i64,
}

/// The busiest first. Those of the team who did nothing are in it: they are who one asks about.
pub fn active(
    team: impl IntoIterator<Item = (Uuid, String)>,
    week: impl IntoIterator<Item = (Uuid, String, i64)>,
    before: impl IntoIterator<Item = (Uuid, String, i64)>,
) -> Vec<Active> {
    let mut all: BTreeMap<Uuid, Active> = BTreeMap::new();
    let none = |id, name| Active { id, name, week: 0, before: 0 };
    for (id, name) in team {
        all.insert(id, none(id, name));
    }
    for (id, name, count) in week {
        all.entry(id).or_insert_with(|| none(id, name)).week += count;
    }
    for (id, name, count) in before {
        all.entry(id).or_insert_with(|| none(id, name)).before += count;
    }
    let mut all: Vec<Active> = all.into_values().collect();
    all.sort_by(|a, b| (b.week, b.before).cmp(&(a.week, a.before)).then_with(|| a.name.cmp(&b.name)));
    all
}

#[cfg(test)]
mod tests {
    use zhike_types::Uuid;

    use super::active;

    #[test]
    fn the_idle_are_named_and_the_busy_come_first() {
        let [a, b, c] = [1, 2, 3].map(Uuid::from_u128);
        let name = |id: Uuid| id.as_u128().to_string();
        let told = active(
            [(a, name(a)), (b, name(b))],
            [(c, name(c), 4), (b, name(b), 4)],
            [(c, name(c), 1), (a, name(a), 7)],
        );
        let told: Vec<(Uuid, i64, i64)> = told.into_iter().map(|one| (one.id, one.week, one.before)).collect();
        assert_eq!(told, [(c, 4, 1), (b, 4, 0), (a, 0, 7)]);
    }
}
