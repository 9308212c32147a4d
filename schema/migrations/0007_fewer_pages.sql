-- Lists of reports are read from where a page begins, and a publication writes fewer pages.
-- Working copies stand in the order in which they were begun, not of their random ids: those that are worked on at the same
-- time lie beside each other. By State: with what such a list is in order of.
DROP INDEX report_by_order;
CREATE INDEX report_by_order ON report (COALESCE(changed_seq, 9223372036854775807));
DROP INDEX report_by_state;
CREATE INDEX report_by_state ON report (state, measure, period, id);
-- No query asks by these.
DROP INDEX report_by_change;
DROP INDEX report_recipient_by_word;
