package export

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
)

// A JUnit has the parts of JUnit's XML that CI systems read.
type JUnit struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []JUnitSuite `xml:"testsuite"`
}

// A JUnitSuite is one run or comparison. All texts of a report have to be printable.
type JUnitSuite struct {
	Name      string          `xml:"name,attr"`
	Tests     int             `xml:"tests,attr"`
	Failures  int             `xml:"failures,attr"`
	Errors    int             `xml:"errors,attr"`
	Skipped   int             `xml:"skipped,attr"`
	Time      string          `xml:"time,attr"` // seconds
	Timestamp string          `xml:"timestamp,attr,omitempty"`
	Hostname  string          `xml:"hostname,attr,omitempty"`
	Property  []JUnitProperty `xml:"properties>property"`
	Cases     []JUnitCase     `xml:"testcase"`
	Output    JUnitOutput     `xml:"system-out"`
}

// A JUnitOutput keeps line ends, which encoding/xml escapes elsewhere.
type JUnitOutput struct {
	Text string `xml:",cdata"`
}

// A JUnitProperty is something that is known of a suite.
type JUnitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// A JUnitCase is a test. It passes if it has neither Skipped nor Failure nor Error.
type JUnitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Skipped *JUnitSkipped `xml:"skipped"`
	Failure *JUnitProblem `xml:"failure"`
	Error   *JUnitProblem `xml:"error"`
	Output  *JUnitOutput  `xml:"system-out"`
}

// A JUnitSkipped says why a test came to nothing.
type JUnitSkipped struct {
	Message string `xml:"message,attr"`
}

// A JUnitProblem is a failure or an error.
type JUnitProblem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Add adds a suite and counts its cases. The class of each case begins with the name of
// the suite, as CI systems sort cases by class.
func (r *JUnit) Add(s JUnitSuite) {
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
func (r *JUnit) Write(w io.Writer) error {
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
