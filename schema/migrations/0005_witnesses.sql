-- Witnesses: States that look after the log and say so below its checkpoints (C2SP tlog-cosignature). A witness's key is
-- a key of its State like any other, but is of use for nothing else, and public.
ALTER TABLE signing_key ADD COLUMN use TEXT NOT NULL DEFAULT 'signature' CHECK (use IN ('signature', 'witness'));
ALTER TABLE signing_key ADD COLUMN name TEXT CHECK ((name IS NOT NULL) = (use = 'witness'));   -- in the lines of a checkpoint
ALTER TABLE signing_key ADD COLUMN revoked_at TEXT CHECK (revoked_at IS NULL OR use = 'witness');
CREATE UNIQUE INDEX signing_key_by_name ON signing_key (name) WHERE use = 'witness' AND status = 'active';
CREATE UNIQUE INDEX signing_key_of_witness ON signing_key (fingerprint) WHERE use = 'witness';

-- Each as it stands below the checkpoint of its size. Part of no entry: a cosignature in the log would ask for the next.
CREATE TABLE cosignature (
  size        INTEGER NOT NULL REFERENCES ledger_checkpoint (size),
  signing_key TEXT NOT NULL REFERENCES signing_key (id),
  bytes       BLOB NOT NULL CHECK (length(bytes) = 76),   -- key ID, time, signature
  PRIMARY KEY (size, signing_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX cosignature_by_key ON cosignature (signing_key);

CREATE TRIGGER cosignature_is_kept BEFORE UPDATE ON cosignature BEGIN SELECT RAISE(ABORT, 'a cosignature is kept'); END;
CREATE TRIGGER cosignature_stays   BEFORE DELETE ON cosignature BEGIN SELECT RAISE(ABORT, 'a cosignature is kept'); END;
