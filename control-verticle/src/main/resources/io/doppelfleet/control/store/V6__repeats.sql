-- Calls that brought an Idempotency-Key within a day, format 1: who repeats one gets its answer again.
CREATE TABLE repeatable_call (
  hash        VARCHAR(64) PRIMARY KEY,   -- of who asks and their key: hex of SHA-256
  caller      VARCHAR(64) NOT NULL,      -- of who asks: hex of SHA-256
  request     VARCHAR(64) NOT NULL,      -- of what was asked: hex of SHA-256
  began_at    TIMESTAMP WITH TIME ZONE NOT NULL,
  status      SMALLINT,                  -- of HTTP; null: not answered yet
  version     BIGINT,                    -- the answer's ETag; 0: none
  format      SMALLINT,
  sealed      ${bytes},                  -- the answer's JSON; null: not answered yet, or kept no longer
  kept_until  TIMESTAMP WITH TIME ZONE
);
CREATE INDEX repeatable_call_by_caller ON repeatable_call (caller);
CREATE INDEX repeatable_call_by_time ON repeatable_call (began_at);
