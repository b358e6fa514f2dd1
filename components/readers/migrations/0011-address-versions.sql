-- Of which version the account's address is that the record follows: what auth tells of an earlier one comes too late. 0 as long as
-- the address is the one that the record was made with.
ALTER TABLE readers ADD COLUMN address_version BIGINT NOT NULL DEFAULT 0;
