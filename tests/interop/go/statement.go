// A State's signed statement, verified by Go's crypto alone: from the receipt, the log's name and the State's public keys.
package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"
)

const (
	statementHead = "cbmx-statement/v1\n"
	longestWait   = 7 * 24 * time.Hour // from a statement's time to its acceptance
)

// StateKeys are a State's public keys by their fingerprints: the SHA-256 of their DER.
type StateKeys map[string]any

func readStateKey(text string) (fingerprint string, key any, err error) {
	block, rest := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) != 0 {
		return "", nil, fmt.Errorf("not a public key in PEM: %q", text)
	}
	key, err = x509.ParsePKIXPublicKey(block.Bytes)
	return fmt.Sprintf("%x", sha256.Sum256(block.Bytes)), key, err
}

// publishedStateKeys are those that everyone may read.
func publishedStateKeys(portal *Portal, state string) (StateKeys, error) {
	var list struct {
		Items []struct {
			Content struct {
				Use, Fingerprint string
				PublicKey        string `json:"public_key"`
			}
		}
	}
	if err := portal.getJSON("/v1/states/"+state+"/keys?limit=100", &list); err != nil {
		return nil, err
	}
	keys := StateKeys{}
	for _, item := range list.Items {
		fingerprint, key, err := readStateKey(item.Content.PublicKey)
		if err := firstOf(err, differs(item.Content.Fingerprint, fingerprint)); err != nil {
			return nil, err
		}
		if item.Content.Use == "statements" {
			keys[fingerprint] = key
		}
	}
	return keys, nil
}

// isSignedBy: Ed25519 over the text, or ECDSA on P-256 or P-384 over its SHA-256.
func isSignedBy(key any, text, signature []byte) bool {
	switch key := key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, text, signature)
	case *ecdsa.PublicKey:
		hash := sha256.Sum256(text)
		return (key.Curve == elliptic.P256() || key.Curve == elliptic.P384()) && ecdsa.VerifyASN1(key, hash[:], signature)
	}
	return false
}

// statementObject is what the statement of this entry must say: everything but key and time, which are the State's.
func (r *Receipt) statementObject(origin, key, when string) (json.RawMessage, error) {
	entry, err := r.entry()
	if err != nil {
		return nil, err
	}
	content, err := salted("", r.Opening.Salt, r.Opening.shown())
	if err != nil {
		return nil, err
	}
	object := map[string]any{"v": 1, "origin": origin, "kind": entry.Kind, "version": entry.Version, "content": content, "key": key, "time": when,
		"subject": map[string]string{"id": entry.Subject.ID, "kind": entry.Subject.Kind}}
	if entry.Audience != nil {
		if r.Opening.Recipients == nil {
			return nil, fmt.Errorf("the recipients are not shown: whether they are what was signed, only the own State can see")
		}
		object["label"] = entry.Audience.Label
		if object["recipients"], err = salted("", r.Opening.Recipients.Salt, r.Opening.Recipients.List); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	return canonical(text)
}

// checkStatement: it says what the entry says, of this log, in its time, and one of these keys has signed it.
func (r *Receipt) checkStatement(origin string, keys StateKeys) error {
	if r.Opening == nil || r.Opening.Statement == nil {
		return fmt.Errorf("no statement is shown")
	}
	var named struct{ Key, Time string }
	if err := json.Unmarshal(r.Opening.Statement.Statement, &named); err != nil {
		return err
	}
	said, err := canonical(r.Opening.Statement.Statement)
	if err != nil {
		return err
	}
	expected, err := r.statementObject(origin, named.Key, named.Time)
	if err := firstOf(err, differs(string(said), string(expected))); err != nil {
		return err
	}
	if err := r.checkTime(named.Time); err != nil {
		return err
	}
	key, known := keys[named.Key]
	if _, err := hex.DecodeString(named.Key); err != nil || !known {
		return fmt.Errorf("it is signed with key %s, which is not among the State's", named.Key)
	}
	return unless(isSignedBy(key, append([]byte(statementHead), said...), r.Opening.Statement.Signature), fmt.Errorf("the signature is wrong"))
}

func (r *Receipt) checkTime(when string) error {
	entry, err := r.entry()
	if err != nil {
		return err
	}
	made, err := time.Parse("2006-01-02T15:04:05Z", when)
	if err != nil {
		return err
	}
	accepted, err := time.Parse(time.RFC3339, entry.At)
	if err != nil {
		return err
	}
	wait := accepted.Sub(made)
	return unless(wait >= 0 && wait <= longestWait, fmt.Errorf("it was made at %v and accepted at %v", made, accepted))
}
