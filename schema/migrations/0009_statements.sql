-- A State's key signs statements (ledger/statement.hpp), one for a word of the State of whatever kind: each stands with the opening of
-- its entry.
ALTER TABLE ledger_opening ADD COLUMN statement TEXT;       -- canonical JSON {"signature", "statement"}; NULL also once erased
ALTER TABLE ledger_opening ADD COLUMN statement_salt BLOB;

-- What it signed before, the content of a revision alone, is gone.
CREATE TABLE revision (                   -- a publication; content and salt stand in ledger_opening
  report      TEXT NOT NULL REFERENCES report,
  revision    INTEGER NOT NULL,
  seq         INTEGER NOT NULL UNIQUE REFERENCES ledger_entry,
  label       TEXT NOT NULL CHECK (label IN ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
                                          -- its own: of its publication, or what later narrowed it
  PRIMARY KEY (report, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO revision SELECT report, revision, seq, label FROM report_revision;
DROP TABLE report_revision;
ALTER TABLE revision RENAME TO report_revision;
