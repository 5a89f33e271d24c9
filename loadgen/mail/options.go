// Package mail makes envelopes and messages, rendered before they are needed.
//
// A Source renders what messages have in common once: a long text that each
// takes its own part of, attachments, files with their dots doubled. What is
// left for when a message is due is its addresses and its header, written into
// the transaction that the message before has left. Everything in it is drawn
// from the seed and the number of the message.
package mail

// Options say what mail a flow sends. The zero value of a field is its
// default as given here.
type Options struct {
	// Seed is what sizes, texts and addresses are drawn from: the same seed
	// gives the same mail. It is part of every Message-ID, so flows of one run
	// need seeds of their own.
	Seed uint64

	From       string   // address pattern; "" is the null path
	To         []string // address patterns, taken in turn; message n begins with pattern n
	Recipients int      // a message, not told apart where a pattern gives one twice; 0 means 1
	Columns    *Table   // what {COLUMN} is taken from, a row a message in turn; nil for none

	// Files are messages to send in place of synthetic ones, in turn. Their
	// line ends are made CRLF, and Date and Message-ID are replaced by fresh
	// ones, which breaks a signature that covers them. Where there are any,
	// nothing below has a meaning.
	Files []File

	Size   Size              // of the synthetic message
	Attach []Attachment      // makes the synthetic message multipart/mixed
	Header map[string]string // further header fields, or in place of our From, To and Subject
	UTF8   bool              // synthetic text beyond ASCII, 8bit or, where the server takes none, quoted-printable
}

// Size is how large a synthetic message is, in octets as SIZE counts them (RFC
// 1870), with its header; attachments come on top. Where P99 is over Median,
// sizes are log-normal, but never over four times P99, nor under what the
// header takes; otherwise all are Median. Zero means 4 KiB.
type Size struct{ Median, P99 int64 }

// A File is a message read from an .eml file or an mbox.
type File struct {
	Name string
	Data []byte
}

// An Attachment is a MIME part beside the text: a file, or Size synthetic
// octets where Data is nil.
type Attachment struct {
	Name string
	Type string // media type; "application/octet-stream" where empty
	Size int64
	Data []byte
}

// A Table is a CSV file with a header row.
type Table struct {
	Columns []string
	Rows    [][]string
}
