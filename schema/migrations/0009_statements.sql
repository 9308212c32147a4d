-- A State's key signs statements (ledger/statement.hpp), one for a word of the State of whatever kind: each stands with the opening of
-- its entry. What it signed before, the content of a revision alone, is gone.
ALTER TABLE ledger_opening ADD COLUMN statement TEXT;       -- canonical JSON {"signature", "statement"}; NULL also once erased
ALTER TABLE ledger_opening ADD COLUMN statement_salt BLOB;
ALTER TABLE report_revision DROP COLUMN signing_key;
ALTER TABLE report_revision DROP COLUMN signature;
