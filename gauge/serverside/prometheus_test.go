package serverside

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A fakePrometheus answers queries by their text.
type fakePrometheus func(request *http.Request, query string) (string, error)

func (f fakePrometheus) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := f(r, r.URL.Query().Get("query"))
	if err != nil {
		return nil, err
	}
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

const (
	half   = `{"status":"success","data":{"resultType":"scalar","result":[1.5,"0.5"]}}`
	nobody = `{"status":"success","data":{"resultType":"vector","result":[]}}`
)

func TestParseAnswer(t *testing.T) {
	vector := func(result string) string {
		return `{"status":"success","data":{"resultType":"vector","result":[` + result + `]}}`
	}
	for name, test := range map[string]struct {
		body string
		want float64
		err  string
	}{
		"a scalar":           {half, 0.5, ""},
		"a series":           {vector(`{"metric":{"job":"a"},"value":[1767225600.25,"-12e3"]}`), -12000, ""},
		"no series":          {nobody, 0, "no series fits it"},
		"two series":         {vector(`{"value":[1,"1"]},{"value":[1,"2"]}`), 0, "2 series fit it: use sum() or max()"},
		"a matrix":           {`{"status":"success","data":{"resultType":"matrix","result":[]}}`, 0, "it is a matrix, and not a number"},
		"a bad query":        {`{"status":"error","errorType":"bad_data","error":"parse error\u0007"}`, 0, `it is refused: bad_data: parse error`},
		"Go's own number":    {vector(`{"value":[1,"1_0"]}`), 0, "its value is no number"},
		"a hexadecimal":      {vector(`{"value":[1,"0x1p4"]}`), 0, "its value is no number"},
		"a small number":     {vector(`{"value":[1,"-1.5e-07"]}`), -1.5e-07, ""},
		"without end":        {vector(`{"value":[1,"+Inf"]}`), 0, "its value is +Inf"},
		"no number":          {vector(`{"value":[1,"NaN"]}`), 0, "its value is NaN"},
		"more than any":      {vector(`{"value":[1,"+Inf"]}`), 0, "its value is +Inf, which is no number to reckon with"},
		"nearly as much":     {vector(`{"value":[1,"1.7e+308"]}`), 0, "its value is 1.7e+308, and figures are of values up to 1e100: divide it in the query"},
		"as much below 0":    {vector(`{"value":[1,"-1.7e308"]}`), 0, "its value is -1.7e308, and figures are of values up to 1e100"},
		"just as much":       {vector(`{"value":[1,"-1e100"]}`), -1e100, ""},
		"an unquoted number": {vector(`{"value":[1,2]}`), 0, "its value is none"},
		"a histogram":        {vector(`{"histogram":[1,{}]}`), 0, "its value is none"},
		"a page":             {"<html>", 0, "not the JSON"},
		"other JSON":         {`{"a":1}`, 0, "its status is missing"},
		"nothing":            {"", 0, "not the JSON"},
	} {
		v, err := parseAnswer([]byte(test.body))
		if test.err == "" && (err != nil || v != test.want) {
			t.Errorf("%s: %v, %v; want %v", name, v, err, test.want)
		}
		if test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
			t.Errorf("%s: %v, want %q", name, err, test.err)
		}
	}
}

