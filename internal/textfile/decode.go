package textfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	markUTF8    = "\xef\xbb\xbf"
	markLittle  = "\xff\xfe"
	markBig     = "\xfe\xff"
	mark32      = "\x00\x00\xfe\xff"
	markLittle4 = "\xff\xfe\x00\x00"
)

// foreign lists kinds of files that are not text, by how they begin.
var foreign = []struct{ begins, kind string }{
	{"\x1f\x8b", "compressed by gzip"},
	{"\xfd7zXZ\x00", "compressed by xz"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd"},
	{"PK\x03\x04", "a ZIP archive"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "in the format of Outlook's .msg"},
	{"%PDF-", "a PDF"},
	{mark32, "UTF-32"},
	{markLittle4, "UTF-32"},
}

// Decode returns the text of a file, as the package's documentation says. It is UTF-8,
// unless the file has another character set of single octets. The text of an error goes
// on after the file's name: "is ...". The result may be a part of data.
func Decode(data []byte) ([]byte, error) {
	for _, f := range foreign {
		if has(data, f.begins) {
			return nil, fmt.Errorf("is %s: want text, best in UTF-8", f.kind)
		}
	}
	text, err := data, error(nil)
	switch {
	case has(data, markUTF8):
		text = data[len(markUTF8):]
	case has(data, markLittle):
		text, err = decode16(data[len(markLittle):], binary.LittleEndian)
	case has(data, markBig):
		text, err = decode16(data[len(markBig):], binary.BigEndian)
	default:
		if order := unmarked(data); order != nil {
			text, err = decode16(data, order)
		}
	}
	if err != nil {
		return nil, err
	}
	return mendLineEnds(text), nil
}

func has(data []byte, prefix string) bool { return bytes.HasPrefix(data, []byte(prefix)) }

// unmarked returns the order of the octets in UTF-16 without a byte-order mark; nil if
// data is not certainly that. Every zero octet has to be one half of a Latin character.
func unmarked(data []byte) binary.ByteOrder {
	if len(data) == 0 || len(data)%2 != 0 {
		return nil
	}
	var zeros [2]int // at even and at odd places
	for rest := data; ; {
		i := bytes.IndexByte(rest, 0)
		if i < 0 {
			break
		}
		rest = rest[i+1:]
		zeros[(len(data)-len(rest)-1)%2]++
	}
	var order binary.ByteOrder = binary.LittleEndian
	if zeros[1] == 0 {
		order = binary.BigEndian
	}
	if min(zeros[0], zeros[1]) > 0 || 4*max(zeros[0], zeros[1]) < len(data) {
		return nil
	}
	return order
}

func decode16(data []byte, order binary.ByteOrder) ([]byte, error) {
	if len(data)%2 != 0 {
		return nil, errors.New("is UTF-16 that breaks off within a character")
	}
	text := make([]byte, 0, len(data)/2)
	for i := 0; i < len(data); i += 2 {
		c := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(c) {
			i += 2
			if i < len(data) {
				c = utf16.DecodeRune(c, rune(order.Uint16(data[i:])))
			}
			if i >= len(data) || c == utf8.RuneError {
				return nil, errors.New("is UTF-16 with half of a character")
			}
		}
		text = utf8.AppendRune(text, c)
	}
	return text, nil
}

// mendLineEnds replaces CR CR LF, with any number of CR, by CRLF. In text without a LF it
// replaces each CR by LF.
func mendLineEnds(text []byte) []byte {
	if bytes.IndexByte(text, '\n') < 0 {
		if bytes.IndexByte(text, '\r') < 0 {
			return text
		}
		return bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	doubled := []byte("\r\r\n")
	if !bytes.Contains(text, doubled) {
		return text
	}
	out := make([]byte, 0, len(text))
	for {
		before, after, found := bytes.Cut(text, doubled)
		if !found {
			return append(out, text...)
		}
		out = append(append(out, bytes.TrimRight(before, "\r")...), "\r\n"...)
		text = after
	}
}
