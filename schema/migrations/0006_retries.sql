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

-- What became of each item of a batch, so that a lost answer can be asked for again. Kept as long as Idempotency-Keys. The results come
-- part by part, each in the transaction of its items.
CREATE TABLE batch (
  id      TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  at      TEXT NOT NULL,
  goal    TEXT NOT NULL,
  mode    TEXT NOT NULL,
  items   INTEGER NOT NULL             -- that it has; so many results it gets
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_by_age ON batch (at);
CREATE INDEX batch_by_account ON batch (account);
CREATE TABLE batch_part (
  batch  TEXT NOT NULL REFERENCES batch ON DELETE CASCADE,
  first  INTEGER NOT NULL,             -- number of its first item, from 1
  items  INTEGER NOT NULL,
  result TEXT NOT NULL,                -- JSON: of each item its outcome, subject, ledger numbers, broken rules
  PRIMARY KEY (batch, first)
) STRICT, WITHOUT ROWID;
