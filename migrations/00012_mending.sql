-- When something was said or done that mends an account's trouble, so that it is tried again then and not before.

-- +goose Up
ALTER TABLE hiring_organisations ADD COLUMN betreut_noted_at timestamptz;

-- Somebody must mend what the account failed with: nothing is sent before that time while it has the same certificate and activation.
ALTER TABLE account_ways ADD COLUMN retry_after timestamptz, ADD COLUMN stuck_with text;
