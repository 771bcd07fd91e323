-- The same tables on SQLite and PostgreSQL. Times are milliseconds since 1970 UTC. Identifiers follow from what they name
-- (see Identifiers), so a repeated insert meets its own earlier row.

create table referral (
    id         varchar(36)   not null primary key,
    reference  varchar(20)   not null,
    sender     varchar(64)   not null,
    request    varchar(36)   not null, -- message.id of its REQUEST
    urgency    varchar(10)   not null,
    concerns   varchar(1000) not null, -- codes with commas
    risk       varchar(10),
    place      varchar(20),
    version    integer       not null,
    incomplete integer       not null,
    revision   integer       not null, -- counts follow-ups, so that two nodes notice each other
    opened_at  bigint        not null
);
create index referral_reference on referral (reference);

-- The REQUEST with its amendments, for who is told later. Only referrals that were amended are here.
create table amended (
    referral_id varchar(36) not null primary key references referral (id),
    canonical   bytea       not null
);

create table message (
    id               varchar(36)  not null primary key, -- from sender and message_id: the durable key
    sender           varchar(64)  not null,
    message_id       varchar(200) not null,
    type             varchar(10)  not null,
    referral_id      varchar(36)  not null,
    status           varchar(10)  not null,
    dialect          varchar(40),
    original_digest  varchar(64)  not null,
    canonical_digest varchar(64)  not null,
    original         bytea        not null, -- the sender's bytes
    canonical        bytea        not null, -- what recipients' messages are made from
    report           bytea        not null,
    stamp            varchar(36)  not null, -- the arrival that was recorded
    arrived_at       bigint       not null,
    recorded_at      bigint       not null
);
create index message_referral on message (referral_id, recorded_at);

create table assignment (
    referral_id    varchar(36) not null references referral (id),
    recipient      varchar(64) not null,
    state          varchar(20) not null,
    rule           varchar(64) not null,
    pending        varchar(20),  -- the state it takes when its successor accepts
    predecessor    varchar(64),  -- the recipient that handed over to this one
    since          bigint      not null,
    acknowledge_by bigint,
    accept_by      bigint,
    primary key (referral_id, recipient)
);

-- What is owed to whom. Also what to send again when a batch is repeated.
create table delivery (
    id          varchar(36)  not null primary key, -- begins as its cause does
    cause       varchar(36)  not null, -- message or letter that it follows from
    content     varchar(36),           -- message whose canonical form is the body; null when the body is here
    body        bytea,
    recipient   varchar(64)  not null,
    type        varchar(10)  not null,
    referral_id varchar(36),
    message_id  varchar(200) not null,
    urgency     varchar(10)  not null,
    state       varchar(10)  not null,
    created_at  bigint       not null,
    settled_at  bigint,
    basis       varchar(1000)
);

-- The books of each agency: what its messages came to, and what it is owed and where that is. Kept in the transaction that
-- moves a delivery, so that asking does not count rows.
create table account (
    agency    varchar(64) not null primary key,
    accepted  bigint      not null,
    refused   bigint      not null,
    owed      bigint      not null,
    waiting   bigint      not null,
    delivered bigint      not null,
    desk      bigint      not null,
    withdrawn bigint      not null
);

create table letter (
    id          varchar(36)  not null primary key,
    state       varchar(10)  not null,
    origin      varchar(100) not null,
    stage       varchar(100) not null,
    cause       varchar(100) not null,
    failure     varchar(20)  not null, -- refused, permanent, exhausted or unknown
    exception   varchar(500),          -- class names, never texts
    sender      varchar(64),
    recipient   varchar(64),
    dialect     varchar(40),
    referral_id varchar(36),
    message_id  varchar(200),
    delivery_id varchar(36),
    urgency     varchar(10),
    priority    integer      not null,
    attempts    integer      not null,
    headers     text         not null, -- JSON
    original    bytea        not null,
    findings    bytea        not null,
    capture     varchar(200) not null, -- the JMS message that was captured last
    replay      varchar(36),           -- the stamp of the order that sent it again
    captured_at bigint       not null,
    changed_at  bigint       not null
);
create index letter_open on letter (state, priority desc, captured_at);

-- Who did what at the desk. Each row holds the hash of the one before.
create table audit (
    seq      bigint       not null primary key,
    at       bigint       not null,
    actor    varchar(100) not null,
    action   varchar(40)  not null,
    subject  varchar(100) not null,
    previous varchar(64)  not null,
    hash     varchar(64)  not null
);
create index letter_delivery on letter (delivery_id);
