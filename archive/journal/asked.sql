-- Since format 4: what an address was when it was asked for, which may change later. Captures of
-- before are taken to have been asked for as their addresses are now.

ALTER TABLE capture ADD COLUMN asked_kind TEXT;
ALTER TABLE capture ADD COLUMN asked_site TEXT;
UPDATE capture SET asked_kind = (SELECT kind FROM address WHERE id = address_id),
                   asked_site = (SELECT site FROM address WHERE id = address_id);
