// The parts written for this test, tested without a portal: cosignatures, canonical JSON, paths of tiles, statements.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The vector's keys are made from these; they protect nothing.
const (
	vectorFile    = "testdata/cosigned-checkpoint.txt"
	vectorLog     = "log.example/vector+e179d00b+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
	vectorWitness = "witness.example/w1"
	vectorTime    = 1700000000
)

func seed(of byte) []byte {
	bytes := make([]byte, ed25519.SeedSize)
	for i := range bytes {
		bytes[i] = of + byte(i)
	}
	return bytes
}

func theWitness() Cosigner { return newCosigner(vectorWitness, seed(100), time.Unix(vectorTime, 0)) }

func theVector(t *testing.T) string {
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func theLog(t *testing.T) note.Verifier {
	log, err := note.NewVerifier(vectorLog)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestTheCosignerMakesTheVectorAgain(t *testing.T) {
	opened, err := note.Open([]byte(theVector(t)), note.VerifierList(theLog(t)))
	if err != nil {
		t.Fatal(err)
	}
	if len(opened.UnverifiedSigs) != 1 {
		t.Fatalf("%d signatures besides the log's", len(opened.UnverifiedSigs))
	}
	opened.UnverifiedSigs = nil
	again, err := note.Sign(opened, theWitness())
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != theVector(t) {
		t.Errorf("made\n%s\nexpected\n%s", again, theVector(t))
	}
}

func TestACosignatureOpensWithItsWitnessAndStatesItsTime(t *testing.T) {
	witness, err := parseWitness(theWitness().Text())
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := openCheckpoint([]byte(theVector(t)), theLog(t), witness)
	if err != nil {
		t.Fatal(err)
	}
	if len(checkpoint.note.Sigs) != 2 || checkpoint.note.Sigs[1].Name != vectorWitness {
		t.Fatalf("signatures: %+v", checkpoint.note.Sigs)
	}
	when, err := cosignedAt(checkpoint.note.Sigs[1])
	if err != nil || when.Unix() != vectorTime {
		t.Errorf("cosigned at %v, %v", when, err)
	}
}

func TestAChangedCosignatureIsRefused(t *testing.T) {
	text := []byte(strings.Split(theVector(t), "\n\n")[0] + "\n")
	good, err := theWitness().Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	if !theWitness().Verify(text, good) {
		t.Fatal("the unchanged one is refused")
	}
	for at := range good {
		changed := append([]byte(nil), good...)
		changed[at] ^= 1
		if theWitness().Verify(text, changed) {
			t.Errorf("accepted with byte %d changed", at)
		}
	}
	for at := range text {
		changed := append([]byte(nil), text...)
		changed[at] ^= 1
		if theWitness().Verify(changed, good) {
			t.Errorf("accepted with byte %d of the checkpoint changed", at)
		}
	}
	if theWitness().Verify(text, good[:len(good)-1]) || theWitness().Verify(text, append(good, 0)) || theWitness().Verify(text, nil) {
		t.Error("accepted with another length")
	}
	if newCosigner(vectorWitness, seed(101), time.Unix(vectorTime, 0)).Verify(text, good) {
		t.Error("accepted by another key")
	}
}

func TestALogsOwnSignatureIsNoCosignature(t *testing.T) {
	text := []byte("log.example/vector\n1\n" + tlog.RecordHash(nil).String() + "\n")
	plain := ed25519.Sign(theWitness().private, text)
	if theWitness().Verify(text, plain) || theWitness().Verify(text, append(make([]byte, timestampBytes), plain...)) {
		t.Error("a signature without the cosignature's prefix was accepted")
	}
}

func TestAWitnessKeyIsReadWholeOrNotAtAll(t *testing.T) {
	good := theWitness().Text()
	for _, bad := range []string{"", good[1:], good[:len(good)-4], good + "AAAA", strings.Replace(good, "+", " +", 1), vectorLog} {
		if _, err := parseWitness(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestCanonicalJSONIsThatOfRFC8785(t *testing.T) {
	for text, expected := range map[string]string{
		` { "b" : [ 1 , true ] , "a" : { } } `:                       `{"a":{},"b":[1,true]}`,
		`"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"`:            `"€$\u000f\nA'B\"\\\\\"/"`, // the string of RFC 8785, section 3.2.2
		"\"\\b\\f\\r\\t\\u007f\\u2028<>&\"":                          "\"\\b\\f\\r\\t\x7f\u2028<>&\"",
		`{"Z":-9007199254740991,"a":9007199254740991,"":null,"A":0}`: `{"":null,"A":0,"Z":-9007199254740991,"a":9007199254740991}`,
	} {
		found, err := canonical([]byte(text))
		if err != nil || string(found) != expected {
			t.Errorf("%s: %s %v, expected %s", text, found, err, expected)
		}
	}
	for _, bad := range []string{"1.5", "9007199254740992", "1e2", "{} {}", "[", ""} {
		if found, err := canonical([]byte(bad)); err == nil {
			t.Errorf("%q became %s", bad, found)
		}
	}
}

func TestTilePathsAreThoseOfC2SP(t *testing.T) {
	for expected, tile := range map[string]tlog.Tile{
		"/v1/log/tile/0/000":               {H: 8, L: 0, N: 0, W: 256},
		"/v1/log/tile/1/000.p/1":           {H: 8, L: 1, N: 0, W: 1},
		"/v1/log/tile/2/x001/x234/067.p/5": {H: 8, L: 2, N: 1234067, W: 5},
	} {
		if found := tilePath(tile); found != expected {
			t.Errorf("%s, expected %s", found, expected)
		}
	}
}

// signedReceipt is one with a statement, as the portal would give it to the State itself.
func signedReceipt(t *testing.T, signer StateSigner) *Receipt {
	t.Helper()
	salt := bytes.Repeat([]byte{7}, 32)
	opening := &Opening{Salt: salt, Content: json.RawMessage(`{"status":"planned","measure":"OAS-CBM-4"}`)}
	receipt := &Receipt{Opening: opening}
	entry := map[string]any{"seq": 5, "version": 1, "at": "2026-11-30T12:00:01.250Z", "kind": "report_submitted", "state": "CL",
		"subject": map[string]string{"id": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff", "kind": "report"}}
	receipt.Receipt.Entry = asJSON(t, entry)
	said, err := receipt.statementObject("log.example/vector", signer.fingerprint, "2026-11-30T12:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.sign(append([]byte(statementHead), said...))
	if err != nil {
		t.Fatal(err)
	}
	statement := map[string]any{"salt": salt, "signature": signature, "statement": said}
	if err := json.Unmarshal(asJSON(t, map[string]any{"statement": statement}), opening); err != nil {
		t.Fatal(err)
	}
	of, err := receipt.entry()
	if err != nil {
		t.Fatal(err)
	}
	for member, value := range map[string]json.RawMessage{"commitment": opening.Content, "statement": opening.signedStatement()} {
		if entry[member], err = salted(fmt.Sprintf("cbmx/commitment/v1\n%s\n%s\n%d\n", member, of.Kind, of.Seq), salt, value); err != nil {
			t.Fatal(err)
		}
	}
	receipt.Receipt.Entry = asJSON(t, entry)
	return receipt
}

func asJSON(t *testing.T, value any) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func theSigners(t *testing.T) []StateSigner {
	t.Helper()
	signers := []StateSigner{}
	first, err := newEd25519Signer()
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		signer, ecdsaError := newECDSASigner(curve)
		signers, err = append(signers, signer), firstOf(err, ecdsaError)
	}
	if err != nil {
		t.Fatal(err)
	}
	return append([]StateSigner{first}, signers...)
}

func TestAStatementHoldsUnderItsKeyAndNoOther(t *testing.T) {
	signers := theSigners(t)
	for _, signer := range signers {
		fingerprint, key, err := readStateKey(signer.pem)
		if err := firstOf(err, differs(fingerprint, signer.fingerprint)); err != nil {
			t.Fatal(err)
		}
		receipt := signedReceipt(t, signer)
		if err := receipt.checkOpening(); err != nil {
			t.Errorf("%s: %v", signer.name, err)
		}
		err = receipt.checkStatement("log.example/vector", StateKeys{fingerprint: key})
		if isAccepted := signer.name != "ECDSA on P-521"; (err == nil) != isAccepted {
			t.Errorf("%s: %v", signer.name, err)
		}
		for _, other := range signers {
			if _, otherKey, _ := readStateKey(other.pem); other.name != signer.name && receipt.checkStatement("log.example/vector", StateKeys{fingerprint: otherKey}) == nil {
				t.Errorf("a statement by %s holds under a key of %s", signer.name, other.name)
			}
		}
		if receipt.checkStatement("other.example/log", StateKeys{fingerprint: key}) == nil {
			t.Errorf("%s: a statement holds in another log", signer.name)
		}
	}
}

func TestAnOpeningFitsNoOtherNumberKindOrMember(t *testing.T) {
	signer := theSigners(t)[0]
	for _, change := range []func(entry map[string]any){
		func(entry map[string]any) { entry["seq"] = 6 },
		func(entry map[string]any) { entry["kind"] = "report_published" },
		func(entry map[string]any) {
			entry["commitment"], entry["statement"] = entry["statement"], entry["commitment"]
		},
		func(entry map[string]any) { delete(entry, "statement") },
		func(entry map[string]any) { entry["authority"] = entry["commitment"] },
	} {
		receipt := signedReceipt(t, signer)
		var entry map[string]any
		if err := json.Unmarshal(receipt.Receipt.Entry, &entry); err != nil {
			t.Fatal(err)
		}
		change(entry)
		receipt.Receipt.Entry = asJSON(t, entry)
		if receipt.checkOpening() == nil {
			t.Errorf("it fits %s", receipt.Receipt.Entry)
		}
	}
}
