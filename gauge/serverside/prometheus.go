package serverside

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/printable"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/loadgen/smtpwire"
	"github.com/smtpgauge/smtpgauge/results/tally"
)

// A Query asks a Prometheus server for one number.
type Query struct{ Name, Expr string }

// queryPath is where Prometheus's HTTP API answers instant queries.
const queryPath = "api/v1/query"

// The bounds of a Prometheus server, which may be slow, down, or none at all.
const (
	askEvery     = time.Second
	answerWithin = 2 * time.Second
	maxAnswer    = 64 << 10 // octets
	maxWhy       = 200      // octets of the reason for which there is no value
	maxValue     = 1e100    // of an answer, so that sums of answers are numbers
	// leastWait is how long an answer has to be waited for in vain, when the watch ends, to
	// count as missed.
	leastWait = 250 * time.Millisecond
)

// PrometheusOptions say how to ask a Prometheus server, and what.
type PrometheusOptions struct {
	URL                string // the part before /api/v1
	Queries            []Query
	Username, Password string         // for basic authentication; empty for none
	Private            bool           // Username is shown nowhere; Password and Token never are
	Token              string         // a bearer token; empty for none
	Roots              *x509.CertPool // of authorities to trust; nil for the system's
}

// Format prints the URL, whatever the verb, as the rest may be secret.
func (o PrometheusOptions) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "prometheus %s", o.URL) }

// A Prometheus is a server that is asked queries.
type Prometheus struct {
	url     url.URL // of instant queries
	queries []Query
	client  *http.Client

	logIn    func(*http.Request)
	loggedIn bool              // logIn does something
	secrets  *smtpwire.Secrets // of logIn, which the server may send back
}

// NewPrometheus asks each query once. The error says which of them cannot be answered:
// one whose series is not there yet, or is no number yet, is no error, as a load may bring
// it about.
func NewPrometheus(ctx context.Context, o PrometheusOptions) (*Prometheus, error) {
	p := newPrometheus(o)
	if p == nil {
		return nil, errors.New("the URL of Prometheus is none")
	}
	if err := p.tryEach(ctx); err != nil {
		p.client.CloseIdleConnections()
		return nil, err
	}
	return p, nil
}

func newPrometheus(o PrometheusOptions) *Prometheus {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil
	}
	queries := o.Queries
	return &Prometheus{
		url: *u.JoinPath(queryPath), queries: queries, logIn: o.logIn(), loggedIn: o.Username != "" || o.Token != "",
		secrets: smtpwire.NewSecrets([]smtpwire.Credentials{{Username: o.Username, Password: o.Password, Private: o.Private}, {Password: o.Token}}),
		client: &http.Client{
			Timeout:       answerWithin,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}, MaxConnsPerHost: len(queries), MaxIdleConnsPerHost: len(queries),
				MaxResponseHeaderBytes: maxAnswer, DisableCompression: true,
			},
		},
	}
}

// logIn returns what adds the login to a request.
func (o *PrometheusOptions) logIn() func(*http.Request) {
	username, password, token := o.Username, o.Password, o.Token
	switch {
	case token != "":
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) } // RFC 6750, section 2.1
	case username != "":
		return func(r *http.Request) { r.SetBasicAuth(username, password) } // RFC 7617
	}
	return func(*http.Request) {}
}

