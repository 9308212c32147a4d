// Verifies a running portal's log with golang.org/x/mod/sumdb/note and tlog, programs that are not the portal's authors':
// checkpoint, receipts, proofs, tiles, growth, a State's signed statements and cosignatures; and that what was changed is refused.
// One line a check; ends with 1 when one failed, with 2 when it could not be carried out. Started by run.sh.
package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	checks := &Checks{}
	if err := run(checks); err != nil {
		fmt.Fprintf(os.Stderr, "the checks could not be carried out: %v\n", err)
		os.Exit(2)
	}
	fmt.Printf("%d held, %d failed\n", checks.held, checks.failed)
	if checks.failed > 0 {
		os.Exit(1)
	}
}

// setting is a variable that the demonstration's env file sets.
func setting(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fmt.Fprintf(os.Stderr, "%s is not set: read the demonstration's env file first\n", name)
		os.Exit(2)
	}
	return value
}

func run(checks *Checks) error {
	everyone, err := openPortal(setting("CBMX_URL"), setting("CBMX_CA"))
	if err != nil {
		return err
	}
	key, err := checkKey(checks, everyone, setting("CBMX_VERIFIER_KEY"))
	if err != nil {
		return err
	}
	checkpoint, err := checkCheckpoint(checks, everyone, key)
	if err != nil {
		return err
	}
	log := Log{key: key}
	if log.leaves, log.hashes, err = checkTree(checks, everyone, checkpoint.Tree); err != nil {
		return err
	}
	log.checkReceipts(checks, "everyone", everyone)
	log.checkReceipts(checks, "an approver of Chile", everyone.as(setting("CBMX_TOKEN_CL_APPROVER")))
	log.refuseReceipts(checks, everyone, 1)
	if err := checkGrowth(checks, everyone, everyone.as(setting("CBMX_TOKEN_SECRETARIAT")), log, checkpoint); err != nil {
		return err
	}
	chile := Officials{
		nominator:       everyone.as(setting("CBMX_TOKEN_CL_NOMINATOR")),
		secondNominator: everyone.as(setting("CBMX_TOKEN_CL_SECOND_NOMINATOR")),
		drafter:         everyone.as(setting("CBMX_TOKEN_CL_DRAFTER")),
		approver:        everyone.as(setting("CBMX_TOKEN_CL_APPROVER")),
	}
	if err := checkStatements(checks, everyone, chile, log); err != nil {
		return err
	}
	return checkWitness(checks, everyone, chile.nominator, key)
}

// checkGrowth makes the log grow and looks whether the tree that was checked is the beginning of the new one.
func checkGrowth(checks *Checks, portal, secretariat *Portal, log Log, before Checkpoint) error {
	code := fmt.Sprintf("interop-%d", time.Now().Unix())
	period := map[string]any{"code": code, "label": inFourLanguages("Demonstration"), "from": "2031-01-01", "until": "2031-12-31"}
	if _, err := secretariat.call("POST", "/v1/periods", "", period); err != nil {
		return err
	}
	var after Checkpoint
	for deadline := time.Now().Add(requestTime); after.N <= before.N; time.Sleep(100 * time.Millisecond) {
		text, err := portal.get("/v1/log/checkpoint")
		if err == nil {
			after, err = openCheckpoint(text, log.key)
		}
		if err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the published log did not grow beyond %d", before.N)
		}
	}
	proof, err := consistency(portal, before.N, after.N)
	if err != nil {
		return err
	}
	checks.holds(fmt.Sprintf("the log of %d is the beginning of that of %d", before.N, after.N), checkExtends(proof, before, after))
	other := Checkpoint{Tree: tlog.Tree{N: after.N, Hash: before.Hash}}
	checks.refused("but not that of a tree with another root", checkExtends(proof, before, other))
	return nil
}

func checkExtends(proof tlog.TreeProof, before, after Checkpoint) error {
	return tlog.CheckTree(proof, after.N, after.Hash, before.N, before.Hash)
}

func inFourLanguages(text string) map[string]string {
	return map[string]string{"en": text, "es": text, "fr": text, "pt": text}
}
