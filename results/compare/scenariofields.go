package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/results/human"
)

// shownFields bounds the fields that a warning names.
const shownFields = 3

// shownValue bounds, in characters, a value that a warning shows.
const shownValue = 40

// fieldsThatDiffer says which fields of two resolved scenarios differ, the first few by
// their paths and values; "" for none. Flows that differ in the same way are named
// together, as flows.*.
func fieldsThatDiffer(base, other json.RawMessage) string {
	before, now := fieldsOf(base), fieldsOf(other)
	if before == nil || now == nil {
		return ""
	}
	paths := maps.Clone(before)
	maps.Copy(paths, now)
	var differ []string
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if before[path] != now[path] {
			differ = append(differ, fmt.Sprintf("%s is %s, now %s", inAnyFlow(path), orNone(before[path]), orNone(now[path])))
		}
	}
	differ = slices.Compact(slices.Sorted(slices.Values(differ)))
	if more := len(differ) - shownFields; more > 0 {
		differ = append(differ[:shownFields], "and "+human.CountOf(int64(more), "more field"))
	}
	return strings.Join(differ, "; ")
}

// inAnyFlow puts * for the name of a flow in a path.
func inAnyFlow(path string) string {
	parts := strings.Split(path, ".")
	if len(parts) > 2 && parts[0] == "flows" {
		parts[1] = "*"
	}
	return strings.Join(parts, ".")
}

func orNone(value string) string {
	if value == "" {
		return "not set"
	}
	if r := []rune(value); len(r) > shownValue {
		return string(r[:shownValue-1]) + "…"
	}
	return value
}

// fieldsOf are the values of a document by their paths; nil if it is no mapping.
func fieldsOf(document json.RawMessage) map[string]string {
	var doc map[string]any
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	if d.Decode(&doc) != nil {
		return nil
	}
	found := map[string]string{}
	addFields(found, "", doc)
	return found
}

func addFields(found map[string]string, path string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			addFields(found, strings.TrimPrefix(path+"."+key, "."), inner)
		}
	case []any:
		for i, inner := range v {
			addFields(found, path+"["+strconv.Itoa(i)+"]", inner)
		}
	default:
		found[path] = fmt.Sprint(v)
	}
}
