// A State's key made by Go, and a report published with it: the portal says in a dry run what is to be signed, Go signs it and verifies
// what the portal then proves. What was changed afterwards is refused.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"
)

// Officials are the State's accounts that take part.
type Officials struct{ nominator, secondNominator, drafter, approver *Portal }

// StateSigner is a State's key with its private half.
type StateSigner struct {
	name        string
	private     crypto.Signer
	pem         string
	fingerprint string
}

func newStateSigner(name string, private crypto.Signer) (StateSigner, error) {
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	if err != nil {
		return StateSigner{}, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	return StateSigner{name, private, string(text), fmt.Sprintf("%x", sha256.Sum256(der))}, nil
}

func newEd25519Signer() (StateSigner, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return StateSigner{}, err
	}
	return newStateSigner("Ed25519", private)
}

func newECDSASigner(curve elliptic.Curve) (StateSigner, error) {
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		return StateSigner{}, err
	}
	return newStateSigner("ECDSA on "+curve.Params().Name, private)
}

func (s StateSigner) sign(text []byte) (string, error) {
	message, hashed := text, crypto.Hash(0)
	if _, ok := s.private.(*ecdsa.PrivateKey); ok {
		hash := sha256.Sum256(text)
		message, hashed = hash[:], crypto.SHA256
	}
	signature, err := s.private.Sign(rand.Reader, message, hashed)
	return base64.StdEncoding.EncodeToString(signature), err
}

// registration is what a nominator sends: the key with the proof that the State holds it, and what the key before says of it.
func registration(origin string, signer StateSigner, previous *StateSigner) (map[string]any, error) {
	text := []byte(fmt.Sprintf("cbmx signing key v1\n%s\nstate:CL\n%s\n", origin, signer.fingerprint))
	proof, err := signer.sign(text)
	body := map[string]any{"public_key": signer.pem, "label": "Demonstration: " + signer.name, "proof": proof, "use": "statements"}
	if err != nil || previous == nil {
		return body, err
	}
	signature, err := previous.sign(text)
	body["previous"] = map[string]string{"key": previous.fingerprint, "signature": signature}
	return body, err
}

// registerStateKey: by two nominators, or signed by the key before.
func registerStateKey(chile Officials, origin string, signer StateSigner, previous *StateSigner) error {
	body, err := registration(origin, signer, previous)
	if err != nil {
		return err
	}
	text, err := chile.nominator.call("POST", "/v1/signing-keys", "", body)
	if err != nil || previous != nil {
		return err
	}
	var proposal struct{ ID string }
	if err := json.Unmarshal(text, &proposal); err != nil {
		return err
	}
	path := "/v1/proposals/" + proposal.ID
	return chile.secondNominator.step(path, path+"/confirm", nil, nil)
}

// submitted is a new report that waits for its approver: its path.
func submitted(drafter *Portal, narrative string) (string, error) {
	draft := map[string]string{"measure": "OAS-CBM-4", "period": "2025-2026", "status": "planned", "label": "TLP:GREEN", "narrative": narrative}
	text, err := drafter.call("POST", "/v1/reports", "", draft)
	if err != nil {
		return "", err
	}
	var made struct{ ID string }
	if err := json.Unmarshal(text, &made); err != nil {
		return "", err
	}
	path := "/v1/reports/" + made.ID
	return path, drafter.step(path, path+"/submit", nil, nil)
}

