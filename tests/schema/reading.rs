//! A document as a validator sees it, whose YAML may be 1.1 or 1.2.

use process_control::yaml::{Meaning, Node, Scalar, Style, Value};
use serde_json::{Value as Json, json};

/// How a word becomes a value.
pub(crate) type Words = fn(&Scalar) -> Json;

/// A document as JSON.
pub(crate) fn json_of(node: &Node, word: Words) -> Json {
    match &node.value {
        Value::Scalar(scalar) => word(scalar),
        Value::List(items) => Json::Array(items.iter().map(|item| json_of(item, word)).collect()),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.text.clone(), json_of(&entry.value, word))).collect())
        }
    }
}

/// By YAML 1.1, as we read it; JSON has no dates.
pub(crate) fn yaml_1_1(word: &Scalar) -> Json {
    match word.meaning() {
        Meaning::Null => Json::Null,
        Meaning::Bool(flag) => json!(flag),
        Meaning::Int(digits) => digits.parse::<i64>().map_or_else(|_| json!(word.text), |number| json!(number)),
        Meaning::Float(number) if number.is_finite() => json!(number),
        _ => json!(word.text),
    }
}

/// By the core schema of YAML 1.2 (chapter 10.3), as editors read it.
pub(crate) fn yaml_1_2(word: &Scalar) -> Json {
    let text = word.text.as_str();
    if word.style == Style::Quoted {
        return json!(text);
    }
    let based = |prefix, base| text.strip_prefix(prefix).and_then(|digits| i64::from_str_radix(digits, base).ok());
    let float = || {
        let shaped = text.contains(|c: char| c.is_ascii_digit())
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        text.parse::<f64>().ok().filter(|_| shaped && !text.starts_with(['e', 'E']))
    };
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Json::Null,
        "true" | "True" | "TRUE" => json!(true),
        "false" | "False" | "FALSE" => json!(false),
        _ => text
            .parse::<i64>()
            .ok()
            .or_else(|| based("0o", 8))
            .or_else(|| based("0x", 16))
            .map(|number| json!(number))
            .or_else(|| float().map(|number| json!(number)))
            .unwrap_or_else(|| json!(text)),
    }
}
