package mail

import (
	"errors"
	"strconv"

	"github.com/smtpgauge/smtpgauge/loadgen/chance"
)

// A letter is the form of synthetic messages.
type letter struct {
	seed     uint64
	sizes    sizer
	prose    *prose
	subjects []string
	given    map[string]bool // fields of common that take the place of our own
	common   []byte          // the end of every header, and of a first part's
	eightBit bool

	attached    closing // the parts after the text
	attachments bool
}

const (
	numSubjects = 256

	// minText is the least a synthetic message has beside its header.
	minText = len("\r\n")
)

func newLetter(o *Options) (*letter, error) {
	sizes, sizeErr := newSizer(o.Size, o.Seed)
	common, given, headerErr := appendGiven(nil, o.Header)
	l := &letter{
		seed:        o.Seed,
		sizes:       sizes,
		prose:       newProse(o.Seed, o.UTF8),
		subjects:    subjects(o.Seed, numSubjects),
		given:       given,
		eightBit:    o.UTF8,
		attachments: len(o.Attach) > 0,
	}
	boundary := "=_" + strconv.FormatUint(chance.At(o.Seed, 0), 36) // no line of text or base64 has it
	l.common = appendMIME(common, boundary, l.attachments, o.UTF8)
	var attachErr error
	if l.attachments {
		l.attached, attachErr = attach(o.Attach, boundary, o.Seed)
	}
	return l, errors.Join(sizeErr, headerErr, attachErr)
}

// appendMIME appends the fields of RFC 2045 and the empty line after them; in
// a multipart message, also what comes ahead of the first part's text.
func appendMIME(head []byte, boundary string, multipart, utf8 bool) []byte {
	charset, encoding := "us-ascii", "7bit"
	if utf8 {
		charset, encoding = "utf-8", "8bit"
	}
	transfer := "Content-Transfer-Encoding: " + encoding + "\r\n"
	head = append(head, "MIME-Version: 1.0\r\n"...)
	if multipart {
		head = append(head, "Content-Type: multipart/mixed; boundary=\""+boundary+"\"\r\n"+transfer...)
		head = append(head, "\r\n--"+boundary+"\r\n"...)
	}
	return append(head, "Content-Type: text/plain; charset="+charset+"\r\n"+transfer+"\r\n"...)
}

// appendText appends everything after the header in chunks, which holds
// nothing else, and returns the last chunk apart.
func (l *letter) appendText(chunks [][]byte, seq uint64) ([][]byte, closing) {
	n := max(l.sizes.of(seq)-int64(len(chunks[0])), int64(minText))
	line := below(draw(l.seed, startStream, seq, 0), uint64(len(l.prose.starts)))
	chunks, end := l.prose.appendTo(chunks, int(line), n)
	if l.attachments {
		return append(chunks, end.raw), l.attached
	}
	return chunks, end
}
