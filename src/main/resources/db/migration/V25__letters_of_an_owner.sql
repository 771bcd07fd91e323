-- With a hundred thousand open letters these need no walk through all of them: the books' comparison of accounts with letters, and
-- what somebody looks after.
create index letter_open_delivery on letter (state, recipient) where delivery_id is not null;
create index letter_of_owner on letter (owner, state, rank, due_at, id) where owner is not null;
