CREATE TABLE audit (
    seq {seq}, at {int} NOT NULL, actor_id {id}, actor {text} NOT NULL, source {text} NOT NULL, action {text} NOT NULL,
    object {text} NOT NULL, record_id {id}, before {text}, after {text}, reason {text}, batch_id {id}
){end};
CREATE INDEX audit_record ON audit (record_id, seq);
CREATE INDEX audit_batch ON audit (batch_id, seq) WHERE batch_id IS NOT NULL;
CREATE TABLE audit_chain (link {int} NOT NULL PRIMARY KEY, upto {int} NOT NULL, rows {int} NOT NULL, at {int} NOT NULL, hash {bytes} NOT NULL){end};
CREATE TABLE event (
    seq {seq}, at {int} NOT NULL, kind {text} NOT NULL, object {text} NOT NULL, record_id {id} NOT NULL,
    actor_id {id}, fields {text} NOT NULL, batch_id {id}
){end};
CREATE TABLE credential (
    user_id {id} NOT NULL PRIMARY KEY, password {text} NOT NULL,
    failures {int} NOT NULL, locked_until {int}, changed_at {int} NOT NULL
){end};
CREATE TABLE session (
    hash {bytes} NOT NULL PRIMARY KEY, user_id {id} NOT NULL, created_at {int} NOT NULL, seen_at {int} NOT NULL,
    address {text} NOT NULL, agent {text} NOT NULL
){end};
CREATE INDEX session_of_user ON session (user_id);
CREATE TABLE api_token (
    id {id} NOT NULL PRIMARY KEY, hash {bytes} NOT NULL, user_id {id} NOT NULL, name {text} NOT NULL, scope {text} NOT NULL,
    created_at {int} NOT NULL, expires_at {int}, used_at {int}, revoked_at {int}
){end};
CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
CREATE TABLE role (
    id {id} NOT NULL PRIMARY KEY, name {text} NOT NULL, label_zh {text} NOT NULL, label_en {text} NOT NULL,
    rights {text} NOT NULL, built_in {bool} NOT NULL, version {int} NOT NULL
){end};
CREATE UNIQUE INDEX role_name ON role (name);
CREATE TABLE user_role (user_id {id} NOT NULL, role_id {id} NOT NULL, PRIMARY KEY (user_id, role_id)){end};
CREATE TABLE saved_view (
    id {id} NOT NULL PRIMARY KEY, object {text} NOT NULL, name {text} NOT NULL, owner_id {id} NOT NULL, shared {bool} NOT NULL,
    body {text} NOT NULL, index_name {text}, created_at {int} NOT NULL, updated_at {int} NOT NULL
){end};
CREATE INDEX saved_view_object ON saved_view (object, owner_id);
CREATE TABLE user_setting (user_id {id} NOT NULL, key {text} NOT NULL, value {text} NOT NULL, PRIMARY KEY (user_id, key)){end};
CREATE TABLE number_series (key {text} NOT NULL PRIMARY KEY, next {int} NOT NULL){end};
CREATE TABLE idempotency (
    key {text} NOT NULL, user_id {id} NOT NULL, request {bytes} NOT NULL, status {int} NOT NULL, headers {text} NOT NULL, body {text} NOT NULL,
    at {int} NOT NULL, PRIMARY KEY (user_id, key)
){end};
CREATE TABLE custom_pack (name {text} NOT NULL PRIMARY KEY, body {text} NOT NULL, at {int} NOT NULL){end};
CREATE TABLE recent (user_id {id} NOT NULL, object {text} NOT NULL, record_id {id} NOT NULL, at {int} NOT NULL, PRIMARY KEY (user_id, record_id)){end};
CREATE TABLE job (
    id {id} NOT NULL PRIMARY KEY, kind {text} NOT NULL, args {text} NOT NULL, state {text} NOT NULL, run_at {int} NOT NULL,
    attempts {int} NOT NULL, worker {id}, leased_until {int}, error {text}, created_at {int} NOT NULL, finished_at {int}
){end};
CREATE INDEX job_due ON job (state, run_at);
CREATE TABLE import (
    id {id} NOT NULL PRIMARY KEY, object {text} NOT NULL, file_name {text} NOT NULL, file {text} NOT NULL, user_id {id},
    state {text} NOT NULL, plan {text} NOT NULL, sheets {text} NOT NULL, total {int}, cursor {int} NOT NULL, counts {text} NOT NULL,
    error {text}, created_at {int} NOT NULL, started_at {int}, finished_at {int}
){end};
CREATE INDEX import_user ON import (user_id, created_at);
CREATE TABLE import_row (
    import_id {id} NOT NULL, row {int} NOT NULL, outcome {text} NOT NULL, record_id {id}, child_id {id}, reason {text},
    PRIMARY KEY (import_id, row)
){end};
CREATE TABLE blob (hash {text} NOT NULL PRIMARY KEY, size {int} NOT NULL, at {int} NOT NULL){end};
