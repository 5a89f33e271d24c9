package docs

import (
	"slices"
	"strings"
	"testing"
)

// roots are the structs of the lines of a run file, and those that are printed as JSON.
var roots = []string{
	"headerLine", "intervalLine", "windowLine", "greetingLine", "addressLine", "totalLine", "closingLine",
	"document", "Comparison", "Noise", "Report",
}

// Every JSON key is in one table, and every key in a table belongs to a struct that the
// table is about.
func TestFields(t *testing.T) {
	all := structures(t, "results", "scenarios/criteria", "gauge/capacity", "gauge/serverside")
	documented := map[string]string{}
	for _, table := range tables(t, "fields of") {
		var keys []string
		for _, name := range table.subjects {
			if other, twice := documented[name]; twice {
				t.Errorf("%s: the fields of %s are in %s too", table.document, name, other)
			}
			documented[name] = table.document
			s, known := all[name]
			if !known {
				t.Errorf("%s: no struct in JSON is named %s", table.document, name)
			}
			keys = append(keys, s.keys...)
		}
		compare(t, table, keys)
		if table.document == "docs/json.md" {
			checkAbsence(t, table, all)
		}
	}
	for _, name := range reached(all, roots) {
		if all[name].twice {
			t.Errorf("two structs in JSON are named %s: which one is documented?", name)
		}
		if documented[name] == "" {
			t.Errorf("no document has the fields of %s", name)
		}
	}
}

// reached returns the structs of some names, and all structs that these are made of.
func reached(all map[string]structure, names []string) []string {
	seen := map[string]bool{}
	var list []string
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if s, known := all[name]; known && !seen[name] {
			seen[name] = true
			list = append(list, name)
			names = append(slices.Clone(names), s.within...)
		}
	}
	return list
}

// checkAbsence checks that each row says whether its key may be left out, and whether it
// may be null.
func checkAbsence(t *testing.T, table table, all map[string]structure) {
	t.Helper()
	var optional, nullable []string
	for _, name := range table.subjects {
		optional, nullable = append(optional, all[name].optional...), append(nullable, all[name].nullable...)
	}
	if len(table.rows) != len(table.first) {
		t.Fatalf("%s: the table of %v has a row without a key, or with two", table.document, table.subjects)
	}
	for i, key := range table.first {
		row := table.rows[i]
		if may, said := slices.Contains(optional, key), strings.Contains(row, "| optional"); may != said {
			t.Errorf("%s: %s of %v is optional: %v, and the table says %v", table.document, key, table.subjects, may, said)
		}
		if slices.Contains(nullable, key) && !strings.Contains(row, "`null`") {
			t.Errorf("%s: %s of %v may be null, and the table does not say so", table.document, key, table.subjects)
		}
	}
}

// The tables of phases, outcomes and classes have all of them, and nothing else.
func TestNames(t *testing.T) {
	files := parse(t, "loadgen")
	for _, table := range tables(t, "names in") {
		var names []string
		for _, name := range table.subjects {
			names = append(names, texts(t, files, name)...)
		}
		compare(t, table, names)
	}
}

func TestExitCodes(t *testing.T) {
	files := parse(t, "cmd")
	for _, table := range tables(t, "constants of") {
		compare(t, table, numbers(files, "exit"))
	}
}

// docs/check.md has all ids of findings, and no other.
func TestFindingIDs(t *testing.T) {
	for _, table := range tables(t, "ids in") {
		var ids []string
		for _, folder := range table.subjects {
			ids = append(ids, typed(t, parse(t, folder), "ID")...)
		}
		compare(t, table, ids)
	}
}

// compare compares what a table documents with what there is.
func compare(t *testing.T, table table, wanted []string) {
	t.Helper()
	for _, name := range wanted {
		if !slices.Contains(table.first, name) {
			t.Errorf("%s: %s is not in the table of %v", table.document, name, table.subjects)
		}
	}
	for i, name := range table.first {
		if !slices.Contains(wanted, name) {
			t.Errorf("%s: %s is in the table of %v, and does not exist", table.document, name, table.subjects)
		}
		if slices.Contains(table.first[:i], name) {
			t.Errorf("%s: %s is twice in the table of %v", table.document, name, table.subjects)
		}
	}
	if len(wanted) == 0 {
		t.Errorf("%s: nothing is found of %v", table.document, table.subjects)
	}
}
