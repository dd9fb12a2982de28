CREATE TABLE pool_move (
    seq {seq}, at {int} NOT NULL, kind {text} NOT NULL, object {text} NOT NULL, record_id {id} NOT NULL, pool_id {id} NOT NULL,
    user_id {id}, actor_id {id}, reason {text}
){end};
CREATE INDEX pool_move_user ON pool_move (user_id, pool_id, at);
CREATE INDEX pool_move_record ON pool_move (record_id, seq);
CREATE INDEX pool_move_pool ON pool_move (pool_id, at);
CREATE TABLE pool_seen (
    user_id {id} NOT NULL, pool_id {id} NOT NULL, day {int} NOT NULL, record_id {id} NOT NULL,
    PRIMARY KEY (user_id, pool_id, day, record_id)
){end};
CREATE INDEX pool_seen_day ON pool_seen (day);
CREATE TABLE pool_dismissed (
    user_id {id} NOT NULL, record_id {id} NOT NULL, days {int} NOT NULL, until {int} NOT NULL, PRIMARY KEY (user_id, record_id)
){end};
