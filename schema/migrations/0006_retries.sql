-- What lets a client send again safely.
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
CREATE INDEX idempotency_by_age ON idempotency (at);

CREATE TABLE client_reference (
  account     TEXT NOT NULL,
  reference   TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  subject     TEXT NOT NULL,
  PRIMARY KEY (account, reference)
) STRICT, WITHOUT ROWID;

-- What became of each item of a batch, so that a lost answer can be asked for again. Kept as long as Idempotency-Keys.
CREATE TABLE batch (
  id      TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  at      TEXT NOT NULL,
  result  TEXT NOT NULL                -- JSON: goal, mode, and of each item its outcome, subject, ledger numbers, broken rules
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_by_age ON batch (at);
CREATE INDEX batch_by_account ON batch (account);
