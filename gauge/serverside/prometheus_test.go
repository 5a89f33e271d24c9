package serverside

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
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
		"no number":          {vector(`{"value":[1,"NaN"]}`), 0, "its value is NaN"},
		"more than any":      {vector(`{"value":[1,"+Inf"]}`), 0, "its value is +Inf"},
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
			if text := why(err); len(text) > maxWhy+len("…") {
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
		p := newPrometheus("http://prometheus.example.test/base/", []Query{{"load", "sum(x)"}})
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
		const want = `|no answer within 2s|the answer is longer than 64 KiB: use sum() or max() for one number|connection \x1b[31mrefused|`
		if got != want {
			t.Errorf("missed %q, want %q", got, want)
		}
	})
}

// A status that is no success is an error, whatever the body says, and nobody follows it.
func TestPrometheusStatus(t *testing.T) {
	for _, body := range []string{half, nobody} {
		for _, status := range []int{http.StatusFound, http.StatusInternalServerError} {
			p := newPrometheus("http://prometheus.example.test", []Query{{"load", "a"}})
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
	p := newPrometheus("http://user:secret@prometheus.example.test", []Query{{"good", "a"}, {"absent", "b"}, {"wrong", "("}, {"many", "c"}, {"ratio", "d"}})
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
