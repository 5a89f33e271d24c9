package render

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/results/figures"
	"github.com/smtpgauge/smtpgauge/results/human"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A junitReport has the parts of JUnit's XML that CI systems read.
type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string          `xml:"name,attr"`
	Tests     int             `xml:"tests,attr"`
	Failures  int             `xml:"failures,attr"`
	Errors    int             `xml:"errors,attr"`
	Skipped   int             `xml:"skipped,attr"`
	Time      string          `xml:"time,attr"` // seconds
	Timestamp string          `xml:"timestamp,attr,omitempty"`
	Hostname  string          `xml:"hostname,attr,omitempty"`
	Property  []junitProperty `xml:"properties>property"`
	Cases     []junitCase     `xml:"testcase"`
	Output    junitOutput     `xml:"system-out"`
}

// A junitOutput keeps line ends, which encoding/xml escapes elsewhere.
type junitOutput struct {
	Text string `xml:",cdata"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Skipped *junitSkipped `xml:"skipped"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Output  *junitOutput  `xml:"system-out"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitProblem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes runs as test suites. The first test of each is the verdict: FAILED
// is a failure, UNDECIDED an error. The second says whether the measurement is valid,
// apart from the thresholds, which are the others: it is an error if that is INVALID, and
// the verdict is skipped then, so that one cause is one error. If invalid runs are
// allowed, both are skipped. The tables are the suite's output.
func writeJUnit(w io.Writer, list []*document, o Options) error {
	var report junitReport
	for _, res := range list {
		s, err := res.junit(o)
		if err != nil {
			return err
		}
		report.add(s)
	}
	return report.write(w)
}

// add adds a suite and counts its cases. The class of each case begins with the name of
// the suite, as CI systems sort cases by class.
func (r *junitReport) add(s junitSuite) {
	for i := range s.Cases {
		c := &s.Cases[i]
		c.Class = s.Name + "." + c.Class
		s.Tests++
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
		if c.Skipped != nil {
			s.Skipped++
		}
	}
	r.Suites = append(r.Suites, s)
	r.Tests, r.Failures, r.Errors = r.Tests+s.Tests, r.Failures+s.Failures, r.Errors+s.Errors
}

func (r *junitReport) write(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("writing the result as XML: %w", err)
	}
	b.WriteString("\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (res *document) junit(o Options) (junitSuite, error) {
	var tables bytes.Buffer
	if err := writeTables(&tables, res, Options{Width: 120, All: true}); err != nil {
		return junitSuite{}, err
	}
	properties := []junitProperty{
		{"verdict", string(res.Verdict.Word)}, {"reason", printable.Text(res.Verdict.Reason)},
		{"clock", printable.Text(res.Clock)}, {"seed", fmt.Sprint(res.Seed)}, {"version", printable.Text(res.Environment.Version)},
	}
	for name, line := range res.flowTargets() {
		properties = append(properties, junitProperty{"target." + printable.Text(name), line})
	}
	return junitSuite{
		Name: printable.Text(res.Name), Time: seconds(res.Elapsed), Timestamp: res.Started.UTC().Format(time.RFC3339),
		Hostname: printable.Text(res.Environment.Host), Output: junitOutput{tables.String()},
		Property: properties,
		Cases:    append([]junitCase{res.verdictCase(), res.validityCase(o)}, res.thresholdCases()...),
	}, nil
}

func (res *document) verdictCase() junitCase {
	v := &res.Verdict
	c := junitCase{Class: "verdict", Name: "verdict", Time: seconds(res.Elapsed), Output: &junitOutput{printable.Text(res.answer())}}
	problem := &junitProblem{Type: strings.ToLower(string(v.Word)), Message: printable.Text(v.String())}
	for _, why := range v.Why() {
		problem.Text += printable.Text(why) + "\n"
	}
	switch v.Word {
	case criteria.Pass:
	case criteria.Failed:
		c.Failure = problem
	case criteria.Invalid:
		c.Skipped = &junitSkipped{Message: problem.Message}
	default:
		c.Error = problem
	}
	return c
}

func (res *document) validityCase(o Options) junitCase {
	c := junitCase{Class: "verdict", Name: "measurement is valid", Time: "0"}
	if len(res.Verdict.Reasons) == 0 {
		return c
	}
	if o.AllowInvalid {
		c.Skipped = &junitSkipped{Message: printable.Text("invalid, which is allowed: " + strings.Join(res.Verdict.Reasons, "; "))}
		return c
	}
	c.Error = &junitProblem{Type: "invalid-measurement", Message: "do not rely on these figures"}
	for _, r := range res.Verdict.Reasons {
		c.Error.Text += printable.Text(r) + "\n"
	}
	return c
}

func (res *document) thresholdCases() []junitCase {
	var list []junitCase
	for _, t := range res.Thresholds {
		c := junitCase{Class: "thresholds", Name: printable.Text(t.Expr), Time: "0"}
		if !t.OK {
			c.Failure = &junitProblem{Type: "threshold-missed", Message: printable.Text(thresholdText(&t)), Text: printable.Text(t.Expr + ": " + thresholdText(&t))}
		}
		list = append(list, c)
	}
	return list
}

// thresholdText is what a threshold found, in words.
func thresholdText(t *figures.ThresholdResult) string {
	if t.Value == nil {
		return t.Reason
	}
	return "it is " + human.Figure(t.Metric.Unit(), *t.Value)
}

// seconds writes a time as decimal seconds.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
