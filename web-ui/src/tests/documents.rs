//! The API's description against its routes.

use serde_json::Value;

use super::fake::Fake;
use crate::need::Need;
use crate::routes;

#[test]
fn every_route_is_described_with_what_it_needs() {
    let document = routes::description::<Fake>();
    let mut routes = 0;
    for route in routes::table::<Fake>().into_iter().map(|route| route.described) {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        let security = operation["security"].as_array().unwrap();
        let open = security.iter().any(|scheme| scheme.as_object().unwrap().is_empty());
        assert_eq!(open, matches!(route.need, Need::Nothing | Need::HubOrLoopback(_)), "{}", route.path);
        assert!(open || operation["responses"].get("401").is_some(), "{}", route.path);
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{}", route.path);
        routes += 1;
    }
    assert!(routes > 50, "{routes}");
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        if let Some(target) = value.get("$ref") {
            found.push(target.as_str().unwrap().to_owned());
        }
        let items: Vec<&Value> = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(map) => map.values().collect(),
            _ => Vec::new(),
        };
        for item in items {
            references(item, found);
        }
    }
    let document = routes::description::<Fake>();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn no_two_types_are_described_by_one_name() {
    let mut known = std::collections::BTreeMap::new();
    for route in routes::table::<Fake>() {
        for (name, schema) in route.described.doc.schemas {
            let schema = serde_json::to_value(schema).unwrap();
            assert_eq!(known.entry(name.clone()).or_insert_with(|| schema.clone()), &schema, "{name}");
        }
    }
    assert!(known.len() > 40, "{}", known.len());
}
