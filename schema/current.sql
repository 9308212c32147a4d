-- GENERATED from schema/migrations by tests/contract/tables_test.cpp: the database after all of them.

CREATE TABLE account (
  id         TEXT PRIMARY KEY,
  home       TEXT NOT NULL,
  name       TEXT NOT NULL,               -- what the State calls it; empty once erased
  roles      TEXT NOT NULL,               -- JSON array of role names, sorted
  status     TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'disabled', 'erased')),
  authority  TEXT NOT NULL CHECK (authority IN ('note', 'nominator', 'none', 'demonstration', 'office')
                                  AND (authority = 'office') = (home LIKE 'office:%')),
  authority_note TEXT CHECK ((authority_note IS NOT NULL) = (authority = 'note')),  -- canonical JSON: number and date
  suspended_by TEXT CHECK ((suspended_by IS NOT NULL) = (status = 'suspended')),    -- canonical JSON: the note verbale that says so
  objected_at  TEXT CHECK (objected_at IS NULL OR status = 'suspended'),            -- when its holder objected, once
  acts_from    TEXT,                      -- of one founded while another is suspended: it reads and drafts until then
  created_by TEXT,                        -- account; NULL: the operator at the machine
  created_at TEXT NOT NULL,
  version    INTEGER NOT NULL,
  seq        INTEGER NOT NULL
) STRICT;

CREATE TABLE batch (
  id      TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  at      TEXT NOT NULL,
  goal    TEXT NOT NULL,
  mode    TEXT NOT NULL,
  items   INTEGER NOT NULL             -- that it has; so many results it gets
) STRICT, WITHOUT ROWID;

