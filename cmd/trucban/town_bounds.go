package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

// Bounds of an organisation file: a province of ten thousand groups needs a third of it.
const (
	maxTown  = 16 << 20 // bytes
	maxDepth = 20       // brackets within brackets
)

// plainYAML refuses what a file of this kind never needs and what can be made to
// cost without end: too many bytes, lists within lists, anchors and aliases.
func plainYAML(data []byte) error {
	if len(data) > maxTown {
		return fmt.Errorf("organisation file: more than %d MB are not read", maxTown>>20)
	}
	depth := 0
	for _, t := range lexer.Tokenize(string(data)) {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return fmt.Errorf("organisation file: line %d: %s: anchors and aliases are not used here, write it out", t.Position.Line, t.Value)
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("organisation file: line %d: more than %d brackets within each other", t.Position.Line, maxDepth)
		}
	}
	return nil
}

// readAtMost reads a file up to so many bytes.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, most))
	return data, errors.Join(err, f.Close())
}
