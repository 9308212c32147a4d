-- What the portal does by itself at a time that was set: one row until it is done. Each row follows from the record that it is about.
CREATE TABLE due_at (
  what    TEXT NOT NULL CHECK (what IN ('delegation_end', 'proposal', 'state_access')),
  subject TEXT NOT NULL,                  -- id of the record
  at      TEXT NOT NULL,
  PRIMARY KEY (what, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX due_in_order ON due_at (at, what, subject);
