package scenarios

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
	"github.com/smtpgauge/smtpgauge/scenarios/foreign"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A section is embedded in what an object decodes into. It remembers the node, so
// that later checks know the position of each option.
type section struct {
	node *tree.Node
	// unsure is set if the file has an unknown field: an option that seems to be
	// missing may be that field, misspelt.
	unsure bool
	order  []string // of the options, as in the table
}

func (s *section) set(to section) { *s = to }

// fill sets a default that depends on other options.
func (s *section) fill(name string, value *tree.Node) {
	s.node.Put(name, value)
	slices.SortStableFunc(s.node.Entries, func(a, b tree.Entry) int {
		return cmp.Compare(slices.Index(s.order, a.Key), slices.Index(s.order, b.Key))
	})
}

// has reports whether the file gives an option, or a default was filled in.
func (s *section) has(name string) bool { return s.node.Get(name) != nil }

// at is the position of an option, or of the whole section if it has none.
func (s *section) at(name string) tree.Position {
	if n := s.node.Get(name); n != nil {
		return n.At
	}
	if s.node != nil {
		return s.node.At
	}
	return tree.Position{}
}

// given returns those of the names for which has is true.
func (s *section) given(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !s.has(n) })
}

// An object is the shape of a mapping with known keys, decoded into an S.
type object[S any] struct {
	name   string // as messages and the schema call it
	fields []field[S]
	// example is the mapping that somebody most likely means who gives a single value
	// in its place; "" for none.
	example string
	// instead has options that others give to such an object, and what they are here.
	instead map[string]string
	// check checks how the options go together, once they are decoded.
	check func(d *decoder, s *S)
}

// A field is one option of an object.
type field[S any] interface {
	option() *option
	decode(d *decoder, n *tree.Node, out *S)
	describe(g *generator) *jsonSchema
}

// An option is how a field is declared.
type option struct {
	name     string
	doc      string   // a sentence or two, shown by editors
	fallback string   // the default as it would be written; "" for none
	tag      tree.Tag // of the fallback
	required bool
}

// A fieldOf is a field whose value has type T, at the place in an S that in returns.
type fieldOf[S, T any] struct {
	declared option
	shape    shape[T]
	in       func(*S) *T
}

func (f fieldOf[S, T]) option() *option                         { return &f.declared }
func (f fieldOf[S, T]) decode(d *decoder, n *tree.Node, out *S) { f.shape.decode(d, n, f.in(out)) }
func (f fieldOf[S, T]) describe(g *generator) *jsonSchema       { return f.shape.describe(g) }

// opt declares an option: its name, its shape, the place of its value, and its
// meaning.
func opt[S, T any](name string, s shape[T], in func(*S) *T, doc string) fieldOf[S, T] {
	return fieldOf[S, T]{option{name: name, doc: doc}, s, in}
}

// defaultTo gives an option a default, as it would be written in the file.
func (f fieldOf[S, T]) defaultTo(fallback string) fieldOf[S, T] {
	f.declared.fallback = fallback
	switch {
	case decimal.MatchString(fallback):
		f.declared.tag = tree.IsInteger
	case fallback == "true" || fallback == "false":
		f.declared.tag = tree.IsBool
	}
	return f
}

// mandatory makes it a fault to leave an option out.
func (f fieldOf[S, T]) mandatory() fieldOf[S, T] {
	f.declared.required = true
	return f
}

func (o object[S]) names() []string {
	names := make([]string, len(o.fields))
	for i, f := range o.fields {
		names[i] = f.option().name
	}
	return names
}

// decode reads a mapping. Afterwards the node holds exactly the known options, in the
// order of the table and with defaults filled in: the run file shows that as the
// resolved scenario.
func (o object[S]) decode(d *decoder, n *tree.Node, out *S) {
	if n.Kind != tree.Mapping {
		d.option = o.name
		found := n.Describe()
		if o.example != "" && n.Kind == tree.Scalar {
			found += fmt.Sprintf(": say %s: %s", o.name, o.example)
		}
		d.wantf(n, "a mapping", found)
		return
	}
	given := section{node: n, unsure: o.reportUnknown(d, n), order: o.names()}
	resolved := &tree.Node{Kind: tree.Mapping, At: n.At}
	for _, f := range o.fields {
		if value := o.value(d, &given, f.option()); value != nil {
			d.option = f.option().name
			f.decode(d, value, out)
			resolved.Put(f.option().name, value)
		}
	}
	*n = *resolved
	if s, ok := any(out).(interface{ set(section) }); ok {
		s.set(given)
	}
	if o.check != nil && !d.partial {
		o.check(d, out)
	}
}

