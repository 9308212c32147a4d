// Tiles: Go's tlog package and the portal cut the tree into the same tiles (height 8, hashes in the same order), but name
// them differently. tlog.Tile.Path gives "tile/8/0/x001/234.p/5"; C2SP tlog-tiles leaves the height out: "tile/0/x001/234.p/5".
package main

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// tilePath is where the portal keeps a tile.
func tilePath(tile tlog.Tile) string {
	return "/v1/log/tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}

// PortalTiles reads tiles from the portal: a tlog.TileReader. spoil, if set, changes what came.
type PortalTiles struct {
	portal *Portal
	spoil  func(data []byte)
	read   int
}

var _ tlog.TileReader = &PortalTiles{}

func (t *PortalTiles) Height() int { return tileHeight }

func (t *PortalTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, 0, len(tiles))
	for _, tile := range tiles {
		data, err := t.portal.get(tilePath(tile))
		if err != nil {
			return nil, err
		}
		if t.spoil != nil {
			t.spoil(data)
		}
		all = append(all, data)
		t.read++
	}
	return all, nil
}

func (t *PortalTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// Hashes holds a whole tree as tlog stores it: a tlog.HashReader.
type Hashes []tlog.Hash

func (h Hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(h)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found[i] = h[index]
	}
	return found, nil
}

// treeOf computes every hash of the tree from its leaves.
func treeOf(leaves []tlog.Hash) (Hashes, error) {
	var hashes Hashes
	for number, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(number), leaf, hashes)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, more...)
	}
	return hashes, nil
}
