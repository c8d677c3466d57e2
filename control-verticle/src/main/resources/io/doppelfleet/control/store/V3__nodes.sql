-- Who the fleet's nodes are, format 1.

-- The fleet's own keys: "nodes" signs certificates, "states" signs revisions.
CREATE TABLE authority (
  name      VARCHAR(16) PRIMARY KEY,
  format    SMALLINT NOT NULL,
  sealed    ${bytes} NOT NULL,            -- the private key, PKCS #8
  open_half ${bytes} NOT NULL             -- X.509: the certificate of "nodes", the public key of "states"
);

-- A row stays when its node is removed: no key and no number comes back.
CREATE TABLE node (
  id          BIGINT PRIMARY KEY CHECK (id >= 1),
  name        VARCHAR(64) NOT NULL,
  present     VARCHAR(64) UNIQUE,         -- its name until it is removed
  fingerprint VARCHAR(64) NOT NULL UNIQUE, -- of its public key: hex of SHA-256
  joined_at   TIMESTAMP WITH TIME ZONE NOT NULL,
  removed_at  TIMESTAMP WITH TIME ZONE,
  epoch       BIGINT NOT NULL,            -- how often its link was opened
  seen_at     TIMESTAMP WITH TIME ZONE
);

-- Each lets one machine become a node, once.
CREATE TABLE join_token (
  hash       VARCHAR(64) PRIMARY KEY,     -- hex of SHA-256
  name       VARCHAR(64) NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  used_at    TIMESTAMP WITH TIME ZONE
);
