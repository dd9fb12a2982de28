//! One operation: a method on a path.

use serde_json::{Map, Value, json};

use super::answers;

/// An operation under construction.
pub struct Operation {
    id: String,
    tag: String,
    summary: String,
    description: Option<String>,
    parameters: Vec<Value>,
    body: Option<Value>,
    answers: Map<String, Value>,
}

impl Operation {
    /// Every operation may be refused for want of a token or of rights, and for a parameter that it does not know.
    pub fn new(id: impl Into<String>, tag: impl Into<String>, summary: impl Into<String>) -> Self {
        let operation = Self {
            id: id.into(),
            tag: tag.into(),
            summary: summary.into(),
            description: None,
            parameters: Vec::new(),
            body: None,
            answers: Map::new(),
        };
        operation.fails(&[401, 403, 422, 429, 500, 503])
    }

    pub fn describe(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// A parameter written here.
    pub fn takes(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Parameters of `components`.
    pub fn uses(mut self, names: &[&str]) -> Self {
        let refs = names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }));
        self.parameters.extend(refs);
        self
    }

    /// The path names a record or resource that may not be there.
    pub fn on_id(self) -> Self {
        self.uses(&["id"]).fails(&[404])
    }

    pub fn body(mut self, schema: &Value, example: Option<Value>) -> Self {
        let mut content = json!({ "schema": schema });
        if let Some(example) = example {
            content["example"] = example;
        }
        self.body = Some(json!({ "required": true, "content": { "application/json": content } }));
        self.fails(&[400, 413, 415])
    }

    /// A file and the texts beside it.
    pub fn upload(mut self, texts: &[(&str, Value)]) -> Self {
        let mut properties = Map::new();
        let mut required = vec!["file"];
        for (name, schema) in texts {
            properties.insert((*name).to_owned(), schema.clone());
            required.push(name);
        }
        properties.insert("file".to_owned(), json!({ "type": "string", "format": "binary" }));
        let schema =
            json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
        self.body = Some(json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } }));
        self.fails(&[400, 413, 415])
    }

    /// A form of several parts, files among them.
    pub fn form(mut self, schema: &Value) -> Self {
        self.body = Some(json!({ "required": true, "content": { "multipart/form-data": { "schema": schema } } }));
        self.fails(&[400, 413, 415])
    }

    /// A request that changes something: it may carry an idempotency key, and may meet a conflict.
    pub fn writes(self) -> Self {
        self.uses(&["IdempotencyKey"]).fails(&[409])
    }

    pub fn fails(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            self.answers.insert(status.to_string(), answers::problem(*status));
        }
        self
    }

    /// JSON, with the headers of those names.
    pub fn answers(self, status: u16, text: &str, schema: &Value, headers: &[&str]) -> Self {
        let content = json!({ "application/json": { "schema": schema } });
        self.answers_with(status, text, Some(content), headers)
    }

    pub fn answers_nothing(self, status: u16, text: &str, headers: &[&str]) -> Self {
        self.answers_with(status, text, None, headers)
    }

    pub fn answers_with(mut self, status: u16, text: &str, content: Option<Value>, headers: &[&str]) -> Self {
        let mut answer = json!({ "description": text });
        if let Some(content) = content {
            answer["content"] = content;
        }
        if !headers.is_empty() {
            let refs = headers
                .iter()
                .map(|name| ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })));
            answer["headers"] = Value::Object(refs.collect());
        }
        self.answers.insert(status.to_string(), answer);
        self
    }

    /// What the answer's id is good for.
    pub fn leads_to(mut self, status: u16, operations: &[String]) -> Self {
        let link =
            |id: &String| (id.clone(), json!({ "operationId": id, "parameters": { "id": "$response.body#/id" } }));
        if let Some(answer) = self.answers.get_mut(&status.to_string()) {
            answer["links"] = Value::Object(operations.iter().map(link).collect());
        }
        self
    }

    /// Under its path and method.
    pub fn at(mut self, paths: &mut Map<String, Value>, method: &str, path: &str) {
        self.answers.sort_keys();
        let mut operation = json!({
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
        });
        if let Some(description) = self.description {
            operation["description"] = json!(description);
        }
        if !self.parameters.is_empty() {
            operation["parameters"] = json!(self.parameters);
        }
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        operation["responses"] = Value::Object(self.answers);
        let methods = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        methods[method] = operation;
    }
}

/// A parameter that one operation alone takes.
pub fn query(name: &str, required: bool, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "required": required, "schema": schema })
}
