-- The log's key may change (entry log_key_changed). What signed once is not forgotten: to a row nothing is added but its end.
CREATE TRIGGER log_key_is_kept BEFORE UPDATE ON log_key
WHEN OLD.until_seq IS NOT NULL OR NEW.public_key <> OLD.public_key OR NEW.name <> OLD.name OR NEW.from_seq <> OLD.from_seq
BEGIN SELECT RAISE(ABORT, 'a key of the log is kept'); END;
CREATE TRIGGER log_key_stays BEFORE DELETE ON log_key BEGIN SELECT RAISE(ABORT, 'a key of the log is kept'); END;
