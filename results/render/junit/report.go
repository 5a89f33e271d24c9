// Package junit writes test reports as CI systems read them: the parts of JUnit's XML that
// they have in common.
package junit

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// A Report has the parts of JUnit's XML that CI systems read.
type Report struct {
	XMLName  xml.Name `xml:"testsuites"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Suites   []Suite  `xml:"testsuite"`
}

// A Suite is a run, or a comparison.
type Suite struct {
	Name      string     `xml:"name,attr"`
	Tests     int        `xml:"tests,attr"`
	Failures  int        `xml:"failures,attr"`
	Errors    int        `xml:"errors,attr"`
	Skipped   int        `xml:"skipped,attr"`
	Time      string     `xml:"time,attr"` // seconds
	Timestamp string     `xml:"timestamp,attr,omitempty"`
	Hostname  string     `xml:"hostname,attr,omitempty"`
	Property  []Property `xml:"properties>property"`
	Cases     []Case     `xml:"testcase"`
	Output    Output     `xml:"system-out"`
}

// An Output keeps line ends, which encoding/xml escapes elsewhere.
type Output struct {
	Text string `xml:",cdata"`
}

// A Property is a fact about a suite.
type Property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// A Case is a test. It passed if nothing of Skipped, Failure and Error is set.
type Case struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr"`
	Skipped *Skipped `xml:"skipped"`
	Failure *Problem `xml:"failure"`
	Error   *Problem `xml:"error"`
	Output  *Output  `xml:"system-out"`
}

// Skipped says why a test says nothing.
type Skipped struct {
	Message string `xml:"message,attr"`
}

// A Problem is why a test failed, or could not be told.
type Problem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Add adds a suite and counts its cases. The class of each case begins with the name of
// the suite, as CI systems sort cases by class.
func (r *Report) Add(s Suite) {
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

// Write writes the report. The error is w's.
func (r *Report) Write(w io.Writer) error {
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
