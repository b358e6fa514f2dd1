-- All mails to a person, to be removed with what else is known of them.
CREATE INDEX deliveries_of_user ON deliveries (user_id);
