package mail

import (
	"sync/atomic"
	"time"
)

// A dateField keeps the last date it was asked for: messages of the same
// second have the same, and writing one out takes longer than anything else in
// a header.
type dateField struct {
	last atomic.Pointer[writtenDate]
}

type writtenDate struct {
	second int64 // since the Unix epoch
	zone   *time.Location
	text   string
}

// append appends a date as RFC 5322, section 3.3, has it. It may be called
// concurrently.
func (f *dateField) append(head []byte, date time.Time) []byte {
	w := f.last.Load()
	if w == nil || w.second != date.Unix() || w.zone != date.Location() {
		w = &writtenDate{date.Unix(), date.Location(), date.Format("Mon, 02 Jan 2006 15:04:05 -0700")}
		f.last.Store(w)
	}
	return append(head, w.text...)
}
