CREATE TABLE mail (
    seq {seq}, id {id} NOT NULL, user_id {id} NOT NULL, kind {text} NOT NULL, object {text} NOT NULL, record_id {id},
    records {text} NOT NULL, count {int} NOT NULL, origin {text} NOT NULL, key {text}, with_id {id}, state {text} NOT NULL,
    attempts {int} NOT NULL, due_at {int} NOT NULL, at {int} NOT NULL, address {text}, ended_at {int}, answer {text}
){end};
CREATE UNIQUE INDEX mail_id ON mail (id);
CREATE UNIQUE INDEX mail_key ON mail (key);
CREATE INDEX mail_due ON mail (state, due_at);
CREATE INDEX mail_with ON mail (with_id) WHERE with_id IS NOT NULL;
CREATE INDEX mail_user ON mail (user_id, kind, state)
