-- An auditor asks what one person did, or who did one thing: neither may read the whole chain for it.
create index audit_actor on audit (actor, seq);
create index audit_action on audit (action, seq);
create index audit_at on audit (at, seq);
