-- How old the oldest open letter is can be asked for every few seconds.
create index letter_oldest on letter (captured_at) where state = 'OPEN';
