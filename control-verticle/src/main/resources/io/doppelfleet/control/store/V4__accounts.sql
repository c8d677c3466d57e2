-- Who may use the API over TCP, format 1. Names and roles are readable; of passwords, sessions and
-- tokens there are hashes alone.

CREATE TABLE account (
  name               VARCHAR(64) PRIMARY KEY,
  role               VARCHAR(16) NOT NULL,  -- viewer, operator or admin
  created_at         TIMESTAMP WITH TIME ZONE NOT NULL,
  password           VARCHAR(200),          -- Argon2id with its costs and salt, as PHC writes it; null: none yet
  invitation         VARCHAR(64) UNIQUE,    -- who brings it sets the password, once: hex of SHA-256
  invitation_ends_at TIMESTAMP WITH TIME ZONE
);

CREATE TABLE web_session (
  hash    VARCHAR(64) PRIMARY KEY,          -- of what the browser has: hex of SHA-256
  account VARCHAR(64) NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  ends_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX web_session_by_account ON web_session (account);

CREATE TABLE api_token (
  name       VARCHAR(64) PRIMARY KEY,
  hash       VARCHAR(64) NOT NULL UNIQUE,   -- hex of SHA-256
  role       VARCHAR(16) NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  created_by VARCHAR(64) NOT NULL,          -- as the history names who made it
  root       VARCHAR(64) NOT NULL,          -- the account that made it, or the first of the tokens before it; or the machine's user
  maker      VARCHAR(64) REFERENCES api_token (hash) ON DELETE CASCADE,  -- the token that made it; null: root itself
  ends_at    TIMESTAMP WITH TIME ZONE NOT NULL
);
