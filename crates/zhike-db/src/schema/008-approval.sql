CREATE TABLE approval_process (
    seq {seq}, id {id} NOT NULL, version {int} NOT NULL, latest {bool} NOT NULL, seed {text}, object {text} NOT NULL,
    name_zh {text} NOT NULL, name_en {text} NOT NULL, active {bool} NOT NULL, rule {text} NOT NULL, at {int} NOT NULL,
    actor_id {id}, actor {text} NOT NULL
){end};
CREATE UNIQUE INDEX approval_process_version ON approval_process (id, version);
CREATE INDEX approval_process_object ON approval_process (object, latest);
CREATE TABLE approval (
    seq {seq}, id {id} NOT NULL, number {text} NOT NULL, object {text} NOT NULL, record_id {id}, made_id {id},
    processes {text} NOT NULL, steps {text} NOT NULL, locks {text} NOT NULL, input {text} NOT NULL, facts {text} NOT NULL,
    changes {text} NOT NULL, relied {text} NOT NULL, meanwhile {text}, submitter_id {id} NOT NULL, submitter {text} NOT NULL,
    department_id {id}, comment {text}, at {int} NOT NULL, state {text} NOT NULL, step {int} NOT NULL, version {int} NOT NULL,
    ended_at {int}
){end};
CREATE UNIQUE INDEX approval_id ON approval (id);
CREATE INDEX approval_record ON approval (record_id, state);
CREATE INDEX approval_made ON approval (made_id);
CREATE INDEX approval_submitter ON approval (submitter_id, seq);
CREATE TABLE approval_seat (
    seq {seq}, id {id} NOT NULL, approval_id {id} NOT NULL, step {int} NOT NULL, place {int} NOT NULL, parent_id {id},
    side {text}, user_id {id} NOT NULL, name {text} NOT NULL, state {text} NOT NULL, may_sign {bool} NOT NULL, asked_at {int},
    signed_at {int}, signed_by {id}
){end};
CREATE UNIQUE INDEX approval_seat_id ON approval_seat (id);
CREATE INDEX approval_seat_approval ON approval_seat (approval_id, step, place);
CREATE INDEX approval_seat_user ON approval_seat (user_id, may_sign);
CREATE TABLE approval_deed (
    seq {seq}, approval_id {id} NOT NULL, at {int} NOT NULL, action {text} NOT NULL, step {int}, actor_id {id}, actor {text} NOT NULL,
    for_id {id}, for_name {text}, others {text}, comment {text}
){end};
CREATE INDEX approval_deed_approval ON approval_deed (approval_id, seq);
CREATE INDEX approval_deed_actor ON approval_deed (actor_id, seq);
CREATE TABLE approval_absence (
    id {id} NOT NULL PRIMARY KEY, user_id {id} NOT NULL, deputy_id {id} NOT NULL, from_at {int} NOT NULL, to_at {int} NOT NULL,
    at {int} NOT NULL, ended_at {int}
){end};
CREATE INDEX approval_absence_user ON approval_absence (user_id, to_at);
CREATE INDEX approval_absence_deputy ON approval_absence (deputy_id, to_at)
