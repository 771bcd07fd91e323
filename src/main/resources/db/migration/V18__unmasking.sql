-- Who asked to see what a letter holds, why, and who agreed.
create table unmasking (
    id         varchar(36)   not null primary key, -- the stamp of the order that asked
    letter     varchar(36)   not null,
    fields     text          not null, -- JSON array of pointers as they are shown; an empty one means everything
    sensitive  integer       not null, -- 1 when a second person had to agree
    state      varchar(10)   not null, -- ASKED, GRANTED or REFUSED
    asker      varchar(100)  not null,
    reason     varchar(1000) not null,
    asked_at   bigint        not null,
    decider    varchar(100),           -- null while nobody has decided, and where the reason was enough
    decision   varchar(1000),          -- the decider's own words
    decided_at bigint,
    until      bigint                  -- the first moment at which it is masked again
);
create index unmasking_of_letter on unmasking (letter, asker);
create index unmasking_asked on unmasking (asked_at, id);
