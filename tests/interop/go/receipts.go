// Receipts: each entry hashed by Go from its canonical JSON must be the leaf at its position, stand in the tree that its
// checkpoint signed, and commit to what its opening shows.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Log is what is known of it once its tree has been checked.
type Log struct {
	key    note.Verifier
	leaves []tlog.Hash
	hashes Hashes
}

// Tally counts what the receipts held.
type Tally struct{ receipts, openings, hidden int }

// checkAlone: the receipt itself, with the log's key and nothing else.
func (l Log) checkAlone(receipt *Receipt) (checkpoint Checkpoint, hash tlog.Hash, err error) {
	entry, err := canonical(receipt.Receipt.Entry)
	if err != nil {
		return checkpoint, hash, err
	}
	if !bytes.Equal(entry, receipt.Receipt.Entry) {
		return checkpoint, hash, fmt.Errorf("the entry is not served in its canonical form: %s", receipt.Receipt.Entry)
	}
	if checkpoint, err = openCheckpoint([]byte(receipt.Receipt.Checkpoint), l.key); err != nil {
		return checkpoint, hash, err
	}
	said, err := receipt.entry()
	if err := firstOf(err, differs(said.Seq, receipt.Receipt.Index)); err != nil {
		return checkpoint, hash, err
	}
	hash = tlog.RecordHash(entry)
	return checkpoint, hash, tlog.CheckRecord(receipt.Receipt.Proof, checkpoint.N, checkpoint.Hash, receipt.Receipt.Index, hash)
}

func (l Log) checkReceipt(portal *Portal, seq int64) (*Receipt, error) {
	var receipt Receipt
	if err := portal.getJSON(fmt.Sprintf("/v1/receipts/%d", seq), &receipt); err != nil {
		return nil, err
	}
	checkpoint, hash, err := l.checkAlone(&receipt)
	if err != nil {
		return nil, err
	}
	if checkpoint.N <= int64(len(l.leaves)) {
		root, err := tlog.TreeHash(checkpoint.N, l.hashes)
		if err := firstOf(err, differs(checkpoint.Hash, root)); err != nil {
			return nil, fmt.Errorf("its checkpoint is of another tree: %v", err)
		}
	}
	if err := firstOf(differs(receipt.Receipt.Index, seq), differs(hash, l.leaves[seq])); err != nil {
		return nil, err
	}
	return &receipt, receipt.checkOpening()
}

// checkProofText reads the receipt in its other form, which must say the same.
func (l Log) checkProofText(portal *Portal, seq int64, same *Receipt) error {
	text, err := portal.call("GET", fmt.Sprintf("/v1/receipts/%d", seq), "text/plain", nil)
	if err != nil {
		return err
	}
	index, proof, note, err := parseProof(string(text))
	if err != nil {
		return err
	}
	checkpoint, err := openCheckpoint([]byte(note), l.key)
	if err != nil {
		return err
	}
	if err := firstOf(differs(index, seq), differs(proof, same.Receipt.Proof), differs(note, same.Receipt.Checkpoint)); err != nil {
		return err
	}
	return tlog.CheckRecord(proof, checkpoint.N, checkpoint.Hash, seq, l.leaves[seq])
}

func (l Log) tallyReceipts(reader *Portal) (tally Tally, err error) {
	for seq := int64(0); seq < int64(len(l.leaves)); seq++ {
		receipt, err := l.checkReceipt(reader, seq)
		if isStatus(err, 404) {
			tally.hidden++
			continue
		}
		if err == nil {
			err = l.checkProofText(reader, seq, receipt)
		}
		if err != nil {
			return tally, fmt.Errorf("entry %d: %v", seq, err)
		}
		tally.receipts++
		if receipt.Opening != nil {
			tally.openings++
		}
	}
	if tally.receipts == 0 || tally.openings == 0 || tally.hidden == 0 {
		return tally, fmt.Errorf("too little was looked at")
	}
	return tally, nil
}

func (l Log) checkReceipts(checks *Checks, name string, reader *Portal) {
	tally, err := l.tallyReceipts(reader)
	found := fmt.Sprintf("%d, %d of them opened; %d entries hidden", tally.receipts, tally.openings, tally.hidden)
	checks.holds(fmt.Sprintf("the receipts that %s may see hold: %s", name, found), err)
}

func (l Log) refuseReceipts(checks *Checks, portal *Portal, seq int64) {
	receipt, err := l.checkReceipt(portal, seq)
	if !checks.holds(fmt.Sprintf("the receipt of entry %d holds", seq), err) {
		return
	}
	checkpoint, err := openCheckpoint([]byte(receipt.Receipt.Checkpoint), l.key)
	if !checks.holds("and so does its checkpoint", err) {
		return
	}
	proof, entry := receipt.Receipt.Proof, receipt.Receipt.Entry
	hash := tlog.RecordHash(entry)
	check := func(proof tlog.RecordProof, size int64, root tlog.Hash, index int64, leaf tlog.Hash) error {
		return tlog.CheckRecord(proof, size, root, index, leaf)
	}
	for at := range entry {
		changed := append([]byte(nil), entry...)
		changed[at] ^= 1
		if check(proof, checkpoint.N, checkpoint.Hash, seq, tlog.RecordHash(changed)) == nil {
			checks.holds("a changed entry is refused", fmt.Errorf("accepted: %s", changed))
			return
		}
	}
	checks.holds(fmt.Sprintf("a changed entry is refused, whichever of its %d bytes was changed", len(entry)), unless(len(entry) > 100, nil))
	checks.refused("a changed root is refused", check(proof, checkpoint.N, hash, seq, hash))
	checks.refused("another position is refused", check(proof, checkpoint.N, checkpoint.Hash, seq-1, hash))
	checks.refused("another size is refused", check(proof, checkpoint.N*2, checkpoint.Hash, seq, hash))
	checks.refused("a shortened proof is refused", check(proof[1:], checkpoint.N, checkpoint.Hash, seq, hash))
	swapped := append(tlog.RecordProof(nil), proof...)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	checks.refused("a proof in another order is refused", check(swapped, checkpoint.N, checkpoint.Hash, seq, hash))
	receipt.Opening.Authority = json.RawMessage(`{"by":"nominating_authority"}`)
	checks.refused("an authority that the entry does not commit to is refused", receipt.checkOpening())
	receipt.Opening.Authority = nil
	receipt.Opening.Salt[0] ^= 1
	checks.refused("a changed salt is refused", receipt.checkOpening())
}
