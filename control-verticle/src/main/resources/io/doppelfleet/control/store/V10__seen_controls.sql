-- When a control said last that it is there, by the server's clock, format 1: what the node beside
-- it holds of limited bytes isn't freed as long as that is so.
ALTER TABLE control ADD COLUMN seen_at TIMESTAMP WITH TIME ZONE; -- null: none has that says it
