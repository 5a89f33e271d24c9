package sample

import "fmt"

// A Failure is one thing that went wrong in a session: in which phase, why, and
// in the server's own words if it said any. It is data, a part of the
// measurement.
type Failure struct {
	Phase    Phase
	Class    Class
	Enhanced EnhancedCode // of the reply; zero if it had none
	Code     int          // of the reply; 0 if there was none

	// One of these two describes the failure; Example chooses.
	Text  string    // of a failure that no SMTP client reports
	Quote Quotation // of one that a client reports, valid as long as the client's event; nil if Text describes it
}

// A Quotation is what a server said, kept as it came. The work of making it
// presentable is done only if somebody asks for it.
type Quotation interface {
	// Line returns the first line: printable, 200 octets at most, and without
	// any secret of the run.
	Line() string
}

// Example describes the failure: the first line of the reply, or the cause. The
// text is printable, has 200 octets at most, and has no secret of the run in it.
// It is made at each call, because only one of many equal failures is kept.
func (f *Failure) Example() string {
	if f.Quote == nil {
		return f.Text
	}
	return f.Quote.Line()
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
