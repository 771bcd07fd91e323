-- How many an agency lets wait for one referral is counted. What waits from before this has none, and is soon decided.
alter table early add column sender varchar(64);
