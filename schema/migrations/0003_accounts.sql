-- Who acts, with which credentials and keys, for whom, and what waits for a second person.
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
CREATE INDEX account_by_home ON account (home, id);

-- An invitation to hold a credential of an account: its holder brings the code, and shows the key or the hash of the token.
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
CREATE INDEX enrolment_by_account ON enrolment (account, id);

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
CREATE UNIQUE INDEX credential_taken ON credential (fingerprint) WHERE proven = 1;
CREATE INDEX credential_by_fingerprint ON credential (fingerprint);
CREATE INDEX credential_by_account ON credential (account, id);
CREATE INDEX credential_by_replaced ON credential (replaces) WHERE replaces IS NOT NULL;

-- A State's own public keys: for its statements, or of a witness (C2SP tlog-cosignature), which is of use for nothing else. All but
-- the label is public.
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
CREATE UNIQUE INDEX signing_key_by_name ON signing_key (name) WHERE use = 'witness' AND status = 'active';
CREATE UNIQUE INDEX signing_key_of_witness ON signing_key (fingerprint) WHERE use = 'witness';

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
CREATE INDEX delegation_by_delegate ON delegation (delegate, status);
CREATE INDEX delegation_by_home ON delegation (home, id);

-- What waits for a second person (rules.md 18, 34).
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
CREATE INDEX proposal_by_home ON proposal (home, id);
CREATE INDEX proposal_by_secretariat ON proposal (id) WHERE by_secretariat = 1;
CREATE INDEX proposal_by_subject ON proposal (subject);

-- What a witness signed, as it stands below the checkpoint of its size. Part of no entry: a cosignature in the log would ask for the next.
CREATE TABLE cosignature (
  size        INTEGER NOT NULL REFERENCES ledger_checkpoint (size),
  signing_key TEXT NOT NULL REFERENCES signing_key (id),
  bytes       BLOB NOT NULL CHECK (length(bytes) = 76),   -- key ID, time, signature
  PRIMARY KEY (size, signing_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX cosignature_by_key ON cosignature (signing_key);

CREATE TRIGGER cosignature_is_kept BEFORE UPDATE ON cosignature BEGIN SELECT RAISE(ABORT, 'a cosignature is kept'); END;
CREATE TRIGGER cosignature_stays   BEFORE DELETE ON cosignature BEGIN SELECT RAISE(ABORT, 'a cosignature is kept'); END;
