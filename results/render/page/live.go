package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
)

// The scripts and styles of the live page beside those that it shares with the finished
// page.
var (
	liveScripts = []string{"uplot/uPlot.iife.min.js", "assets/theme.js", "assets/units.js", "assets/marks.js", "assets/logsplits.js", "assets/frame.js", "assets/livechart.js", "assets/live.js"}
	liveStyles  = []string{"uplot/uPlot.min.css", "assets/page.css", "assets/figures.css", "assets/live.css"}
)

// Live is a page that shows a run while it goes on. It gets what it shows from a stream
// of server-sent events, which results/watch makes, and at the end it can become the
// finished page.
type Live struct {
	Title  string // plain text, not HTML
	Events string // the path of the stream, on the server that the page comes from
}

// WriteLive writes the live page. The error is w's. Send LivePolicy along with it.
func WriteLive(w io.Writer, l Live) error {
	v := struct {
		Live
		Scripts []template.JS
		Style   template.CSS
		Licence string
	}{Live: l, Licence: asset("uplot/VERSION") + "\n" + asset("uplot/LICENSE")}
	for _, name := range liveScripts {
		v.Scripts = append(v.Scripts, template.JS(asset(name)))
	}
	for _, name := range liveStyles {
		v.Style += template.CSS(asset(name))
	}
	var b bytes.Buffer
	if err := pageTemplate.ExecuteTemplate(&b, "live.html", &v); err != nil {
		return fmt.Errorf("writing the live page: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// LivePolicy is the Content-Security-Policy of the live page: it may run the scripts of
// this package only, those of the page that it becomes included, and load nothing but
// its events.
func LivePolicy() string {
	names := slices.Concat(liveScripts, scripts)
	slices.Sort(names)
	var sources []string
	for _, name := range slices.Compact(names) {
		sum := sha256.Sum256([]byte(asset(name)))
		sources = append(sources, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src " +
		strings.Join(sources, " ")
}
