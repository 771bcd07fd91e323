-- What whoever did it gave as the reason; in the hash of the row when there is one.
alter table audit add column reason varchar(1000);
