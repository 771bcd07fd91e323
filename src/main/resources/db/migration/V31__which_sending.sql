-- How often a delivery has left the desk again. What is told of an earlier sending must not settle a later one.
alter table delivery add column sending integer not null default 0;
