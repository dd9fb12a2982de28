//! Access over HTTP against a naive oracle: random roles, users and records; every answer holds what its reader may see, and
//! nothing of what it may not.

mod oracle;
mod world;

use serde_json::{Value, json};
use zhike_tests::{Answer, Client, both, encoded};

use self::{
    oracle::Right,
    world::{Person, Row, World},
};

both!(every_answer_holds_what_its_reader_may_see_and_nothing_else, |site| {
    let world = World::make(site, 1);
    for person in &world.people {
        let reader = Reader { world: &world, person };
        reader.lists();
        reader.records();
        reader.searches();
        reader.exports();
        reader.proposals();
        reader.stranger_and_nobody_are_one();
    }
});

both!(a_token_does_what_its_scope_and_its_user_may, |site| {
    let world = World::make(site, 2);
    for person in &world.people {
        Reader { world: &world, person }.narrow_tokens();
    }
    for person in &world.people {
        Reader { world: &world, person }.writing();
    }
});

both!(a_right_taken_away_is_gone_with_the_next_request, |site| {
    let world = World::make(site, 3);
    let seen =
        |person: &&Person| world.rows_of("account").find(|row| !row.is_deleted() && world.sees(person, row)).cloned();
    let (person, row) =
        world.people.iter().find_map(|person| Some((person, seen(&person)?))).expect("somebody sees something");
    let path = format!("/api/v1/account/{}", row.id);
    let page = format!("/account/{}", row.id);
    person.token.get(&path).expect(200);
    person.pages.get(&page).expect(200);
    world.admin.put(&format!("/api/v1/users/{}/roles", person.id), &json!({ "roles": [] })).expect(200);
    person.token.get(&path).expect(404);
    person.pages.get(&page).expect(404);
    world.admin.patch(&format!("/api/v1/user/{}", person.id), &json!({ "active": false })).expect(200);
    person.token.get("/api/v1/me").expect(401);
});

/// One person's requests, each compared with the oracle.
struct Reader<'w> {
    world: &'w World<'w>,
    person: &'w Person,
}

