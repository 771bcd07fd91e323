-- One row for each deadline that an agency has within a referral. It runs (RUNNING) until it is met (MET) or runs out
-- (OVERDUE); an overdue one ends when the answer comes after all (LATE). Ended ones stay for the referral's timeline.
create table clock (
    referral_id  varchar(36) not null references referral (id),
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
    primary key (referral_id, agency, kind)
);
-- Only what has not ended, so that looking for what is due stays short for ever.
create index clock_due on clock (state, due_at) where ended_at is null;
