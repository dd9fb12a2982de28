CREATE TABLE merge (
    seq {seq}, id {id} NOT NULL, object {text} NOT NULL, survivor_id {id} NOT NULL, at {int} NOT NULL,
    actor_id {id}, actor {text} NOT NULL, reason {text}, moved {int} NOT NULL, aside {int} NOT NULL,
    undone_at {int}, undone_by {id}, undoer {text}
){end};
CREATE UNIQUE INDEX merge_id ON merge (id);
CREATE INDEX merge_object ON merge (object, seq);
CREATE INDEX merge_survivor ON merge (survivor_id, seq);
CREATE TABLE merge_away (
    merge_id {id} NOT NULL, record_id {id} NOT NULL, object {text} NOT NULL, instead_id {id}, loser {bool} NOT NULL, active {bool} NOT NULL,
    PRIMARY KEY (merge_id, record_id)
){end};
CREATE INDEX merge_away_record ON merge_away (record_id, active);
CREATE INDEX merge_away_instead ON merge_away (instead_id, active);
CREATE TABLE merge_step (
    merge_id {id} NOT NULL, step {int} NOT NULL, object {text} NOT NULL, record_id {id} NOT NULL, before {text} NOT NULL, after {text} NOT NULL,
    PRIMARY KEY (merge_id, step)
){end};
CREATE INDEX merge_step_record ON merge_step (record_id);
