package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the module's folder.
var root = filepath.Join("..", "..")

// documents returns the README and the files in docs, by their path from root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	list := map[string]string{}
	for _, path := range append(paths, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		list[filepath.ToSlash(name)] = string(text)
	}
	return list
}

// A table is a table of a document, with the comment that says what it is about.
type table struct {
	document string
	kind     string   // fields, names, constants or ids
	subjects []string // declarations in the source
	first    []string // the code in the first column
	rows     []string
}

var (
	subject = regexp.MustCompile(`(?m)^<!-- (fields of|names in|constants of|ids in) ([^>]+) -->\n((?:\|.*\n)+)`)
	inCode  = regexp.MustCompile("`([^`]+)`")
)

// tables returns the tables of all documents that are about a kind of declaration.
func tables(t *testing.T, kind string) []table {
	t.Helper()
	var list []table
	for name, text := range documents(t) {
		for _, m := range subject.FindAllStringSubmatch(text, -1) {
			if m[1] != kind {
				continue
			}
			found := table{document: name, kind: kind, subjects: strings.Split(m[2], ", ")}
			for _, row := range strings.Split(strings.TrimSpace(m[3]), "\n")[2:] {
				found.rows = append(found.rows, row)
				cell, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
				for _, code := range inCode.FindAllStringSubmatch(cell, -1) {
					found.first = append(found.first, code[1])
				}
			}
			list = append(list, found)
		}
	}
	if len(list) == 0 {
		t.Fatalf("no table is one of the %s anything", kind)
	}
	return list
}
