// Witness cosignatures: timestamped Ed25519, type 4 of C2SP signed-note, as c2sp.org/tlog-cosignature defines them.
// golang.org/x/mod's note package knows type 1 alone; it takes verifiers of others through its interface, so here is one.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

const (
	cosignatureType = 4
	timestampBytes  = 8
)

// Witness verifies the cosignatures of one witness: a note.Verifier.
type Witness struct {
	name string
	key  ed25519.PublicKey
}

var _ note.Verifier = Witness{}

func (w Witness) Name() string { return w.name }

func (w Witness) typedKey() []byte { return append([]byte{cosignatureType}, w.key...) }

func (w Witness) KeyHash() uint32 {
	hash := sha256.Sum256(append([]byte(w.name+"\n"), w.typedKey()...))
	return binary.BigEndian.Uint32(hash[:])
}

// Text is the verifier key: name+id+key.
func (w Witness) Text() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.KeyHash(), base64.StdEncoding.EncodeToString(w.typedKey()))
}

// Verify takes a note's text and what follows the key's id in the signature: eight bytes of time, then the signature.
func (w Witness) Verify(text, signature []byte) bool {
	if len(signature) != timestampBytes+ed25519.SignatureSize {
		return false
	}
	when := binary.BigEndian.Uint64(signature)
	return ed25519.Verify(w.key, cosigned(text, when), signature[timestampBytes:])
}

// cosigned is what a witness signs: the time that it states, then the checkpoint.
func cosigned(text []byte, when uint64) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", when)), text...)
}

// cosignedAt is the time that a cosignature states; the signature must have been verified.
func cosignedAt(signature note.Signature) (time.Time, error) {
	bytes, err := base64.StdEncoding.DecodeString(signature.Base64)
	if err != nil || len(bytes) != 4+timestampBytes+ed25519.SignatureSize {
		return time.Time{}, fmt.Errorf("no cosignature: %q", signature.Base64)
	}
	return time.Unix(int64(binary.BigEndian.Uint64(bytes[4:])), 0), nil
}

// parseWitness reads the text of a witness's verifier key.
func parseWitness(text string) (Witness, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 || parts[0] == "" || strings.ContainsAny(parts[0], " \t\n") {
		return Witness{}, fmt.Errorf("a verifier key has the form name+id+key, not %q", text)
	}
	id, idError := hex.DecodeString(parts[1])
	typed, keyError := base64.StdEncoding.DecodeString(parts[2])
	if idError != nil || keyError != nil || len(typed) != 1+ed25519.PublicKeySize || typed[0] != cosignatureType {
		return Witness{}, fmt.Errorf("%q is no key of type %d", text, cosignatureType)
	}
	witness := Witness{parts[0], ed25519.PublicKey(typed[1:])}
	if !bytes.Equal(id, binary.BigEndian.AppendUint32(nil, witness.KeyHash())) {
		return Witness{}, fmt.Errorf("the id in %q is not that of its key", text)
	}
	return witness, nil
}

// Cosigner is a witness with its private key, and the time that it states: a note.Signer.
type Cosigner struct {
	Witness
	private ed25519.PrivateKey
	now     time.Time
}

func newCosigner(name string, seed []byte, now time.Time) Cosigner {
	private := ed25519.NewKeyFromSeed(seed)
	return Cosigner{Witness{name, private.Public().(ed25519.PublicKey)}, private, now}
}

func (c Cosigner) Sign(text []byte) ([]byte, error) {
	when := uint64(c.now.Unix())
	return append(binary.BigEndian.AppendUint64(nil, when), ed25519.Sign(c.private, cosigned(text, when))...), nil
}
