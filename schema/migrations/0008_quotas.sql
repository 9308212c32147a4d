-- How much of its room each State, office and account uses (domain/quotas.hpp), and where the secretariat has given a State more.
CREATE TABLE state_quotas (
  state   TEXT PRIMARY KEY REFERENCES state,
  raised  TEXT NOT NULL,                  -- canonical JSON: quota -> limit, of those that were raised
  version INTEGER NOT NULL,
  seq     INTEGER NOT NULL
) STRICT;

-- Counted by the triggers below, in the transaction of what is counted. No row stands for nothing.
CREATE TABLE quota_use (
  holder TEXT NOT NULL,                   -- home, or account id
  quota  TEXT NOT NULL CHECK (quota IN ('drafts', 'draft_bytes', 'entries', 'submitted_bytes', 'accounts', 'credentials', 'proposals', 'retries')),
  day    TEXT NOT NULL,                   -- of entries and submissions, in UTC; else empty: as it stands now
  used   INTEGER NOT NULL,
  PRIMARY KEY (holder, quota, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER quota_is_unused AFTER UPDATE OF used ON quota_use WHEN NEW.used = 0 BEGIN
  DELETE FROM quota_use WHERE holder = NEW.holder AND quota = NEW.quota AND day = NEW.day;
END;

-- Working copies. A report goes with its working copy: that goes first, while it can still be said whose it was.
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

-- What is submitted stands in the ledger from then on, also when it is taken back.
CREATE TRIGGER submission_is_counted AFTER UPDATE OF submitted ON report_draft
WHEN NEW.submitted IS NOT NULL AND OLD.submitted IS NULL BEGIN
  INSERT INTO quota_use SELECT 'state:' || state, 'submitted_bytes', substr(NEW.updated_at, 1, 10), length(CAST(NEW.submitted AS BLOB))
    FROM report WHERE id = NEW.report
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

-- Entries that a State's or office's own accounts make. Each day keeps its row: the clock may be set back.
CREATE TRIGGER entry_is_counted AFTER INSERT ON ledger_entry
WHEN NEW.home IS NOT NULL AND NEW.actor_role NOT IN ('portal', 'operator', 'secretariat') BEGIN
  INSERT INTO quota_use VALUES (NEW.home, 'entries', substr(NEW.at, 1, 10), 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;

CREATE TRIGGER account_is_counted AFTER INSERT ON account WHEN NEW.status IN ('active', 'suspended') BEGIN
  INSERT INTO quota_use VALUES (NEW.home, 'accounts', '', 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;
CREATE TRIGGER account_is_counted_again AFTER UPDATE OF status ON account
WHEN (NEW.status IN ('active', 'suspended')) <> (OLD.status IN ('active', 'suspended')) BEGIN
  INSERT INTO quota_use VALUES (NEW.home, 'accounts', '', CASE WHEN NEW.status IN ('active', 'suspended') THEN 1 ELSE -1 END)
    ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

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

-- Those of the secretariat are its own, or it could fill a State's room.
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

CREATE TRIGGER retry_is_counted AFTER INSERT ON idempotency BEGIN
  INSERT INTO quota_use VALUES (NEW.account, 'retries', '', 1) ON CONFLICT DO UPDATE SET used = used + 1;
END;
CREATE TRIGGER retry_is_counted_no_more AFTER DELETE ON idempotency BEGIN
  INSERT INTO quota_use VALUES (OLD.account, 'retries', '', -1) ON CONFLICT DO UPDATE SET used = used + excluded.used;
END;

-- What is there already (store/rows/quotas.cpp counts in the same way).
INSERT INTO quota_use
  SELECT 'state:' || r.state, 'drafts', '', COUNT(*) FROM report_draft d JOIN report r ON r.id = d.report GROUP BY r.state
  UNION ALL SELECT 'state:' || r.state, 'draft_bytes', '', SUM(length(CAST(d.fields AS BLOB)))
    FROM report_draft d JOIN report r ON r.id = d.report GROUP BY r.state
  UNION ALL SELECT home, 'entries', substr(at, 1, 10), COUNT(*) FROM ledger_entry
    WHERE home IS NOT NULL AND actor_role NOT IN ('portal', 'operator', 'secretariat') GROUP BY home, substr(at, 1, 10)
  UNION ALL SELECT home, 'accounts', '', COUNT(*) FROM account WHERE status IN ('active', 'suspended') GROUP BY home
  UNION ALL SELECT account, 'credentials', '', COUNT(*) FROM (SELECT account FROM credential WHERE status <> 'revoked'
    UNION ALL SELECT account FROM enrolment WHERE status = 'open') GROUP BY account
  UNION ALL SELECT CASE by_secretariat WHEN 1 THEN 'office:secretariat' ELSE home END, 'proposals', '', COUNT(*) FROM proposal
    WHERE status = 'waiting' GROUP BY 1
  UNION ALL SELECT account, 'retries', '', COUNT(*) FROM idempotency GROUP BY account;