// publishSigned asks in a dry run what to sign, signs it and publishes. The answer holds receipt and opening.
func publishSigned(approver *Portal, report string, signer StateSigner) (*Receipt, error) {
	salts := make([]byte, 64)
	if _, err := rand.Read(salts); err != nil {
		return nil, err
	}
	statement := map[string]string{
		"content_salt":    base64.StdEncoding.EncodeToString(salts[:32]),
		"recipients_salt": base64.StdEncoding.EncodeToString(salts[32:]),
		"key":             signer.fingerprint,
		"time":            time.Now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	body := map[string]any{"statement": statement}
	var rehearsed struct{ Statement struct{ Text string } }
	if err := approver.step(report, report+"/publish?dry_run=true", body, &rehearsed); err != nil {
		return nil, err
	}
	signature, err := signer.sign([]byte(rehearsed.Statement.Text))
	if err != nil {
		return nil, err
	}
	delete(statement, "key")
	delete(statement, "time")
	statement["text"], statement["signature"] = rehearsed.Statement.Text, signature
	var published Receipt
	return &published, approver.step(report, report+"/publish", body, &published)
}

func checkStatements(checks *Checks, everyone *Portal, chile Officials, log Log) error {
	first, err := newEd25519Signer()
	if err != nil {
		return err
	}
	second, err := newECDSASigner(elliptic.P256())
	if err != nil {
		return err
	}
	if !checks.holds("a State's key made by Go is registered by two nominators", registerStateKey(chile, log.key.Name(), first, nil)) ||
		!checks.holds("the next one is registered with the signature of the one before", registerStateKey(chile, log.key.Name(), second, &first)) {
		return nil
	}
	keys, err := publishedStateKeys(everyone, "CL")
	if !checks.holds("everyone reads both in the State's list of keys", firstOf(err, unless(len(keys) >= 2, fmt.Errorf("%d keys", len(keys))))) {
		return nil
	}
	var receipts []*Receipt
	for _, signer := range []StateSigner{first, second} {
		report, err := submitted(chile.drafter, "Demonstration: signed with "+signer.name)
		if err != nil {
			return err
		}
		receipt, err := publishSigned(chile.approver, report, signer)
		if !checks.holds("a report is published with a statement signed by Go with "+signer.name, err) {
			return nil
		}
		_, _, err = log.checkAlone(receipt)
		err = firstOf(err, receipt.checkOpening(), receipt.checkStatement(log.key.Name(), keys))
		if !checks.holds("its receipt, its opening and its statement hold", err) {
			return nil
		}
		receipts = append(receipts, receipt)
	}
	return refuseStatements(checks, log.key.Name(), keys, receipts)
}

// refuseStatements changes what was proved, one thing at a time.
func refuseStatements(checks *Checks, origin string, keys StateKeys, receipts []*Receipt) error {
	whole, other := *receipts[0].Opening.Statement, *receipts[1].Opening.Statement
	refused := func(what string, check func(*Receipt) error, change func(*Receipt)) {
		receipt, opening, statement := *receipts[0], *receipts[0].Opening, whole
		statement.Signature = append([]byte(nil), whole.Signature...)
		opening.Statement, receipt.Opening = &statement, &opening
		change(&receipt)
		checks.refused(what, check(&receipt))
	}
	opens := func(r *Receipt) error { return r.checkOpening() }
	says := func(r *Receipt) error { return r.checkStatement(origin, keys) }
	var members map[string]json.RawMessage
	if err := json.Unmarshal(whole.Statement, &members); err != nil {
		return err
	}
	for name := range members {
		without := map[string]json.RawMessage{}
		for each, value := range members {
			if each != name {
				without[each] = value
			}
		}
		text, err := json.Marshal(without)
		if err != nil {
			return err
		}
		refused("a statement without its member "+name+" is not what the entry commits to", opens, func(r *Receipt) { r.Opening.Statement.Statement = text })
		refused("nor does it say what the entry says", says, func(r *Receipt) { r.Opening.Statement.Statement = text })
	}
	refused("a changed signature is not what the entry commits to", opens, func(r *Receipt) { r.Opening.Statement.Signature[0] ^= 1 })
	refused("nor is it the key's", says, func(r *Receipt) { r.Opening.Statement.Signature[0] ^= 1 })
	refused("another report's statement is not what the entry commits to", opens, func(r *Receipt) { r.Opening.Statement = &other })
	refused("nor does it say what the entry says", says, func(r *Receipt) { r.Opening.Statement = &other })
	refused("a statement is not of another log", func(r *Receipt) error { return r.checkStatement("other.example/log", keys) }, func(*Receipt) {})
	refused("a statement is not by a key that the State did not register", func(r *Receipt) error { return r.checkStatement(origin, StateKeys{}) }, func(*Receipt) {})
	return nil
}
