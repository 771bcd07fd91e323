-- The index that referrals are found by: each referral under each of its terms, in the order of their opening. Terms are codes
-- (agency:..., place:..., concern:..., urgency:..., state:...) and keyed hashes (same:..., name:...), never plain text about a
-- child. See SearchIndex.
create table posting (
    term        varchar(100) not null,
    opened_at   bigint       not null,
    referral_id varchar(36)  not null,
    primary key (term, opened_at, referral_id)
) ${clustered};

-- How each assignment came to its state.
create table progress (
    referral_id varchar(36)  not null,
    recipient   varchar(64)  not null,
    cause       varchar(200) not null, -- message.id, or what else moved it
    state       varchar(20)  not null,
    at          bigint       not null,
    seq         integer      not null, -- within one batch
    primary key (referral_id, recipient, cause, state)
) ${clustered};

-- Attempts that the delivery stage needed, the one that succeeded included.
alter table delivery add column attempts integer;

-- Noting the same access again after a crash must find the first note.
create index audit_subject on audit (subject);
