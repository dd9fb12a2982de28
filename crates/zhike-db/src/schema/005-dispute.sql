CREATE TABLE dispute (
    seq {seq}, id {id} NOT NULL, number {text} NOT NULL, account_id {id} NOT NULL, asked {text},
    claimant_id {id} NOT NULL, claimant_department_id {id}, holder_id {id}, holder_department_id {id},
    first_contact_on {int}, evidence {text} NOT NULL, at {int} NOT NULL, answer {text}, answered_at {int}, answered_by {id},
    state {text} NOT NULL, ended_at {int}, ended_by {id}, ender {text}, reason {text}
){end};
CREATE UNIQUE INDEX dispute_id ON dispute (id);
CREATE INDEX dispute_account ON dispute (account_id, seq);
CREATE INDEX dispute_claimant ON dispute (claimant_id, seq);
CREATE INDEX dispute_holder ON dispute (holder_id, seq);
CREATE INDEX dispute_state ON dispute (state, seq);
CREATE TABLE dispute_file (
    dispute_id {id} NOT NULL, number {int} NOT NULL, name {text} NOT NULL, media_type {text} NOT NULL, size {int} NOT NULL,
    hash {text} NOT NULL, at {int} NOT NULL, user_id {id} NOT NULL, PRIMARY KEY (dispute_id, number)
){end};
