// What an entry commits to, and what an opening shows of it: each value with its salt must give the hash that the entry holds. The hash
// carries the member, the entry's kind and its number, so that no opening fits another entry or another member.
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Opening is the closed form of what belongs to an entry. Values are kept as they came: they are hashed.
type Opening struct {
	Salt            []byte
	Content, Record json.RawMessage
	Authority       json.RawMessage
	AuthoritySalt   []byte `json:"authority_salt"`
	Actor           *struct {
		Account json.RawMessage
		Salt    []byte
	}
	Recipients *struct {
		List json.RawMessage
		Salt []byte
	}
	Statement *struct {
		Salt      []byte
		Signature []byte
		Statement json.RawMessage
	}
}

func (o *Opening) shown() json.RawMessage {
	if o.Content != nil {
		return o.Content
	}
	return o.Record
}

// Entry is what is looked at of one.
type Entry struct {
	Seq, Version                     int64
	At, Kind, State                  string
	Commitment, Authority, Statement string
	Subject                          struct{ ID, Kind string }
	Actor                            struct{ Handle string }
	Audience                         *struct{ Label, Recipients string }
}

func (r *Receipt) entry() (entry Entry, err error) {
	err = json.Unmarshal(r.Receipt.Entry, &entry)
	return entry, err
}

// salted is SHA-256(salt || the value's canonical JSON), in base64, with what stands before it.
func salted(before string, salt []byte, value json.RawMessage) (string, error) {
	text, err := canonical(value)
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(append(append([]byte(before), salt...), text...))
	return base64.StdEncoding.EncodeToString(hash[:]), nil
}

func (e Entry) commits(part string, salt []byte, value json.RawMessage, commitment string) error {
	hash, err := salted(fmt.Sprintf("cbmx/commitment/v1\n%s\n%s\n%d\n", part, e.Kind, e.Seq), salt, value)
	if err := firstOf(err, differs(hash, commitment)); err != nil {
		return fmt.Errorf("%s: %v", part, err)
	}
	return nil
}

// checkOpening: what is shown is what the entry commits to, and nothing is shown that it does not commit to.
func (r *Receipt) checkOpening() error {
	opening := r.Opening
	if opening == nil {
		return nil
	}
	entry, err := r.entry()
	if err != nil {
		return err
	}
	if (opening.Content == nil) == (opening.Record == nil) {
		return fmt.Errorf("an opening shows either content or a change record")
	}
	if err := entry.commits("commitment", opening.Salt, opening.shown(), entry.Commitment); err != nil {
		return err
	}
	if (entry.Authority == "") != (opening.Authority == nil) || (entry.Statement == "") != (opening.Statement == nil) {
		return fmt.Errorf("authority and statement are shown where the entry commits to them, and nowhere else")
	}
	if opening.Authority != nil {
		err = entry.commits("authority", opening.AuthoritySalt, opening.Authority, entry.Authority)
	}
	if err == nil && opening.Actor != nil {
		err = entry.commits("actor", opening.Actor.Salt, opening.Actor.Account, entry.Actor.Handle)
	}
	if err == nil && opening.Recipients != nil {
		if entry.Audience == nil {
			return fmt.Errorf("recipients are shown that the entry does not commit to")
		}
		err = entry.commits("recipients", opening.Recipients.Salt, opening.Recipients.List, entry.Audience.Recipients)
	}
	if err == nil && opening.Statement != nil {
		err = entry.commits("statement", opening.Statement.Salt, opening.signedStatement(), entry.Statement)
	}
	return err
}

// signedStatement is what an entry commits to: the statement and its signature together.
func (o *Opening) signedStatement() json.RawMessage {
	signature := base64.StdEncoding.EncodeToString(o.Statement.Signature)
	return json.RawMessage(fmt.Sprintf(`{"signature":%q,"statement":%s}`, signature, o.Statement.Statement))
}
