-- What the ledger has still to write to the search index (posting): one row for each batch of a busy hub, until many batches
-- are written together. Only the embedded database needs it. See Postings.
create table posting_waiting (
    number  integer not null primary key, -- in the order of the batches
    changes bytea   not null
);