func FuzzParseAnswer(f *testing.F) {
	for _, seed := range []string{half, nobody, `{"status":"error","errorType":"a","error":"b"}`, `{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"1e99"]}]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := parseAnswer(body)
		if err != nil {
			if text := new(Prometheus).why(err); len(text) > maxWhy+len("…") {
				t.Errorf("a reason of %d octets", len(text))
			}
			return
		}
		if a := (&tally.Answer{Query: "q", Value: &v}); a.Check() != nil || math.IsNaN(v) {
			t.Errorf("%v cannot be kept", v)
		}
	})
}

// TestWatchPrometheus asks once a second, bounds how long it waits, and says what was missed.
func TestWatchPrometheus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		p := newPrometheus(PrometheusOptions{URL: "http://prometheus.example.test/base/", Queries: []Query{{"load", "sum(x)"}}})
		p.client.Transport = fakePrometheus(func(r *http.Request, query string) (string, error) {
			if r.URL.Path != "/base/api/v1/query" || query != "sum(x)" {
				t.Errorf("asked %s", r.URL)
			}
			switch asked++; asked {
			case 2:
				<-r.Context().Done() // it hangs
				return "", r.Context().Err()
			case 3:
				return strings.Repeat(" ", maxAnswer+1), nil
			case 4:
				return "", errors.New("connection \x1b[31mrefused")
			}
			return half, nil
		})
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex
		var list []*tally.Answer
		watched := make(chan struct{})
		go func() {
			defer close(watched)
			p.Watch(ctx, func(a *tally.Answer) {
				mu.Lock()
				defer mu.Unlock()
				list = append(list, a)
			})
		}()
		time.Sleep(6500 * time.Millisecond)
		stop()
		<-watched
		// At 1 s; at 2 s, which gives up at 4 s; what that missed at once, twice; and 5 s, 6 s.
		var texts []string
		for i, a := range list {
			if err := a.Check(); err != nil {
				t.Errorf("answer %d: %v", i, err)
			}
			if i > 0 && a.From != list[i-1].To {
				t.Errorf("answer %d begins at %d, and the one before ends at %d", i, a.From, list[i-1].To)
			}
			texts = append(texts, a.Missed)
		}
		got := strings.Join(texts, "|")
		const want = `|no answer within 2 s|the answer is longer than 64 KiB: use sum() or max() for one number|connection \x1b[31mrefused|`
		if got != want {
			t.Errorf("missed %q, want %q", got, want)
		}
	})
}

// A server that stays mute until the run ends is noticed, unless there was no time to answer.
func TestMutePrometheus(t *testing.T) {
	for length, want := range map[time.Duration]string{
		2800 * time.Millisecond: "|no answer for 0.80 s, until the run ended",
		2100 * time.Millisecond: "",
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := 0
			p := newPrometheus(PrometheusOptions{URL: "http://prometheus.example.test", Queries: []Query{{"load", "x"}}})
			p.client.Transport = fakePrometheus(func(r *http.Request, _ string) (string, error) {
				if asked++; asked > 1 {
					<-r.Context().Done()
					return "", r.Context().Err()
				}
				return half, nil
			})
			ctx, stop := context.WithTimeout(t.Context(), length)
			defer stop()
			var texts []string
			answers := tally.Queries{}
			p.Watch(ctx, func(a *tally.Answer) {
				texts = append(texts, a.Missed)
				answers.Add(a)
			})
			if got := strings.Join(texts, "|"); got != want {
				t.Errorf("after %v: missed %q, want %q", length, got, want)
			}
			list := answers["load"]
			whole := answers.Between("load", list[0].From, list[len(list)-1].To, 0)
			if missed := int64(strings.Count(want, "no answer")); whole.Missed != missed || whole.Count != 1 {
				t.Errorf("after %v: %+v, want %d missed and one value", length, whole, missed)
			}
		})
	}
}

// Options that are printed show no login, by value and by pointer.
func TestPrometheusOptionsArePrintedWithoutLogin(t *testing.T) {
	o := PrometheusOptions{URL: "http://prometheus.example.test", Username: "LEAK-1", Password: "LEAK-2", Token: "LEAK-3"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, v := range []any{o, &o, []PrometheusOptions{o}} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "LEAK-") || strings.Contains(text, "4c45414b") || !strings.Contains(text, "http://prometheus.example.test") {
				t.Errorf("%s of %T is %q", verb, v, text)
			}
		}
	}
}

// TestPrometheusLogin logs in with each request, says what a server makes of that, and shows
// no secret that a server sends back.
func TestPrometheusLogin(t *testing.T) {
	const basic = "Basic bWU6aHVudGVyMi1wYXNz" // me:hunter2-pass
	for name, c := range map[string]struct {
		options PrometheusOptions
		header  string
		status  int
		body    string
		want    string
	}{
		"basic":         {PrometheusOptions{Username: "me", Password: "hunter2-pass"}, basic, 200, half, ""},
		"bearer":        {PrometheusOptions{Token: "hunter2-token"}, "Bearer hunter2-token", 200, half, ""},
		"none":          {PrometheusOptions{}, "", 200, half, ""},
		"wants one":     {PrometheusOptions{}, "", 401, "Unauthorized", "the Prometheus at prometheus.example.test: it answered 401 Unauthorized: it wants a login: give username and password, or token"},
		"another":       {PrometheusOptions{Token: "hunter2-token"}, "Bearer hunter2-token", 401, "", "it answered 401 Unauthorized: it does not take that login"},
		"not allowed":   {PrometheusOptions{Token: "hunter2-token"}, "Bearer hunter2-token", 403, "", "it answered 403 Forbidden: that login may not ask it"},
		"sends it back": {PrometheusOptions{Username: "me", Password: "hunter2-pass"}, basic, 400, `{"status":"error","errorType":"bad hunter2-pass","error":"` + basic + `"}`, "it is refused: bad <redacted>: Basic <redacted>"},
		"and a token":   {PrometheusOptions{Token: "hunter2-token"}, "Bearer hunter2-token", 400, `{"status":"error","errorType":"hunter2-token","error":"x"}`, "it is refused: <redacted>: x"},
		"and a name":    {PrometheusOptions{Username: "somebody-private", Password: "hunter2-pass", Private: true}, "", 400, `{"status":"error","errorType":"a","error":"no somebody-private"}`, "it is refused: a: no <redacted>"},
	} {
		c.options.URL, c.options.Queries = "http://prometheus.example.test", []Query{{"load", "a"}, {"more", "b"}}
		p := newPrometheus(c.options)
		asked := 0
		p.client.Transport = transport(func(r *http.Request) (*http.Response, error) {
			asked++
			if got := r.Header.Get("Authorization"); c.header != "" && got != c.header || c.options.Username+c.options.Token == "" && got != "" {
				t.Errorf("%s: logs in with %q, want %q", name, got, c.header)
			}
			return answeredWith{c.status, c.body}.RoundTrip(r)
		})
		err := p.tryEach(t.Context())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: a secret is shown: %v", name, err)
		}
		if c.status/100 == 4 && c.status != 400 && asked != 1 {
			t.Errorf("%s: asked %d times with a login that is refused", name, asked)
		}
	}
}

// TestPrometheusAuthority trusts the authorities that are given, and says what to do about
// one that is not.
func TestPrometheusAuthority(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, half) }))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	options := PrometheusOptions{URL: server.URL, Queries: []Query{{"load", "a"}}}
	try := func() (*Prometheus, error) {
		p := newPrometheus(options)
		p.client.Timeout = 0 // a busy machine takes long for a handshake
		return p, p.tryEach(t.Context())
	}
	if _, err := try(); err == nil || !strings.Contains(err.Error(), "is of an authority that is not trusted here: ca names a file with one to trust") {
		t.Errorf("an authority that is not trusted: %v", err)
	}
	options.Roots = x509.NewCertPool()
	options.Roots.AddCert(server.Certificate())
	p, err := try()
	if err != nil {
		t.Fatal(err)
	}
	p.client.CloseIdleConnections()
}

// A transport is a function that answers requests.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A status that is no success is an error, whatever the body says.
func TestPrometheusStatus(t *testing.T) {
	for _, body := range []string{half, nobody} {
		for _, status := range []int{http.StatusNotFound, http.StatusInternalServerError} {
			p := newPrometheus(PrometheusOptions{URL: "http://prometheus.example.test", Queries: []Query{{"load", "a"}}})
			p.client.Transport = answeredWith{status, body}
			if err := p.tryEach(t.Context()); err == nil || !strings.Contains(err.Error(), "the query load: status "+http.StatusText(status)+", and no answer") {
				t.Errorf("%d: %v", status, err)
			}
		}
	}
}

// answeredWith answers each query with a status and a body.
type answeredWith struct {
	status int
	body   string
}

func (a answeredWith) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{Status: http.StatusText(a.status), StatusCode: a.status, Body: io.NopCloser(strings.NewReader(a.body)), Request: r}, nil
}

// TestAskPrometheus says before the load what can never be answered.
func TestAskPrometheus(t *testing.T) {
	p := newPrometheus(PrometheusOptions{URL: "http://user:secret@prometheus.example.test", Queries: []Query{{"good", "a"}, {"absent", "b"}, {"wrong", "("}, {"many", "c"}, {"ratio", "d"}}})
	answers := map[string]string{
		"a": half, "b": nobody, "(": `{"status":"error","errorType":"bad_data","error":"unclosed"}`,
		"c": `{"status":"success","data":{"resultType":"vector","result":[{},{}]}}`,
		"d": `{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}`, // as of a counter that does not grow yet
	}
	p.client.Transport = fakePrometheus(func(_ *http.Request, query string) (string, error) { return answers[query], nil })
	err := p.tryEach(t.Context())
	const want = "the query wrong: it is refused: bad_data: unclosed\nthe query many: 2 series fit it: use sum() or max() for one number"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	p.client.Transport = fakePrometheus(func(*http.Request, string) (string, error) { return "", errors.New("connection refused") })
	err = p.tryEach(t.Context())
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "prometheus.example.test: connection refused") || strings.Contains(err.Error(), "\n") {
		t.Errorf("nobody there: %v", err)
	}
}

// Redirects are not followed, and the message says where the answer is to be had.
func TestPrometheusRedirects(t *testing.T) {
	for to, want := range map[string]string{
		"https://metrics.example.test/prom/api/v1/query?query=1": "it answered 301 Moved Permanently: set url to https://metrics.example.test/prom",
		"/login?next=%2Fapi": "it wants a login (username and password, or token), or url is of something else; it points to ",
		"":                   "it answered 301 Moved Permanently, and does not say where to go",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if to != "" {
				w.Header().Set("Location", to)
			}
			w.WriteHeader(http.StatusMovedPermanently)
		}))
		defer server.Close()
		p := newPrometheus(PrometheusOptions{URL: server.URL, Queries: []Query{{"a", "1"}, {"b", "2"}}})
		p.client.Timeout = 0 // however busy this machine is
		err := p.tryEach(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("to %q: %v, want %q once", to, err, want)
		}
	}
}
