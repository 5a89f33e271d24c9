package sample

import "fmt"

// A Failure is one thing that went wrong in a session: where, why, and in the
// server's own words where it had any. It is data, part of the measurement.
type Failure struct {
	Phase    Phase
	Class    Class
	Enhanced EnhancedCode // zero where there was none
	Code     int          // the reply's code, 0 where there was no reply
	Text     string       // what is told of a failure that no client had a part in
	Said     Quotation    // what is told of one that a client reports, as long as its event is valid; nil where Text says it
}

// A Quotation is what a server said, kept as it came: it is made fit to be told
// only if somebody asks.
type Quotation interface {
	// Line is the first line of it: printable, of 200 octets at most, and
	// without any secret of the run.
	Line() string
}

// Example returns what is told of the failure, the reply's first line or the
// cause: printable, of 200 octets at most, and without any secret of the run.
// It is made when asked for, since of many failures alike one is kept.
func (f *Failure) Example() string {
	if f.Said == nil {
		return f.Text
	}
	return f.Said.Line()
}

// Error renders the failure on one line.
func (f *Failure) Error() string {
	s := f.Phase.String() + ": " + f.Class.String()
	text := f.Example()
	if f.Code != 0 {
		s += fmt.Sprintf(": %d", f.Code)
		if e := f.Enhanced.String(); e != "" {
			s += " " + e
		}
		if text != "" {
			s += " " + text
		}
	} else if text != "" {
		s += ": " + text
	}
	return s
}
