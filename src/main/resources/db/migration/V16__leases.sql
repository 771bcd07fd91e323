-- What one node of several does, such as raising alarms. The next one takes over when a lease has run out.
create table lease (
    name   varchar(40) not null primary key,
    holder varchar(36),
    until  bigint      not null, -- milliseconds on the database's clock; 0 when nobody holds it
    note   text                  -- what the next holder must know
);
