-- Which fields a delivery showed its recipient: names, never values. Few sets differ, so that each stands here once.
create table field_set (
    id    integer     not null primary key,
    name  varchar(16) not null unique, -- follows from the names of the fields
    names text        not null         -- one a line
);

-- Null for what is older than this table, and for what has not been delivered.
alter table delivery add column shown integer;
