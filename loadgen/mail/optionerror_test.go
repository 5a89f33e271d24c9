package mail

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestOptionFaults(t *testing.T) {
	for _, tc := range []struct {
		o    Options
		want []string
	}{
		{Options{}, []string{"to: no address"}},
		{Options{From: "a", To: []string{"b@x.test", "c{@x.test"}, Recipients: -1, Size: Size{Median: 10, P99: 5}},
			[]string{`from: address pattern "a": has no @`, `to: address pattern "c{@x.test", character 2`, "recipients: -1", "p99 of 5 octets is under the median"}},
		{Options{From: "postmaster"}, []string{"from: postmaster without a domain is for recipients alone"}},
		{Options{To: []string{"u{sq}@x.test"}}, []string{"to: ", "character 2", "no table"}},
		{Options{Size: Size{Median: -1}}, []string{"over 0"}},
		{Options{Size: Size{P99: 1}}, []string{"over 0"}},
		{Options{Size: Size{Median: 2 << 30}}, []string{"1 GiB"}},
		{Options{Size: Size{Median: 100}}, []string{"size: 100 octets may not hold the header"}},
		{Options{Recipients: 1e6}, []string{"recipients: 1000000"}},
		{Options{Header: map[string]string{"Date": "x"}}, []string{"Date is set for each"}},
		{Options{Header: map[string]string{"content-type": "x"}}, []string{"content-type is set"}},
		{Options{Header: map[string]string{".X": "x"}}, []string{"no field name"}},
		{Options{Header: map[string]string{"X": "a\r\nBcc: b"}}, []string{"X has a character"}},
		{Options{Header: map[string]string{"X": "ü"}}, []string{"encoded word"}},
		{Options{Header: map[string]string{"X": strings.Repeat("x", 998)}}, []string{"998"}},
		{Options{Header: map[string]string{"x": "1", "X": "2"}}, []string{"x is given twice"}},
		{Options{Attach: []Attachment{{}}}, []string{"attachment-1 has 0 octets"}},
		{Options{Attach: []Attachment{{Size: 1 << 62}}}, []string{"attachment-1 has"}},
		{Options{Attach: []Attachment{{Size: 1}, {Size: math.MaxInt64}}}, []string{"attachment-2 has"}},
		{Options{Attach: []Attachment{{Size: 1, Type: "pdf"}}}, []string{"no media type"}},
		{Options{Attach: []Attachment{{Size: 1, Type: "message/rfc822"}}}, []string{"cannot be sent as base64"}},
		{Options{Attach: []Attachment{{Size: 1, Name: "a\r\nb"}}}, []string{"control character"}},
		{Options{Files: []File{{Name: "a.eml"}, {Name: "b.eml", Data: []byte("\r\n")}}}, []string{"a.eml: the message is empty", "b.eml: the message is empty"}},
	} {
		if tc.o.To == nil && len(tc.want) > 0 && !strings.HasPrefix(tc.want[0], "to: no") {
			tc.o.To = []string{"b@x.test"}
		}
		s, err := New(tc.o)
		if err == nil || s != nil {
			t.Errorf("%+v: no error, want %q", tc.o, tc.want)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		}
	}
}

// A caller that makes Options from something else finds the wrong option by its name,
// not in the text.
func TestFaultsNameTheirOption(t *testing.T) {
	to := []string{"b@x.test"}
	for _, tc := range []struct {
		o    Options
		want []Option
	}{
		{Options{From: "a", Recipients: -1}, []Option{OptionFrom, OptionTo, OptionRecipients}},
		{Options{To: []string{"a", "b"}}, []Option{OptionTo, OptionTo}},
		{Options{To: to, Size: Size{Median: -1}, Header: map[string]string{"Date": "x"}, Attach: []Attachment{{}}},
			[]Option{OptionSize, OptionHeader, OptionAttach}},
		{Options{To: to, Size: Size{Median: 100}}, []Option{OptionSize}},
		{Options{To: to, Header: map[string]string{"x": "1", "X": "2"}}, []Option{OptionHeader}},
		{Options{To: to, Attach: []Attachment{{Size: 1, Type: "pdf"}}}, []Option{OptionAttach}},
		{Options{To: to, Files: []File{{Name: "a.eml"}, {Name: "b.eml"}}}, []Option{OptionFiles, OptionFiles}},
	} {
		_, err := New(tc.o)
		var got []Option
		for _, fault := range leaves(err) {
			if e := (*OptionError)(nil); errors.As(fault, &e) {
				got = append(got, e.Option)
				if want := string(e.Option) + ": " + errors.Unwrap(e).Error(); e.Error() != want {
					t.Errorf("says %q, want %q", e, want)
				}
			} else {
				t.Errorf("%q is of no option", fault)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%v: options %q, want %q", err, got, tc.want)
		}
	}
}

// leaves returns the errors that are joined in err.
func leaves(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}