func (p *Prometheus) tryEach(ctx context.Context) error {
	var faults []error
	for i := range p.queries {
		_, err := p.ask(ctx, p.queries[i].Expr)
		if errors.As(err, new(*url.Error)) || errors.As(err, new(*loginError)) || errors.As(err, new(*redirectError)) {
			faults = append(faults, fmt.Errorf("the Prometheus at %s: %s", shortened(p.url.Host), p.why(err)))
			break // the other queries would only take as long
		}
		if err != nil && !errors.Is(err, errNoSeries) && !errors.As(err, new(*notFiniteError)) {
			faults = append(faults, fmt.Errorf("the query %s: %s", p.queries[i].Name, p.why(err)))
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
		asked := time.Now()
		v, err := p.ask(ctx, q.Expr)
		waited := time.Since(asked)
		ended := err != nil && ctx.Err() != nil
		if ended && waited < leastWait {
			return // it had no time to answer
		}
		a := &tally.Answer{Query: q.Name, From: from, To: max(from, sample.Instant(time.Now().UnixNano()))}
		switch {
		case ended:
			a.Missed = fmt.Sprintf("no answer for %.2f s, until the run ended", waited.Seconds())
		case err != nil:
			a.Missed = p.why(err)
		default:
			a.Value = &v
		}
		from = a.To
		report(a)
		if ended {
			return
		}
	}
}

// why is an error as a short text that can be shown, without secrets. Its URL is left out.
func (p *Prometheus) why(err error) string {
	if u := new(url.Error); errors.As(err, &u) {
		err = u.Err
		if u.Timeout() {
			err = fmt.Errorf("no answer within %.0f s", answerWithin.Seconds())
		}
	}
	if errors.As(err, new(x509.UnknownAuthorityError)) {
		err = errors.New("its certificate is of an authority that is not trusted here: ca names a file with one to trust")
	}
	return shortened(p.secrets.Redact(err.Error()))
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
	p.logIn(request)
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
	if response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden {
		return 0, &loginError{response.StatusCode, p.loggedIn}
	}
	if response.StatusCode/100 == 3 {
		return 0, redirectOf(response)
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

// A loginError is that a server, or a proxy before it, does not let the caller ask.
type loginError struct {
	status int
	tried  bool // there was a login
}

func (e *loginError) Error() string {
	text := fmt.Sprintf("it answered %d %s", e.status, http.StatusText(e.status))
	switch {
	case !e.tried:
		return text + ": it wants a login: give username and password, or token"
	case e.status == http.StatusUnauthorized:
		return text + ": it does not take that login"
	}
	return text + ": that login may not ask it"
}

// A redirectError is that the answer is to be had elsewhere. It is not followed there: the login
// is for the server that the scenario names.
type redirectError struct {
	status int
	to     string // "" if the server does not say
	api    bool   // that is its HTTP API as well, and to is where it begins
}

func redirectOf(r *http.Response) *redirectError {
	e := &redirectError{status: r.StatusCode}
	to, err := r.Location()
	if err != nil {
		return e
	}
	to.User, to.RawQuery, to.Fragment, to.RawFragment = nil, "", "", ""
	e.to, e.api = strings.CutSuffix(to.String(), "/"+queryPath)
	return e
}

func (e *redirectError) Error() string {
	text := fmt.Sprintf("it answered %d %s", e.status, http.StatusText(e.status))
	switch {
	case e.to == "":
		return text + ", and does not say where to go"
	case e.api:
		return text + ": set url to " + shortened(e.to)
	}
	return text + ": it wants a login (username and password, or token), or url is of something else; it points to " + shortened(e.to)
}

// A notFiniteError is a value that is no number that can be kept, such as the rate of a
// counter that does not grow divided by itself.
type notFiniteError struct{ value, why string }

func (e *notFiniteError) Error() string { return "its value is " + e.value + ", " + e.why }

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

// number matches the values that Prometheus writes. Go reads more: 1_0, 0x1p4 and infinity.
var number = regexp.MustCompile(`^[-+]?(\d+(\.\d+)?([eE][-+]?\d+)?|Inf|NaN)$`)

// parsePoint reads a time and a value, of which the value is a number in a text.
func parsePoint(point []json.RawMessage) (float64, error) {
	var text string
	if len(point) != 2 || json.Unmarshal(point[1], &text) != nil {
		return 0, &notPrometheusError{"its value is none"}
	}
	v, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil, !number.MatchString(text):
		return 0, &notPrometheusError{"its value is no number"}
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, &notFiniteError{shortened(text), "which is no number to reckon with"}
	case math.Abs(v) > maxValue:
		return 0, &notFiniteError{shortened(text), "and figures are of values up to 1e100: divide it in the query"}
	}
	return v, nil
}
