package mail

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"mime"
	"path"
	"strings"
)

// base64Line is how many octets make a line of 76 columns (RFC 2045, 6.8).
const base64Line = 57

// attach renders the parts after the text, and the boundary that ends them.
func attach(list []Attachment, boundary string, seed uint64) (closing, error) {
	var out []byte
	room := int64(MaxFileSize)
	for i, a := range list {
		if a.Data != nil {
			a.Size = int64(len(a.Data))
		}
		if a.Name == "" {
			a.Name = fmt.Sprintf("attachment-%d", i+1)
		}
		if a.Size <= 0 || a.Size > room {
			return closing{}, OptionAttach.faultf("%s has %d octets; 1 to %d would be right, all attachments together", a.Name, a.Size, MaxFileSize)
		}
		room -= a.Size
		if a.Data == nil {
			a.Data = noise(seed, uint64(i), a.Size)
		}
		header, err := a.header()
		if err != nil {
			return closing{}, &OptionError{OptionAttach, err}
		}
		out = append(out, "--"+boundary+"\r\n"+header...)
		out = appendBase64(out, a.Data)
	}
	out = append(out, "--"+boundary+"--\r\n"+finalDot...)
	return newClosing(out), nil
}

func (a *Attachment) header() (string, error) {
	typ := a.Type
	if typ == "" {
		typ = "application/octet-stream"
	}
	media, params, err := mime.ParseMediaType(typ)
	if err != nil || !strings.Contains(media, "/") {
		return "", fmt.Errorf("type %q of %s is no media type such as application/pdf", typ, a.Name)
	}
	if strings.HasPrefix(media, "message/") || strings.HasPrefix(media, "multipart/") {
		return "", fmt.Errorf("type %s of %s cannot be sent as base64 (RFC 2045, 6.4); application/octet-stream can", media, a.Name)
	}
	name := path.Base(a.Name)
	if len(name) > 200 || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("name %q has a control character, or more than 200 octets", name)
	}
	// FormatMediaType encodes names beyond ASCII as RFC 2231 says.
	return "Content-Type: " + mime.FormatMediaType(media, params) + "\r\n" +
		"Content-Disposition: " + mime.FormatMediaType("attachment", map[string]string{"filename": name}) + "\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n", nil
}

func appendBase64(out, data []byte) []byte {
	for len(data) > 0 {
		n := min(len(data), base64Line)
		out = base64.StdEncoding.AppendEncode(out, data[:n])
		out = append(out, "\r\n"...)
		data = data[n:]
	}
	return out
}

// noise returns n octets that no server can compress.
func noise(seed, attachment uint64, n int64) []byte {
	out := make([]byte, 0, n+8)
	for i := uint64(0); int64(len(out)) < n; i++ {
		out = binary.LittleEndian.AppendUint64(out, draw(seed, attachmentStream, attachment, i))
	}
	return out[:n]
}
