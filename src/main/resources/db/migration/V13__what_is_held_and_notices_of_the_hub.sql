-- What the hub itself tells of a referral follows from no message of it, so Order finds it by the referral. It is rare, so
-- the index costs the others nothing.
create index delivery_notice on delivery (referral_id, recipient) where content is null and type <> 'RECEIPT';

-- Only what still waits is asked for. With all that ever waited in it, the books took as long as there were such.
drop index delivery_held;
create index delivery_held on delivery (held_by) where held_by is not null and state = 'WAITING';
