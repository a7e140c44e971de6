package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "trucban/"

// concepts are the packages that decide with values.
var concepts = []string{
	"internal/team", "internal/calendar", "internal/roster", "internal/checkin", "internal/checklist", "internal/dispatch",
	"internal/incident", "internal/hotline", "internal/window", "internal/digest", "internal/viet", "internal/cadence", "internal/receipt",
	"internal/courtesy", "internal/policy", "internal/reach", "internal/forget",
}

func and(a []string, more ...string) []string { return append(slices.Clone(a), more...) }

// rules says what each package may import of ours. A package without a rule
// fails the test, so that no package appears unseen.
var rules = map[string][]string{
	"internal/viet":        {},
	"internal/team":        {},
	"internal/chat":        {},
	"internal/browsertest": {},
	"internal/due":         {"internal/loop"},
	"internal/flood":       {},
	"internal/loop":        {},
	"messages":             {},
	"internal/cadence":     {"internal/roster"},
	"internal/courtesy":    {"internal/cadence"},
	"internal/policy":      {"internal/checkin", "internal/courtesy", "internal/cadence"},
	"messages/packs":       {},
	"internal/calendar":    {"internal/viet"},
	"internal/hotline":     {"internal/viet"},
	"internal/roster":      {"internal/team", "internal/calendar", "internal/viet"},
	"internal/checkin":     {"internal/team", "internal/roster", "internal/calendar"},
	"internal/checklist":   {"internal/team", "internal/roster", "internal/calendar", "internal/viet", "internal/cadence"},
	"internal/incident":    {"internal/team", "internal/roster", "internal/calendar", "internal/viet"},
	"internal/receipt":     {"internal/team"},
	"internal/forget":      {"internal/team"},
	"internal/reach":       {"internal/team", "internal/calendar"},
	"internal/window":      {"internal/team", "internal/roster", "internal/calendar", "internal/viet", "internal/cadence"},
	"internal/dispatch":    {"internal/checklist", "internal/calendar", "internal/hotline", "internal/viet"},
	"internal/digest":      concepts,
	"internal/outbox":      {"internal/chat", "internal/loop"},
	"bot":                  and(concepts, "messages", "internal/chat", "internal/due", "internal/outbox", "internal/sheet", "internal/flood"),

	"internal/chat/telegram": {"internal/chat"},
	"internal/chat/zalo":     {"internal/chat", "internal/viet"},
	"internal/chat/local":    {"internal/chat", "internal/viet"},
	"internal/chat/chattest": {"internal/chat", "internal/viet"},

	"internal/chat/chattest/fakebotapi": {"internal/chat", "internal/chat/chattest"},
	"internal/chat/chattest/fakezalo":   {"internal/chat", "internal/chat/chattest"},

	"internal/sheet":   concepts,
	"internal/report":  concepts,
	"internal/redisdb": and(concepts, "bot", "internal/chat", "internal/due", "internal/outbox"),
	"internal/memdb":   {"bot", "internal/calendar", "internal/chat", "internal/due", "internal/outbox", "internal/redisdb"},
	"internal/web":     and(concepts, "messages"),
}

// everything is what only the wiring may do; nothing may import it.
const everything = "cmd/trucban"

// pure are the packages that must not know contexts, stores, clocks or texts.
var forbidden = []string{"context", "net/http", "github.com/redis/go-redis/v9", "github.com/rs/zerolog"}

// TestImports reads every file of the module and holds its imports against the
// rules. Test files may use anything but the wiring.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	walk(t, func(file, pkg string, imports []string) {
		seen[pkg] = true
		if pkg == everything || strings.HasPrefix(pkg, everything+"/") || pkg == "internal" {
			return
		}
		allowed, ok := rules[pkg]
		if !ok {
			t.Errorf("%s: package %s has no rule", file, pkg)
			return
		}
		for _, imp := range imports {
			ours, is := strings.CutPrefix(imp, module)
			switch {
			case is && ours == everything:
				t.Errorf("%s imports the wiring", file)
			case is && !strings.HasSuffix(file, "_test.go") && ours != pkg && !slices.Contains(allowed, ours):
				t.Errorf("%s: %s may not import %s", file, pkg, ours)
			case !is && slices.Contains(concepts, pkg) && !strings.HasSuffix(file, "_test.go") && slices.Contains(forbidden, imp):
				t.Errorf("%s: a concept must not import %s", file, imp)
			}
		}
	})
	for pkg := range rules {
		if !seen[pkg] {
			t.Errorf("there is a rule for %s, but no such package", pkg)
		}
	}
}

func walk(t *testing.T, visit func(file, pkg string, imports []string)) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != root {
			if d != nil && d.IsDir() && err == nil {
				return fs.SkipDir
			}
			return err
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		imports := make([]string, 0, len(f.Imports))
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, imp)
		}
		visit(rel, path.Dir(rel), imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
