-- A filter that matches few of a hundred thousand letters is answered by an index, or at least without reading a row of each.
drop index letter_order;
drop index letter_any;
create index letter_order on letter (state, rank, due_at, id, fingerprint, place);
create index letter_any on letter (rank, due_at, id, fingerprint, place);
create index letter_of_risk on letter (risk, state, rank, due_at, id) where risk is not null;
create index letter_of_configuration on letter (configuration, state, rank, due_at, id) where configuration is not null;
create index letter_noted on letter (id) where note is not null;
