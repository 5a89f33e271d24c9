package page

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
)

//go:embed assets uplot
var assets embed.FS

// The scripts, in the order they run.
var scripts = []string{
	"uplot/uPlot.iife.min.js", "assets/theme.js", "assets/units.js", "assets/tables.js", "assets/marks.js", "assets/tooltip.js", "assets/logsplits.js", "assets/frame.js", "assets/plot.js",
	"assets/lines.js", "assets/overtime.js", "assets/errors.js", "assets/server.js", "assets/percentiles.js", "assets/main.js",
}

var styles = []string{"uplot/uPlot.min.css", "assets/page.css", "assets/figures.css", "assets/print.css"}

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"colour": func(i int) int { return i % colours },
	"part":   func(i int) int { return i % partColours },
	"gauge":  gauge,
	"parts":  func(p *view, number int, b Breakdown) breakdownView { return breakdownView{p, number, b} },
}).ParseFS(assets, "assets/*.html"))

// How many colours the style has: for flows, and for the parts of a whole, of which a
// session has nine.
const (
	colours     = 8
	partColours = 9
)

// Write writes the page. The error is w's.
func Write(w io.Writer, p *Page) error {
	data, err := json.Marshal(struct {
		Flows    []string  `json:"flows"`
		Timeline *Timeline `json:"timeline"`
		Curves   []Curves  `json:"curves"`
	}{p.flowNames(), p.Timeline, p.Curves})
	if err != nil {
		return fmt.Errorf("writing the page's data: %w", err)
	}
	v := &view{Page: p, Data: template.JS(data)} // json.Marshal escapes <, > and &
	sources := make([]string, 0, len(scripts))
	for _, name := range scripts {
		text := asset(name)
		v.Scripts = append(v.Scripts, template.JS(text))
		sources = append(sources, text)
	}
	for _, name := range styles {
		v.Style += template.CSS(asset(name))
	}
	v.Licence = asset("uplot/VERSION") + "\n" + asset("uplot/LICENSE")
	v.Policy = policyOf(sources...)

	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// A view is a page with all that the template needs.
type view struct {
	*Page
	Data    template.JS
	Scripts []template.JS
	Style   template.CSS
	Policy  string
	Licence string
}

// A breakdownView is a breakdown with the page that it is on.
type breakdownView struct {
	Page      *view
	Number    int
	Breakdown Breakdown
}

// asset is an embedded file.
func asset(name string) string {
	b, err := assets.ReadFile(name)
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return string(b)
}

func (p *Page) flowNames() []string {
	names := []string{}
	for _, f := range p.Flows {
		names = append(names, f.Name)
	}
	return names
}
