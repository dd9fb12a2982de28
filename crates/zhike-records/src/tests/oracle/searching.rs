//! Search: what is planted is found by those who see the record and the field plainly, and by nobody else.

use super::{Dice, in_worlds};

#[test]
fn one_finds_what_one_may_see_and_nothing_else() {
    in_worlds(|world| async move {
        let mut dice = Dice::new(world.seed + 3_000);
        let objects: Vec<String> = world.model.objects().iter().map(|object| object.name.clone()).collect();
        for person in &world.people {
            for planted in &world.planted {
                let row = &world.rows[&planted.id];
                let tell = || format!("{} in {} of {} {} for {}", planted.word, planted.field, planted.object, planted.id, world.tell(person));
                let wanted = !row.deleted() && world.sees(person, row) && world.plain(person, planted.object, planted.field);
                let own = [planted.object.to_owned()];
                let within: &[String] = if dice.percent(20) { dice.pick(&[&[][..], &objects[..]]) } else { &own };
                let groups = world.engine().search(&person.actor, &planted.word, within, 20).await.expect("a search");
                let hits: Vec<_> = groups.iter().flat_map(|group| &group.hits).collect();
                hits.iter().for_each(|hit| world.check_record(person, &hit.record));
                let found: Vec<_> = hits.iter().map(|hit| (hit.record.id, hit.field.as_str())).collect();
                let expected = if wanted { vec![(planted.id, planted.field)] } else { Vec::new() };
                assert_eq!(found, expected, "{}", tell());
            }
        }
    });
}
