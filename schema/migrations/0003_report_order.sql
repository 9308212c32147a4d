-- Lists of reports are in order of their last change, working copies last: with this index a page is read, not sorted.
CREATE INDEX report_by_order ON report (COALESCE(changed_seq, 9223372036854775807), id);
