package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

const redacted = smtpwire.Redacted

// A secret is text that is never shown: printing it in any way, or as JSON, gives a
// placeholder. The text is behind a pointer because fmt does not call the methods of
// unexported fields, but does not follow pointers in them either.
type secret struct{ text *string }

// reveal returns the text itself.
func (s secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format prints the placeholder, whatever the verb.
func (s secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, redacted) }

// String returns the placeholder.
func (s secret) String() string { return redacted }

// MarshalText returns the placeholder.
func (s secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// reference matches the beginning of ${env:NAME} and ${file:PATH}.
var reference = regexp.MustCompile(`\$\{(env|file):`)

var errReference = errors.New("only auth takes ${env:NAME} and ${file:PATH}; --set overrides any field")

const maxSecret = 64 << 10

// credential is the shape of a text of auth, which may have ${env:NAME} and
// ${file:PATH} in it. Only the reference is shown, never the text that it stands
// for. Of a hidden credential, such as a password, no other text is shown either.
type credential struct{ hidden bool }

func (c credential) decode(d *decoder, n *tree.Node, out *secret) {
	if n.Kind != tree.Scalar || n.Tag != tree.IsText {
		found := n.Describe()
		if n.Kind == tree.Scalar && n.Tag != tree.IsNull {
			found += ": put quotes around it"
		}
		d.wantf(n, "text", found)
		return
	}
	whole, ok := d.expand(n)
	if !ok {
		n.Redact = c.hidden
		return
	}
	if c.hidden && shellVariable.MatchString(n.Text) {
		d.notef(n.At, "%s begins with $ and is used as it stands: ${env:NAME} is an environment variable", d.option)
	}
	// A text that is nothing but a reference gives nothing away, so it is shown.
	n.Redact = c.hidden && !onlyReference.MatchString(n.Text)
	switch {
	case whole == "":
		d.Faultf(n.At, "%s is empty", d.option)
	case strings.ContainsAny(whole, "\x00\r\n"):
		d.Faultf(n.At, "%s has a line end or NUL in it", d.option)
	case !utf8.ValidString(whole):
		d.Faultf(n.At, "%s is not UTF-8, which is what servers compare with (RFC 4616)", d.option)
	default:
		out.text = &whole
	}
}

// shellVariable matches a variable as a shell has it.
var shellVariable = regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`)

var onlyReference = regexp.MustCompile(`^\$\{(env|file):[^{}]*\}$`)

func (c credential) describe(*generator) *jsonSchema {
	least := 1
	return &jsonSchema{Type: "string", MinLength: &least, words: "text"}
}

// expand fills in the references of a text. $$ is a dollar sign, and so is a $ that
// is not followed by a brace.
func (d *decoder) expand(n *tree.Node) (string, bool) {
	var b strings.Builder
	for rest := n.Text; rest != ""; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			break
		}
		switch {
		case strings.HasPrefix(after, "$"):
			b.WriteByte('$')
			rest = after[1:]
		case strings.HasPrefix(after, "{"):
			name, tail, closed := strings.Cut(after[1:], "}")
			if !closed {
				d.Faultf(n.At, "${ without }: write $$ for a dollar sign")
				return "", false
			}
			v, ok := d.resolve(n.At, name)
			if !ok {
				return "", false
			}
			b.WriteString(v)
			rest = tail
		default:
			b.WriteByte('$')
			rest = after
		}
	}
	return b.String(), true
}

// withoutLineEnd removes the line end that editors and echo put at the end of a
// file. Further line ends stay, and are a fault.
func withoutLineEnd(text string) string {
	if line, ended := strings.CutSuffix(text, "\n"); ended {
		return strings.TrimSuffix(line, "\r")
	}
	return text
}

func (d *decoder) resolve(at tree.Position, name string) (string, bool) {
	kind, what, _ := strings.Cut(name, ":")
	switch kind {
	case "env":
		if v, ok := d.lookup(what); ok {
			return v, true
		}
		d.Faultf(at, "the environment variable %s is not set", tree.Quote(what))
	case "file":
		text, ok := d.text(at, what, maxSecret)
		if ok && len(text) == 0 {
			d.Faultf(at, "%s: is empty", d.files.shownName(what))
			ok = false
		}
		return withoutLineEnd(string(text)), ok
	default:
		// What stands between the braces is not shown: it may be a password.
		d.Faultf(at, "want ${env:NAME} or ${file:PATH}; write $$ for a dollar sign")
	}
	return "", false
}
