package bot

import (
	"go/ast"
	"go/parser"
	source "go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEveryButtonHasItsTextForm reads all places that make a button: each names
// what to type instead, and typed it is understood.
func TestEveryButtonHasItsTextForm(t *testing.T) {
	r, err := newRoutes((&Bot{}).table())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset, found := source.NewFileSet(), 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch v := n.(type) {
			case *ast.CallExpr:
				if sel, ok := v.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "button" && len(v.Args) >= 3 {
					found++
					checkHint(t, r, fset.Position(v.Pos()), v)
				}
			case *ast.CompositeLit:
				if sel, ok := v.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Button" && name != "action.go" && !hasField(v, "URL") && len(v.Elts) > 0 {
					t.Errorf("%s makes a button by itself; turn.button asks for its text form", fset.Position(v.Pos()))
				}
			}
			return true
		})
	}
	if found < 8 {
		t.Errorf("only %d buttons found", found)
	}
}

func hasField(lit *ast.CompositeLit, name string) bool {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == name {
				return true
			}
		}
	}
	return false
}

// elsewhere are the codes whose buttons have their text form another way.
var elsewhere = map[string]string{
	"edit": "the next page is offered only where there are buttons",
	"hour": "the form is set once the number is known",
}

// answersOnly are words that are understood while their question is open.
var answersOnly = map[string]bool{"bỏ qua": true}

// checkHint types the hint of a button, with a number or an id for whatever follows its words.
func checkHint(t *testing.T, r routes, at source.Position, c *ast.CallExpr) {
	t.Helper()
	hint, fixed := words(c.Args[1])
	code, known := words(c.Args[2])
	if _, ok := r.byCode[code]; known && !ok {
		t.Errorf("%s: no route has the code %q", at, code)
	}
	if hint == "" {
		if _, ok := elsewhere[code]; fixed && known && !ok {
			t.Errorf("%s: a button without a text form", at)
		}
		return // made at run time; the conversations press it
	}
	if answersOnly[hint] {
		return
	}
	for _, arg := range []string{"", "3", "SC-2027-0001", "VB-2027-001", "x"} {
		if arg != "" && fixed {
			break
		}
		if _, _, ok := r.read(hint + arg); ok {
			return
		}
	}
	t.Errorf("%s: %q, typed, leads nowhere", at, hint)
}

// words is the constant text an expression begins with; fixed is false when more follows.
func words(e ast.Expr) (text string, fixed bool) {
	switch v := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(v.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		s, _ := words(v.X)
		return s, false
	}
	return "", false
}
