// The tree as golang.org/x/mod/sumdb/tlog computes it from the leaves: roots, inclusion, consistency and tiles must agree.
package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const leavesAtOnce = 1000

func readLeaves(portal *Portal, size int64) ([]tlog.Hash, error) {
	var leaves []tlog.Hash
	for int64(len(leaves)) < size {
		var page struct {
			Items []struct {
				Seq  int64
				Hash tlog.Hash `json:"leaf_hash"`
			}
		}
		from := int64(len(leaves))
		to := from + leavesAtOnce - 1
		if to >= size {
			to = size - 1
		}
		if err := portal.getJSON(fmt.Sprintf("/v1/log/leaves?from=%d&to=%d", from, to), &page); err != nil {
			return nil, err
		}
		if int64(len(page.Items)) != to-from+1 {
			return nil, fmt.Errorf("%d leaves from %d to %d", len(page.Items), from, to)
		}
		for _, leaf := range page.Items {
			if leaf.Seq != int64(len(leaves)) {
				return nil, fmt.Errorf("leaf %d where %d should stand", leaf.Seq, len(leaves))
			}
			leaves = append(leaves, leaf.Hash)
		}
	}
	return leaves, nil
}

// somePositions are those at the edges of tiles and subtrees, as far as the tree goes.
func somePositions(size int64) []int64 {
	var some []int64
	for _, position := range []int64{0, 1, 2, 3, 5, 63, 64, 65, 127, 128, 200, 254, 255, 256, 257, 300, 511, 512, 513, size - 2, size - 1} {
		if position >= 0 && position < size && (len(some) == 0 || position > some[len(some)-1]) {
			some = append(some, position)
		}
	}
	return some
}

func checkInclusion(portal *Portal, tree tlog.Tree, hashes Hashes, leaves []tlog.Hash) error {
	for _, last := range somePositions(tree.N) {
		size := last + 1
		root, err := tlog.TreeHash(size, hashes)
		if err != nil {
			return err
		}
		for _, index := range somePositions(size) {
			var answer struct{ Proof tlog.RecordProof }
			path := fmt.Sprintf("/v1/log/inclusion?index=%d&size=%d", index, size)
			if err := portal.getJSON(path, &answer); err != nil {
				return err
			}
			if err := tlog.CheckRecord(answer.Proof, size, root, index, leaves[index]); err != nil {
				return fmt.Errorf("%s: %v", path, err)
			}
			own, err := tlog.ProveRecord(size, index, hashes)
			if err != nil {
				return err
			}
			if differs(answer.Proof, own) != nil {
				return fmt.Errorf("%s: %v, Go proves it with %v", path, answer.Proof, own)
			}
		}
	}
	return nil
}

func consistency(portal *Portal, first, second int64) (tlog.TreeProof, error) {
	var answer struct{ Proof tlog.TreeProof }
	err := portal.getJSON(fmt.Sprintf("/v1/log/consistency?first=%d&second=%d", first, second), &answer)
	return answer.Proof, err
}

func checkConsistency(portal *Portal, tree tlog.Tree, hashes Hashes) error {
	for _, later := range somePositions(tree.N) {
		second := later + 1
		root, err := tlog.TreeHash(second, hashes)
		if err != nil {
			return err
		}
		for _, earlier := range somePositions(second) {
			first := earlier + 1
			old, err := tlog.TreeHash(first, hashes)
			if err != nil {
				return err
			}
			proof, err := consistency(portal, first, second)
			if err != nil {
				return err
			}
			if err := tlog.CheckTree(proof, second, root, first, old); err != nil {
				return fmt.Errorf("from %d to %d: %v", first, second, err)
			}
			own, err := tlog.ProveTree(second, first, hashes)
			if err != nil {
				return err
			}
			if differs(proof, own) != nil {
				return fmt.Errorf("from %d to %d: %v, Go proves it with %v", first, second, proof, own)
			}
		}
	}
	return nil
}

// checkTiles compares every tile of the tree, full and partial, with the bytes that Go makes.
func checkTiles(portal *Portal, tree tlog.Tree, hashes Hashes) (read int, err error) {
	for _, last := range somePositions(tree.N) {
		for _, tile := range tlog.NewTiles(tileHeight, 0, last+1) {
			own, err := tlog.ReadTileData(tile, hashes)
			if err != nil {
				return read, err
			}
			served, err := portal.get(tilePath(tile))
			if err != nil {
				return read, err
			}
			if !bytes.Equal(served, own) {
				return read, fmt.Errorf("%s has other bytes than Go's tile", tilePath(tile))
			}
			read++
		}
	}
	return read, nil
}

