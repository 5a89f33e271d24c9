package mail

import (
	"bytes"
	"errors"
)

// MaxFileSize is how many octets a message from a file may have.
const MaxFileSize = 64 << 20

// A stored message comes from a file. It is ready to be sent after a new Date and
// Message-ID.
type stored struct {
	closing
	eightBit bool
}

func store(files []File) ([]stored, error) {
	all := make([]stored, 0, len(files))
	var faults []error
	for _, f := range files {
		zero := bytes.IndexByte(f.Data, 0)
		switch {
		case zero >= 0:
			line := 1 + bytes.Count(f.Data[:zero], []byte("\n"))
			faults = append(faults, OptionFiles.faultf("%s: NUL in line %d, which no mail may have (RFC 5322, 2.1): is it a text file?", f.Name, line))
		case len(bytes.TrimSpace(f.Data)) == 0:
			faults = append(faults, OptionFiles.faultf("%s: the message is empty", f.Name))
		case len(f.Data) > MaxFileSize:
			faults = append(faults, OptionFiles.faultf("%s: the message has %d octets; the limit is %d", f.Name, len(f.Data), MaxFileSize))
		default:
			all = append(all, newStored(f.Data))
		}
	}
	return all, errors.Join(faults...)
}

func newStored(data []byte) stored {
	raw := withoutIdentity(normalize(data))
	s := stored{eightBit: !isASCII(raw)}
	if stuffed := stuff(raw); stuffed != nil {
		s.raw, s.dotted = raw, append(stuffed, finalDot...)
	} else {
		s.closing = newClosing(append(raw, finalDot...))
	}
	return s
}

// withoutIdentity removes the fields from a message's header that appendIdentity
// writes. Text without a header gets the empty line that ends one.
func withoutIdentity(msg []byte) []byte {
	out := make([]byte, 0, len(msg)+len("\r\n")+len(finalDot))
	rest, drop := msg, false
	for len(rest) > 0 {
		line := rest[:bytes.IndexByte(rest, '\n')+1] // normalize ends every line
		name, isField := fieldName(line)
		switch {
		case isField:
			drop = bytes.EqualFold(name, []byte("Date")) || bytes.EqualFold(name, []byte("Message-ID"))
		case len(rest) < len(msg) && (line[0] == ' ' || line[0] == '\t'):
			// Folded: it is part of the field before (RFC 5322, 2.2.3).
		case len(line) == len("\r\n"):
			return append(out, rest...)
		default: // text begins, without an empty line before it
			return append(append(out, "\r\n"...), rest...)
		}
		if !drop {
			out = append(out, line...)
		}
		rest = rest[len(line):]
	}
	return out
}

func isField(line []byte) bool {
	_, is := fieldName(line)
	return is
}

// fieldName returns the name of the header field that line begins.
func fieldName(line []byte) ([]byte, bool) {
	name, _, found := bytes.Cut(line, []byte(":"))
	name = bytes.TrimRight(name, " \t") // RFC 5322, 4.5: once allowed
	if !found || len(name) == 0 {
		return nil, false
	}
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return nil, false
		}
	}
	return name, true
}
