//! Search: what is planted is found by those who see the record and the field plainly, and by nobody else.

use super::{Dice, world::World};

impl World {
    pub async fn check_search(&self) {
        let mut dice = Dice::new(self.seed + 4_000);
        let objects: Vec<String> = self.model.objects().iter().map(|object| object.name.clone()).collect();
        for person in &self.people {
            for planted in self.planted.iter().filter(|_| dice.percent(60)).collect::<Vec<_>>() {
                let row = &self.rows[&planted.id];
                let tell = || {
                    format!(
                        "{} in {} of {} {} for {}",
                        planted.word,
                        planted.field,
                        planted.object,
                        planted.id,
                        self.tell(person)
                    )
                };
                let within = match dice.below(12) {
                    0 => Vec::new(),
                    1 => objects.clone(),
                    _ => vec![planted.object.to_owned()],
                };
                let groups = self.engine().search(&person.actor, &planted.word, &within, 20).await.expect("a search");
                let hits: Vec<_> = groups.iter().flat_map(|group| &group.hits).collect();
                for hit in &hits {
                    self.check_record(person, &hit.record);
                }
                let found: Vec<_> = hits.iter().map(|hit| (hit.record.id, hit.field.as_str())).collect();
                let wanted =
                    !row.deleted() && self.sees(person, row) && self.plain(person, planted.object, planted.field);
                assert_eq!(found, if wanted { vec![(planted.id, planted.field)] } else { Vec::new() }, "{}", tell());
            }
        }
    }
}
