// A State's witness made of Go's packages: its key is registered, it cosigns the checkpoint, and from then on note.Open
// finds two signatures on it: the log's and the witness's.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
)

const clockTolerance = 2 * time.Minute

// cosign gives the checkpoint with the cosigner's line, as the portal takes it.
func cosign(text []byte, cosigner note.Signer, log note.Verifier) (map[string]string, error) {
	opened, err := note.Open(text, note.VerifierList(log))
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(opened, cosigner)
	return map[string]string{"checkpoint": string(signed)}, err
}

func newWitness(name string) (Cosigner, error) {
	seed := make([]byte, 32)
	_, err := rand.Read(seed)
	return newCosigner(name, seed, time.Now()), err
}

// register brings the key for Chile, with the proof that the witness holds it.
func register(nominator *Portal, origin string, witness Cosigner) error {
	der, err := x509.MarshalPKIXPublicKey(witness.key)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	proven := fmt.Sprintf("cbmx signing key v1\n%s\nstate:CL\n%x\n", origin, sha256.Sum256(der))
	proof := base64.StdEncoding.EncodeToString(ed25519.Sign(witness.private, []byte(proven)))
	key := map[string]string{"public_key": string(text), "label": "Demonstration: witness", "proof": proof, "use": "witness", "name": witness.name}
	_, err = nominator.call("POST", "/v1/signing-keys", "", key)
	return err
}

// settled waits until the published checkpoint has stood still for longer than the interval at which it moves.
func settled(portal *Portal, log note.Verifier) ([]byte, Checkpoint, error) {
	var before Checkpoint
	for deadline := time.Now().Add(requestTime); time.Now().Before(deadline); time.Sleep(2 * time.Second) {
		text, err := portal.get("/v1/log/checkpoint")
		if err != nil {
			return nil, Checkpoint{}, err
		}
		checkpoint, err := openCheckpoint(text, log)
		if err != nil || checkpoint.N == before.N {
			return text, checkpoint, err
		}
		before = checkpoint
	}
	return nil, Checkpoint{}, fmt.Errorf("the log does not stand still")
}

func checkWitness(checks *Checks, everyone, nominator *Portal, log note.Verifier) error {
	name := fmt.Sprintf("witness.example/cl-%d", time.Now().UnixNano())
	witness, err := newWitness(name)
	if err != nil {
		return err
	}
	stranger, err := newWitness(name)
	if err != nil {
		return err
	}
	forged := witness
	forged.private = stranger.private
	checks.refused("a witness's key that another key vouches for is refused", register(nominator, log.Name(), forged))
	if !checks.holds("a witness's key made by Go is registered", register(nominator, log.Name(), witness)) {
		return nil
	}
	text, checkpoint, err := settled(everyone, log)
	if err != nil {
		return err
	}
	post := func(text []byte, cosigner Cosigner) error {
		body, err := cosign(text, cosigner, log)
		if err != nil {
			return err
		}
		_, err = nominator.call("POST", "/v1/log/cosignatures", "", body)
		return err
	}
	checks.refused("a cosignature by a key that nobody registered is refused", post(text, stranger))
	checks.refused("a cosignature of the right name and the wrong key is refused", post(text, forged))
	checks.holds("the witness's cosignature, made by Go, is taken", post(text, witness))
	again, err := everyone.get("/v1/log/checkpoint")
	if err != nil {
		return err
	}
	cosigned, err := openCheckpoint(again, log, witness)
	if !checks.holds("note.Open accepts the checkpoint with both signatures", err) {
		return nil
	}
	checks.holds("it is the same checkpoint", differs(cosigned.Tree, checkpoint.Tree))
	if !checks.holds("the log and the witness signed it", differs(len(cosigned.note.Sigs), 2)) {
		return nil
	}
	when, err := cosignedAt(cosigned.note.Sigs[1])
	if err == nil && (time.Since(when) > clockTolerance || time.Until(when) > clockTolerance) {
		err = fmt.Errorf("it states %v", when)
	}
	checks.holds("the time that the witness states is the present one", err)
	_, err = openCheckpoint(again, log, stranger)
	checks.holds("to another witness's key it is a checkpoint of the log alone", err)
	_, err = openCheckpoint(replaced(again, checkpoint.Hash.String(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), witness)
	checks.refused("with a changed root the witness does not vouch for it", err)
	return nil
}
