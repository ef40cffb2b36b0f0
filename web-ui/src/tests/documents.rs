//! The API's description against its routes, and the page's files against each other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::fake::Fake;
use crate::need::Need;
use crate::page::{ASSETS, is_asset};
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
fn the_page_writes_text_only_and_asks_nobody_else() {
    for asset in ASSETS {
        for banned in
            ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "style=", "onclick=", "https://"]
        {
            assert!(!asset.text.contains(banned), "{} contains {banned}", asset.path);
        }
        let foreign = asset.text.replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http://"), "{}", asset.path);
        for import in asset.text.lines().filter_map(|line| line.split_once(" from \"./")) {
            let path = format!("/{}", import.1.trim_end_matches("\";"));
            assert!(is_asset(&path), "{} imports {path}", asset.path);
        }
    }
}

#[test]
fn every_text_is_there_in_both_languages() {
    let file = |path: &str| ASSETS.iter().find(|asset| asset.path == path).unwrap().text;
    let (table, _) = file("/texts.js").split_once("\n};").unwrap();
    let (_, table) = table.split_once("const texts = {").unwrap();
    let mut known = BTreeSet::new();
    for row in table.split("],").filter(|row| row.contains('[')) {
        let row = row.rsplit("\n\n").next().unwrap();
        let (key, texts) = row.trim().split_once(": [").unwrap_or_else(|| panic!("{row}"));
        let texts: Vec<_> = texts.split('"').skip(1).step_by(2).collect();
        assert_eq!(texts.len(), 2, "{key} needs English and German");
        let holes = |text: &str| {
            text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        assert_eq!(holes(texts[0]), holes(texts[1]), "{key} is filled in differently");
        known.insert(key.to_owned());
    }
    let mut used = 0;
    for asset in ASSETS.iter().filter(|asset| asset.path != "/texts.js") {
        for mark in [" t(\"", "(t(\"", "[t(\"", "{t(\"", "data-text=\"", "say(\""] {
            for rest in asset.text.split(mark).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(known.contains(key), "{} uses {key}", asset.path);
                used += 1;
            }
        }
    }
    assert!(used > 50, "{used}");
}
