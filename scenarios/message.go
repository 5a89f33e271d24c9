package scenarios

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios/tree"
)

// A message says what is sent.
type message struct {
	section
	size        mail.Size
	attachments []attachment
	file        string
	header      []named[string]
	utf8        bool
}

type attachment struct {
	section
	name, media, file string
	size              int64
}

var messageShape = object[message]{
	name:    "message",
	example: "{size: 4KiB}",
	fields: []field[message]{
		opt("size", shape[mail.Size](messageSize{}), func(m *message) *mail.Size { return &m.size },
			"Size of a synthetic message with its header, 4KiB if left out. It is fixed, or {median: 20KiB, p99: 500KiB} for sizes as real mail has them (log-normal)."),
		opt("attachments", listOf(attachmentShape, 0, 100), func(m *message) *[]attachment { return &m.attachments },
			"MIME parts in addition to the text."),
		opt("file", filePath, func(m *message) *string { return &m.file },
			"Messages to send in turn, in place of synthetic ones: an .eml file, an mbox, a folder of them, or a Maildir. A file in a folder is mail if its name ends in .eml, or if it begins with a message's header or like an mbox. Other files are left out."),
		opt("header", headerShape, func(m *message) *[]named[string] { return &m.header },
			"Further header fields of synthetic messages."),
		opt("utf8", boolean, func(m *message) *bool { return &m.utf8 },
			"Synthetic text beyond ASCII: as 8BITMIME, or in quoted-printable if the server does not offer that.").defaultTo("false"),
	},
	check: checkMessage,
}

var attachmentShape = object[attachment]{
	name:    "attachment",
	example: "{file: PATH}",
	fields: []field[attachment]{
		opt("file", filePath, func(a *attachment) *string { return &a.file },
			"The file to attach."),
		opt("size", octets(0), func(a *attachment) *int64 { return &a.size },
			"How many synthetic octets to attach, in place of a file."),
		opt("name", text("a file name", `^[^\x00-\x1f"/\\]{1,200}$`), func(a *attachment) *string { return &a.name },
			"The file name of the part. If left out, the name of the file."),
		opt("type", text("a media type such as application/pdf", `^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$`), func(a *attachment) *string { return &a.media },
			"The media type. If left out, it follows from the file name, or is application/octet-stream."),
	},
	check: func(d *decoder, a *attachment) {
		if a.has("file") == a.has("size") && !a.unsure {
			d.Faultf(a.node.At, "an attachment needs a file or a size, one of the two")
		}
	},
}

var headerShape = byName[string]{
	what: "a header field's name", key: `^[!-9;-~]{1,70}$`, words: "printable ASCII without a colon",
	item: text("a header field's value on one line", `^[^\x00\r\n]{0,900}$`), most: 100,
}

// messageSize is the shape of one size, or of a distribution of sizes.
type messageSize struct{}

const smallest = 1

type distribution struct {
	section
	mail.Size
}

var distributionShape = object[distribution]{
	name: "size",
	fields: []field[distribution]{
		opt("median", octets(smallest), func(s *distribution) *int64 { return &s.Median },
			"Half of the messages are smaller."),
		opt("p99", octets(smallest), func(s *distribution) *int64 { return &s.P99 },
			"One message in a hundred is larger."),
	},
	check: func(d *decoder, s *distribution) {
		if (!s.has("median") || !s.has("p99")) && !s.unsure {
			d.Faultf(s.node.At, "sizes need a median and a p99: {median: 20KiB, p99: 500KiB}")
		}
		if s.Median > 0 && s.P99 > 0 && s.P99 < s.Median {
			d.Faultf(s.at("p99"), "p99 is below the median")
		}
	},
}

func (messageSize) decode(d *decoder, n *tree.Node, out *mail.Size) {
	if n.Kind != tree.Mapping {
		octets(smallest).decode(d, n, &out.Median)
		return
	}
	var s distribution
	distributionShape.decode(d, n, &s)
	*out = s.Size
}

