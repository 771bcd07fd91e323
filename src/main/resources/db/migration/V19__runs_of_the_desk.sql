-- Letters that are sent again together. One row for each run, one for each of its letters; both are changed by orders only, in
-- the ledger's transaction, so that what they say is true at any moment.
create table desk_run (
    id         varchar(36)   not null primary key,
    state      varchar(10)   not null, -- RUNNING, PAUSED, HALTED, STOPPED or DONE
    cause      varchar(100),           -- why it has halted: the code of the letter that failed
    letter     varchar(36),            -- that letter
    actor      varchar(100)  not null,
    reason     varchar(1000) not null,
    target     varchar(64),            -- the recipient that its letters are redirected to
    phases     varchar(200)  not null, -- how many letters have gone at the end of each phase, with commas; all in the last
    phase      integer       not null, -- the one that it is in, from 0
    quota      integer       not null, -- how many letters may have gone by its end
    rate       integer       not null, -- letters a minute to one recipient
    letters    integer       not null,
    epoch      integer       not null, -- counts how often it was set going: what was sent before a pause does not count after
    begun_at   bigint        not null,
    changed_at bigint        not null,
    changed_by varchar(100)  not null,
    ended_at   bigint
);
create index desk_run_begun on desk_run (begun_at, id);
create index desk_run_going on desk_run (id) where state = 'RUNNING';

create table desk_run_item (
    run        varchar(36)  not null,
    number     integer      not null, -- its place, from 1; those of one lane follow each other
    letter     varchar(36)  not null,
    recipient  varchar(64)  not null, -- whose rate it counts for; of a letter from intake its sender
    lane       varchar(120) not null, -- what must stay in order: a referral and a recipient
    state      varchar(10)  not null, -- WAITING, SENT, RESOLVED, FAILED or SKIPPED
    reason     varchar(100),          -- a code: why it has failed or was skipped
    stamp      varchar(36),           -- of the order that sent it
    sending    varchar(36),           -- tells that order from the same order sent again
    delivery   varchar(36),           -- the delivery to another recipient that it became
    sent_at    bigint,
    settled_at bigint,
    primary key (run, number)
) ${clustered};
create index desk_run_item_state on desk_run_item (run, state, number);
create index desk_run_item_pace on desk_run_item (recipient, sent_at) where sent_at is not null;
create index desk_run_item_letter on desk_run_item (letter);
