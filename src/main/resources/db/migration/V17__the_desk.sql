-- Letters as the desk orders, groups and works on them. What a letter holds lies in a table of its own: lists then read short
-- rows, and when its time is over the bytes go while the row stays.
create table letter_content (
    id       varchar(36) not null primary key, -- letter.id
    headers  text        not null, -- JSON
    original bytea       not null,
    findings bytea       not null
);
insert into letter_content (id, headers, original, findings) select id, headers, original, findings from letter;

create table letter_at_desk (
    id            varchar(36)  not null primary key,
    state         varchar(10)  not null,
    revision      integer      not null, -- counts every change: an order names the one that its giver saw
    rank          integer      not null, -- 9 minus the priority of its urgency, so that the desk's order only ascends
    due_at        bigint       not null, -- when somebody must have answered
    fingerprint   varchar(36)  not null, -- of its group: what failed, where and how
    urgency       varchar(10),
    risk          varchar(10),
    place         varchar(20),
    origin        varchar(100) not null,
    stage         varchar(100) not null,
    cause         varchar(100) not null,
    failure       varchar(20)  not null, -- refused, permanent, exhausted or unknown
    exception     varchar(500),          -- class names, never texts
    sender        varchar(64),
    recipient     varchar(64),
    dialect       varchar(40),
    referral_id   varchar(36),
    message_id    varchar(200),
    message_key   varchar(36),           -- as message.id would be; null for what had been accepted before it failed
    delivery_id   varchar(36),
    configuration varchar(40),           -- the version that failed
    attempts      integer      not null,
    owner         varchar(100),          -- who looks after it
    note          varchar(500),
    parent        varchar(36),           -- the letter that this one corrects
    replay        varchar(36),           -- the stamp of the order that sent it again
    capture       varchar(200) not null, -- the JMS message that was captured last
    captured_at   bigint       not null,
    changed_at    bigint       not null,
    changed_by    varchar(100) not null
);
insert into letter_at_desk (id, state, revision, rank, due_at, fingerprint, urgency, risk, place, origin, stage, cause, failure,
                            exception, sender, recipient, dialect, referral_id, message_id, delivery_id, attempts, replay,
                            capture, captured_at, changed_at, changed_by)
select l.id, l.state, 0, 9 - l.priority,
       coalesce((select a.acknowledge_by from assignment a where a.referral_id = l.referral_id and a.recipient = l.recipient),
                l.captured_at + case l.urgency when 'IMMEDIATE' then 900000 when 'PRIORITY' then 14400000
                                               when 'ROUTINE' then 86400000 else 3600000 end),
       '', l.urgency, (select r.risk from referral r where r.id = l.referral_id),
       (select r.place from referral r where r.id = l.referral_id), l.origin, l.stage, l.cause, l.failure, l.exception, l.sender,
       l.recipient, l.dialect, l.referral_id, l.message_id, l.delivery_id, l.attempts, l.replay, l.capture, l.captured_at,
       l.changed_at, 'hub'
from letter l;
drop table letter;
alter table letter_at_desk rename to letter;

-- Letters that failed alike. Kept in the transaction that moves a letter, so that the list of groups counts nothing.
create table letter_group (
    fingerprint varchar(36)   not null primary key,
    stage       varchar(100)  not null,
    cause       varchar(100)  not null,
    failure     varchar(20)   not null,
    exception   varchar(500),
    dialect     varchar(40),
    recipient   varchar(64),
    findings    varchar(1000) not null, -- codes with the places they were found at, without numbers
    first_seen  bigint        not null,
    last_seen   bigint        not null,
    open        bigint        not null,
    total       bigint        not null,
    note        varchar(500),
    owner       varchar(100),
    revision    integer       not null,
    changed_at  bigint        not null,
    changed_by  varchar(100)  not null
);
-- What older letters had in common is known less exactly.
insert into letter_group (fingerprint, stage, cause, failure, dialect, recipient, findings, first_seen, last_seen, open, total,
                          revision, changed_at, changed_by)
select min(id), stage, cause, failure, dialect, recipient, '', min(captured_at), max(captured_at),
       sum(case when state = 'OPEN' then 1 else 0 end), count(*), 0, max(changed_at), 'hub'
from letter group by stage, cause, failure, dialect, recipient;
update letter set fingerprint = (select g.fingerprint from letter_group g where g.stage = letter.stage and g.cause = letter.cause
    and g.failure = letter.failure and coalesce(g.dialect, '') = coalesce(letter.dialect, '')
    and coalesce(g.recipient, '') = coalesce(letter.recipient, ''));
create index letter_group_open on letter_group (last_seen) where open > 0;

create index letter_order on letter (state, rank, due_at, id);
create index letter_any on letter (rank, due_at, id);
create index letter_of_group on letter (fingerprint, state, rank, due_at, id);
create index letter_by_cause on letter (cause, state, rank, due_at, id);
create index letter_to on letter (recipient, state, rank, due_at, id);
create index letter_from on letter (sender, state, rank, due_at, id);
create index letter_of_referral on letter (referral_id);
create index letter_of_message on letter (message_id);
create index letter_delivery on letter (delivery_id);
create index letter_key on letter (message_key) where state in ('OPEN', 'REPLAYED') and message_key is not null;
create index letter_put_away on letter (changed_at) where state = 'DISCARDED';

-- How many letters came to a group in an hour (UTC).
create table letter_group_hour (
    fingerprint varchar(36) not null,
    hour        bigint      not null, -- its first millisecond
    captured    bigint      not null,
    primary key (fingerprint, hour)
) ${clustered};

-- Every order that was given at the desk, carried out or refused, and what the hub itself did to a letter.
create table desk_order (
    stamp   varchar(36)   not null primary key, -- of the order; a repeat of it changes nothing
    action  varchar(40)   not null,
    subject varchar(100)  not null,
    actor   varchar(100)  not null,
    reason  varchar(1000) not null,
    outcome varchar(20)   not null, -- DONE, or a code of why not
    detail  text          not null, -- JSON
    at      bigint        not null
);
create index desk_order_subject on desk_order (subject, at);
