package tree

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/smtpgauge/smtpgauge/internal/spelling"
)

// VariablePattern matches the names of variables.
const VariablePattern = `^[A-Za-z_][A-Za-z0-9_-]{0,62}$`

// ReferencePattern matches a text with a reference in it.
const ReferencePattern = `\$\{`

var (
	variableName = regexp.MustCompile(VariablePattern)
	onlyVariable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_-]{0,62})\}$`)
)

// maxFilled bounds the texts of a scenario once references are filled in, all together.
const maxFilled = 8 << 20

// A Filler fills in the references of texts: ${NAME} is a variable, ${env:NAME} an
// environment variable, ${file:PATH} the text of a file, and $$ a dollar sign. A $
// before anything else stands for itself. What is wrong is a fault of the report.
type Filler struct {
	Report *Report
	Vars   *Node // the mapping of variables; nil if there are none
	Env    func(name string) (string, bool)
	// SecretEnv is Env for secrets; nil means Env. Its error goes on after the variable's
	// name: "is not set".
	SecretEnv func(name string) (string, error)
	// File returns the text of a file, or reports why it cannot.
	File func(at Position, path string) (string, bool)
	// Absent is told of a secret's environment variable that is not set, if nobody is
	// going to use the secret. nil makes it a fault.
	Absent func(at Position, name string)

	known map[variable]filled
	used  []string // names of variables
	size  int
}

// A variable is one as it is filled in for a kind of text.
type variable struct {
	name   string
	secret bool
}

// A filled text is what a text stands for, and what is shown of it: a text that has
// the same meaning. Of a secret, references to the environment and to files are shown
// in place of what they stand for.
type filled struct {
	value, shown string
	ok           bool
}

// Fill returns what the text of a scalar stands for. In the scalar it leaves the text
// to show. If the text is a variable and nothing else, the scalar gets the position of
// the variable's value too: that is what may be wrong, and where paths begin.
func (f *Filler) Fill(n *Node, secret bool) (string, bool) {
	if !strings.Contains(n.Text, "${") && !strings.Contains(n.Text, "$$") {
		return n.Text, true
	}
	n.Filled = true
	for range maxDepth {
		m := onlyVariable.FindStringSubmatch(n.Text)
		if m == nil {
			break
		}
		v := f.Vars.Get(m[1])
		if v == nil || v.Kind != Scalar || v.Null() {
			break
		}
		f.used = append(f.used, m[1])
		n.At, n.Text = v.At, v.Text
	}
	text := f.expand(n.At, n.Text, secret, nil)
	if !text.ok {
		return "", false
	}
	if f.size += len(text.value); f.size > maxFilled {
		f.Report.Faultf(n.At, "the texts of the scenario have more than %d octets once variables are filled in", maxFilled)
		return "", false
	}
	n.Text = text.shown
	return text.value, true
}

// Unused returns the names of the variables that are in no text that was filled in.
func (f *Filler) Unused() []string {
	if f.Vars == nil {
		return nil
	}
	return slices.DeleteFunc(f.Vars.Keys(), func(name string) bool { return slices.Contains(f.used, name) })
}

// expand fills in the references of one text. trail has the variables that it is the
// value of.
func (f *Filler) expand(at Position, text string, secret bool, trail []string) filled {
	var value, shown strings.Builder
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "$")
		value.WriteString(before)
		shown.WriteString(before)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(strings.TrimPrefix(after, "{"), "}")
		switch {
		case !strings.HasPrefix(after, "{"):
			value.WriteByte('$')
			shown.WriteString("$$")
			rest = strings.TrimPrefix(after, "$")
			continue
		case !closed:
			f.Report.Faultf(at, "${ without }: write $$ for a dollar sign")
			return filled{}
		}
		part := f.resolve(at, name, secret, trail)
		if !part.ok || value.Len()+len(part.value) > maxFilled {
			if part.ok {
				f.Report.Faultf(at, "the text has more than %d octets once variables are filled in", maxFilled)
			}
			return filled{}
		}
		value.WriteString(part.value)
		shown.WriteString(part.shown)
		rest = tail
	}
	return filled{value.String(), shown.String(), true}
}

// resolve returns what a reference stands for, by what is between its braces. That is
// not shown if it may be a password.
func (f *Filler) resolve(at Position, reference string, secret bool, trail []string) filled {
	kind, what, colon := strings.Cut(reference, ":")
	switch {
	case kind == "env" && colon && !secret:
		v, ok := f.environment(at, what)
		f.Report.conceal(v, "${"+reference+"}")
		return filled{v, Literal(v), ok}
	case kind == "env" && colon:
		v, ok := f.secretEnvironment(at, what)
		return filled{v, "${" + reference + "}", ok}
	case kind == "file" && colon && secret:
		v, ok := f.File(at, what)
		return filled{v, "${" + reference + "}", ok}
	case kind == "file" && colon:
		f.Report.Faultf(at, "only auth takes ${file:PATH}; ${env:NAME} works in every text")
		return filled{}
	case variableName.MatchString(reference):
		return f.variable(at, reference, secret, trail)
	}
	f.Report.Faultf(at, "want ${NAME} for one of vars, ${env:NAME} or ${file:PATH}; write $$ for a dollar sign")
	return filled{}
}

// environment returns the value of an environment variable.
func (f *Filler) environment(at Position, name string) (string, bool) {
	v, ok := f.Env(name)
	if !ok {
		f.Report.Faultf(at, "the environment variable %s is not set", Quote(name))
	}
	return v, ok
}

// secretEnvironment returns the value of an environment variable that is a secret.
func (f *Filler) secretEnvironment(at Position, name string) (string, bool) {
	if f.SecretEnv != nil {
		v, err := f.SecretEnv(name)
		if err != nil {
			f.Report.Faultf(at, "the environment variable %s %v", Quote(name), err)
		}
		return v, err == nil
	}
	if _, ok := f.Env(name); ok || f.Absent == nil {
		return f.environment(at, name)
	}
	f.Absent(at, name)
	return "absent", true
}

// Literal writes a text so that nothing in it is a reference.
func Literal(text string) string { return strings.ReplaceAll(text, "$", "$$") }

// variable returns what a variable stands for. Each is filled in once, so that those
// which are made of others do not take time without end.
func (f *Filler) variable(at Position, name string, secret bool, trail []string) filled {
	if slices.Contains(trail, name) {
		f.Report.Faultf(at, "the variable %s is made of itself: %s", name, strings.Join(append(trail, name), " has "))
		return filled{}
	}
	key := variable{name, secret}
	if known, ok := f.known[key]; ok {
		return known
	}
	f.used = append(f.used, name)
	text := filled{}
	switch v := f.Vars.Get(name); {
	case v == nil || v.Null():
		f.Report.Faultf(at, "%s", f.missing(name, secret))
		return text
	case v.Kind == Scalar:
		text = f.expand(v.At, v.Text, secret, append(slices.Clone(trail), name))
	}
	if f.known == nil {
		f.known = map[variable]filled{}
	}
	f.known[key] = text
	return text
}

// missing says that there is no such variable.
func (f *Filler) missing(name string, secret bool) string {
	if secret {
		return "no variable has the name in braces: give it under vars, or by --set vars.NAME=VALUE; write $$ for a dollar sign"
	}
	var names []string
	if f.Vars != nil {
		names = f.Vars.Keys()
	}
	return fmt.Sprintf("no variable is named %s: %sgive it under vars, or by --set vars.%s=VALUE", Quote(name), spelling.Suggest(name, names), name)
}