// checkTileReader proves leaves and earlier trees from the portal's tiles alone, as a monitor without the leaves does.
func checkTileReader(portal *Portal, tree tlog.Tree, leaves []tlog.Hash) error {
	tiles := &PortalTiles{portal: portal}
	reader := tlog.TileHashReader(tree, tiles)
	for _, index := range somePositions(tree.N) {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return fmt.Errorf("leaf %d: %v", index, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaves[index]); err != nil {
			return fmt.Errorf("leaf %d: %v", index, err)
		}
		root, err := tlog.TreeHash(index+1, reader)
		if err != nil {
			return fmt.Errorf("tree of %d: %v", index+1, err)
		}
		proven, err := consistency(portal, index+1, tree.N)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proven, tree.N, tree.Hash, index+1, root); err != nil {
			return fmt.Errorf("tree of %d: %v", index+1, err)
		}
	}
	if tiles.read == 0 {
		return fmt.Errorf("no tile was read")
	}
	return nil
}

func checkTree(checks *Checks, portal *Portal, tree tlog.Tree) ([]tlog.Hash, Hashes, error) {
	leaves, err := readLeaves(portal, tree.N)
	if err != nil {
		return nil, nil, err
	}
	hashes, err := treeOf(leaves)
	if err != nil {
		return nil, nil, err
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return nil, nil, err
	}
	checks.holds(fmt.Sprintf("the %d leaves of /v1/log/leaves make the signed root", tree.N), differs(root, tree.Hash))
	checks.holds("inclusion proofs hold and are those that Go makes", checkInclusion(portal, tree, hashes, leaves))
	checks.holds("consistency proofs hold and are those that Go makes", checkConsistency(portal, tree, hashes))
	read, err := checkTiles(portal, tree, hashes)
	checks.holds(fmt.Sprintf("%d tiles, full and partial, have the bytes of Go's", read), err)
	checks.holds("tlog.TileHashReader proves leaves and trees from the portal's tiles", checkTileReader(portal, tree, leaves))
	refuseTree(checks, portal, tree, leaves)
	return leaves, hashes, nil
}

func refuseTree(checks *Checks, portal *Portal, tree tlog.Tree, leaves []tlog.Hash) {
	earlier := tree.N * 2 / 3
	proof, err := consistency(portal, earlier, tree.N)
	if !checks.holds(fmt.Sprintf("there is a proof from size %d to %d", earlier, tree.N), err) || len(proof) == 0 {
		return
	}
	other := tlog.RecordHash([]byte("another tree"))
	old, err := tlog.TreeHash(earlier, tlog.TileHashReader(tree, &PortalTiles{portal: portal}))
	checks.holds("and it holds", firstOf(err, tlog.CheckTree(proof, tree.N, tree.Hash, earlier, old)))
	checks.refused("a tree with a changed root is no later one", tlog.CheckTree(proof, tree.N, other, earlier, old))
	checks.refused("nor is one whose earlier root was changed", tlog.CheckTree(proof, tree.N, tree.Hash, earlier, other))
	checks.refused("nor one with a shortened proof", tlog.CheckTree(proof[1:], tree.N, tree.Hash, earlier, old))

	// Every tile read here counts for the root. (This version of tlog looks at further tiles of one answer not always:
	// the comparison with Go's own bytes above does.)
	spoiled := &PortalTiles{portal: portal, spoil: func(data []byte) { data[0] ^= 1 }}
	_, err = tlog.TreeHash(tree.N, tlog.TileHashReader(tree, spoiled))
	checks.refused("a changed tile is refused", err)
	_, err = tlog.TreeHash(tree.N, tlog.TileHashReader(tlog.Tree{N: tree.N, Hash: other}, &PortalTiles{portal: portal}))
	checks.refused("tiles do not support a changed root", err)

	checks.holds("a tile wider than the log is not found", isNotFoundBeyond(portal))
	_, err = portal.get("/v1/log/" + tlog.Tile{H: tileHeight, L: 0, N: 0, W: 1 << tileHeight}.Path())
	checks.holds("a tile under Go's own path is not found", unless(isStatus(err, 404), err))
}

// The log may show more of itself between two requests: then it is asked beyond that.
func isNotFoundBeyond(portal *Portal) error {
	err := fmt.Errorf("the published log never stood still")
	for attempt, asked := 0, int64(-1); attempt < 10; attempt++ {
		text, failure := portal.get("/v1/log/checkpoint")
		if failure != nil {
			return failure
		}
		size, failure := strconv.ParseInt(strings.Split(string(text), "\n")[1], 10, 64)
		if failure != nil || size == asked {
			return firstOf(failure, err) // it did not move, and showed more than it has
		}
		asked = size
		beyond := tlog.Tile{H: tileHeight, L: 0, N: size >> tileHeight, W: int(size&(1<<tileHeight-1)) + 1}
		if _, err = portal.get(tilePath(beyond)); isStatus(err, 404) {
			return nil
		}
		err = unless(false, err)
	}
	return err
}

func firstOf(errors ...error) error {
	for _, err := range errors {
		if err != nil {
			return err
		}
	}
	return nil
}
