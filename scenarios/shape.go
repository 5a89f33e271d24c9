package scenarios

import (
	"crypto/x509"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios/beside"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A shape is what values of one kind look like in a scenario: how to decode them,
// and how to describe them in JSON Schema. The table of options is built from
// shapes.
type shape[T any] interface {
	// decode reads n into out and reports what is wrong with it.
	decode(d *decoder, n *tree.Node, out *T)
	// describe returns the shape as JSON Schema.
	describe(g *generator) *jsonSchema
}

// A decoder holds what decoding needs in addition to the node.
type decoder struct {
	tree.Report
	folders map[string]files // of the files that the scenario is made of, by their names
	shell   files            // of what the command line gives
	trust   *x509.CertPool   // in place of the authorities that the scenario names; nil for those
	filler  tree.Filler
	here    tree.Filler // for secrets that only the machine needs that reads the scenario

	// layer is set while a part of the scenario is decoded that takes part in
	// merging: there a key without a value removes one, as null does everywhere. partial
	// is set while that part may be incomplete: then defaults are not filled in, and
	// nothing is missing.
	layer, partial bool

	takenAway []*tree.Node // what settings have put null in place of

	option string // the option that is decoded now, for messages

	// Files are read once, even if several flows name them.
	contents map[string][]byte
	tables   map[string]*beside.Table
	mails    map[string][]mail.File

	onAgents    bool                         // agents find the secrets of auth
	secretGiver func(string) (string, error) // RebuildOptions.Secret

	notes []string // see Scenario.Notes
}

// wantf reports a value that its option does not accept.
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
	tags   []tree.Tag // YAML types that are accepted; none means all
	parse  func(text string) (T, error)
	least  string // the smallest value, if want does not say it; "" for none
	schema jsonSchema
}

func (l literal[T]) decode(d *decoder, n *tree.Node, out *T) {
	text := n.Text
	if n.Kind == tree.Scalar {
		var ok bool
		if text, ok = d.filler.Fill(n, false); !ok {
			return
		}
	}
	if n.Kind != tree.Scalar || !n.Filled && len(l.tags) > 0 && !slices.Contains(l.tags, n.Tag) {
		found := n.Describe()
		if n.Kind == tree.Scalar && n.Tag != tree.IsNull {
			found = n.Quoted()
			switch _, err := l.parse(n.Text); {
			case err != nil:
				found += reason(err)
			case n.Tag == tree.IsText:
				found += ": remove the quotes"
			default:
				found += ": put quotes around it"
			}
		}
		d.wantf(n, l.want, found)
		return
	}
	v, err := l.parse(text)
	if err != nil {
		d.wantf(n, l.want, n.Quoted()+reason(err))
		return
	}
	*out = v
	if n.Filled && len(l.tags) > 0 && !slices.Contains(l.tags, tree.IsText) {
		n.Tag = l.tags[0] // ${port} is text, and what it stands for a number
	}
}

func (l literal[T]) describe(*generator) *jsonSchema {
	s := l.schema
	s.words = l.want
	if l.least != "" {
		s.words += ", " + l.least + " at least"
	}
	return s.orReference()
}

// reason renders the reason of a parse error, if it gives one.
func reason(err error) string {
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

// boolean is the shape of true and false.
var boolean = literal[bool]{
	want:   "true or false",
	tags:   []tree.Tag{tree.IsBool},
	parse:  func(text string) (bool, error) { return text == "true", checkWord(text, "true", "false") },
	schema: jsonSchema{Type: "boolean"},
}

// checkWord returns errShape unless text is one of the words.
func checkWord(text string, words ...string) error {
	if slices.Contains(words, text) {
		return nil
	}
	return errShape
}

// text is the shape of text that matches a pattern. Patterns are compiled when they are
// first needed, because all of them together take longer than the rest of the start of a
// program.
func text(want, pattern string) shape[string] {
	re := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
	return literal[string]{
		want: want,
		tags: []tree.Tag{tree.IsText},
		parse: func(text string) (string, error) {
			if !re().MatchString(text) {
				return "", errShape
			}
			return text, nil
		},
		schema: jsonSchema{Type: "string", Pattern: pattern},
	}
}

// A choice is one of a few words, and the value that it stands for.
type choice[T any] struct {
	word  string
	value T
}

// oneWord is the shape of one of a few words.
func oneWord[T any](choices ...choice[T]) literal[T] {
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

// namesOf is the shape of an enumeration's values, by their names.
func namesOf[T fmt.Stringer](values ...T) literal[T] {
	choices := make([]choice[T], len(values))
	for i, v := range values {
		choices[i] = choice[T]{v.String(), v}
	}
	return oneWord(choices...)
}

// listOf is the shape of a list.
func listOf[T any](item shape[T], least, most int) shape[[]T] { return listShape[T]{item, least, most} }

type listShape[T any] struct {
	item        shape[T]
	least, most int
}

func (l listShape[T]) decode(d *decoder, n *tree.Node, out *[]T) {
	if n.Kind != tree.Sequence {
		d.wantf(n, "a list", n.Describe())
		return
	}
	if len(n.Items) < l.least || len(n.Items) > l.most {
		d.wantf(n, fmt.Sprintf("%d to %d items", l.least, l.most), strconv.Itoa(len(n.Items)))
		return
	}
	// A list is never merged with another, so its items are complete.
	layer, partial := d.layer, d.partial
	d.layer, d.partial = false, false
	*out = make([]T, len(n.Items))
	for i, item := range n.Items {
		l.item.decode(d, item, &(*out)[i])
	}
	d.layer, d.partial = layer, partial
}

func (l listShape[T]) describe(g *generator) *jsonSchema {
	s := &jsonSchema{Type: "array", Items: g.complete(l.item.describe), MaxItems: &l.most}
	if l.least > 0 {
		s.MinItems = &l.least
	}
	return s
}

// oneOrMore is the shape of a list, or of a value that stands for a list of one.
func oneOrMore[T any](item shape[T], most int) shape[[]T] {
	return oneOrMoreShape[T]{item, listShape[T]{item, 1, most}}
}

type oneOrMoreShape[T any] struct {
	item shape[T]
	list listShape[T]
}

func (s oneOrMoreShape[T]) decode(d *decoder, n *tree.Node, out *[]T) {
	if n.Kind == tree.Sequence {
		s.list.decode(d, n, out)
		return
	}
	*out = make([]T, 1)
	s.item.decode(d, n, &(*out)[0])
}

func (s oneOrMoreShape[T]) describe(g *generator) *jsonSchema {
	return &jsonSchema{AnyOf: []*jsonSchema{s.item.describe(g), s.list.describe(g)}}
}

// notef adds a note, in the form of a fault.
func (d *decoder) notef(at tree.Position, format string, args ...any) {
	note := at.Fault(d.Concealed(fmt.Sprintf(format, args...))).Error()
	if !slices.Contains(d.notes, note) {
		d.notes = append(d.notes, note)
	}
}
