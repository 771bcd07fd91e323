-- A letter that was put away can be restored, so that what its sender mends takes its place as well.
drop index letter_key;
create index letter_key on letter (message_key) where state in ('OPEN', 'REPLAYED', 'DISCARDED') and message_key is not null;
-- A letter shows the one that an operator has made of it.
create index letter_of_parent on letter (parent) where parent is not null;
