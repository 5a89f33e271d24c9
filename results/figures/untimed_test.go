package figures

import (
	"strings"
	"testing"
	"time"

	"github.com/smtpgauge/smtpgauge/internal/madeup"
	"github.com/smtpgauge/smtpgauge/internal/madeup/samples"
	"github.com/smtpgauge/smtpgauge/loadgen/sample"
	"github.com/smtpgauge/smtpgauge/scenarios/criteria"
)

// A threshold on a command that went in a group with others has no time to judge, and says
// which time to judge instead.
func TestThresholdsOnPipelinedCommands(t *testing.T) {
	p := samples.TwoFlows(1)
	h := madeup.Header(p)
	for _, expr := range []string{
		"closed.rcpt.p99 < 1s", "closed.mail+rcpt+data.p99 < 1s", "open.data.max < 1s", "open.mail+rcpt+data.mean < 1s", "open.message.p50 < 1s",
	} {
		threshold, err := criteria.ParseThreshold(expr)
		if err != nil {
			t.Fatal(err)
		}
		h.Thresholds = append(h.Thresholds, threshold)
	}
	run := madeup.Stored(t, h, p, func(r sample.Recorder) {
		s := sample.Series{Flow: 0, Stage: sample.Steady}
		piped, both := s, s
		for i := range p.Flows {
			if p.Flows[i].Name == "open" {
				both.Flow = i
			} else {
				piped.Flow = i
			}
		}
		ms := time.Millisecond
		for _, series := range []sample.Series{piped, both} {
			r.Service(series, sample.MailRcptData, ms)
			r.Service(series, sample.SpanMessage, 2*ms)
			r.Message(series, sample.Accepted, sample.Steady, 1, 0)
		}
		for _, phase := range []sample.Phase{sample.Mail, sample.Rcpt, sample.Data} {
			r.Service(both, phase, ms)
		}
		r.Tick(sample.Tick{From: samples.At(0), To: samples.At(time.Second), Last: true})
	})
	for i, want := range []string{
		"MAIL, RCPT and DATA were pipelined, so they have one time: use closed.mail+rcpt+data.p99", "",
		"1 of 2 messages were pipelined and the others were not, so no phase before the body has all of them: use open.message.max",
		"use open.message.mean", "",
	} {
		got := Of(run).Thresholds[i]
		if !strings.HasSuffix(got.Reason, want) || got.OK != (want == "") || (got.Value == nil) != (want != "") {
			t.Errorf("%s: %+v, want %q", h.Thresholds[i].Expr, got, want)
		}
	}
}
