package mail

// Options say what mail a flow sends. A comment that names no default means that
// the zero value is none.
type Options struct {
	// Sizes, texts and addresses are drawn from Seed: the same seed gives the
	// same mail. It is part of every Message-ID, so each flow of a run needs a
	// seed of its own.
	Seed uint64

	From       string   // address pattern (see Pattern); "" is the null path
	To         []string // address patterns, taken in turn; message n begins with pattern n
	Recipients int      // of each message; 0 means 1. An address that the patterns give twice counts twice
	Columns    *Table   // the columns that patterns name; each message takes the next row

	// Files are messages to send in turn, in place of synthetic ones. Their line
	// ends become CRLF. They get a new Date and Message-ID, which breaks a
	// signature that covers these. If there are Files, the fields below do
	// nothing.
	Files []File

	Size   Size              // of the synthetic message
	Attach []Attachment      // makes the synthetic message multipart/mixed
	Header map[string]string // more header fields; From, To and Subject replace the synthetic ones
	UTF8   bool              // text beyond ASCII: 8bit, or quoted-printable if the server takes no 8BITMIME
}

// A Size says how large a synthetic message is, in octets as SIZE counts them (RFC
// 1870). The header is part of it; attachments come on top. If P99 is over Median,
// sizes are log-normal, but never over four times P99, and never under what the
// header takes. Otherwise all are Median. The zero value means 4 KiB.
type Size struct{ Median, P99 int64 }

// A File is a message from an .eml file or an mbox.
type File struct {
	Name string // for errors
	Data []byte
}

// An Attachment is a MIME part beside the text: Data, or Size synthetic octets if
// Data is nil.
type Attachment struct {
	Name string // "" means attachment-N
	Type string // media type; "" means application/octet-stream
	Size int64  // octets; ignored if there is Data
	Data []byte
}

// A Table is a CSV file with a header row.
type Table struct {
	Columns []string
	Rows    [][]string
}
