-- Answers that come late, again and again, or against a whole file.

-- +goose Up
ALTER TABLE feedback_files
    -- At how many looks the file was read with this content, and what the folder's listing said of it at the last one.
    ADD COLUMN seen   integer NOT NULL DEFAULT 1,
    ADD COLUMN listed text    NOT NULL DEFAULT '';
