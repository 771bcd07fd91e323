-- Agencies that are expected to send something and never have: since when that is waited for, so that a restart does not begin
-- to wait anew.
create table agency_awaited (
    agency varchar(64) not null primary key,
    since  bigint      not null
);
