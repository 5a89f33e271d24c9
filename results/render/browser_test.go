//go:build browser

package render

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/results/render/compared"
)

// kept keeps a page in a file and returns its address.
func kept(t *testing.T, page string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + file
}

// drawn counts, for each chart, the pixels that differ from the background
// within the plot, by colour.
const drawn = `Object.fromEntries([...document.querySelectorAll("[data-chart]")].map(f => {
	const c = f.querySelector("canvas");
	if (!c) return [f.dataset.chart, 0];
	const px = new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer);
	return [f.dataset.chart, new Set(px).size];
}))`

// sizes are the widths of what makes the figures that are not canvases.
const sizes = `Object.fromEntries([[".segment"], [".mark"], [".dot"], [".fill"]].map(([s]) =>
	[s, [...document.querySelectorAll(s)].filter(e => e.getBoundingClientRect().width > 0).length]))`

func TestPageInBrowser(t *testing.T) {
	url := kept(t, pageText(t, showcase(t)))
	b := startBrowser(t)
	for _, width := range []int{1400, 420} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d-%s", width, scheme), func(t *testing.T) {
				b.t = t
				b.open(url, width, scheme)
				b.picture(t.Name()[strings.IndexByte(t.Name(), '/')+1:])
				holdsUp(t, b, url, width, scheme)
			})
		}
	}
	b.t = t
	b.open(url, 1400, "dark")
	if n := b.print("print"); n < 20_000 {
		t.Errorf("%d octets on paper", n)
	}
	complain(t, b, url)
}

func holdsUp(t *testing.T, b *browser, url string, width int, scheme string) {
	t.Helper()
	var colours map[string]int
	b.eval(drawn, &colours)
	for _, chart := range []string{"percentiles", "rate", "latency", "open", "errors"} {
		if colours[chart] < 8 {
			t.Errorf("%s has %d colours: it is not drawn", chart, colours[chart])
		}
	}
	fills := 4
	if width < 500 {
		fills = 0 // the figures alone
	}
	b.eval(unfold, nil)
	var there map[string]int
	b.eval(sizes, &there)
	for what, least := range map[string]int{".segment": 20, ".mark": 4, ".dot": 36, ".fill": fills} {
		if there[what] < least {
			t.Errorf("%d of %s are seen, want %d", there[what], what, least)
		}
	}
	var wide, owned bool
	var theme string
	b.eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
	b.eval(`document.title === "owned" || !!document.querySelector("img")`, &owned)
	b.eval(`document.documentElement.dataset.theme`, &theme)
	switch {
	case wide:
		t.Error("the page is wider than its window")
	case owned:
		t.Error("the server's text became part of the page")
	case theme != scheme:
		t.Errorf("the page is %s where the system is %s", theme, scheme)
	}
	complain(t, b, url)
}

func complain(t *testing.T, b *browser, url string) {
	t.Helper()
	for _, c := range b.complaints(url) {
		t.Error(c)
	}
}

// TestUnitsInBrowser holds the scripts' numbers to those of Go.
func TestUnitsInBrowser(t *testing.T) {
	b := startBrowser(t)
	b.open(kept(t, pageText(t, showcase(t))), 1400, "light")
	var text string
	b.eval(spellingScript(), &text)
	var got []string
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	checkSpellings(t, got)
}

// TestPageByKeyboard goes through what readers without a mouse do.
func TestPageByKeyboard(t *testing.T) {
	url := kept(t, pageText(t, showcase(t)))
	b := startBrowser(t)
	b.open(url, 1400, "light")
	for script, want := range map[string]string{
		// The flow is taken out of the charts.
		`document.querySelector('#picker button').click(); document.querySelector('#picker button').ariaPressed`: "false",
		// The cursor moves, and says where it is.
		`(() => { const c = document.querySelector('[data-chart="rate"] .canvas'); c.focus();
			for (const key of ["Home", "ArrowRight"]) c.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
			return document.getElementById("readout").textContent.includes("smtps-465") ? "read out" : document.getElementById("readout").textContent; })()`: "read out",
		// The colours go from the system's to light to dark.
		`document.getElementById("theme").click(); document.getElementById("theme").click(); document.documentElement.dataset.theme`: "dark",
		// The table behind a chart has a row for each second.
		`new Promise(done => { const d = document.querySelector('[data-chart="rate"] .behind');
			d.addEventListener("toggle", () => requestAnimationFrame(() => done(d.querySelectorAll("tbody tr").length > 59 ? "filled" : "empty")));
			d.open = true; })`: "filled",
		// Another time than that of messages.
		`(() => { const s = document.getElementById("curves"); s.value = [...s.options].find(o => o.text === "body").value;
			s.dispatchEvent(new Event("change")); return document.querySelector('[data-chart="percentiles"] .canvas').ariaLabel.includes("body") ? "body" : "other"; })()`: "body",
	} {
		var got string
		if b.eval(script, &got); got != want {
			t.Errorf("%s is %q, want %q", script, got, want)
		}
	}
	// All that can be used can be reached, and has a name.
	var nameless []string
	b.eval(`[...document.querySelectorAll("button, select, [tabindex='0'], [role=img]")].filter(e =>
		!(e.ariaLabel || e.getAttribute("aria-labelledby") || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML.slice(0, 99))`, &nameless)
	for _, e := range nameless {
		t.Errorf("no name: %s", e)
	}
	complain(t, b, url)
}

