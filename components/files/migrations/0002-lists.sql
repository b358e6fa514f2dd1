-- What each filter looks up goes on in the list's order, without files that nobody sees any more.
CREATE INDEX files_listed ON files (id) WHERE status <> 'deleted';
CREATE INDEX files_listed_by_user ON files (user_id, id) WHERE status <> 'deleted';
CREATE INDEX files_listed_by_status ON files (status, id) WHERE status <> 'deleted';
CREATE INDEX files_listed_by_service ON files (service_name, id) WHERE status <> 'deleted';
CREATE INDEX files_listed_by_entity_type ON files (entity_type, id) WHERE status <> 'deleted';
CREATE INDEX files_listed_by_entity ON files (entity_id, id) WHERE status <> 'deleted';
