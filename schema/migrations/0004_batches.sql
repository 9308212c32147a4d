-- What became of each item of a batch, so that a lost answer can be asked for again. Kept as long as Idempotency-Keys.
CREATE TABLE batch (
  id      TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account (id),
  at      TEXT NOT NULL,
  result  TEXT NOT NULL                -- JSON: goal, mode, and of each item its outcome, subject, ledger numbers, broken rules
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_by_age ON batch (at);
CREATE INDEX batch_by_account ON batch (account);
