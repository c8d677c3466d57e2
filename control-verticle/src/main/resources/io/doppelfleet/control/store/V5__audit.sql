-- Who did what that no revision tells of, format 1. It is readable: there is no password, key, token or
-- hash in it.

CREATE TABLE audit (
  id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  revision    BIGINT NOT NULL,            -- the present one then: it was done after that, before the next
  done_at     TIMESTAMP WITH TIME ZONE NOT NULL,
  author      VARCHAR(64) NOT NULL,       -- empty: nobody knows
  origin      VARCHAR(128) NOT NULL,
  kind        VARCHAR(16) NOT NULL,       -- account, token, node or session
  subject     VARCHAR(64) NOT NULL,       -- its name; empty: none that is known
  what        VARCHAR(500) NOT NULL,
  format      SMALLINT NOT NULL,          -- of the JSON that follows
  before_json VARCHAR(1000),
  after_json  VARCHAR(1000)
);
CREATE INDEX audit_by_revision ON audit (revision, id);
CREATE INDEX audit_by_kind ON audit (kind, id);
CREATE INDEX audit_by_time ON audit (done_at);

-- How often any of a kind was changed: what a change with If-Match has to have seen.
CREATE TABLE kind_version (
  kind    VARCHAR(16) PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO kind_version (kind, version) VALUES ('account', 1);
INSERT INTO kind_version (kind, version) VALUES ('token', 1);
INSERT INTO kind_version (kind, version) VALUES ('node', 1);
