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
