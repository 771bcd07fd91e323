-- From when the retention of a letter's bytes counts: a note that somebody writes later must not begin it anew. Letters that are
-- done with in any way lose their bytes, not only those that were put away.
alter table letter add column closed_at bigint; -- null while it is open or on its way
update letter set closed_at = changed_at where state not in ('OPEN', 'REPLAYED');
drop index letter_put_away;
create index letter_closed on letter (closed_at, id) where closed_at is not null;
