-- Documents that a courier brings again: what the agency is told of the same referral later waits behind them, on every node and
-- over restarts. A row leaves when its document has been taken or is the operators'.
create table courier_line (
    agency      varchar(64) not null,
    referral_id varchar(36) not null,
    delivery_id varchar(36) not null,
    arrived_at  bigint      not null, -- when it came into the inbox; the order of the line
    seen_at     bigint      not null, -- when a courier last had it in hand
    primary key (agency, referral_id, delivery_id)
) ${clustered};
