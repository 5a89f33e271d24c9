package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A shape is what values of one kind look like in a scenario: how they are
// decoded, and how JSON Schema says the same. Shapes are put together into the
// table of all options, in which each option is declared once: the loader, the
// overrides, the schema and the documentation all follow from it.
type shape[T any] interface {
	// decode reads n into out and reports what is wrong with it.
	decode(d *decoder, n *tree.Node, out *T)
	// describe returns the shape as JSON Schema.
	describe(g *generator) *jsonSchema
}

// A decoder carries what decoding needs beside the node.
type decoder struct {
	tree.Report
	files  files
	lookup func(string) (string, bool)

	// layer is set while something is read that others are merged over, or
	// that is merged over others: null takes a value away there. Defaults are
	// filled in where partial is not set.
	layer, partial bool

	option string // what is being read, for messages

	// Files that flows share are read once.
	contents map[string][]byte
	tables   map[string]*table
	mails    map[string][]mail.File

	notes []string // what to know about a scenario that is valid
}

// wantf reports a value that is not what its option takes.
func (d *decoder) wantf(n *tree.Node, want, found string) {
	prefix := ""
	if d.option != "" {
		prefix = d.option + ": "
	}
	d.Faultf(n.At, "%swant %s, found %s", prefix, want, found)
}

// A literal is the shape of one scalar.
type literal[T any] struct {
	want   string     // completes "want ..."
	tags   []tree.Tag // what YAML may take it for; none means anything
	parse  func(text string) (T, error)
	least  string // the smallest value, where want does not say it; "" for none
	schema jsonSchema
}

func (l literal[T]) decode(d *decoder, n *tree.Node, out *T) {
	if n.Kind != tree.Scalar || (len(l.tags) > 0 && !slices.Contains(l.tags, n.Tag)) {
		found := n.Describe()
		if n.Kind == tree.Scalar && n.Tag != tree.IsNull {
			found = n.Quoted()
			if n.Tag != tree.IsText && slices.Contains(l.tags, tree.IsText) {
				found += ": put quotes around it"
			} else if _, err := l.parse(n.Text); err == nil {
				found += ": take the quotes away"
			}
		}
		d.wantf(n, l.want, found)
		return
	}
	v, err := l.parse(n.Text)
	if err != nil {
		d.wantf(n, l.want, n.Quoted()+because(err))
		return
	}
	*out = v
}

func (l literal[T]) describe(*generator) *jsonSchema {
	s := l.schema
	s.words = l.want
	if l.least != "" {
		s.words += ", " + l.least + " at least"
	}
	return &s
}

// because renders the reason of a parse error, if it gives one.
func because(err error) string {
	if err == errShape {
		return ""
	}
	return ": " + err.Error()
}

// count is the shape of a whole number between two bounds.
func count[T int | int64 | uint64](least, most T) shape[T] {
	return literal[T]{
		want: fmt.Sprintf("a whole number from %d to %d", least, most),
		tags: []tree.Tag{tree.IsInteger},
		parse: func(text string) (T, error) {
			if !decimal.MatchString(text) {
				return 0, errShape
			}
			// 20 digits fit no counter we have, and overflow is told below.
			v, err := strconv.ParseUint(text, 10, 64)
			if err != nil || v > uint64(most) || T(v) < least {
				return 0, errShape
			}
			return T(v), nil
		},
		schema: jsonSchema{Type: "integer", Minimum: number(least), Maximum: number(most)},
	}
}

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,19})$`)

// truth is the shape of true and false.
var truth = literal[bool]{
	want:   "true or false",
	tags:   []tree.Tag{tree.IsBool},
	parse:  func(text string) (bool, error) { return text == "true", oneOf(text, "true", "false") },
	schema: jsonSchema{Type: "boolean"},
}

func oneOf(text string, words ...string) error {
	if slices.Contains(words, text) {
		return nil
	}
	return errShape
}

// text is the shape of text that matches a pattern.
func text(want, pattern string) shape[string] {
	re := regexp.MustCompile(pattern)
	return literal[string]{
		want: want,
		tags: []tree.Tag{tree.IsText},
		parse: func(text string) (string, error) {
			if reference.MatchString(text) {
				return "", errReference
			}
			if !re.MatchString(text) {
				return "", errShape
			}
			return text, nil
		},
		schema: jsonSchema{Type: "string", Pattern: pattern},
	}
}

// A choice is one of a few words and what it stands for.
type choice[T any] struct {
	word  string
	value T
}

// choose is the shape of one of a few words.
func choose[T any](choices ...choice[T]) shape[T] {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = c.word
	}
	return literal[T]{
		want: "one of " + tree.List(words),
		tags: []tree.Tag{tree.IsText},
		parse: func(text string) (v T, err error) {
			i := slices.Index(words, text)
			if i < 0 {
				return v, errShape
			}
			return choices[i].value, nil
		},
		schema: jsonSchema{Type: "string", Enum: words},
	}
}

// namesOf is the shape of an enumeration's values, by what they call themselves.
func namesOf[T fmt.Stringer](values ...T) shape[T] {
	choices := make([]choice[T], len(values))
	for i, v := range values {
		choices[i] = choice[T]{v.String(), v}
	}
	return choose(choices...)
}

// several is the shape of a list.
func several[T any](item shape[T], least, most int) shape[[]T] { return listOf[T]{item, least, most} }

type listOf[T any] struct {
	item        shape[T]
	least, most int
}

func (l listOf[T]) decode(d *decoder, n *tree.Node, out *[]T) {
	if n.Kind != tree.Sequence {
		d.wantf(n, "a list", n.Describe())
		return
	}
	if len(n.Items) < l.least || len(n.Items) > l.most {
		d.wantf(n, fmt.Sprintf("%d to %d items", l.least, l.most), strconv.Itoa(len(n.Items)))
		return
	}
	// Lists replace each other whole, so what stands in one is complete.
	layer, partial := d.layer, d.partial
	d.layer, d.partial = false, false
	*out = make([]T, len(n.Items))
	for i, item := range n.Items {
		l.item.decode(d, item, &(*out)[i])
	}
	d.layer, d.partial = layer, partial
}

func (l listOf[T]) describe(g *generator) *jsonSchema {
	s := &jsonSchema{Type: "array", Items: g.complete(l.item.describe), MaxItems: &l.most}
	if l.least > 0 {
		s.MinItems = &l.least
	}
	return s
}

// orList lets a single value stand for a list of one.
func orList[T any](item shape[T], most int) shape[[]T] {
	return single[T]{item, listOf[T]{item, 1, most}}
}

type single[T any] struct {
	item shape[T]
	list listOf[T]
}

func (s single[T]) decode(d *decoder, n *tree.Node, out *[]T) {
	if n.Kind == tree.Sequence {
		s.list.decode(d, n, out)
		return
	}
	*out = make([]T, 1)
	s.item.decode(d, n, &(*out)[0])
}

func (s single[T]) describe(g *generator) *jsonSchema {
	return &jsonSchema{AnyOf: []*jsonSchema{s.item.describe(g), s.list.describe(g)}}
}

// notef adds a note, in the form of a fault.
func (d *decoder) notef(at tree.Position, format string, args ...any) {
	note := at.Fault(fmt.Sprintf(format, args...)).Error()
	if !slices.Contains(d.notes, note) {
		d.notes = append(d.notes, note)
	}
}
