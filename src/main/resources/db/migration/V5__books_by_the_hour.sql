-- The books by the hour in which the hub took something on (UTC): what an agency's messages of that hour came to, what became
-- owed to it in that hour, and where that is by now. Kept with the accounts, which are the sums.
create table account_hour (
    hour      bigint      not null, -- its first millisecond
    agency    varchar(64) not null,
    accepted  bigint      not null,
    refused   bigint      not null,
    owed      bigint      not null,
    waiting   bigint      not null,
    delivered bigint      not null,
    desk      bigint      not null,
    withdrawn bigint      not null,
    primary key (hour, agency)
) ${clustered};

insert into account_hour (hour, agency, accepted, refused, owed, waiting, delivered, desk, withdrawn)
select hour, agency, sum(accepted), sum(refused), sum(owed), sum(waiting), sum(delivered), sum(desk), sum(withdrawn)
from (select recorded_at / 3600000 * 3600000 as hour, sender as agency,
             case when status = 'accepted' then 1 else 0 end as accepted,
             case when status = 'accepted' then 0 else 1 end as refused,
             0 as owed, 0 as waiting, 0 as delivered, 0 as desk, 0 as withdrawn
      from message
      union all
      select created_at / 3600000 * 3600000, recipient, 0, 0, 1,
             case when state = 'WAITING' then 1 else 0 end,
             case when state = 'DELIVERED' then 1 else 0 end,
             case when state = 'DESK' then 1 else 0 end,
             case when state = 'WITHDRAWN' then 1 else 0 end
      from delivery) moved
group by hour, agency;

-- SHA-256 of the document that was put into the inbox, in hexadecimal, so that its recipient can compare.
alter table delivery add column digest varchar(64);

-- What an hour or a day took in, for manifests and for verifying the books piece by piece. Times only grow, so a new row goes
-- to the end of the index, wherever its own identifier lies.
create index message_recorded on message (recorded_at, sender, status);
create index delivery_created on delivery (created_at, recipient);
-- What arrived long after it became owed; everything else is found by the index above. See Manifests.
create index delivery_late on delivery (settled_at) where settled_at - created_at >= 3600000;
