// Package mail makes envelopes and messages, rendered before they are needed.
package mail

import "io/fs"

// Options say what mail a flow sends. The zero value of a field is its
// default as given here.
type Options struct {
	Seed uint64 // the same seed gives the same mail

	From       string   // address pattern; {seq}, {1..5000} and {COLUMN} are filled in
	To         []string // address patterns, taken in turn
	Recipients int      // a message; 0 means 1
	Columns    *Table   // what {COLUMN} is taken from, a row a message in turn; nil for none

	Size   Size              // of the synthetic message
	Files  []File            // messages to send in place of synthetic ones, in turn
	Attach []Attachment      // makes the synthetic message multipart/mixed
	Header map[string]string // further header fields of synthetic messages
	UTF8   bool              // synthetic text beyond ASCII, 8bit encoded
}

// Size is how large a synthetic message is, in octets with its header. Where
// P99 is over Median, sizes are log-normal; otherwise all are Median. 0 means
// 4 KiB.
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

// ReadFiles reads messages from an .eml file, a folder of them, or an mbox.
func ReadFiles(fsys fs.FS, path string) ([]File, error) { panic("not written yet") }