func (messageSize) describe(g *generator) *jsonSchema {
	return &jsonSchema{AnyOf: []*jsonSchema{octets(smallest).describe(g), distributionShape.describe(g)}}
}

func checkMessage(d *decoder, m *message) {
	if !m.has("file") {
		if !m.has("size") {
			m.size = m.size.Resolved()
			m.fill("size", tree.Word(m.node.At, "4KiB"))
		}
		return
	}
	synthetic := m.given("size", "attachments", "header")
	if m.utf8 {
		synthetic = append(synthetic, "utf8")
	}
	for _, name := range synthetic {
		d.Faultf(m.at(name), "%s is for synthetic messages, and file sends real ones: leave out one of the two", name)
	}
}

// options returns the message as options of package mail.
func (m *message) options(d *decoder) mail.Options {
	o := mail.Options{Size: m.size, UTF8: m.utf8}
	for _, h := range m.header {
		if o.Header == nil {
			o.Header = map[string]string{}
		}
		o.Header[h.name] = h.value
	}
	for i := range m.attachments {
		o.Attach = append(o.Attach, m.attachments[i].part(d))
	}
	if m.file != "" {
		o.Files = d.messages(m.at("file"), m.file)
	}
	return o
}

// checkMail reports the faults that package mail finds in its options, at the
// position of the option. The envelope has a check of its own, which knows the
// positions in its table.
func (m *message) checkMail(d *decoder, o mail.Options) {
	if m.node == nil || d.Faulty(m.node) {
		return
	}
	if len(o.Header)+len(o.Attach)+len(o.Files) == 0 && o.Size.Median >= mail.DefaultSize {
		return // any header fits into that, and rendering would take time
	}
	_, err := mail.New(o)
	for _, err := range causes(err) {
		if fault := (*mail.OptionError)(nil); errors.As(err, &fault) {
			if name, ok := messageFields[fault.Option]; ok {
				d.Faultf(m.at(name), "%s: %v", name, fault.Err)
			}
		}
	}
}

// messageFields are the names that options of package mail have in a message.
var messageFields = map[mail.Option]string{
	mail.OptionSize:   "size",
	mail.OptionHeader: "header",
	mail.OptionAttach: "attachments",
	mail.OptionFiles:  "file",
}

// causes returns the errors that were joined into one.
func causes(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, causes(e)...)
	}
	return all
}

func (a *attachment) part(d *decoder) mail.Attachment {
	p := mail.Attachment{Name: a.name, Type: a.media, Size: a.size}
	if a.file == "" {
		return p
	}
	if p.Name == "" {
		p.Name = path.Base(strings.ReplaceAll(a.file, `\`, "/"))
	}
	if p.Type == "" {
		// Only the type: the parameters after it, such as charset, would be guesses.
		p.Type, _, _ = strings.Cut(d.mediaType(path.Ext(p.Name)), ";")
	}
	p.Data, _ = d.octets(a.at("file"), a.file, mail.MaxFileSize)
	p.Size = int64(len(p.Data))
	return p
}

// messages reads the files that a scenario sends in place of synthetic mail.
func (d *decoder) messages(at tree.Position, name string) []mail.File {
	shown := d.shownName(at, name)
	if files := d.mails[shown]; files != nil {
		return files
	}
	if beside := d.filesAt(at); beside.closed {
		d.Faultf(at, "%s: %v", shown, errNotAlong)
		return nil
	}
	fsys, inside, err := d.filesAt(at).locate(name)
	if err != nil {
		d.Faultf(at, "%s: %v", shown, err)
		return nil
	}
	// Names in the file system become names as the scenario gives them.
	show := func(found string) string { return shown + strings.TrimPrefix(found, inside) }
	box, err := mail.ReadFiles(fsys, inside)
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		d.Faultf(at, "%s: %v", show(pe.Path), pe.Err)
		return nil
	}
	for i := range box.Files {
		box.Files[i].Name = show(box.Files[i].Name)
	}
	for _, note := range box.Notes {
		d.notef(at, "%s: %s", shown, note)
	}
	d.mails[shown] = box.Files
	return box.Files
}
