-- Deadlines and states of assignments lie in the order in which their referrals were opened, not in that of random identifiers:
-- what a batch opens then shares a few pages at the end instead of dirtying one page for each referral and table.
create table clock_in_order (
    opened_at    bigint      not null, -- of the referral
    referral_id  varchar(36) not null,
    agency       varchar(64) not null,
    kind         varchar(12) not null, -- ACKNOWLEDGE, ACCEPT or RECALL
    state        varchar(10) not null,
    started_at   bigint      not null,
    due_at       bigint      not null,
    fired_at     bigint,               -- when the ledger found it run out
    fired_by     varchar(200),         -- the JMS message that it learnt it from
    ended_at     bigint,
    escalated_to varchar(64),          -- the office up the ladder that is on it since then
    ladder_end   integer     not null, -- 1 when there was none
    announced_at bigint,               -- when a node last put it on the ledger's queue; several nodes only
    primary key (opened_at, referral_id, agency, kind)
) ${clustered};
insert into clock_in_order (opened_at, referral_id, agency, kind, state, started_at, due_at, fired_at, fired_by, ended_at,
                            escalated_to, ladder_end, announced_at)
select r.opened_at, c.referral_id, c.agency, c.kind, c.state, c.started_at, c.due_at, c.fired_at, c.fired_by, c.ended_at,
       c.escalated_to, c.ladder_end, c.announced_at
from clock c join referral r on r.id = c.referral_id
order by r.opened_at, c.referral_id, c.agency, c.kind;
drop table clock;
alter table clock_in_order rename to clock;
create index clock_due on clock (state, due_at) where ended_at is null;

create table progress_in_order (
    opened_at   bigint       not null, -- of the referral
    referral_id varchar(36)  not null,
    recipient   varchar(64)  not null,
    cause       varchar(200) not null, -- message.id, or what else moved it
    state       varchar(20)  not null,
    at          bigint       not null,
    seq         integer      not null, -- within one batch
    primary key (opened_at, referral_id, recipient, cause, state)
) ${clustered};
insert into progress_in_order (opened_at, referral_id, recipient, cause, state, at, seq)
select r.opened_at, p.referral_id, p.recipient, p.cause, p.state, p.at, p.seq
from progress p join referral r on r.id = p.referral_id
order by r.opened_at, p.referral_id, p.recipient, p.cause, p.state;
drop table progress;
alter table progress_in_order rename to progress;
