//! Makes unions usable by client generators. Each member becomes a named schema with a title. The union gets a discriminator if one
//! property tells its members apart.

use serde_json::{Map, Value, json};

/// Names the members of all unions in the document.
pub(crate) fn name_union_members(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    let names: Vec<String> = schemas.keys().cloned().collect();
    for name in names {
        for kind in ["oneOf", "anyOf"] {
            if let Some(members) = schemas[&name].get_mut(kind).and_then(Value::as_array_mut) {
                let taken = std::mem::take(members);
                let tag = tag(&taken);
                let named: Vec<Named> = taken.into_iter().map(|member| named(&name, member, tag.as_deref())).collect();
                put(schemas, &name, kind, named, tag.as_deref());
            }
        }
    }
}

/// A union member and the value of the discriminator that selects it.
struct Named {
    name: Option<String>,
    schema: Value,
    tag: Option<String>,
}

/// Returns the property that has exactly one value in each member, different in every member.
fn tag(members: &[Value]) -> Option<String> {
    let first = members.first()?;
    let candidates = all_properties(first).into_iter().map(|(name, _)| name);
    let of = |member: &Value, name: &str| only_value(member, name);
    candidates.into_iter().find(|name| {
        let values: Vec<Option<String>> = members.iter().map(|member| of(member, name)).collect();
        let distinct: std::collections::BTreeSet<_> = values.iter().collect();
        values.iter().all(Option::is_some) && distinct.len() == values.len()
    })
}

/// The properties of an object schema, including those inherited through `allOf`.
fn all_properties(schema: &Value) -> Vec<(String, Value)> {
    let own = schema["properties"].as_object().into_iter().flatten();
    let mut found: Vec<(String, Value)> = own.map(|(name, schema)| (name.clone(), schema.clone())).collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        found.extend(all_properties(part));
    }
    found
}

fn only_value(schema: &Value, name: &str) -> Option<String> {
    let (_, property) = all_properties(schema).into_iter().find(|(found, _)| found == name)?;
    match property["enum"].as_array()?.as_slice() {
        [Value::String(only)] => Some(only.clone()),
        _ => None,
    }
}

fn named(union: &str, mut member: Value, tag: Option<&str>) -> Named {
    let tag_value = tag.and_then(|tag| only_value(&member, tag));
    let is_object = member["type"] == "object" || member.get("allOf").is_some();
    let suffix = match (&tag_value, is_object) {
        (Some(value), _) => Some(camel(value)),
        (None, true) => member["title"].as_str().or_else(|| member["required"][0].as_str()).map(camel),
        (None, false) => None,
    };
    let name = suffix.map(|suffix| format!("{union}{suffix}"));
    if let (Some(name), Some(object)) = (&name, member.as_object_mut()) {
        object.insert("title".into(), json!(name));
    }
    Named {
        name,
        schema: member,
        tag: tag_value,
    }
}

fn put(schemas: &mut Map<String, Value>, union: &str, kind: &str, members: Vec<Named>, tag: Option<&str>) {
    let mut references = Vec::new();
    let mut mapping = Map::new();
    for Named { name, schema, tag } in members {
        let Some(name) = name else {
            references.push(schema);
            continue;
        };
        let reference = format!("#/components/schemas/{name}");
        if let Some(tag) = tag {
            mapping.insert(tag, json!(reference));
        }
        references.push(json!({ "$ref": reference }));
        schemas.insert(name, schema);
    }
    schemas[union][kind] = Value::Array(references);
    if let Some(tag) = tag {
        schemas[union]["discriminator"] = json!({ "propertyName": tag, "mapping": mapping });
    }
}

fn camel(code: &str) -> String {
    let words = code.split('_').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}