CREATE TABLE batch_part (
  batch  TEXT NOT NULL REFERENCES batch ON DELETE CASCADE,
  first  INTEGER NOT NULL,             -- number of its first item, from 1
  items  INTEGER NOT NULL,
  result TEXT NOT NULL,                -- JSON: of each item its outcome, subject, ledger numbers, broken rules
  PRIMARY KEY (batch, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_reference (
  account     TEXT NOT NULL,
  reference   TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  subject     TEXT NOT NULL,
  PRIMARY KEY (account, reference)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
  id              TEXT PRIMARY KEY,
  state           TEXT NOT NULL REFERENCES state,
  status          TEXT NOT NULL CHECK (status IN ('listed', 'objected', 'removed')),
  erased          INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  nomination      TEXT NOT NULL REFERENCES nomination,  -- the last that was applied to it
  position        TEXT CHECK (position IN ('unanswered', 'confirmed', 'objected')),  -- as above
  confirmed_at    TEXT NOT NULL,          -- by the nominating authority
  reachable_at    TEXT,                   -- by the contact itself
  version         INTEGER NOT NULL,
  content_version INTEGER NOT NULL,
  content_seq     INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  seq             INTEGER NOT NULL,       -- last entry
  -- What lists filter and order by; repeats the content.
  sort_key        TEXT NOT NULL UNIQUE,   -- state, category, id
  category        TEXT NOT NULL CHECK (category IN ('policy', 'foreign_affairs', 'technical')),
  account         TEXT,                   -- of the contact itself
  time_zone       TEXT NOT NULL,
  valid_from      TEXT,
  valid_until     TEXT,
  key_expires_at  TEXT,                   -- of the key that ends first
  minimal_text    TEXT NOT NULL,          -- folded for search: what the reduced scope shows
  full_text       TEXT NOT NULL           -- and the whole
) STRICT;

CREATE TABLE contact_hours (              -- minutes of the week in the contact's zone, Monday 00:00 is 0
  contact      TEXT NOT NULL REFERENCES contact,
  from_minute  INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 10079),
  until_minute INTEGER NOT NULL CHECK (until_minute BETWEEN 1 AND 10080),  -- not included
  PRIMARY KEY (contact, from_minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_language (           -- lower case
  contact  TEXT NOT NULL REFERENCES contact,
  language TEXT NOT NULL,
  PRIMARY KEY (contact, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_reduction (          -- who sees the reduced scope alone: 'members' or 'state:PE'
  contact   TEXT NOT NULL REFERENCES contact,
  recipient TEXT NOT NULL,
  PRIMARY KEY (contact, recipient)
) STRICT, WITHOUT ROWID;

CREATE TABLE cosignature (
  size        INTEGER NOT NULL REFERENCES ledger_checkpoint (size),
  signing_key TEXT NOT NULL REFERENCES signing_key (id),
  bytes       BLOB NOT NULL CHECK (length(bytes) = 76),   -- key ID, time, signature
  PRIMARY KEY (size, signing_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
  id          TEXT PRIMARY KEY,
  account     TEXT NOT NULL REFERENCES account,
  kind        TEXT NOT NULL CHECK (kind IN ('certificate', 'token')),
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),         -- SHA-256 of the certificate's DER, or of the token
  proven      INTEGER NOT NULL CHECK (proven IN (0, 1)),              -- its holder has shown the key or the token (rules.md 17)
  label       TEXT NOT NULL,
  scopes      TEXT NOT NULL,              -- JSON array; all for a certificate
  bound_to    BLOB CHECK (bound_to IS NULL OR length(bound_to) = 32), -- a token that only works over this certificate (RFC 8705)
  not_after   TEXT NOT NULL,
  prove_by    TEXT,                       -- of a token: when its first request must have come; NULL: it was proven when it was made
  status      TEXT NOT NULL CHECK (status IN ('unproven', 'active', 'revoked')),
  enrolment   TEXT,                       -- by which its holder came in; NULL: none
  replaces    TEXT,                       -- the credential that renewed itself into this one
  issued_by   TEXT,                       -- account; NULL: the operator at the machine
  issued_with TEXT,                       -- the issuer's credential: whose hands stand behind this one (rules.md 18)
  created_at  TEXT NOT NULL,
  version     INTEGER NOT NULL,
  seq         INTEGER NOT NULL
) STRICT;

CREATE TABLE decision_file (
  sha256     TEXT PRIMARY KEY,
  media_type TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
  bytes      BLOB NOT NULL
) STRICT;

CREATE TABLE delegation (
  id         TEXT PRIMARY KEY,
  home       TEXT NOT NULL,
  giver      TEXT NOT NULL REFERENCES account,
  delegate   TEXT NOT NULL REFERENCES account,
  roles      TEXT NOT NULL,               -- JSON array
  from_at    TEXT NOT NULL,
  until_at   TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('given', 'ended')),
  version    INTEGER NOT NULL,
  seq        INTEGER NOT NULL
) STRICT;

CREATE TABLE document (
  id TEXT PRIMARY KEY, state TEXT NOT NULL REFERENCES state, year INTEGER NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL,
  record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;

CREATE TABLE due_at (
  what    TEXT NOT NULL CHECK (what IN ('delegation_end', 'proposal', 'state_access')),
  subject TEXT NOT NULL,                  -- id of the record
  at      TEXT NOT NULL,
  PRIMARY KEY (what, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolment (
  id          TEXT PRIMARY KEY,
  account     TEXT NOT NULL REFERENCES account,
  kind        TEXT NOT NULL CHECK (kind IN ('certificate', 'token')),
  code        BLOB NOT NULL CHECK (length(code) = 32),                -- SHA-256 of the code, which its maker made, or of its first half
  second_code BLOB CHECK (second_code IS NULL OR length(second_code) = 32),  -- of the second half, where the code comes in two
  proposal    TEXT CHECK ((proposal IS NULL) = (second_code IS NULL)),  -- the founding that it came of
  tries_left  INTEGER NOT NULL,           -- part of no entry: of wrong codes
  label       TEXT NOT NULL,              -- of the credential, as the next three
  scopes      TEXT NOT NULL,
  bound_to    BLOB CHECK (bound_to IS NULL OR length(bound_to) = 32),
  days        INTEGER,                    -- a token's life
  until_at    TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('open', 'used', 'ended')),
  credential  TEXT CHECK ((credential IS NOT NULL) = (status = 'used')),
  made_by     TEXT,                       -- account; NULL: the operator at the machine
  made_with   TEXT,                       -- its credential
  check_words TEXT CHECK ((check_words IS NOT NULL) = (status = 'used')),  -- shown to its user alone
  attested_at   TEXT CHECK (attested_at IS NULL OR status = 'used'),       -- when somebody else said that the holder himself came in
  attested_by   TEXT CHECK (attested_by IS NULL OR attested_at IS NOT NULL),
  attested_with TEXT CHECK ((attested_with IS NULL) = (attested_by IS NULL)),
  attested_note TEXT CHECK (attested_note IS NULL OR attested_at IS NOT NULL),  -- JSON: the note verbale that gives the words; NULL: none, or erased
  created_at  TEXT NOT NULL,
  version     INTEGER NOT NULL,
  seq         INTEGER NOT NULL
) STRICT;

CREATE TABLE event_kind (
  kind     TEXT PRIMARY KEY,
  audience TEXT NOT NULL CHECK (audience IN ('everyone', 'own_state', 'drafters', 'readers', 'registrars', 'directory'))
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  account      TEXT NOT NULL,
  key          TEXT NOT NULL,
  fingerprint  BLOB NOT NULL,             -- SHA-256 of method, path, If-Match and body
  at           TEXT NOT NULL,
  status       INTEGER NOT NULL,
  seq          INTEGER,
  subject_kind TEXT NOT NULL,
  subject      TEXT NOT NULL,
  PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_checkpoint (          -- one signed note per commit batch
  size INTEGER PRIMARY KEY CHECK (size > 0),
  at   TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;

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

CREATE TABLE ledger_hands (
  seq             INTEGER PRIMARY KEY REFERENCES ledger_entry,
  salt            BLOB,
  hands           TEXT,                   -- canonical JSON
  proposer        TEXT,                   -- account of who proposed it, and with what: NULL also where nobody did
  credential      TEXT,
  proposer_salt   BLOB
) STRICT;

CREATE TABLE ledger_loss (
  seq       INTEGER NOT NULL REFERENCES ledger_entry,
  recipient TEXT NOT NULL,
  PRIMARY KEY (seq, recipient)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_node (                -- complete subtrees of the Merkle tree; level 0 is a leaf
  level    INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash     BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

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
, statement TEXT, statement_salt BLOB) STRICT;

CREATE TABLE log_key (
  public_key BLOB PRIMARY KEY CHECK (length(public_key) = 32),
  name       TEXT NOT NULL,
  from_seq   INTEGER NOT NULL,
  until_seq  INTEGER
) STRICT;

CREATE TABLE measure (
  code TEXT PRIMARY KEY, number INTEGER NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL
) STRICT;

CREATE TABLE nomination (
  id          TEXT PRIMARY KEY,
  state       TEXT NOT NULL REFERENCES state,
  kind        TEXT NOT NULL CHECK (kind IN ('nomination', 'amendment', 'removal')),
  contact     TEXT NOT NULL,              -- the contact that it is about, or will make
  status      TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'returned', 'withdrawn')),
  erased      INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  -- Of the State on what the secretariat recorded; NULL: entered by the State.
  position    TEXT CHECK (position IN ('unanswered', 'confirmed', 'objected')),
  reason      TEXT,                       -- why it was returned or objected to
  created_at  TEXT NOT NULL,
  decided_at  TEXT,
  version     INTEGER NOT NULL,
  content_seq INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  seq         INTEGER NOT NULL            -- last entry
) STRICT;

CREATE TABLE nomination_file (            -- the signed note; its SHA-256 is part of the committed content
  nomination TEXT PRIMARY KEY REFERENCES nomination,
  media_type TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
  bytes      BLOB NOT NULL
) STRICT;

CREATE TABLE office_term (code TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;

CREATE TABLE period   (code TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;

CREATE TABLE portal (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE proposal (
  id          TEXT PRIMARY KEY,
  home        TEXT NOT NULL,              -- the State that decides
  kind        TEXT NOT NULL CHECK (kind IN ('account_create', 'account_change', 'enrolment', 'credential_revoke',
                                            'founding', 'suspension', 'settings_change', 'acting_alone', 'key_registration', 'key_note',
                                            'report_audience', 'report_erasure',
                                            'report_restoring', 'membership_change', 'contact_erasure', 'nomination_erasure',
                                            'account_erasure')),
  body        TEXT NOT NULL,              -- canonical JSON, by kind
  subject     TEXT,                       -- the record that it is about, where there is one
  proposed_by TEXT,                       -- account; NULL: the portal, or the operator at the machine
  credential  TEXT CHECK ((credential IS NULL) = (proposed_by IS NULL)),
  by_secretariat INTEGER NOT NULL CHECK (by_secretariat IN (0, 1)),
  status      TEXT NOT NULL CHECK (status IN ('waiting', 'scheduled', 'confirmed', 'declined', 'ended')),
  decided_by  TEXT,
  created_at  TEXT NOT NULL,
  due_at      TEXT NOT NULL,              -- when the portal ends it while it waits, or carries it out when it is scheduled
  version     INTEGER NOT NULL,
  seq         INTEGER                     -- NULL for report_audience: workspace until confirmed
) STRICT;

CREATE TABLE quota_use (
  holder TEXT NOT NULL,                   -- home, or account id
  quota  TEXT NOT NULL CHECK (quota IN ('drafts', 'draft_bytes', 'entries', 'submitted_bytes', 'accounts', 'credentials', 'proposals', 'retries')),
  day    TEXT NOT NULL,                   -- of entries and submissions, in UTC; else empty: as it stands now
  used   INTEGER NOT NULL,
  PRIMARY KEY (holder, quota, day)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE report_draft_reader (
  report  TEXT NOT NULL REFERENCES report_draft ON DELETE CASCADE,
  account TEXT NOT NULL,                  -- 'account:' and the id
  state   TEXT NOT NULL,                  -- of the report
  PRIMARY KEY (report, account)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE "report_revision" (                   -- a publication; content and salt stand in ledger_opening
  report      TEXT NOT NULL REFERENCES report,
  revision    INTEGER NOT NULL,
  seq         INTEGER NOT NULL UNIQUE REFERENCES ledger_entry,
  label       TEXT NOT NULL CHECK (label IN ('TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED')),
                                          -- its own: of its publication, or what later narrowed it
  PRIMARY KEY (report, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_tag (
  report TEXT NOT NULL REFERENCES report ON DELETE CASCADE,
  tag    TEXT NOT NULL,
  reach  TEXT,                            -- of a published report: 'public', or else 'members', when it is among the recipients
  changed_seq INTEGER,                    -- repeats the report
  PRIMARY KEY (report, tag)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL) STRICT;

CREATE TABLE signing_key (
  id          TEXT PRIMARY KEY,
  state       TEXT NOT NULL REFERENCES state,
  public_key  TEXT NOT NULL,              -- PEM
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  label       TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('active', 'revoked')),
  created_at  TEXT NOT NULL,
  version     INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  use         TEXT NOT NULL CHECK (use IN ('statements', 'witness')),
  name        TEXT CHECK ((name IS NOT NULL) = (use = 'witness')),            -- of a witness, in the lines of a checkpoint
  revoked_at  TEXT CHECK ((revoked_at IS NOT NULL) = (status = 'revoked')),
  shown_by    TEXT CHECK (shown_by IN ('previous_key', 'two_nominators', 'note_verbale')),
  shown       TEXT CHECK ((shown IS NOT NULL) = (shown_by IS NOT NULL AND shown_by <> 'two_nominators')),  -- canonical JSON
  UNIQUE (state, fingerprint),
  CHECK ((shown_by IS NULL) = (use = 'witness'))
) STRICT;

CREATE TABLE state    (code TEXT PRIMARY KEY, record TEXT NOT NULL, version INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT;

CREATE TABLE state_quotas (
  state   TEXT PRIMARY KEY REFERENCES state,
  raised  TEXT NOT NULL,                  -- canonical JSON: quota -> limit, of those that were raised
  version INTEGER NOT NULL,
  seq     INTEGER NOT NULL
) STRICT;

CREATE TABLE state_settings (
  state             TEXT PRIMARY KEY REFERENCES state,
  four_eyes         INTEGER NOT NULL DEFAULT 1 CHECK (four_eyes IN (0, 1)),
  require_signature INTEGER NOT NULL DEFAULT 0 CHECK (require_signature IN (0, 1)),
  acts_alone        TEXT,                     -- JSON: the note verbale by which one official acts alone; NULL: nobody does
  version           INTEGER NOT NULL,
  seq               INTEGER NOT NULL
) STRICT;

CREATE INDEX account_by_home ON account (home, id);

CREATE INDEX batch_by_account ON batch (account);

CREATE INDEX batch_by_age ON batch (at);

CREATE INDEX contact_by_status ON contact (status, sort_key);

CREATE INDEX contact_by_zone ON contact (time_zone);

CREATE INDEX cosignature_by_key ON cosignature (signing_key);

CREATE INDEX credential_by_account ON credential (account, id);

CREATE INDEX credential_by_fingerprint ON credential (fingerprint);

CREATE INDEX credential_by_replaced ON credential (replaces) WHERE replaces IS NOT NULL;

CREATE UNIQUE INDEX credential_taken ON credential (fingerprint) WHERE proven = 1;

CREATE INDEX delegation_by_delegate ON delegation (delegate, status);

CREATE INDEX delegation_by_home ON delegation (home, id);

CREATE INDEX document_by_seq ON document (seq);

CREATE INDEX due_in_order ON due_at (at, what, subject);

CREATE INDEX enrolment_by_account ON enrolment (account, id);

CREATE INDEX idempotency_by_age ON idempotency (at);

CREATE INDEX ledger_entry_by_home ON ledger_entry (home, seq);

CREATE INDEX ledger_entry_by_home_and_kind ON ledger_entry (home, kind, seq) WHERE kind NOT IN ('report_submitted', 'report_published');

CREATE INDEX ledger_entry_by_kind ON ledger_entry (kind, seq) WHERE kind NOT IN ('report_submitted', 'report_published');

CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject_kind, subject, seq);

CREATE INDEX ledger_entry_of_withdrawal ON ledger_entry (home, at) WHERE kind = 'report_withdrawn';

CREATE INDEX nomination_by_contact ON nomination (contact);

CREATE INDEX nomination_by_state ON nomination (state, id);

CREATE INDEX proposal_by_home ON proposal (home, id);

CREATE INDEX proposal_by_secretariat ON proposal (id) WHERE by_secretariat = 1;

CREATE INDEX proposal_by_subject ON proposal (subject);

CREATE INDEX report_by_state ON report (state, measure, period, id);

CREATE INDEX report_drafted ON report (state, COALESCE(changed_seq, 9223372036854775807)) WHERE drafted = 1;

CREATE INDEX report_draft_reader_by_account ON report_draft_reader (account, state);

CREATE INDEX report_recipient_by_change ON report_recipient (recipient, changed_seq) WHERE changed_seq IS NOT NULL;

CREATE INDEX report_recipient_of_state ON report_recipient (recipient, state, changed_seq) WHERE changed_seq IS NOT NULL;

CREATE INDEX report_recipient_of_withdrawn ON report_recipient (recipient, withdrawn, changed_seq) WHERE withdrawn = 1;

CREATE INDEX report_tag_by_reach ON report_tag (reach, tag, changed_seq) WHERE reach IS NOT NULL;

CREATE UNIQUE INDEX signing_key_by_name ON signing_key (name) WHERE use = 'witness' AND status = 'active';

CREATE UNIQUE INDEX signing_key_of_witness ON signing_key (fingerprint) WHERE use = 'witness';

CREATE TRIGGER account_is_counted AFTER INSERT ON account WHEN NEW.status IN ('active', 'suspended') BEGIN
  INSERT INTO quota_use VALUES (NEW.home, 'accounts', '', 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER account_is_counted_again AFTER UPDATE OF status ON account
WHEN (NEW.status IN ('active', 'suspended')) <> (OLD.status IN ('active', 'suspended')) BEGIN
  INSERT INTO quota_use VALUES (NEW.home, 'accounts', '', CASE WHEN NEW.status IN ('active', 'suspended') THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER cosignature_is_kept BEFORE UPDATE ON cosignature BEGIN SELECT RAISE(ABORT, 'a cosignature is kept'); END;

CREATE TRIGGER cosignature_stays   BEFORE DELETE ON cosignature BEGIN SELECT RAISE(ABORT, 'a cosignature is kept'); END;

CREATE TRIGGER credential_is_counted AFTER INSERT ON credential WHEN NEW.status <> 'revoked' BEGIN
  INSERT INTO quota_use VALUES (NEW.account, 'credentials', '', 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER credential_is_counted_again AFTER UPDATE OF status ON credential
WHEN (NEW.status = 'revoked') <> (OLD.status = 'revoked') BEGIN
  INSERT INTO quota_use VALUES (NEW.account, 'credentials', '', CASE NEW.status WHEN 'revoked' THEN -1 ELSE 1 END)
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER enrolment_is_counted AFTER INSERT ON enrolment WHEN NEW.status = 'open' BEGIN
  INSERT INTO quota_use VALUES (NEW.account, 'credentials', '', 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER enrolment_is_counted_again AFTER UPDATE OF status ON enrolment
WHEN (NEW.status = 'open') <> (OLD.status = 'open') BEGIN
  INSERT INTO quota_use VALUES (NEW.account, 'credentials', '', CASE NEW.status WHEN 'open' THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER retry_is_counted AFTER INSERT ON idempotency BEGIN
  INSERT INTO quota_use VALUES (NEW.account, 'retries', '', 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER retry_is_counted_no_more AFTER DELETE ON idempotency BEGIN
  INSERT INTO quota_use VALUES (OLD.account, 'retries', '', -1) ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER ledger_checkpoint_is_kept BEFORE UPDATE ON ledger_checkpoint BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_checkpoint_stays   BEFORE DELETE ON ledger_checkpoint BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER entry_is_counted AFTER INSERT ON ledger_entry
WHEN NEW.home IS NOT NULL AND NEW.actor_role NOT IN ('portal', 'operator', 'secretariat') BEGIN
  INSERT INTO quota_use VALUES (NEW.home, 'entries', substr(NEW.at, 1, 10), 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER ledger_entry_is_kept      BEFORE UPDATE ON ledger_entry      BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_entry_stays        BEFORE DELETE ON ledger_entry      BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_node_is_kept       BEFORE UPDATE ON ledger_node       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER ledger_node_stays         BEFORE DELETE ON ledger_node       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER log_key_is_kept BEFORE UPDATE ON log_key
WHEN OLD.until_seq IS NOT NULL OR NEW.public_key <> OLD.public_key OR NEW.name <> OLD.name OR NEW.from_seq <> OLD.from_seq
BEGIN SELECT RAISE(ABORT, 'a key of the log is kept'); END;

CREATE TRIGGER log_key_stays BEFORE DELETE ON log_key BEGIN SELECT RAISE(ABORT, 'a key of the log is kept'); END;

CREATE TRIGGER proposal_is_counted AFTER INSERT ON proposal WHEN NEW.status = 'waiting' BEGIN
  INSERT INTO quota_use VALUES (CASE NEW.by_secretariat WHEN 1 THEN 'office:secretariat' ELSE NEW.home END, 'proposals', '', 1)
    ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER proposal_is_counted_again AFTER UPDATE OF status ON proposal
WHEN (NEW.status = 'waiting') <> (OLD.status = 'waiting') BEGIN
  INSERT INTO quota_use VALUES (CASE NEW.by_secretariat WHEN 1 THEN 'office:secretariat' ELSE NEW.home END, 'proposals', '',
      CASE NEW.status WHEN 'waiting' THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER quota_is_unused AFTER UPDATE OF used ON quota_use WHEN NEW.used = 0 BEGIN
  DELETE FROM quota_use WHERE holder = NEW.holder AND quota = NEW.quota AND day = NEW.day;
END;

CREATE TRIGGER report_goes BEFORE DELETE ON report BEGIN
  DELETE FROM report_draft WHERE report = OLD.id;
END;

CREATE TRIGGER draft_is_counted AFTER INSERT ON report_draft BEGIN
  INSERT INTO quota_use SELECT 'state:' || state, 'drafts', '', 1 FROM report WHERE id = NEW.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
  INSERT INTO quota_use SELECT 'state:' || state, 'draft_bytes', '',
      length(CAST(NEW.fields AS BLOB)) FROM report WHERE id = NEW.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER draft_is_counted_again AFTER UPDATE OF fields ON report_draft BEGIN
  INSERT INTO quota_use SELECT 'state:' || state, 'draft_bytes', '',
      length(CAST(NEW.fields AS BLOB)) - length(CAST(OLD.fields AS BLOB)) FROM report WHERE id = NEW.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER draft_is_counted_no_more AFTER DELETE ON report_draft BEGIN
  INSERT INTO quota_use SELECT 'state:' || state, 'drafts', '', -1 FROM report WHERE id = OLD.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
  INSERT INTO quota_use SELECT 'state:' || state, 'draft_bytes', '',
      - length(CAST(OLD.fields AS BLOB)) FROM report WHERE id = OLD.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

CREATE TRIGGER submission_is_counted AFTER UPDATE OF submitted ON report_draft
WHEN NEW.submitted IS NOT NULL AND OLD.submitted IS NULL BEGIN
  INSERT INTO quota_use SELECT 'state:' || state, 'submitted_bytes', substr(NEW.updated_at, 1, 10), length(CAST(NEW.submitted AS BLOB))
    FROM report WHERE id = NEW.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;
