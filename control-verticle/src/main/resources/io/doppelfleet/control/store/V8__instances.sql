-- Which process of a node it was whose link was opened last, as its first word said it, format 1:
-- another than that has a copy of its identity, the same has moved.
ALTER TABLE node ADD COLUMN instance VARCHAR(32); -- null: none since there is this column
