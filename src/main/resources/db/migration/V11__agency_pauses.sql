-- Who has told the hub to leave an agency alone, and who to go on: couriers and collectors look at the last row of an agency.
create table agency_pause (
    number bigint       not null primary key,
    stamp  varchar(36)  not null unique, -- of the order; a repeat of it changes nothing
    agency varchar(64)  not null,
    paused integer      not null, -- 0: resumed
    actor  varchar(100) not null,
    reason varchar(500) not null,
    at     bigint       not null
);
create index agency_pause_last on agency_pause (agency, number);
