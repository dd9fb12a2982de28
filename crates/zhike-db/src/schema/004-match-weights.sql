CREATE TABLE match_weights (object {text} NOT NULL PRIMARY KEY, stamp {id} NOT NULL, at {int} NOT NULL, print {text} NOT NULL, weights {text} NOT NULL){end};
CREATE TABLE match_told (user_id {id} NOT NULL, record_id {id} NOT NULL, day {int} NOT NULL, PRIMARY KEY (user_id, record_id)){end};
