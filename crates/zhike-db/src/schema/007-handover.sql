CREATE TABLE handover (
    seq {seq}, id {id} NOT NULL, at {int} NOT NULL, actor_id {id}, actor {text} NOT NULL, from_id {id} NOT NULL,
    reason {text} NOT NULL, given {text} NOT NULL, undone_at {int}, undone_by {id}, undoer {text}, kept {int}
){end};
CREATE UNIQUE INDEX handover_id ON handover (id);
CREATE INDEX handover_from ON handover (from_id, seq)
