-- The fleet's desired state as it was at each revision, format 1.

-- One row: a key of 32 bytes, sealed under the fleet key, that makes the fingerprints below. Whoever
-- writes locks it, so that one control writes at a time.
CREATE TABLE fleet_store (
  id        SMALLINT PRIMARY KEY CHECK (id = 1),
  sealed    ${bytes} NOT NULL
);

-- Every number from 1 to the present one is there once: of two controls that write the same, one wins.
CREATE TABLE revision (
  number     BIGINT PRIMARY KEY CHECK (number >= 1),
  written_at TIMESTAMP WITH TIME ZONE NOT NULL,
  author     VARCHAR(64) NOT NULL,
  origin     VARCHAR(128) NOT NULL,
  what       VARCHAR(500) NOT NULL,
  checksum   ${bytes} NOT NULL            -- SHA-256 of the state's one text
);

-- Each version of each part of the state: in force from its first revision until the one that ended it.
CREATE TABLE entity (
  kind           VARCHAR(16) NOT NULL,
  id             VARCHAR(64) NOT NULL,
  first_revision BIGINT NOT NULL REFERENCES revision (number),
  ended_by       BIGINT REFERENCES revision (number) CHECK (ended_by > first_revision),
  format         SMALLINT NOT NULL,      -- of the JSON that is sealed
  sealed         ${bytes} NOT NULL,
  PRIMARY KEY (kind, id, first_revision)
);
CREATE INDEX entity_by_first_revision ON entity (first_revision);
CREATE INDEX entity_by_end ON entity (ended_by);

-- Every key that any revision had, so that none comes back and no generation has two.
CREATE TABLE used_key (
  fingerprint VARCHAR(64) PRIMARY KEY,    -- hex of HMAC-SHA256
  secret      VARCHAR(64) NOT NULL,
  generation  INTEGER NOT NULL CHECK (generation >= 1),
  UNIQUE (secret, generation)
);
