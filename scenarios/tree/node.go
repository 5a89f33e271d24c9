package tree

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A Node is one value of the file, with its position. It is simpler than the YAML
// library's own nodes: there are no aliases, so it has one of three kinds.
type Node struct {
	Kind    Kind
	At      Position
	Tag     Tag     // of a scalar
	Text    string  // of a scalar
	Entries []Entry // of a mapping, in the order of the file
	Items   []*Node // of a sequence
	Redact  bool    // Text is a secret, and never shown
	Filled  bool    // Text had references: its Tag is that of the text with them
}

// An Entry is a key of a mapping and its value.
type Entry struct {
	Key   string
	At    Position // of the key
	Value *Node
}

// A Kind says whether a node is a scalar, a mapping or a sequence.
type Kind uint8

// The kinds of nodes.
const (
	Scalar Kind = iota
	Mapping
	Sequence
)

// A Tag is a scalar's YAML type.
type Tag uint8

// The tags of scalars.
const (
	IsText Tag = iota
	IsInteger
	IsFloat
	IsBool
	IsNull
)

// Describe says what kind of value a node is. It does not show the text, which may be
// a secret in the wrong place.
func (n *Node) Describe() string {
	switch {
	case n.Kind == Mapping:
		return "a mapping"
	case n.Kind == Sequence:
		return "a list"
	}
	return [...]string{"text", "a number", "a number", "true or false", "nothing"}[n.Tag]
}

// Quoted returns a scalar's text for a message. The text must not be a secret.
func (n *Node) Quoted() string {
	if n.Tag == IsText {
		return Quote(n.Text)
	}
	return n.Text
}

// Null reports whether a node is YAML's null.
func (n *Node) Null() bool { return n.Kind == Scalar && n.Tag == IsNull }

// TakenAway reports whether a node is the word null, or ~: what it stands for is not
// wanted. Of a key without any value it is not known whether a value was forgotten.
func (n *Node) TakenAway() bool { return n != nil && n.Null() && n.Text != "" }

// Get returns the value of a key; nil if there is none, or n is no mapping.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Mapping {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// Put sets the value of a key.
func (n *Node) Put(key string, value *Node) {
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			n.Entries[i].Value = value
			n.Entries[i].At = value.At
			return
		}
	}
	n.Entries = append(n.Entries, Entry{key, value.At, value})
}

// Keys returns the keys of a mapping, in the order of the file.
func (n *Node) Keys() []string {
	keys := make([]string, len(n.Entries))
	for i, e := range n.Entries {
		keys[i] = e.Key
	}
	return keys
}

// Size counts a node and all below it.
func (n *Node) Size() int {
	if n == nil {
		return 0
	}
	count := 1
	for _, e := range n.Entries {
		count += e.Value.Size()
	}
	for _, item := range n.Items {
		count += item.Size()
	}
	return count
}

func (n *Node) clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Entries = slices.Clone(n.Entries)
	for i := range c.Entries {
		c.Entries[i].Value = c.Entries[i].Value.clone()
	}
	c.Items = slices.Clone(n.Items)
	for i := range c.Items {
		c.Items[i] = c.Items[i].clone()
	}
	return &c
}

// Merge lays one node over another and returns a new one. Mappings are merged key by
// key, at every level. Anything else is replaced, lists included. Each value keeps
// its position.
func Merge(base, over *Node) *Node {
	switch {
	case over == nil:
		return base.clone()
	case base == nil || base.Kind != Mapping || over.Kind != Mapping:
		return over.clone()
	}
	merged := &Node{Kind: Mapping, At: over.At}
	for _, e := range base.Entries {
		merged.Entries = append(merged.Entries, Entry{e.Key, e.At, e.Value.clone()})
	}
	for _, e := range over.Entries {
		i := slices.IndexFunc(merged.Entries, func(m Entry) bool { return m.Key == e.Key })
		if i < 0 {
			merged.Entries = append(merged.Entries, Entry{e.Key, e.At, e.Value.clone()})
			continue
		}
		merged.Entries[i].At = e.At
		merged.Entries[i].Value = Merge(merged.Entries[i].Value, e.Value)
	}
	return merged
}

// AppendJSON appends a node as JSON. A placeholder stands for each secret.
func (n *Node) AppendJSON(b []byte) []byte {
	switch n.Kind {
	case Mapping:
		b = append(b, '{')
		for i, e := range n.Entries {
			if i > 0 {
				b = append(b, ',')
			}
			b = AppendText(b, e.Key)
			b = append(b, ':')
			b = e.Value.AppendJSON(b)
		}
		return append(b, '}')
	case Sequence:
		b = append(b, '[')
		for i, item := range n.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.AppendJSON(b)
		}
		return append(b, ']')
	}
	switch {
	case n.Redact:
		return AppendText(b, smtpwire.Redacted)
	case n.Tag == IsText:
		return AppendText(b, n.Text)
	case n.Tag == IsNull:
		return append(b, "null"...)
	}
	// The decoder accepts no number or boolean that JSON writes in another way.
	return append(b, n.Text...)
}

// Integer makes a scalar of a number that does not stand in the file.
func Integer(at Position, v int64) *Node {
	return &Node{At: at, Tag: IsInteger, Text: strconv.FormatInt(v, 10)}
}

// Word makes a scalar of a text that does not stand in the file.
func Word(at Position, text string) *Node { return &Node{At: at, Text: text} }

// Drop removes keys from a mapping.
func (n *Node) Drop(keys ...string) {
	n.Entries = slices.DeleteFunc(n.Entries, func(e Entry) bool { return slices.Contains(keys, e.Key) })
}

// AppendText appends a text as a JSON string.
func AppendText(b []byte, text string) []byte {
	s, err := Marshal(text)
	if err != nil { // a string always marshals
		return strconv.AppendQuote(b, text)
	}
	return append(b, s...)
}

// Marshal is json.Marshal without the escapes for HTML.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
