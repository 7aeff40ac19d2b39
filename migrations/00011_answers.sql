-- Answers that come late, more than once, or against a whole file.

-- +goose Up
ALTER TABLE feedback_files
    -- At how many looks the file was read with this content, and what the folder's listing said of it at the last one.
    ADD COLUMN seen   integer NOT NULL DEFAULT 1,
    ADD COLUMN listed text    NOT NULL DEFAULT '';

ALTER TABLE account_ways
    -- How many ads the next file may carry while one is looked for that makes the BA refuse whole files.
    ADD COLUMN at_most integer CHECK (at_most > 0);
