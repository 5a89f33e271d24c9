package mail

import (
	"sync/atomic"
	"time"
)

// A dateField keeps the last date that it wrote. Messages of the same second have
// the same date, and to write it takes longer than the rest of a header.
type dateField struct {
	last atomic.Pointer[writtenDate]
}

type writtenDate struct {
	second int64 // since the Unix epoch
	zone   *time.Location
	text   string
}

// append appends a date as RFC 5322, section 3.3, defines it. It may be called
// concurrently.
func (f *dateField) append(head []byte, date time.Time) []byte {
	w := f.last.Load()
	if w == nil || w.second != date.Unix() || w.zone != date.Location() {
		w = &writtenDate{date.Unix(), date.Location(), date.Format("Mon, 02 Jan 2006 15:04:05 -0700")}
		f.last.Store(w)
	}
	return append(head, w.text...)
}