impl Reader<'_> {
    fn tell(&self) -> String {
        format!("{} with {}", self.person.login, json!(self.person.roles))
    }

    fn get(&self, path: &str) -> Answer {
        let answer = self.person.token.get(path);
        self.nothing_leaks(&answer.text(), path);
        answer
    }

    /// No answer holds a value that the reader may not see plainly, wherever it stands.
    fn nothing_leaks(&self, text: &str, path: &str) {
        for secret in &self.world.planted {
            let row = self.world.row(&secret.id);
            let plain =
                self.world.sees(self.person, row) && self.person.right(&row.object, secret.field) >= Right::Read;
            assert!(
                plain || !text.contains(&secret.word),
                "{path} tells {} of {} {} to {}",
                secret.field,
                row.object,
                row.id,
                self.tell()
            );
        }
    }

    fn lists(&self) {
        for object in world::OBJECTS {
            let path = format!("/api/v1/{object}");
            if !self.person.has(object) {
                self.get(&path).expect(404);
                self.get(&format!("{path}/count")).expect(404);
                continue;
            }
            for bin in [false, true] {
                let mut found = Vec::new();
                let mut next = format!("{path}?limit=7&bin={bin}");
                loop {
                    let page = self.get(&next).expect(200).json();
                    found.extend(page["data"].as_array().expect("records").iter().cloned());
                    let Some(after) = page["next"].as_str() else { break };
                    next = format!("{path}?limit=7&bin={bin}&after={after}");
                }
                let mut ids: Vec<&str> = found.iter().map(|record| record["id"].as_str().expect("an id")).collect();
                ids.sort_unstable();
                let mut expected: Vec<&str> = self
                    .world
                    .rows_of(object)
                    .filter(|row| row.is_deleted() == bin && self.world.sees(self.person, row))
                    .filter(|row| !bin || self.person.handles(row))
                    .map(|row| row.id.as_str())
                    .collect();
                expected.sort_unstable();
                assert_eq!(ids, expected, "{path} bin {bin} for {}", self.tell());
                for record in &found {
                    self.same(object, record);
                }
                let count = self.get(&format!("{path}/count?bin={bin}")).expect(200).json();
                assert_eq!(count["count"], expected.len(), "{path} for {}", self.tell());
            }
        }
        let readable = self.person.has("contact");
        let asked = self.get(&format!("/api/v1/contact?filter={}", encoded("mobile != null")));
        match self.person.right("contact", "mobile") {
            _ if !readable => asked.expect(404),
            Right::Hidden => asked.expect(422),
            Right::Masked => asked.expect(403),
            _ => asked.expect(200),
        };
    }

    /// The record as the oracle has it: fields, masks, titles of what it refers to.
    fn same(&self, object: &str, record: &Value) {
        let row = self.world.row(record["id"].as_str().expect("an id"));
        assert_eq!(row.object, object);
        assert_eq!(record, &self.world.shown(self.person, row), "{object} {} for {}", row.id, self.tell());
    }

    fn records(&self) {
        for row in self.world.rows.values() {
            let path = format!("/api/v1/{}/{}", row.object, row.id);
            let parts = ["", "/history", "/timeline"].map(|part| self.get(&format!("{path}{part}")));
            if !self.world.sees(self.person, row) {
                for answer in parts {
                    answer.expect(404);
                }
                continue;
            }
            let [record, history, timeline] = parts.map(|answer| answer.expect(200).json());
            self.same(&row.object, &record);
            for change in history["data"]
                .as_array()
                .expect("entries")
                .iter()
                .flat_map(|entry| entry["changes"].as_array().expect("changes"))
            {
                let field = change["field"].as_str().expect("a field");
                assert!(
                    self.person.right(&row.object, field) > Right::Hidden,
                    "{field} in the history of {path} for {}",
                    self.tell()
                );
            }
            let mut told: Vec<&str> = Vec::new();
            for entry in timeline["data"].as_array().expect("entries") {
                if let Some(object) = entry["object"].as_str() {
                    self.same(object, &entry["record"]);
                    told.push(entry["record"]["id"].as_str().expect("an id"));
                }
            }
            if matches!(row.object.as_str(), "user" | "department") {
                // what they own stands there too
                continue;
            }
            told.sort_unstable();
            assert_eq!(told, self.world.timeline(self.person, row), "the timeline of {path} for {}", self.tell());
        }
    }

    fn searches(&self) {
        for planted in self.world.planted.iter().filter(|planted| planted.searched) {
            let row = self.world.row(&planted.id);
            // over everything now and then: each object costs a query
            let within = if planted.word.ends_with('3') { String::new() } else { format!("&objects={}", row.object) };
            let found = self.get(&format!("/api/v1/search?q={}{within}", planted.word)).expect(200).json();
            let hits: Vec<&str> = found["data"]
                .as_array()
                .expect("groups")
                .iter()
                .flat_map(|group| group["hits"].as_array().expect("hits"))
                .map(|hit| hit["id"].as_str().expect("an id"))
                .collect();
            let plain = !row.is_deleted()
                && self.world.sees(self.person, row)
                && self.person.right(&row.object, planted.field) >= Right::Read;
            assert_eq!(
                hits,
                if plain { vec![row.id.as_str()] } else { Vec::new() },
                "{} for {}",
                planted.word,
                self.tell()
            );
        }
    }

    fn exports(&self) {
        for object in ["account", "contact"] {
            let wish = json!({ "object": object, "fields": ["name", "mobile", "owner"], "format": "csv" });
            let asked = self.person.token.post("/api/v1/exports", &wish);
            if !self.person.exports(object) {
                asked.expect(403);
                continue;
            }
            let id = asked.expect(201).json()["id"].as_str().expect("an id").to_owned();
            let state = loop {
                let export = self.get(&format!("/api/v1/exports/{id}")).expect(200).json();
                if export["state"] != "running" {
                    break export;
                }
            };
            assert_eq!(state["state"], "done", "{state}");
            let file = self.get(&format!("/api/v1/exports/{id}/file")).expect(200).text();
            let seen: Vec<&Row> = self
                .world
                .rows_of(object)
                .filter(|row| !row.is_deleted() && self.world.sees(self.person, row))
                .collect();
            assert_eq!(state["rows"], seen.len(), "{object} exported by {}", self.tell());
            let mut lines: Vec<&str> = file.trim_start_matches('\u{feff}').lines().skip(1).collect();
            let mut expected: Vec<String> =
                seen.iter().map(|row| self.world.line(self.person, row, &["name", "mobile", "owner"])).collect();
            lines.sort_unstable();
            expected.sort_unstable();
            if expected.iter().any(|line| !line.is_empty()) {
                assert_eq!(lines, expected, "{object} exported by {}", self.tell());
            }
            // another user's file does not exist
            let other = self.world.people.iter().find(|other| other.login != self.person.login).expect("another user");
            other.token.get(&format!("/api/v1/exports/{id}/file")).expect(404);
        }
    }

    /// What is proposed of records shows what they show, and is refused as they are.
    fn proposals(&self) {
        for object in ["account", "contact"] {
            let rows: Vec<&Row> = self.world.rows_of(object).filter(|row| !row.is_deleted()).take(5).collect();
            for pair in rows.windows(2) {
                let [first, second] = pair else { continue };
                let asked = self.get(&format!("/api/v1/{object}/{}/merge?with={}", first.id, second.id));
                let seen = pair.iter().all(|row| self.world.sees(self.person, row));
                match (self.person.has(object), self.person.merges(object), seen) {
                    (false, ..) => drop(asked.expect(404)),
                    (_, false, _) => drop(asked.expect(403)),
                    (.., false) => drop(asked.expect(404)),
                    _ => {
                        let proposal = asked.expect(200).json();
                        for one in proposal["records"].as_array().expect("records") {
                            self.same(object, &one["record"]);
                        }
                        for field in proposal["fields"].as_array().expect("fields") {
                            let name = field["field"].as_str().expect("a field");
                            assert!(self.person.right(object, name) > Right::Hidden, "{name} for {}", self.tell());
                        }
                    }
                }
                // whether there is something at all that is not theirs to see is not told either
                if !self.world.sees(self.person, second) {
                    let refused = [second.id.as_str(), "0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d"].map(|with| {
                        let asked = json!({ "with": [with] });
                        let answer = self.person.token.post(&format!("/api/v1/{object}/{}/merge", first.id), &asked);
                        (answer.status, problem(&answer, with))
                    });
                    assert_eq!(refused[0], refused[1], "{object} {} for {}", second.id, self.tell());
                }
            }
        }
    }

    /// What one may not see is answered as what is not there, in every respect.
    fn stranger_and_nobody_are_one(&self) {
        let nobody = "0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d";
        for object in ["account", "contact", "note"] {
            let Some(stranger) = self.world.rows_of(object).find(|row| !self.world.sees(self.person, row)) else {
                continue;
            };
            for (method, part, body) in [
                ("GET", "", None),
                ("PATCH", "", Some("{\"owner\": null}")),
                ("DELETE", "", None),
                ("GET", "/history", None),
                ("GET", "/timeline", None),
                ("GET", "/attachments", None),
                // a length of nothing, not the absence of one: the connection is used again
                ("POST", "/restoration", Some("")),
            ] {
                let [hidden, missing] = [stranger.id.as_str(), nobody].map(|id| {
                    let body = body.map(|text| ("application/json", text.as_bytes().to_vec()));
                    problem(
                        &self.person.token.send(method, &format!("/api/v1/{object}/{id}{part}"), body).expect(404),
                        id,
                    )
                });
                assert_eq!(hidden, missing, "{method} {object}{part} for {}", self.tell());
            }
            for part in ["", "/edit"] {
                let [hidden, missing] = [stranger.id.as_str(), nobody].map(|id| {
                    let page = self.person.pages.get(&format!("/{object}/{id}{part}")).expect(404);
                    self.nothing_leaks(&page.text(), "a page");
                    page.text().replace(id, "")
                });
                assert_eq!(hidden.len(), missing.len(), "/{object}/…{part} for {}", self.tell());
            }
        }
    }

    fn narrow_tokens(&self) {
        let seen: Vec<&Row> = self
            .world
            .rows_of("account")
            .filter(|row| !row.is_deleted() && self.world.sees(self.person, row))
            .collect();
        let reads = self.person.narrow("account:read");
        assert_eq!(reads.get("/api/v1/contact").status, 404);
        assert_eq!(reads.get("/api/v1/note").status, 404);
        if !self.person.has("account") {
            assert_eq!(reads.get("/api/v1/account").status, 404);
            return;
        }
        assert_eq!(reads.get("/api/v1/account/count").expect(200).json()["count"], seen.len(), "{}", self.tell());
        assert_eq!(reads.post("/api/v1/account", &json!({ "name": "新客户" })).status, 403);
        let everything = self.person.narrow("*:read");
        for row in seen.iter().take(3) {
            let path = format!("/api/v1/account/{}", row.id);
            // without users in the scope nobody is named
            let record = reads.get(&path).expect(200).json();
            for field in ["owner", "created_by", "department"] {
                assert!(
                    record.get(field).is_none_or(|of| of.is_null() || of.is_string() || of["title"].is_null()),
                    "{field} of {path} for {}",
                    self.tell()
                );
            }
            assert_eq!(
                everything.get(&path).expect(200).json(),
                self.world.shown(self.person, row),
                "{path} for {}",
                self.tell()
            );
            for token in [&reads, &everything] {
                assert_eq!(token.patch(&path, &json!({ "industry": "制造" })).status, 403);
                assert_eq!(token.delete(&path).status, 403);
            }
        }
        // duties come with the whole scope only
        assert_eq!(
            everything.post("/api/v1/roles", &json!({ "name": "x", "label": { "zh": "x" }, "rights": {} })).status,
            403
        );
    }

    fn writing(&self) {
        if !self.person.has("account") {
            return;
        }
        let writes: Client = self.person.narrow("account:write");
        for row in self.world.rows_of("account").filter(|row| !row.is_deleted()).take(6) {
            let asked = writes.patch(&format!("/api/v1/account/{}", row.id), &json!({ "industry": "制造" }));
            let expected: &[u16] = match (self.world.sees(self.person, row), self.world.changes(self.person, row)) {
                (false, _) => &[404],
                (true, false) => &[403],
                (true, true) if self.person.right("account", "industry") == Right::Write => &[200],
                _ => &[422],
            };
            assert!(expected.contains(&asked.status), "{} for {}: {}", row.id, self.tell(), asked.text());
        }
        // a token that may make accounts makes them, whatever it may see beside
        let asked = writes.post("/api/v1/account", &json!({ "name": "令牌建的客户" }));
        let expected = match () {
            () if !self.person.creates("account") => 403,
            () if self.person.right("account", "name") < Right::Write => 422,
            () => 201,
        };
        assert_eq!(asked.status, expected, "{}: {}", self.tell(), asked.text());
    }
}

/// A problem without what is different in every answer.
fn problem(answer: &Answer, id: &str) -> Value {
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(!answer.text().contains(id), "{}", answer.text());
    let mut problem = answer.json();
    problem.as_object_mut().expect("an object").remove("instance");
    problem
}
