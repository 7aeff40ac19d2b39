-- Marks by which nearly equal texts are found. Postings that are there already get theirs when they are saved the next time.

-- +goose Up
ALTER TABLE postings ADD COLUMN text_marks bigint[] NOT NULL DEFAULT '{}';
