package scenarios

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A node is one value of the file with its place. The YAML library's own nodes
// are turned into these once, with aliases filled in, so that overriding and
// merging have only three shapes to deal with.
type node struct {
	kind    kind
	at      position
	tag     tag     // of a scalar
	text    string  // of a scalar
	entries []entry // of a mapping, in the order of the file
	items   []*node // of a sequence
	redact  bool    // text is a secret: never shown
}

type entry struct {
	key   string
	at    position // of the key
	value *node
}

type kind uint8

const (
	scalar kind = iota
	mapping
	sequence
)

// A tag is a scalar's YAML type.
type tag uint8

const (
	isText tag = iota
	isInteger
	isFloat
	isBool
	isNull
)

// describe says what a node is without showing its text: it may be a secret
// in the wrong place.
func (n *node) describe() string {
	switch {
	case n.kind == mapping:
		return "a mapping"
	case n.kind == sequence:
		return "a list"
	}
	return [...]string{"text", "a number", "a number", "true or false", "nothing"}[n.tag]
}

// quoted shows a scalar's text, which must not be a secret.
func (n *node) quoted() string {
	if n.tag == isText {
		return quote(n.text)
	}
	return n.text
}

func (n *node) null() bool { return n.kind == scalar && n.tag == isNull }

// get returns the value of a key, nil where there is none.
func (n *node) get(key string) *node {
	if n == nil || n.kind != mapping {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].key == key {
			return n.entries[i].value
		}
	}
	return nil
}

// put sets the value of a key.
func (n *node) put(key string, value *node) {
	for i := range n.entries {
		if n.entries[i].key == key {
			n.entries[i].value = value
			n.entries[i].at = value.at
			return
		}
	}
	n.entries = append(n.entries, entry{key, value.at, value})
}

func (n *node) keys() []string {
	keys := make([]string, len(n.entries))
	for i, e := range n.entries {
		keys[i] = e.key
	}
	return keys
}

// size counts a node and all below it.
func (n *node) size() int {
	if n == nil {
		return 0
	}
	count := 1
	for _, e := range n.entries {
		count += e.value.size()
	}
	for _, item := range n.items {
		count += item.size()
	}
	return count
}

func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	c := *n
	c.entries = slices.Clone(n.entries)
	for i := range c.entries {
		c.entries[i].value = c.entries[i].value.clone()
	}
	c.items = slices.Clone(n.items)
	for i := range c.items {
		c.items[i] = c.items[i].clone()
	}
	return &c
}

// merge lays one node over another and returns a new one. Mappings are merged
// key by key, as deep as they go; anything else is replaced, lists included.
// Each value keeps the place it came from.
func merge(base, over *node) *node {
	switch {
	case over == nil:
		return base.clone()
	case base == nil || base.kind != mapping || over.kind != mapping:
		return over.clone()
	}
	merged := &node{kind: mapping, at: over.at}
	for _, e := range base.entries {
		merged.entries = append(merged.entries, entry{e.key, e.at, e.value.clone()})
	}
	for _, e := range over.entries {
		i := slices.IndexFunc(merged.entries, func(m entry) bool { return m.key == e.key })
		if i < 0 {
			merged.entries = append(merged.entries, entry{e.key, e.at, e.value.clone()})
			continue
		}
		merged.entries[i].at = e.at
		merged.entries[i].value = merge(merged.entries[i].value, e.value)
	}
	return merged
}

// appendJSON renders a node as JSON, secrets left out.
func (n *node) appendJSON(b []byte) []byte {
	switch n.kind {
	case mapping:
		b = append(b, '{')
		for i, e := range n.entries {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, e.key)
			b = append(b, ':')
			b = e.value.appendJSON(b)
		}
		return append(b, '}')
	case sequence:
		b = append(b, '[')
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	}
	switch {
	case n.redact:
		return appendText(b, smtpwire.Redacted)
	case n.tag == isText:
		return appendText(b, n.text)
	case n.tag == isNull:
		return append(b, "null"...)
	}
	// Only numbers and truth values that JSON writes alike pass the decoder.
	return append(b, n.text...)
}

// integer makes a scalar of a number that was decided on, not written.
func integer(at position, v int64) *node {
	return &node{at: at, tag: isInteger, text: strconv.FormatInt(v, 10)}
}

// word makes a scalar of a text that was decided on, not written.
func word(at position, text string) *node { return &node{at: at, text: text} }

// drop takes keys off a mapping.
func (n *node) drop(keys ...string) {
	n.entries = slices.DeleteFunc(n.entries, func(e entry) bool { return slices.Contains(keys, e.key) })
}

// appendText appends a JSON string.
func appendText(b []byte, text string) []byte {
	s, err := marshal(text)
	if err != nil { // a string always marshals
		return strconv.AppendQuote(b, text)
	}
	return append(b, s...)
}

// marshal is json.Marshal without escapes made for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
