-- Versions of the configuration by number, so that the rows they have handled hold a number and not a text.
create table edition (
    id      integer     not null primary key,
    version varchar(40) not null unique
);

-- Which version handled what, one for each stage: intake, the ledger, delivery. Null for what is older than this table.
alter table message add column checked_by integer;
alter table message add column decided_by integer;
alter table delivery add column written_by integer;

-- Every change that was made or refused, by node: each changes by itself.
create table configuration_change (
    id       varchar(36)  not null primary key,
    at       bigint       not null,
    node     varchar(100) not null,
    how      varchar(10)  not null, -- START, FILES, RELOAD or BACK
    actor    varchar(100) not null,
    outcome  varchar(10)  not null, -- ACCEPTED or REFUSED
    version  varchar(40)  not null, -- the one that was to run; empty when the files could not even be copied
    previous varchar(40),
    faults   integer      not null,
    reason   varchar(200)           -- why it was taken in spite of them
);
create index configuration_change_at on configuration_change (at);