// reportUnknown reports the fields that are not in the table. It returns whether
// there are any.
func (o object[S]) reportUnknown(d *decoder, n *tree.Node) (found bool) {
	names := o.names()
	for _, e := range n.Entries {
		if !slices.Contains(names, e.Key) {
			d.Faultf(e.At, "unknown field %s in %s: %sknown are %s", tree.Quote(e.Key), o.name, o.meant(e.Key, names), tree.List(names))
			found = true
		}
	}
	return found
}

// meant says what an unknown field most likely means: an option of another object, a
// word of another tool, or a name that is misspelt.
func (o object[S]) meant(key string, names []string) string {
	if name := o.instead[key]; name != "" {
		return fmt.Sprintf("say %s; ", name)
	}
	if found := ownersNear(key, names); found != nil {
		return fmt.Sprintf("it is an option of %s; ", strings.Join(found, ", and of "))
	}
	name := foreign.Option(key)
	if slices.Contains(names, name) {
		return fmt.Sprintf("say %s; ", name)
	}
	if found := ownersNear(name, names); found != nil {
		return fmt.Sprintf("say %s, which is an option of %s; ", name, strings.Join(found, ", and of "))
	}
	return spelling.Suggest(key, names)
}

// value returns the node that an option is decoded from: the one given, or its
// default; nil for neither. null stands for an option that is not given. Without the
// word a value was forgotten, except in a layer.
func (o object[S]) value(d *decoder, given *section, opt *option) *tree.Node {
	n := given.node
	value := n.Get(opt.name)
	takenAway := value.TakenAway()
	if value != nil && value.Null() {
		switch {
		case takenAway && opt.required && !d.partial:
			d.Faultf(value.At, "%s cannot be null, since %s needs it: %s", opt.name, o.name, opt.doc)
			return nil
		case !takenAway && !d.layer && opt.required:
			d.Faultf(value.At, "%s is given without a value", opt.name)
			return nil
		case !takenAway && !d.layer:
			d.Faultf(value.At, "%s is given without a value: null leaves it out", opt.name)
			return nil
		}
		value = nil
	}
	switch {
	case value != nil || d.partial:
		return value
	case opt.required && !given.unsure:
		d.Faultf(n.At, "%s is missing in %s: %s", opt.name, o.name, opt.doc)
	case opt.fallback == "{}":
		return &tree.Node{Kind: tree.Mapping, At: n.At}
	case opt.fallback != "":
		return &tree.Node{At: n.At, Tag: opt.tag, Text: opt.fallback}
	}
	return nil
}

func (o object[S]) describe(g *generator) *jsonSchema {
	return g.define(o.name, func() *jsonSchema {
		s := &jsonSchema{Type: "object", AdditionalProperties: false}
		for _, f := range o.fields {
			opt := f.option()
			p := f.describe(g)
			p = g.document(p, opt)
			s.Properties = append(s.Properties, property{opt.name, p})
			if opt.required {
				s.Required = append(s.Required, opt.name)
			}
		}
		return s
	})
}

// A named value is an entry of a mapping whose keys the user chooses.
type named[T any] struct {
	name  string
	at    tree.Position
	value T
}

// byName is the shape of a mapping whose keys the user chooses.
type byName[T any] struct {
	what  string // "a flow's name"
	key   string // pattern of the keys
	words string // the pattern in words
	item  shape[T]
	most  int
	// needed says that null must not take away every entry.
	needed bool
}

func (b byName[T]) decode(d *decoder, n *tree.Node, out *[]named[T]) {
	if n.Kind != tree.Mapping {
		d.wantf(n, "a mapping with "+b.what+" as each key", n.Describe())
		return
	}
	if len(n.Entries) == 0 || len(n.Entries) > b.most {
		d.wantf(n, fmt.Sprintf("1 to %d entries", b.most), strconv.Itoa(len(n.Entries)))
		return
	}
	n.Entries = slices.DeleteFunc(n.Entries, func(e tree.Entry) bool {
		return e.Value.TakenAway() || d.layer && e.Value.Null()
	})
	if len(n.Entries) == 0 && b.needed {
		d.wantf(n, fmt.Sprintf("1 to %d entries", b.most), "nothing but null")
		return
	}
	key := regexp.MustCompile(b.key)
	for _, e := range n.Entries {
		if !key.MatchString(e.Key) {
			d.Faultf(e.At, "%s is not %s: want %s", tree.Quote(e.Key), b.what, b.words)
		}
		v := named[T]{name: e.Key, at: e.At}
		d.option = e.Key
		b.item.decode(d, e.Value, &v.value)
		*out = append(*out, v)
	}
}

func (b byName[T]) describe(g *generator) *jsonSchema {
	least := 1
	item := orNull(b.item.describe(g))
	return &jsonSchema{
		Type:                 "object",
		PropertyNames:        &jsonSchema{Pattern: b.key},
		AdditionalProperties: item,
		MinProperties:        &least,
		MaxProperties:        &b.most,
		words:                fmt.Sprintf("a mapping of 1 to %d entries, each key %s: %s", b.most, b.what, b.words),
	}
}
