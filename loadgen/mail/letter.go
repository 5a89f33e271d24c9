package mail

import (
	"errors"
	"slices"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
)

// A letter makes synthetic messages.
type letter struct {
	seed     uint64
	sizes    sizer
	form     form
	sevenBit form // in place of form if the server takes no octets over 127
	subjects []string
	given    map[string]bool // names of the fields that Options.Header has, in lower case

	attached    closing // the parts after the text
	attachments bool
}

// A form is how a letter's text is encoded.
type form struct {
	encoding string // the value of Content-Transfer-Encoding
	charset  string
	prose    *prose
	common   []byte // the end of every header; of a multipart message, up to its text
}

const (
	numSubjects = 256

	// minText is the least a synthetic message has beside its header.
	minText = len("\r\n")
)

func newLetter(o *Options) (*letter, error) {
	sizes, sizeErr := newSizer(o.Size, o.Seed)
	fields, given, headerErr := appendGiven(nil, o.Header)
	l := &letter{
		seed:        o.Seed,
		sizes:       sizes,
		form:        form{encoding: "7bit", charset: "us-ascii", prose: proseIn(plainText)},
		subjects:    subjects(o.Seed, numSubjects),
		given:       given,
		attachments: len(o.Attach) > 0,
	}
	boundary := "=_" + strconv.FormatUint(chance.At(o.Seed, 0), 36) // no line of text or base64 has it
	l.sevenBit = l.form
	if o.UTF8 {
		l.form = form{encoding: "8bit", charset: "utf-8", prose: proseIn(utf8Text)}
		l.sevenBit = form{encoding: "quoted-printable", charset: "utf-8", prose: proseIn(quotedText)}
	}
	for _, f := range []*form{&l.form, &l.sevenBit} {
		f.common = append(slices.Clip(fields), "MIME-Version: 1.0\r\n"...)
		if l.attachments {
			f.common = f.appendMultipart(f.common, boundary)
		}
		f.common = f.appendTextFields(f.common)
	}
	var attachErr error
	if l.attachments {
		l.attached, attachErr = attach(o.Attach, boundary, o.Seed)
	}
	return l, errors.Join(sizeErr, headerErr, attachErr)
}

// formFor returns the form in which the server takes t.
func (l *letter) formFor(t *smtpwire.Transaction) *form {
	if t.SevenBit {
		return &l.sevenBit
	}
	return &l.form
}

const transferEncoding = "Content-Transfer-Encoding: "

// appendMultipart appends what comes before the fields of the first part. A multipart
// message as a whole is not encoded (RFC 2045, 6.4).
func (f *form) appendMultipart(head []byte, boundary string) []byte {
	whole := f.encoding
	if whole == "quoted-printable" {
		whole = "7bit"
	}
	head = append(head, "Content-Type: multipart/mixed; boundary=\""+boundary+"\"\r\n"+transferEncoding+whole+"\r\n"...)
	return append(head, "\r\n--"+boundary+"\r\n"...)
}

// appendTextFields appends the fields that describe the text (RFC 2045), and
// the empty line after them.
func (f *form) appendTextFields(head []byte) []byte {
	return append(head, "Content-Type: text/plain; charset="+f.charset+"\r\n"+transferEncoding+f.encoding+"\r\n\r\n"...)
}

// appendText appends all that comes after the header to chunks, which holds the
// header alone. It returns the last chunk by itself.
func (l *letter) appendText(chunks [][]byte, seq uint64, f *form) ([][]byte, closing) {
	n := max(l.sizes.of(seq)-int64(len(chunks[0])), int64(minText))
	line := below(draw(l.seed, startStream, seq, 0), uint64(len(f.prose.starts)))
	chunks, end := f.prose.appendTo(chunks, int(line), n)
	if l.attachments {
		return append(chunks, end.raw), l.attached
	}
	return chunks, end
}
