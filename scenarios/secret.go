package scenarios

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/smtpgauge/smtpgauge/internal/textfile"
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

const maxSecret = 64 << 10

// credential is the shape of a text of auth, which may have ${env:NAME} and
// ${file:PATH} in it. Only the reference is shown, never the text that it stands
// for. Of a hidden credential, such as a password, no other text is shown either.
type credential struct {
	hidden bool
	// here says that no agent needs it: what a reference stands for is found on the machine
	// that reads the scenario, wherever the scenario says that secrets are, and does not
	// travel.
	here bool
}

func (c credential) decode(d *decoder, n *tree.Node, out *secret) {
	if n.Kind != tree.Scalar || n.Tag != tree.IsText {
		found := n.Describe()
		if n.Kind == tree.Scalar && n.Tag != tree.IsNull {
			found += ": put quotes around it"
		}
		d.wantf(n, "text", found)
		return
	}
	filler := &d.filler
	if c.here {
		filler = &d.here
	}
	whole, ok := filler.Fill(n, true)
	if !ok {
		n.Redact = c.hidden
		return
	}
	if c.hidden && shellVariable.MatchString(n.Text) {
		d.notef(n.At, "%s begins with $ and is used as it stands: ${env:NAME} is an environment variable", d.option)
	}
	if c.hidden && whole == smtpwire.Redacted {
		d.notef(n.At, "%s is %s, which stands in a resolved scenario in place of one: give it the true one", d.option, whole)
	}
	// A text that is nothing but a reference gives nothing away, so it is shown.
	n.Redact = c.hidden && !onlyReference.MatchString(n.Text)
	if n.Redact {
		d.keepPrivate()
	}
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

// withoutLineEnd removes the line end that editors and echo put at the end of a
// file. Further line ends stay, and are a fault.
func withoutLineEnd(text string) string {
	if line, ended := strings.CutSuffix(text, "\n"); ended {
		return strings.TrimSuffix(line, "\r")
	}
	return text
}

// secretFile returns the text of a file for ${file:PATH}.
func (d *decoder) secretFile(at tree.Position, name string) (string, bool) {
	if text, ok, elsewhere := d.secretElsewhere(at, name); elsewhere {
		return text, ok
	}
	text, ok := d.text(at, name, maxSecret)
	d.keepPrivate()
	if ok && len(text) == 0 {
		d.Faultf(at, "%s: is empty", d.shownName(at, name))
		ok = false
	}
	return withoutLineEnd(string(text)), ok
}

// secretHere returns the text of a file for ${file:PATH} that only this machine needs. It is
// not kept for others, and they do not read it.
func (d *decoder) secretHere(at tree.Position, name string) (string, bool) {
	if d.shell.closed {
		return absent, true
	}
	shown := d.shownName(at, name)
	data, known := d.contents[shown]
	if !known {
		beside := d.filesAt(at)
		beside.kept = nil
		var err error
		if data, err = beside.read(name, maxSecret); err != nil {
			d.Faultf(at, "%s: %v", shown, err)
			return "", false
		}
	}
	text, err := textfile.Decode(data)
	switch {
	case err != nil:
		d.Faultf(at, "%s: %v", shown, err)
	case len(text) == 0:
		d.Faultf(at, "%s: is empty", shown)
	}
	return withoutLineEnd(string(text)), err == nil && len(text) > 0
}
