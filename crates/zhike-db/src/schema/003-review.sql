CREATE TABLE match_scan (
    number {seq}, id {id} NOT NULL, object {text} NOT NULL, state {text} NOT NULL, job_id {id} NOT NULL, run_id {id},
    user_id {id}, by_name {text}, done {int} NOT NULL, total {int} NOT NULL,
    records {int} NOT NULL, groups {int} NOT NULL, same_pairs {int} NOT NULL, review_pairs {int} NOT NULL,
    error {text}, created_at {int} NOT NULL, ended_at {int}
){end};
CREATE UNIQUE INDEX match_scan_id ON match_scan (id);
CREATE INDEX match_scan_object ON match_scan (object, number);
CREATE UNIQUE INDEX match_scan_one ON match_scan (object) WHERE state IN ('waiting', 'running');
CREATE TABLE match_item (scan {int} NOT NULL, block {int} NOT NULL, items {bytes} NOT NULL, PRIMARY KEY (scan, block)){end};
CREATE TABLE match_decision (
    seq {seq}, object {text} NOT NULL, left_id {id} NOT NULL, right_id {id} NOT NULL, decision {text} NOT NULL,
    at {int} NOT NULL, user_id {id}, by_name {text}, reason {text}
){end};
CREATE UNIQUE INDEX match_decision_pair ON match_decision (left_id, right_id);
CREATE INDEX match_decision_right ON match_decision (right_id);
CREATE INDEX match_decision_object ON match_decision (object, seq);
