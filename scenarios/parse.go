package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
)

// Bounds on hostile files. The node count is after aliases are filled in, so
// it is what stops an alias bomb.
const (
	maxSource = 1 << 20
	maxNodes  = 100_000
	maxDepth  = 32
)

// parse turns YAML into nodes. It returns nil where the text is not YAML; other
// faults, such as duplicate keys, leave the rest usable.
func parse(file string, source []byte, r *report) *node {
	start := position{file, 1, 1}
	if len(source) > maxSource {
		r.faultf(start, "the scenario is larger than 1 MiB")
		return nil
	}
	source, err := textfile.Decode(source)
	if err != nil {
		r.faultf(start, "the scenario %v", err)
		return nil
	}
	if at, message := unreadable(file, source, "write it as an escape in double quotes"); message != "" {
		r.faultf(at, "%s", message)
		return nil
	}
	var doc yaml.Node
	err = yaml.Load(source, &doc, yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		at, message := syntaxFault(start, err)
		r.faultf(at, "%s", message)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.faultf(start, "want one YAML document")
		return nil
	}
	c := converter{file: file, report: r}
	n := c.convert(doc.Content[0], 0)
	if c.nodes > maxNodes {
		r.faultf(start, "the scenario has more than %d values once its aliases are filled in", maxNodes)
		return nil
	}
	return n
}

// parseOverride turns the value of an override into nodes. What stands in it
// has no line, only the override's name.
func parseOverride(name, value string, r *report) *node {
	at := position{file: name}
	if strings.TrimSpace(value) == "" {
		return &node{at: at, tag: isNull}
	}
	inner := &report{}
	n := parse(name, []byte(value), inner)
	for _, f := range inner.faults {
		r.faultf(at, "%s", f.Message)
	}
	if n != nil {
		n.place(at)
	}
	return n
}

// place gives a node and all below it one position.
func (n *node) place(at position) {
	n.at = at
	for i := range n.entries {
		n.entries[i].at = at
		n.entries[i].value.place(at)
	}
	for _, item := range n.items {
		item.place(at)
	}
}

// syntaxFault words an error of the YAML library. Its text about anchors and
// tags repeats what stands in the file, which may be a password that wants
// quotes, so that text is replaced.
func syntaxFault(at position, err error) (position, string) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return at, "not YAML"
	}
	if load.Mark.Line > 0 {
		at.line, at.column = load.Mark.Line, max(load.Mark.Column, 1)
	}
	message := strings.TrimPrefix(load.Message, "yaml: ")
	switch {
	case strings.Contains(message, "no documents"):
		return at, "the file is empty: smtpgauge init writes one to start from"
	case strings.Contains(message, "found multiple"):
		return at, "want one YAML document, found several: --- begins a new one"
	case strings.Contains(message, "anchor"):
		return at, "an alias (*) names no anchor (&) before it; put quotes around a value that begins with * or &"
	case strings.Contains(message, "tag"):
		return at, "a tag (!) is not understood; put quotes around a value that begins with !"
	case strings.Contains(message, "max depth"):
		return at, fmt.Sprintf("nested deeper than %d levels", maxDepth)
	case load.ContextMsg != "":
		message = load.ContextMsg + ": " + message
	}
	return at, "not YAML: " + message
}

type converter struct {
	file   string
	report *report
	nodes  int
}

// convert turns a node of the library into ours. Aliases are filled in as
// copies; the bounds on depth and number end those that hold themselves.
func (c *converter) convert(y *yaml.Node, depth int) *node {
	at := position{c.file, y.Line, y.Column}
	n := &node{at: at}
	if c.nodes++; c.nodes > maxNodes {
		return n
	}
	if depth > maxDepth {
		c.report.faultf(at, "nested deeper than %d levels", maxDepth)
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		return c.convert(y.Alias, depth+1)
	case yaml.MappingNode:
		n.kind = mapping
		c.entries(n, y, depth)
	case yaml.SequenceNode:
		n.kind = sequence
		for _, item := range y.Content {
			n.items = append(n.items, c.convert(item, depth+1))
		}
	default:
		n.text = y.Value
		n.tag = c.tag(y, at)
	}
	return n
}

func (c *converter) entries(n *node, y *yaml.Node, depth int) {
	lines := make(map[string]int, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		at := position{c.file, key.Line, key.Column}
		switch {
		case key.Kind != yaml.ScalarNode:
			c.report.faultf(at, "a key has to be text")
			continue
		case key.Tag == "!!merge":
			c.report.faultf(at, "merge keys (<<) are not part of the format: put what flows share under defaults")
			continue
		case lines[key.Value] > 0:
			c.report.faultf(at, "%s is given twice, first on line %d", quote(key.Value), lines[key.Value])
			continue
		}
		lines[key.Value] = key.Line
		n.entries = append(n.entries, entry{key.Value, at, c.convert(y.Content[i+1], depth+1)})
	}
}

func (c *converter) tag(y *yaml.Node, at position) tag {
	switch y.Tag {
	case "!!str", "!!timestamp":
		return isText
	case "!!int":
		return isInteger
	case "!!float":
		return isFloat
	case "!!bool":
		return isBool
	case "!!null":
		return isNull
	}
	// The tag itself is not shown: it may be a password that wants quotes.
	c.report.faultf(at, "a tag (!) is not understood; put quotes around a value that begins with !")
	return isText
}
