-- Reports: the record (what others see) and at most one draft (the State's working copy).
CREATE TABLE report (
  id            TEXT PRIMARY KEY,
  state         TEXT NOT NULL REFERENCES state,
  measure       TEXT NOT NULL REFERENCES measure,
  period        TEXT NOT NULL REFERENCES period,
  record_state  TEXT NOT NULL CHECK (record_state IN ('none', 'published', 'withdrawn')),
  erased        INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  label         TEXT NOT NULL CHECK (label IN ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
  status        TEXT CHECK (status IN ('implemented', 'in_progress', 'planned', 'not_started', 'nothing_to_declare',
                                       'nothing_new')),  -- NULL once erased, as language: no list finds by what is gone
  language      TEXT,
  version       INTEGER NOT NULL,         -- publications, label and recipient changes, withdrawal
  revision      INTEGER NOT NULL,         -- publications
  draft_versions INTEGER NOT NULL DEFAULT 0,  -- of the working copies that have ended: the next one counts on from here
  touches_published INTEGER NOT NULL DEFAULT 0,  -- number of the last touch of what is published
  changed_seq   INTEGER,                  -- last entry that its readers see; NULL before publication
  drafted       INTEGER NOT NULL DEFAULT 0 CHECK (drafted IN (0, 1)),  -- it has a working copy that all who draft for its State read
  created_by    TEXT NOT NULL,            -- account
  created_at    TEXT NOT NULL
) STRICT;
-- Working copies, in the order of lists (store/rows/report_lists.cpp): of the last change, those of no record last, as they were
-- begun.
CREATE INDEX report_drafted ON report (state, COALESCE(changed_seq, 9223372036854775807)) WHERE drafted = 1;
CREATE INDEX report_by_state ON report (state, measure, period, id);

CREATE TABLE report_recipient (           -- of the published record
  report        TEXT NOT NULL REFERENCES report ON DELETE CASCADE,
  recipient     TEXT NOT NULL,
  from_revision INTEGER NOT NULL,         -- the first revision that they may read
  -- What lists walk by repeats the report.
  state         TEXT NOT NULL,
  changed_seq   INTEGER,                  -- NULL where the report is also public: lists have it under that word alone
  withdrawn     INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  PRIMARY KEY (report, recipient)
) STRICT, WITHOUT ROWID;
-- A list is walked along what its caller reads, recipient by recipient: what others read stands elsewhere and costs no step.
CREATE INDEX report_recipient_by_change ON report_recipient (recipient, changed_seq) WHERE changed_seq IS NOT NULL;
CREATE INDEX report_recipient_of_state ON report_recipient (recipient, state, changed_seq) WHERE changed_seq IS NOT NULL;
CREATE INDEX report_recipient_of_withdrawn ON report_recipient (recipient, withdrawn, changed_seq) WHERE withdrawn = 1;

CREATE TABLE report_revision (            -- a publication; content and salt stand in ledger_opening
  report      TEXT NOT NULL REFERENCES report,
  revision    INTEGER NOT NULL,
  seq         INTEGER NOT NULL UNIQUE REFERENCES ledger_entry,
  label       TEXT NOT NULL CHECK (label IN ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
                                          -- its own: of its publication, or what later narrowed it
  signature   BLOB,                       -- the State's detached signature over the content
  signing_key TEXT REFERENCES signing_key,
  PRIMARY KEY (report, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_tag (
  report TEXT NOT NULL REFERENCES report ON DELETE CASCADE,
  tag    TEXT NOT NULL,
  reach  TEXT,                            -- of a published report: 'public', or else 'members', when it is among the recipients
  changed_seq INTEGER,                    -- repeats the report
  PRIMARY KEY (report, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_tag_by_reach ON report_tag (reach, tag, changed_seq) WHERE reach IS NOT NULL;

CREATE TABLE report_draft (
  report         TEXT PRIMARY KEY REFERENCES report ON DELETE CASCADE,
  draft_state    TEXT NOT NULL CHECK (draft_state IN ('draft', 'submitted')),
  fields         TEXT NOT NULL,           -- canonical JSON of the client's fields
  label          TEXT NOT NULL,
  recipients     TEXT NOT NULL,           -- JSON array
  submitted      TEXT,                    -- canonical content as submitted: what publish commits to
  ever_submitted INTEGER NOT NULL DEFAULT 0 CHECK (ever_submitted IN (0, 1)),
  return_reason  TEXT,
  version        INTEGER NOT NULL,
  updated_at     TEXT NOT NULL
) STRICT;

-- Of a working copy under TLP:RED: the accounts that it names. Repeats its recipients.
CREATE TABLE report_draft_reader (
  report  TEXT NOT NULL REFERENCES report_draft ON DELETE CASCADE,
  account TEXT NOT NULL,                  -- 'account:' and the id
  state   TEXT NOT NULL,                  -- of the report
  PRIMARY KEY (report, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_draft_reader_by_account ON report_draft_reader (account, state);

-- Who touched the content, each once between two publications: a chain from the report's first draft on, of which submissions
-- and publications commit to the part since the last publication (four eyes; store/rows/touches.hpp).
CREATE TABLE report_touch (
  report     TEXT NOT NULL REFERENCES report ON DELETE CASCADE,
  number     INTEGER NOT NULL,            -- from 1
  account    TEXT,                        -- NULL, with credential and salt, once the account was erased
  credential TEXT,
  salt       BLOB,
  hand       BLOB NOT NULL,               -- SHA-256 of the salt and both
  at         TEXT NOT NULL,
  hash       BLOB NOT NULL,               -- SHA-256 of the touch and of the hash before it
  PRIMARY KEY (report, number)
) STRICT, WITHOUT ROWID;