// forestry is what is seen of a comparison's plot.
const forestry = `({
	whiskers: [...document.querySelectorAll(".whisker:not(:has(+ .beyond))")].map(e => e.getBoundingClientRect().width),
	dots: [...document.querySelectorAll(".estimate")].filter(e => e.getBoundingClientRect().width > 0).length,
	hidden: [...document.querySelectorAll(".forest .pill")].filter(e => e.getBoundingClientRect().right > innerWidth).length,
	cut: [...document.querySelectorAll(".pill")].filter(e => e.getClientRects().length > 1).length,
	beyond: document.querySelectorAll(".estimate.beyond").length,
	out: [...document.querySelectorAll(".whisker, .estimate, .forest .axis span")].filter(e => {
		const own = e.getBoundingClientRect(), field = e.closest("td, th").getBoundingClientRect();
		return own.width > 0 && (own.right > field.right + 24 || own.left < field.left - 24);
	}).map(e => e.outerHTML),
	wide: document.documentElement.scrollWidth > innerWidth,
	owned: document.title === "owned" || !!document.querySelector("img"),
	theme: document.documentElement.dataset.theme,
	nameless: [...document.querySelectorAll("button, [tabindex='0'], section")].filter(e =>
		!(e.ariaLabel || e.getAttribute("aria-labelledby") || e.textContent.trim())).map(e => e.outerHTML.slice(0, 99)),
})`

func TestComparisonInBrowser(t *testing.T) {
	c := contrast(t)
	url := kept(t, comparisonText(t, "html", c))
	drawn := len(compared.Page(c).Comparison)
	b := startBrowser(t)
	for _, width := range []int{1400, 420} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d-%s", width, scheme), func(t *testing.T) {
				b.t = t
				b.open(url, width, scheme)
				b.picture("comparison-" + t.Name()[strings.IndexByte(t.Name(), '/')+1:])
				var seen struct {
					Whiskers                  []float64
					Dots, Beyond, Hidden, Cut int
					Out, Nameless             []string
					Wide, Owned               bool
					Theme                     string
				}
				b.eval(forestry, &seen)
				switch {
				// Errors have no percentage where the base has none, and so no dot.
				case len(seen.Whiskers) != drawn-2-seen.Beyond || seen.Dots != drawn-2 || slices.Min(seen.Whiskers) < 2:
					t.Errorf("%d rows, of which %d have dots and lines of %v pixels", drawn, seen.Dots, seen.Whiskers)
				case seen.Beyond == 0:
					t.Error("what lies beyond the scale has no arrow")
				case len(seen.Out)+len(seen.Nameless) > 0:
					t.Errorf("outside of their place: %q, without a name: %q", seen.Out, seen.Nameless)
				case seen.Hidden > 0:
					t.Errorf("%d verdicts are beside the window", seen.Hidden)
				case seen.Cut > 0:
					t.Errorf("the frames of %d verdicts are cut in two", seen.Cut)
				case seen.Wide || seen.Owned || seen.Theme != scheme:
					t.Errorf("%+v", seen)
				}
				complain(t, b, url)
			})
		}
	}
	b.t = t
	b.open(url, 1400, "dark")
	if n := b.print("comparison-print"); n < 20_000 {
		t.Errorf("%d octets on paper", n)
	}
	complain(t, b, url)
}

// TestMatrixInBrowser: each flow and choice has its lanes, in which what is
// known is seen, and the names of the scale do not run into each other.
func TestMatrixInBrowser(t *testing.T) {
	url := kept(t, pageText(t, madeup.Made(t, madeup.MadePorts(), 6)))
	b := startBrowser(t)
	for _, width := range []int{1400, 420} {
		for _, scheme := range []string{"light", "dark"} {
			b.open(url, width, scheme)
			b.picture(fmt.Sprintf("matrix-%d-%s", width, scheme))
			var whiskers []float64
			b.eval(`[...document.querySelectorAll(".matrix .whisker")].map(e => e.getBoundingClientRect().width)`, &whiskers)
			if len(whiskers) != 24 || slices.Min(whiskers) < 2 {
				t.Errorf("whiskers of %v pixels at %d, want time and CPU of 6 flows and 6 choices", whiskers, width)
			}
			var within, overlapping, wide bool
			b.eval(`[...document.querySelectorAll(".matrix .whisker, .matrix .estimate")].every(e => {
				const own = e.getBoundingClientRect(), field = e.closest("td").getBoundingClientRect();
				return own.left >= field.left - 1 && own.right <= field.right + 1; })`, &within)
			b.eval(`[...document.querySelectorAll(".matrix .axis")].some(axis => [...axis.children].some((e, i, all) =>
				i > 0 && e.getBoundingClientRect().left < all[i - 1].getBoundingClientRect().right))`, &overlapping)
			b.eval(`document.documentElement.scrollWidth > innerWidth`, &wide)
			if !within || overlapping || wide {
				t.Errorf("at %d %s: within the field %t, names overlap %t, page too wide %t", width, scheme, within, overlapping, wide)
			}
		}
	}
	complain(t, b, url)
}
