-- What operators were told and when, so that a morning shift sees what the night was like.
create table alarm_sent (
    id        varchar(36)   not null primary key,
    at        bigint        not null,
    all_clear integer       not null, -- 1 when nothing was open any more
    total     integer       not null,
    counts    varchar(2000) not null  -- how many by fault and urgency, a line each: 3 overdue-accept IMMEDIATE
);
create index alarm_sent_at on alarm_sent (at, id);
