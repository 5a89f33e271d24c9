package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/smtpgauge/smtpgauge/gauge"
	"github.com/smtpgauge/smtpgauge/loadgen"
	"github.com/smtpgauge/smtpgauge/results/live"
	"github.com/smtpgauge/smtpgauge/results/record"
	"github.com/smtpgauge/smtpgauge/results/watch"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// watchHelp explains --watch, in the help of the commands that have it.
const watchHelp = `--watch :8089 serves a page that shows the run while it goes on, on 127.0.0.1. At
the end the page has the verdict and the finished page, and the command does not
wait for anybody who watches. Eight may watch at a time.`

// watchUsage is the line of --watch in the list of flags.
const watchUsage = "serve a live page for a browser on `[HOST]:PORT`"

// A livePage shows runs to browsers while they go on. The zero value shows nothing.
type livePage struct {
	server *watch.Server
}

// serveLivePage begins to serve a page with a title, and prints where it is. It serves
// none if there is no address.
func serveLivePage(address addressFlag, title string, stderr io.Writer) (livePage, error) {
	if address == "" {
		return livePage{}, nil
	}
	server, err := watch.Serve(string(address), title)
	if err != nil {
		return livePage{}, err
	}
	fmt.Fprintf(stderr, "live page: %s\n", server.URL())
	return livePage{server}, nil
}

// begin begins with a run of p.
func (l livePage) begin(p *loadgen.Plan) {
	if l.server != nil {
		l.server.Begin(p)
	}
}

// observe adds an interval.
func (l livePage) observe(s *live.Standing, i *record.Progress) {
	if l.server != nil {
		l.server.Observe(s, i)
	}
}

// finish shows how it ended. page writes the finished page; it is not called if nobody
// watches, because that takes time. If it fails, there is none.
func (l livePage) finish(c criteria.Conclusion, note string, page func(io.Writer) error) {
	if l.server == nil {
		return
	}
	end := watch.End{Conclusion: c, Note: note}
	if l.server.Watched() {
		end.Page = pageText(page)
	}
	l.server.Finish(end)
}

// close ends serving, and waits no longer than for a browser that reads.
func (l livePage) close() {
	if l.server != nil {
		l.server.Close()
	}
}

// conclusionOf is what a command comes to that an error kept from a verdict.
func conclusionOf(err error) *criteria.Conclusion {
	c := &criteria.Conclusion{Word: criteria.Failed, Reason: err.Error()}
	switch {
	case errors.Is(err, gauge.ErrFailed):
	case errors.Is(err, gauge.ErrInvalid):
		c.Word = criteria.Invalid
	case errors.Is(err, gauge.ErrInterrupted):
		c.Word = criteria.Undecided
	}
	return c
}

// pageText is what page writes; "" if that fails.
func pageText(page func(io.Writer) error) string {
	if page == nil {
		return ""
	}
	var b strings.Builder
	if page(&b) != nil {
		return ""
	}
	return b.String()
}
