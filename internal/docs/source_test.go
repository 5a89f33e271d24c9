package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// parse reads the source in a folder of the module and below it, without tests.
func parse(t *testing.T, folder string) []*ast.File {
	t.Helper()
	var files []*ast.File
	set := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// specs returns what files declare outside of functions.
func specs(files []*ast.File, visit func(ast.Spec)) {
	for _, file := range files {
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				for _, s := range d.Specs {
					visit(s)
				}
			}
		}
	}
}

// A structure says what a struct looks like in JSON.
type structure struct {
	keys     []string // its own, without those of the structs that it embeds
	optional []string // the keys that may be left out
	nullable []string // the keys that are never left out and may be null
	within   []string // the types of its fields
	twice    bool     // another struct has the same name
}

// structures returns all structs below some folders that have JSON keys, by name.
func structures(t *testing.T, folders ...string) map[string]structure {
	t.Helper()
	all := map[string]structure{}
	var files []*ast.File
	for _, folder := range folders {
		files = append(files, parse(t, folder)...)
	}
	specs(files, func(s ast.Spec) {
		spec, ok := s.(*ast.TypeSpec)
		if !ok {
			return
		}
		declared, ok := spec.Type.(*ast.StructType)
		if !ok {
			return
		}
		if found := structureOf(t, declared); len(found.keys) > 0 {
			_, found.twice = all[spec.Name.Name]
			all[spec.Name.Name] = found
		}
	})
	return all
}

func structureOf(t *testing.T, declared *ast.StructType) structure {
	t.Helper()
	var s structure
	for _, field := range declared.Fields.List {
		key, option := "", ""
		if field.Tag != nil {
			text, err := strconv.Unquote(field.Tag.Value)
			if err != nil {
				t.Fatal(err)
			}
			key, option, _ = strings.Cut(reflect.StructTag(text).Get("json"), ",")
		}
		switch {
		case key == "-", key == "" && len(field.Names) > 0: // the latter are not exported
			continue
		case key != "":
			s.keys = append(s.keys, key)
		}
		_, pointer := field.Type.(*ast.StarExpr)
		switch {
		case option == "omitempty":
			s.optional = append(s.optional, key)
		case pointer:
			s.nullable = append(s.nullable, key)
		}
		ast.Inspect(field.Type, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				s.within = append(s.within, name.Name)
			}
			return true
		})
	}
	return s
}

// texts returns the texts in the declaration of a variable, except the empty one.
func texts(t *testing.T, files []*ast.File, name string) []string {
	t.Helper()
	var list []string
	specs(files, func(s ast.Spec) {
		if spec, ok := s.(*ast.ValueSpec); ok && spec.Names[0].Name == name {
			ast.Inspect(spec, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil && text != "" {
						list = append(list, text)
					}
				}
				return true
			})
		}
	})
	if len(list) == 0 {
		t.Errorf("no variable %s is declared with texts", name)
	}
	return list
}

// numbers returns the values of the constants whose names begin with a prefix.
func numbers(files []*ast.File, prefix string) []string {
	var list []string
	specs(files, func(s ast.Spec) {
		if spec, ok := s.(*ast.ValueSpec); ok && len(spec.Values) == 1 && strings.HasPrefix(spec.Names[0].Name, prefix) {
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok && literal.Kind == token.INT {
				list = append(list, literal.Value)
			}
		}
	})
	return list
}

// typed returns the values of the text constants that are declared with a type.
func typed(t *testing.T, files []*ast.File, name string) []string {
	t.Helper()
	var list []string
	specs(files, func(s ast.Spec) {
		spec, ok := s.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return
		}
		of, typed := spec.Type.(*ast.Ident)
		literal, text := spec.Values[0].(*ast.BasicLit)
		if !typed || of.Name != name || !text || literal.Kind != token.STRING {
			return
		}
		value, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, value)
	})
	return list
}
