package serverside

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Query asks a Prometheus server for one number.
type Query struct{ Name, Expr string }

// The bounds of a Prometheus server, which may be slow, down, or none at all.
const (
	askEvery     = time.Second
	answerWithin = 2 * time.Second
	maxAnswer    = 64 << 10 // octets
	maxWhy       = 200      // octets of the reason for which there is no value
)

// A Prometheus is a server that is asked queries.
type Prometheus struct {
	url     url.URL // of instant queries
	queries []Query
	client  *http.Client
}

// NewPrometheus asks each query once. The error says which of them cannot be answered:
// one whose series is not there yet, or is no number yet, is no error, as a load may bring
// it about.
func NewPrometheus(ctx context.Context, address string, queries []Query) (*Prometheus, error) {
	p := newPrometheus(address, queries)
	if p == nil {
		return nil, errors.New("the URL of Prometheus is none")
	}
	if err := p.tryEach(ctx); err != nil {
		p.client.CloseIdleConnections()
		return nil, err
	}
	return p, nil
}

func newPrometheus(address string, queries []Query) *Prometheus {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return &Prometheus{
		url: *u.JoinPath("api/v1/query"), queries: queries,
		client: &http.Client{
			Timeout:       answerWithin,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, MaxConnsPerHost: len(queries), MaxIdleConnsPerHost: len(queries),
				MaxResponseHeaderBytes: maxAnswer, DisableCompression: true,
			},
		},
	}
}

func (p *Prometheus) tryEach(ctx context.Context) error {
	var faults []error
	for i := range p.queries {
		_, err := p.ask(ctx, p.queries[i].Expr)
		if errors.As(err, new(*url.Error)) {
			faults = append(faults, fmt.Errorf("the Prometheus at %s: %s", shortened(p.url.Host), why(err)))
			break // the other queries would only take as long
		}
		if err != nil && !errors.Is(err, errNoSeries) && !errors.As(err, new(*notFiniteError)) {
			faults = append(faults, fmt.Errorf("the query %s: %w", p.queries[i].Name, err))
		}
	}
	return errors.Join(faults...)
}

// Watch asks each query once a second until ctx is done, and gives the answers to report,
// also from several goroutines at once. A query is not asked again before it is answered.
func (p *Prometheus) Watch(ctx context.Context, report func(*tally.Answer)) {
	var group sync.WaitGroup
	for i := range p.queries {
		group.Go(func() { p.follow(ctx, &p.queries[i], report) })
	}
	group.Wait()
	p.client.CloseIdleConnections()
}

func (p *Prometheus) follow(ctx context.Context, q *Query, report func(*tally.Answer)) {
	next := time.NewTicker(askEvery)
	defer next.Stop()
	from := sample.Instant(time.Now().UnixNano())
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		v, err := p.ask(ctx, q.Expr)
		if ctx.Err() != nil {
			return
		}
		a := &tally.Answer{Query: q.Name, From: from, To: max(from, sample.Instant(time.Now().UnixNano()))}
		if err != nil {
			a.Missed = why(err)
		} else {
			a.Value = &v
		}
		from = a.To
		report(a)
	}
}

// why is an error as a short text that can be shown. Its URL is left out.
func why(err error) string {
	if u := new(url.Error); errors.As(err, &u) {
		err = u.Err
		if u.Timeout() {
			err = fmt.Errorf("no answer within %s", answerWithin)
		}
	}
	return shortened(err.Error())
}

// shortened is a foreign text, printable and of a bounded length.
func shortened(text string) string {
	text = printable.Text(text)
	if len(text) > maxWhy {
		text = strings.ToValidUTF8(text[:maxWhy], "") + "…"
	}
	return text
}

// errNoSeries is that nothing fits a query.
var errNoSeries = errors.New("no series fits it")

// ask returns what a query is now.
func (p *Prometheus) ask(ctx context.Context, expr string) (float64, error) {
	u := p.url
	values := u.Query()
	values.Set("query", expr)
	u.RawQuery = values.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return 0, &url.Error{Op: "Get", Err: err}
	case len(body) > maxAnswer:
		return 0, fmt.Errorf("the answer is longer than %d KiB: use sum() or max() for one number", maxAnswer>>10)
	}
	v, err := parseAnswer(body)
	if err == nil || errors.Is(err, errNoSeries) || errors.As(err, new(*notFiniteError)) {
		if response.StatusCode/100 != 2 {
			err = &notPrometheusError{"its status is no success"}
		}
	}
	if wrong := new(notPrometheusError); errors.As(err, &wrong) {
		return 0, fmt.Errorf("status %s, and %w", shortened(response.Status), err)
	}
	return v, err
}

// A notFiniteError is a value that is no number that can be kept, such as the rate of a
// counter that does not grow divided by itself.
type notFiniteError struct{ value string }

func (e *notFiniteError) Error() string { return "its value is " + e.value }

// A notPrometheusError is an answer that Prometheus does not give.
type notPrometheusError struct{ reason string }

func (e *notPrometheusError) Error() string {
	return "no answer of Prometheus's HTTP API: " + e.reason
}

// An answer is one of Prometheus's HTTP API, as far as it is used here.
type answer struct {
	Status string `json:"status"`
	Kind   string `json:"errorType"`
	Error  string `json:"error"`
	Data   struct {
		Type   string          `json:"resultType"`
		Result json.RawMessage `json:"result"`
	} `json:"data"`
}

// parseAnswer reads the answer to an instant query, which is to be one number: a scalar,
// or a vector of one series.
func parseAnswer(body []byte) (float64, error) {
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return 0, &notPrometheusError{"it is not the JSON that one has"}
	}
	switch {
	case a.Status == "error":
		return 0, fmt.Errorf("it is refused: %s: %s", shortened(a.Kind), shortened(a.Error))
	case a.Status != "success":
		return 0, &notPrometheusError{"its status is missing"}
	}
	var point []json.RawMessage
	switch a.Data.Type {
	case "scalar":
		if err := json.Unmarshal(a.Data.Result, &point); err != nil {
			return 0, &notPrometheusError{"its scalar is none"}
		}
	case "vector":
		var series []struct {
			Value []json.RawMessage `json:"value"`
		}
		if err := json.Unmarshal(a.Data.Result, &series); err != nil {
			return 0, &notPrometheusError{"its vector is none"}
		}
		switch len(series) {
		case 0:
			return 0, errNoSeries
		case 1:
			point = series[0].Value
		default:
			return 0, fmt.Errorf("%d series fit it: use sum() or max() for one number", len(series))
		}
	default:
		return 0, fmt.Errorf("it is a %s, and not a number", shortened(a.Data.Type))
	}
	return parsePoint(point)
}

// parsePoint reads a time and a value, of which the value is a number in a text.
func parsePoint(point []json.RawMessage) (float64, error) {
	var text string
	if len(point) != 2 || json.Unmarshal(point[1], &text) != nil {
		return 0, &notPrometheusError{"its value is none"}
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return 0, &notPrometheusError{"its value is no number"}
	case math.IsNaN(v) || math.Abs(v) > 1e100:
		return 0, &notFiniteError{shortened(text)}
	}
	return v, nil
}
