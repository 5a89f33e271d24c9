package tree

import (
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
)

// Bounds on files. MaxNodes stops an alias bomb, since it counts nodes after aliases
// are filled in.
const (
	MaxSource = 1 << 20 // octets
	MaxNodes  = 100_000 // values
	maxDepth  = 32
)

// Parse turns YAML into nodes. It returns nil if the text is not YAML; after other
// faults, such as a key given twice, the rest can be used.
func Parse(file string, source []byte, r *Report) *Node {
	start := Position{file, 1, 1}
	if len(source) > MaxSource {
		r.Faultf(start, "the scenario is larger than 1 MiB")
		return nil
	}
	source, err := textfile.Decode(source)
	if err != nil {
		r.Faultf(start, "the scenario %v", err)
		return nil
	}
	if at, message := Unreadable(file, source, "write it as an escape in double quotes"); message != "" {
		r.Faultf(at, "%s", message)
		return nil
	}
	var doc yaml.Node
	err = yaml.Load(source, &doc, yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		at, message := syntaxFault(start, source, err)
		r.Faultf(at, "%s", message)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		r.Faultf(start, "want one YAML document")
		return nil
	}
	c := converter{file: file, report: r}
	n := c.convert(doc.Content[0], 0)
	if c.nodes > MaxNodes {
		r.Faultf(start, "the scenario has more than %d values once its aliases are filled in", MaxNodes)
		return nil
	}
	return n
}

// ParseOverride turns the value of an override into nodes. Their positions have the
// override's name, and no line.
func ParseOverride(name, value string, r *Report) *Node {
	at := Position{File: name}
	if strings.TrimSpace(value) == "" {
		return &Node{At: at, Tag: IsNull}
	}
	inner := &Report{}
	n := Parse(name, []byte(value), inner)
	for _, f := range inner.Faults {
		r.Faultf(at, "%s", f.Message)
	}
	if n != nil {
		n.place(at)
	}
	return n
}

// place gives a node and all below it one position.
func (n *Node) place(at Position) {
	n.At = at
	for i := range n.Entries {
		n.Entries[i].At = at
		n.Entries[i].Value.place(at)
	}
	for _, item := range n.Items {
		item.place(at)
	}
}

type converter struct {
	file   string
	report *Report
	nodes  int
}

// convert turns a node of the library into ours. Aliases become copies. An alias that
// contains itself ends at the bounds on depth and number.
func (c *converter) convert(y *yaml.Node, depth int) *Node {
	at := Position{c.file, y.Line, y.Column}
	n := &Node{At: at}
	if c.nodes++; c.nodes > MaxNodes {
		return n
	}
	if depth > maxDepth {
		c.report.Faultf(at, "nested deeper than %d levels", maxDepth)
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		return c.convert(y.Alias, depth+1)
	case yaml.MappingNode:
		n.Kind = Mapping
		c.entries(n, y, depth)
	case yaml.SequenceNode:
		n.Kind = Sequence
		for _, item := range y.Content {
			n.Items = append(n.Items, c.convert(item, depth+1))
		}
	default:
		n.Text = y.Value
		n.Tag = c.tag(y, at)
	}
	return n
}

func (c *converter) entries(n *Node, y *yaml.Node, depth int) {
	lines := make(map[string]int, len(y.Content)/2)
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := y.Content[i]
		at := Position{c.file, key.Line, key.Column}
		switch {
		case key.Kind != yaml.ScalarNode:
			c.report.Faultf(at, "a key has to be text")
			continue
		case key.Tag == "!!merge":
			c.report.Faultf(at, "merge keys (<<) are not part of the format: put what flows share under defaults")
			continue
		case lines[key.Value] > 0:
			c.report.Faultf(at, "%s is given twice, first on line %d", Quote(key.Value), lines[key.Value])
			continue
		}
		lines[key.Value] = key.Line
		n.Entries = append(n.Entries, Entry{key.Value, at, c.convert(y.Content[i+1], depth+1)})
	}
}

func (c *converter) tag(y *yaml.Node, at Position) Tag {
	switch y.Tag {
	case "!!str", "!!timestamp":
		return IsText
	case "!!int":
		return IsInteger
	case "!!float":
		return IsFloat
	case "!!bool":
		return IsBool
	case "!!null":
		return IsNull
	}
	// The tag itself is not shown: it may be a password without quotes.
	c.report.Faultf(at, "a tag (!) is not understood; put quotes around a value that begins with !")
	return IsText
}
