-- Who was told that a referral is called off (RECALL, VOID, or an AMEND that withdraws consent) and must say that it knows.
create table recall (
    referral_id     varchar(36) not null references referral (id),
    agency          varchar(64) not null,
    message         varchar(36) not null, -- message.id of what it was told
    told_at         bigint      not null,
    acknowledged_at bigint,
    primary key (referral_id, agency, message)
);

-- What one agency is told of one referral leaves in order: a delivery stays here until the one before it has arrived.
alter table delivery add column held_by varchar(36);
create index delivery_held on delivery (held_by) where held_by is not null;

-- Messages that came before the one they follow. They are decided when that one comes, or when their time is up; what was
-- decided stays, without its content, so that a batch that is repeated sends what followed from it again.
create table early (
    id          varchar(36)  not null primary key, -- message.id
    referral_id varchar(36)  not null,
    properties  text         not null, -- JSON
    parcel      bytea        not null,
    kept_at     bigint       not null,
    place       bigint       not null, -- in order of arrival, whatever clocks say
    look_at     bigint       not null, -- when its time is up, or when that is to be announced again
    decided_by  varchar(200)           -- the message or announcement with which it was decided
);
create index early_place on early (place);
create index early_look_at on early (look_at) where decided_by is null;
create index early_referral on early (referral_id) where decided_by is null;
create index early_decided on early (decided_by) where decided_by is not null;
