-- The registry: data that the secretariat keeps. record is the canonical JSON that the last entry commits to.
CREATE TABLE state    (code TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
CREATE TABLE measure (
  code TEXT PRIMARY KEY, number INTEGER NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;
CREATE TABLE period   (code TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
-- Which State holds an office of the group for how long: chair, vice-chair, reviewers.
CREATE TABLE office_term (code TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;
CREATE TABLE document (
  id TEXT PRIMARY KEY, state TEXT NOT NULL REFERENCES state, year INTEGER NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL,
  record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;
CREATE INDEX document_by_seq ON document (seq);

-- The documents that changes of the registry cite, each once: the records commit to the hash.
CREATE TABLE decision_file (
  sha256     TEXT PRIMARY KEY,
  media_type TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
  bytes      BLOB NOT NULL
) STRICT;

CREATE TABLE state_settings (
  state             TEXT PRIMARY KEY REFERENCES state,
  four_eyes         INTEGER NOT NULL DEFAULT 1 CHECK (four_eyes IN (0, 1)),
  require_signature INTEGER NOT NULL DEFAULT 0 CHECK (require_signature IN (0, 1)),
  acts_alone        TEXT,                     -- JSON: the note verbale by which one official acts alone; NULL: nobody does
  version           INTEGER NOT NULL,
  seq               INTEGER NOT NULL
) STRICT;
