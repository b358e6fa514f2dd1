-- Keyed digest of the Idempotency-Key with which the token was exchanged, if there was one: the same request again gets
-- the same tokens, also when the grace of a token that was just exchanged is over.
ALTER TABLE refresh_tokens ADD COLUMN used_with TEXT;
