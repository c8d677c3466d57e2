-- The controls of a store that several may use, format 1. The node beside a control is counted by
-- its control's number: two have two, and the first goes on with what was counted before there were
-- numbers.
CREATE TABLE control (
  number   INTEGER PRIMARY KEY CHECK (number >= 1),
  identity VARCHAR(32) NOT NULL UNIQUE    -- 32 hex digits, which the control's state directory has
);
