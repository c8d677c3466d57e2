-- What people say beside their passwords, format 1.
ALTER TABLE account ADD COLUMN totp_format SMALLINT;
ALTER TABLE account ADD COLUMN totp_sealed ${bytes};         -- what codes are made of; null: there is none
ALTER TABLE account ADD COLUMN totp_since TIMESTAMP WITH TIME ZONE; -- null: not until a code was said
ALTER TABLE account ADD COLUMN totp_step BIGINT;              -- of the last code that was taken: 30 s since 1970

-- Each is good once, in place of a code.
CREATE TABLE recovery_code (
  hash    VARCHAR(64) NOT NULL,             -- hex of SHA-256
  account VARCHAR(64) NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  PRIMARY KEY (account, hash)
);
