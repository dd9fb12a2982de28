use serde_json::Value;
use zhike_types::Lang;

use super::{document, type_name};

fn core() -> Value {
    let model = zhike_model::pack::read(&zhike_model::pack::shipped_packs()).expect("the packs are right");
    document(&model, Lang::Zh)
}

/// Calls `see` with every object of the document.
fn walk(value: &Value, see: &mut dyn FnMut(&serde_json::Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            see(map);
            map.values().for_each(|value| walk(value, see));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = core();
    let mut dangling = Vec::new();
    walk(&document, &mut |map| {
        if let Some(target) = map.get("$ref").and_then(Value::as_str)
            && document.pointer(target.trim_start_matches('#')).is_none()
        {
            dangling.push(target.to_owned());
        }
    });
    assert_eq!(dangling, Vec::<String>::new());
}

#[test]
fn operations_have_names_of_their_own() {
    let document = core();
    let mut names = Vec::new();
    walk(&document["paths"], &mut |map| {
        if map.contains_key("responses") {
            names.extend(map.get("operationId").cloned());
        }
    });
    let count = names.len();
    names.sort_by_key(ToString::to_string);
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count > 100, "{count} operations");
}

#[test]
fn a_field_that_must_be_filled_is_required_and_no_read_only_field_is_taken() {
    let document = core();
    let create = &document["components"]["schemas"]["AccountCreate"];
    assert_eq!(create["required"], serde_json::json!(["name"]));
    assert!(create["properties"].get("created_at").is_none());
    assert!(document["components"]["schemas"]["Account"]["properties"].get("created_at").is_some());
}

#[test]
fn links_lead_to_operations() {
    let document = core();
    let (mut names, mut links) = (Vec::new(), Vec::new());
    walk(&document["paths"], &mut |map| {
        if map.contains_key("responses") {
            names.extend(map.get("operationId").cloned());
        } else {
            links.extend(map.get("operationId").cloned());
        }
    });
    links.retain(|link| !names.contains(link));
    assert_eq!(links, Vec::<Value>::new());
}

#[test]
fn names_become_types() {
    assert_eq!(type_name("team_member"), "TeamMember");
}
