-- The ledger, and what signs and watches it. Texts are UTF-8, times RFC 3339 UTC, ids lower-case UUIDs, homes 'state:CL' or
-- 'office:secretariat'.

CREATE TABLE portal (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Append-only; the triggers below refuse everything else.
CREATE TABLE ledger_entry (
  seq          INTEGER PRIMARY KEY CHECK (seq >= 0),
  kind         TEXT NOT NULL,
  at           TEXT NOT NULL,
  actor_role   TEXT NOT NULL,
  home         TEXT,
  subject_kind TEXT NOT NULL,
  subject      TEXT NOT NULL,
  version      INTEGER NOT NULL,
  revision     INTEGER,
  body         BLOB NOT NULL              -- canonical JSON: the leaf; every column above repeats what it says
) STRICT;
CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject_kind, subject, seq);
CREATE INDEX ledger_entry_by_home ON ledger_entry (home, seq);
-- Of the kinds that are rare: most entries are of the other two.
CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, seq) WHERE kind NOT IN ('report_submitted', 'report_published');
CREATE INDEX ledger_entry_by_home_and_kind ON ledger_entry (home, kind, seq) WHERE kind NOT IN ('report_submitted', 'report_published');
CREATE INDEX ledger_entry_of_withdrawal ON ledger_entry (home, at) WHERE kind = 'report_withdrawn';

CREATE TABLE ledger_node (                -- complete subtrees of the Merkle tree; level 0 is a leaf
  level    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash     BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_checkpoint (          -- one signed note per commit batch
  size INTEGER PRIMARY KEY CHECK (size > 0),
  at   TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

CREATE TRIGGER ledger_entry_is_kept      BEFORE UPDATE ON ledger_entry      BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_entry_stays        BEFORE DELETE ON ledger_entry      BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_node_is_kept       BEFORE UPDATE ON ledger_node       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_node_stays         BEFORE DELETE ON ledger_node       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_checkpoint_is_kept BEFORE UPDATE ON ledger_checkpoint BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_checkpoint_stays   BEFORE DELETE ON ledger_checkpoint BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- What the entries commit to. Erasable: a NULL salt or content is legitimate only under an erasure entry.
CREATE TABLE ledger_opening (
  seq             INTEGER PRIMARY KEY REFERENCES ledger_entry,
  salt            BLOB,
  content         TEXT,                   -- canonical JSON: published content, or the change record
  actor           TEXT,                   -- account id; NULL for the operator and once erased
  credential      TEXT,
  actor_salt      BLOB,
  recipients      TEXT,                   -- JSON array; the author's State alone may read it
  recipients_salt BLOB,
  authority       TEXT,                   -- canonical JSON, of a State's account that acted (store/log/authority.hpp): never erased
  authority_salt  BLOB
) STRICT;

-- Who had a hand in a submission, a publication or a change of audience (store/log/hands.hpp). Blank once erased.
CREATE TABLE ledger_hands (
  seq             INTEGER PRIMARY KEY REFERENCES ledger_entry,
  salt            BLOB,
  hands           TEXT,                   -- canonical JSON
  proposer        TEXT,                   -- account of who proposed it, and with what: NULL also where nobody did
  credential      TEXT,
  proposer_salt   BLOB
) STRICT;

-- Who lost sight of a record at an entry: they get a tombstone there.
CREATE TABLE ledger_loss (
  seq       INTEGER NOT NULL REFERENCES ledger_entry,
  recipient TEXT NOT NULL,
  PRIMARY KEY (seq, recipient)
) STRICT, WITHOUT ROWID;

-- The audience of each kind of entry, written anew from the table in domain/event.hpp at every start.
CREATE TABLE event_kind (
  kind     TEXT PRIMARY KEY,
  audience TEXT NOT NULL CHECK (audience IN ('everyone', 'own_state', 'drafters', 'readers', 'registrars', 'directory'))
) STRICT, WITHOUT ROWID;

CREATE TABLE log_key (
  public_key BLOB PRIMARY KEY CHECK (length(public_key) = 32),
  name       TEXT NOT NULL,
  from_seq   INTEGER NOT NULL,
  until_seq  INTEGER
) STRICT;

-- The log's key may change (entry log_key_changed). What signed once is not forgotten: to a row nothing is added but its end.
CREATE TRIGGER log_key_is_kept BEFORE UPDATE ON log_key
WHEN OLD.until_seq IS NOT NULL OR NEW.public_key <> OLD.public_key OR NEW.name <> OLD.name OR NEW.from_seq <> OLD.from_seq
BEGIN SELECT RAISE(ABORT, 'a key of the log is kept'); END;
CREATE TRIGGER log_key_stays BEFORE DELETE ON log_key BEGIN SELECT RAISE(ABORT, 'a key of the log is kept'); END;
