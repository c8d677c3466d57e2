-- What has passed through the nodes, by secret, format 1. Names are readable here; there are no
-- keys and no addresses.

-- Nodes that have asked for an epoch. Whoever writes what a node has moved locks its row.
CREATE TABLE counting_node (
  name         VARCHAR(64) PRIMARY KEY,
  epoch        BIGINT NOT NULL CHECK (epoch >= 1),    -- the last that it was given
  oldest_epoch BIGINT NOT NULL CHECK (oldest_epoch >= 1)  -- what comes of an older one is refused
);

-- The greatest that each counter of a node has said, so that the same again adds nothing. All of
-- a secret's counters together are its total. Epoch 0 has the sums of those before oldest_epoch.
CREATE TABLE counter (
  node     VARCHAR(64) NOT NULL REFERENCES counting_node (name),
  epoch    BIGINT NOT NULL,
  secret   VARCHAR(64) NOT NULL,
  counter  BIGINT NOT NULL,
  up       BIGINT NOT NULL,               -- bytes
  down     BIGINT NOT NULL,               -- bytes
  opened   BIGINT NOT NULL,               -- connections that came
  open_now INTEGER NOT NULL,              -- connections, when the report below was made
  held     BIGINT NOT NULL,               -- limited bytes that the node may move from here on
  sequence BIGINT NOT NULL,               -- of the last report of this counter
  PRIMARY KEY (node, epoch, secret, counter)
);
CREATE INDEX counter_by_secret ON counter (secret);

-- What passed in an hour, or in a day that is over: each byte is in one row.
CREATE TABLE traffic (
  hours      SMALLINT NOT NULL,           -- 1, or 24 from midnight on, UTC; 0: while a day is added up
  begin_hour BIGINT NOT NULL,             -- since 1970
  node       VARCHAR(64) NOT NULL,
  secret     VARCHAR(64) NOT NULL,
  up         BIGINT NOT NULL,
  down       BIGINT NOT NULL,
  opened     BIGINT NOT NULL,
  PRIMARY KEY (hours, begin_hour, node, secret)
);
CREATE INDEX traffic_by_secret ON traffic (secret, begin_hour);

-- One row, which who grants limited bytes locks before a node's: no two grant the same.
CREATE TABLE grant_lock (
  id SMALLINT PRIMARY KEY CHECK (id = 1)
);
INSERT INTO grant_lock (id) VALUES (1);
