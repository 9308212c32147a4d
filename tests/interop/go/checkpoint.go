// The checkpoint as golang.org/x/mod/sumdb/note reads it: key, signature, the three lines; and what must not open.
package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type Checkpoint struct {
	tlog.Tree
	origin string
	note   *note.Note
}

func openCheckpoint(text []byte, known ...note.Verifier) (Checkpoint, error) {
	opened, err := note.Open(text, note.VerifierList(known...))
	if err != nil {
		return Checkpoint{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("no checkpoint: %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("no size: %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{tlog.Tree{N: size, Hash: root}, lines[0], opened}, nil
}

// publishedKey is the log's key as the portal states it.
type publishedKey struct {
	Origin string
	Keys   []struct{ Text, Name, ID string }
}

func checkKey(checks *Checks, portal *Portal, expected string) (note.Verifier, error) {
	var published publishedKey
	if err := portal.getJSON("/v1/log/key", &published); err != nil {
		return nil, err
	}
	if len(published.Keys) == 0 {
		return nil, fmt.Errorf("/v1/log/key names no key")
	}
	key := published.Keys[0]
	log, err := note.NewVerifier(key.Text)
	if !checks.holds("note.NewVerifier reads the key of /v1/log/key", err) {
		return nil, err
	}
	checks.holds("it is the key that is known from elsewhere", differs(key.Text, expected))
	checks.holds("its name is the log's origin", differs(log.Name(), published.Origin))
	checks.holds("its id is the one that Go computes", differs(fmt.Sprintf("%08x", log.KeyHash()), key.ID))
	return log, nil
}

func checkCheckpoint(checks *Checks, portal *Portal, log note.Verifier) (Checkpoint, error) {
	text, err := portal.get("/v1/log/checkpoint")
	if err != nil {
		return Checkpoint{}, err
	}
	checkpoint, err := openCheckpoint(text, log)
	if !checks.holds("note.Open accepts the checkpoint's signature", err) {
		return Checkpoint{}, err
	}
	checks.holds("its first line is the origin", differs(checkpoint.origin, log.Name()))
	checks.holds("the log signed it once", differs(len(checkpoint.note.Sigs), 1))

	refuseCheckpoint(checks, "a checkpoint with a changed size", replaced(text, fmt.Sprintf("\n%d\n", checkpoint.N), fmt.Sprintf("\n%d\n", checkpoint.N+1)), log)
	refuseCheckpoint(checks, "a checkpoint with a changed root", replaced(text, checkpoint.Hash.String(), tlog.RecordHash(nil).String()), log)
	refuseCheckpoint(checks, "a checkpoint with another origin", replaced(text, log.Name()+"\n", log.Name()+"x\n"), log)
	refuseCheckpoint(checks, "a checkpoint with a changed signature", spoiledSignature(text), log)
	_, other, err := note.GenerateKey(rand.Reader, log.Name())
	if err != nil {
		return Checkpoint{}, err
	}
	stranger, err := note.NewVerifier(other)
	if err != nil {
		return Checkpoint{}, err
	}
	_, err = openCheckpoint(text, stranger)
	var unverified *note.UnverifiedNoteError
	checks.holds("another key of the same name does not open it", unless(errors.As(err, &unverified), err))
	return checkpoint, nil
}

func refuseCheckpoint(checks *Checks, what string, text []byte, log note.Verifier) {
	_, err := openCheckpoint(text, log)
	var invalid *note.InvalidSignatureError
	checks.holds(what+" is refused", unless(errors.As(err, &invalid), err))
}

// unless gives no error when it is true, else one that says what came instead.
func unless(is bool, instead error) error {
	if is {
		return nil
	}
	return fmt.Errorf("instead: %v", instead)
}

// replaced panics when there is nothing to replace: the check after it would hold for nothing.
func replaced(text []byte, old, new string) []byte {
	if strings.Count(string(text), old) != 1 {
		panic(fmt.Sprintf("%q does not stand once in %q", old, text))
	}
	return []byte(strings.Replace(string(text), old, new, 1))
}

// spoiledSignature changes one character in the middle of the last signature.
func spoiledSignature(text []byte) []byte {
	spoiled := append([]byte(nil), text...)
	at := len(spoiled) - 40
	if spoiled[at] == 'A' {
		spoiled[at] = 'B'
	} else {
		spoiled[at] = 'A'
	}
	return spoiled
}
