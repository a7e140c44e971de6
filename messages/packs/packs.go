// Package packs holds the ready directives: embedded YAML files in the project's
// own words, read with checklist.ParsePack. It promises that the files are there;
// what is in them the reader checks.
package packs

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Names lists the packs, in order.
func Names() []string {
	found, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil
	}
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], ".yaml")
	}
	return found
}

// Read gives the YAML of the pack of that name.
func Read(name string) ([]byte, error) { return files.ReadFile(name + ".yaml") }
