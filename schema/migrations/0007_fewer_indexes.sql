-- No query asks by these: report_by_order has taken the place of the first, and a report's recipients are asked for by report.
-- Each cost every publication random pages, the second one a page a recipient.
DROP INDEX report_by_change;
DROP INDEX report_recipient_by_word;
